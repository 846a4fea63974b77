from __future__ import annotations

import pytest

from esign_desktop.api.url_gate import Reach, is_allowed, reach_of
from esign_desktop.domain.environment import PRODUCTION_URL, Environment, EnvironmentKind


@pytest.mark.parametrize(
    "url",
    [
        "https://sign.example.com/s/1?x=2",
        "https://a.b.example.com:8080/",
        "https://8.8.8.8/x",
        "https://[2606:4700::1]/",
    ],
)
def test_the_public_web_is_open_everywhere(url: str) -> None:
    assert all(is_allowed(url, kind) for kind in EnvironmentKind)


@pytest.mark.parametrize(
    "url",
    [
        "http://sign.example.com/",
        "https://127.0.0.1/",
        "https://localhost/x",
        "https://printer/",
        "https://box.local/",
        "https://a.localhost./",
        "https://10.1.2.3/",
        "https://192.168.0.1:8080/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0/",
        "https://224.0.0.1/",
    ],
)
def test_the_platforms_own_installations_lead_neither_here_nor_into_the_network_nor_along_open_ways(url: str) -> None:
    assert not is_allowed(url, EnvironmentKind.PRODUCTION)
    assert not is_allowed(url, EnvironmentKind.TEST)


@pytest.mark.parametrize("kind", EnvironmentKind)
@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user@example.com/",
        "https://127%2e0.0.1/",
        "https://exampl%65.com/",
        "http://[fe80::1%25eth0]/",
        "https://example.com\\@evil.example/",
        "https://exa mple.com/",
        "https://例子.example/",
        "https:///x",
        "",
        None,
        7,
    ],
)
def test_what_readers_disagree_about_is_closed_everywhere(url: object, kind: EnvironmentKind) -> None:
    assert not is_allowed(url, kind)


def test_a_platform_on_this_computer_is_for_rehearsals() -> None:
    assert is_allowed("http://127.0.0.1:8000/s/x", EnvironmentKind.SANDBOX)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_the_public_web_is_in_every_reach(address: str) -> None:
    assert Reach().lets_through(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],  # noqa: S104
)
def test_this_computer_is_reached_only_where_it_may_be(address: str) -> None:
    assert not Reach(may_be_in_the_network=True).lets_through(address)
    assert Reach(may_be_here=True).lets_through(address)


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "192.168.0.1", "172.16.0.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_the_network_is_reached_only_where_it_may_be(address: str) -> None:
    assert not Reach(may_be_here=True).lets_through(address)
    assert Reach(may_be_in_the_network=True).lets_through(address)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1%eth0", "224.0.0.1", "ff02::1", "", "example.com"])
def test_some_are_in_nobodys_reach(address: str) -> None:
    assert not Reach(may_be_here=True, may_be_in_the_network=True).lets_through(address)


@pytest.mark.parametrize(
    ("environment", "reach"),
    [
        (Environment(EnvironmentKind.PRODUCTION, PRODUCTION_URL), Reach()),
        (Environment(EnvironmentKind.PRODUCTION, "http://127.0.0.1"), Reach()),
        (Environment(EnvironmentKind.TEST, "http://10.0.0.1", has_near_files=True), Reach(may_be_in_the_network=True)),
        (Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:8000/v3"), Reach(may_be_here=True)),
        (Environment(EnvironmentKind.SANDBOX, "https://example.com"), Reach()),
        (Environment(EnvironmentKind.OWN, "http://localhost:1"), Reach(may_be_here=True)),
        (Environment(EnvironmentKind.OWN, "https://[::1]/"), Reach(may_be_here=True)),
        (Environment(EnvironmentKind.OWN, "https://10.1.2.3/v3"), Reach(may_be_in_the_network=True)),
        (Environment(EnvironmentKind.OWN, "https://sign.corp/v3"), Reach(may_be_in_the_network=True)),
        (Environment(EnvironmentKind.OWN, "https://sign.example.com"), Reach()),
        (Environment(EnvironmentKind.OWN, "https://["), Reach(may_be_in_the_network=True)),
    ],
)
def test_files_lie_as_near_as_the_environment_that_somebody_chose(environment: Environment, reach: Reach) -> None:
    assert reach_of(environment) == reach
