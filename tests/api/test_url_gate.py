from __future__ import annotations

import pytest

from esign_desktop.api.url_gate import is_allowed
from esign_desktop.domain.environment import EnvironmentKind

PRODUCTION = EnvironmentKind.PRODUCTION


@pytest.mark.parametrize(
    "url",
    [
        "https://sign.example.com/s/1?x=2",
        "http://a.b.example.com:8080/",
        "https://8.8.8.8/x",
        "https://[2606:4700::1]/",
    ],
)
def test_the_public_web_is_open_everywhere(url: str) -> None:
    assert all(is_allowed(url, kind) for kind in EnvironmentKind)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/x",
        "http://printer/",
        "https://box.local/",
        "https://a.localhost./",
        "http://10.1.2.3/",
        "http://192.168.0.1:8080/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fd00::1]/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0/",
        "http://224.0.0.1/",
    ],
)
def test_production_reaches_neither_this_computer_nor_its_network(url: str) -> None:
    assert not is_allowed(url, PRODUCTION)


@pytest.mark.parametrize("kind", EnvironmentKind)
@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user@example.com/",
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
