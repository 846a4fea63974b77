from __future__ import annotations

import gc
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.domain.environment import (
    PRODUCTION_URL,
    TEST_URL,
    CrossPageSplit,
    Environment,
    EnvironmentKind,
    FreezeAt,
    KeywordOrigin,
    LinksAtStart,
    PlatformBehaviour,
    SealAnchor,
    SecondAccount,
)
from esign_desktop.domain.errors import Cancelled, InputError, StoreError
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.store.secrets import SecretStore
from tests.raised import raises_code
from tests.services.sandbox_platform import PROJECT_ID, SECRET, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.store.tables.settings import Settings
    from tests.secret_service import SecretService

OWN = Environment(EnvironmentKind.OWN, "https://sign.example.cn/rest", "4711", "http://127.0.0.1:3128")
BEHAVIOUR = PlatformBehaviour(
    SealAnchor.LOWER_LEFT,
    KeywordOrigin.CENTRE,
    CrossPageSplit.RIGHT_FIRST,
    LinksAtStart.NO,
    FreezeAt.EXECUTE,
    SecondAccount.REFUSED,
    organization_seal_width_pt=120.5,
    person_seal_width_pt=60.0,
)


@pytest.fixture
def environments(settings: Settings) -> Iterator[EnvironmentService]:
    service = EnvironmentService(settings, SecretStore(timeout_s=5.0))
    yield service
    service.close()


def test_first_choice_is_not_binding(environments: EnvironmentService) -> None:
    assert not environments.current().is_binding


def test_published_addresses_are_there_without_configuration(environments: EnvironmentService) -> None:
    addresses = {environment.kind: environment.base_url for environment in environments.all()}
    assert addresses == {
        EnvironmentKind.SANDBOX: "",
        EnvironmentKind.TEST: TEST_URL,
        EnvironmentKind.PRODUCTION: PRODUCTION_URL,
        EnvironmentKind.OWN: "",
    }


def test_saved_environment_is_there_for_the_next_start(environments: EnvironmentService, settings: Settings) -> None:
    own = replace(OWN, behaviour=BEHAVIOUR)
    environments.save(own)
    environments.choose(EnvironmentKind.OWN)

    assert EnvironmentService(settings, SecretStore()).current() == own


def test_blanks_and_a_last_slash_do_not_count(environments: EnvironmentService) -> None:
    environments.save(replace(OWN, base_url=" https://sign.example.cn/rest/ ", project_id=" 4711 "))
    assert environments.get(EnvironmentKind.OWN) == OWN


def test_environment_of_an_older_version_keeps_what_it_knew(
    environments: EnvironmentService, settings: Settings
) -> None:
    settings.set("environment.test", '{"project_id": "4711", "seal_anchor": "lower_left"}')
    settings.set("environment.test.links_before_execute", "0")
    known = PlatformBehaviour(SealAnchor.LOWER_LEFT, links_at_start=LinksAtStart.NO)
    assert environments.get(EnvironmentKind.TEST).behaviour == known

    environments.save(replace(environments.get(EnvironmentKind.TEST), behaviour=PlatformBehaviour()))
    assert environments.get(EnvironmentKind.TEST).behaviour == PlatformBehaviour()


def test_odd_behaviour_is_as_the_default_and_the_rest_of_it_counts(
    environments: EnvironmentService, settings: Settings
) -> None:
    odd = {
        "seal_anchor": "middle",
        "keyword_origin": 3,
        "cross_page_split": ["right_first"],
        "organization_seal_width_pt": float("nan"),
        "person_seal_width_pt": True,
        "second_account": "refused",
    }
    settings.set("environment.test", json.dumps({"behaviour": odd}))
    expected = PlatformBehaviour(second_account=SecondAccount.REFUSED)
    assert environments.get(EnvironmentKind.TEST).behaviour == expected


def test_behaviour_is_set_without_touching_the_rest(environments: EnvironmentService, settings: Settings) -> None:
    environments.save(OWN)
    environments.set_secret(OWN, "one secret")
    client = environments.client_for(OWN)
    assert environments.set_behaviour(EnvironmentKind.OWN, BEHAVIOUR) == replace(OWN, behaviour=BEHAVIOUR)
    assert environments.client_for(environments.get(EnvironmentKind.OWN)) is client
    assert EnvironmentService(settings, SecretStore()).get(EnvironmentKind.OWN) == replace(OWN, behaviour=BEHAVIOUR)


def test_behaviour_of_a_passing_environment_passes_with_it(
    environments: EnvironmentService, settings: Settings
) -> None:
    rehearsal = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9", "rehearsal")
    environments.use_for_session(rehearsal, "one secret")
    environments.set_behaviour(EnvironmentKind.SANDBOX, BEHAVIOUR)
    assert environments.get(EnvironmentKind.SANDBOX) == replace(rehearsal, behaviour=BEHAVIOUR)
    assert settings.get("environment.sandbox") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"base_url": 1, "seal_anchor": "middle"}'])
def test_unreadable_settings_are_as_none(environments: EnvironmentService, settings: Settings, text: str) -> None:
    settings.set("environment.test", text)
    settings.set("environment.chosen", "nowhere")
    assert environments.get(EnvironmentKind.TEST) == Environment(EnvironmentKind.TEST, TEST_URL)
    assert environments.current().kind is EnvironmentKind.SANDBOX


@pytest.mark.usefixtures("secret_service")
def test_secret_is_kept_by_the_keyring_for_the_next_start(environments: EnvironmentService, settings: Settings) -> None:
    assert environments.secret(OWN) is None
    assert environments.set_secret(OWN, "one secret")
    assert environments.keyring_status().available

    later = EnvironmentService(settings, SecretStore(timeout_s=5.0))
    assert later.secret(OWN) == Secret("one secret")
    assert later.secret(replace(OWN, project_id="4712")) is None
    later.forget_secret(OWN)
    assert later.secret(OWN) is None
    assert EnvironmentService(settings, SecretStore(timeout_s=5.0)).secret(OWN) is None


@pytest.mark.usefixtures("no_secret_service")
def test_without_a_keyring_the_secret_holds_for_the_session(
    environments: EnvironmentService, settings: Settings
) -> None:
    assert not environments.set_secret(OWN, "one secret")
    assert environments.secret(OWN) == Secret("one secret")
    assert environments.keyring_status().code == "keyring.no_backend"
    assert EnvironmentService(settings, SecretStore(timeout_s=5.0)).secret(OWN) is None
    environments.forget_secret(OWN)
    assert environments.secret(OWN) is None


@pytest.mark.usefixtures("no_secret_service")
def test_secret_is_never_in_the_settings(environments: EnvironmentService, tmp_path: Path) -> None:
    environments.save(OWN)
    environments.set_secret(OWN, "one secret")
    assert all(b"one secret" not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        (replace(OWN, base_url=""), "environment.no_address"),
        (replace(OWN, project_id=""), "environment.no_project"),
        (OWN, "environment.no_secret"),
    ],
)
@pytest.mark.usefixtures("no_secret_service")
def test_incomplete_environment_has_no_client_and_no_connection(
    environments: EnvironmentService, environment: Environment, code: str
) -> None:
    with pytest.raises(InputError) as client_error:
        environments.client_for(environment)
    with pytest.raises(InputError) as test_error:
        environments.test_connection(environment)
    assert (client_error.value.code, test_error.value.code) == (code, code)


@pytest.mark.usefixtures("no_secret_service")
def test_client_is_shared_until_something_about_it_changes(environments: EnvironmentService) -> None:
    environments.save(OWN)
    environments.choose(EnvironmentKind.OWN)
    environments.set_secret(OWN, "one secret")
    first = environments.client()
    assert environments.client_for(OWN) is first

    environments.set_secret(OWN, "another secret")
    second = environments.client()
    assert second is not first
    environments.save(replace(OWN, proxy_url=""))
    assert environments.client() is not second


@pytest.mark.usefixtures("no_secret_service")
def test_closing_ends_every_client_that_was_given_out(environments: EnvironmentService) -> None:
    environments.set_secret(OWN, "one secret")
    first = environments.client_for(OWN)
    environments.set_secret(OWN, "another secret")
    clients = (first, environments.client_for(OWN))
    environments.close()
    for client in clients:
        with pytest.raises(Cancelled):
            client.find_account("anybody")


@pytest.mark.usefixtures("no_secret_service")
def test_earlier_send_to_the_rehearsal_platform_finds_it_on_todays_port(settings: Settings) -> None:
    asked: list[Environment] = []

    def connect(environment: Environment, secret: Secret) -> PlatformClient:
        asked.append(environment)
        return PlatformClient(environment, secret)

    service = EnvironmentService(settings, SecretStore(timeout_s=5.0), connect=connect)
    today = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:2", PROJECT_ID)
    service.use_for_session(today, SECRET)
    service.client_for(replace(today, base_url="http://127.0.0.1:1"))
    assert service.get(EnvironmentKind.SANDBOX) == today
    assert [environment.base_url for environment in asked] == ["http://127.0.0.1:2"]
    service.close()


def test_connection_with_the_right_secret_is_reported(
    environments: EnvironmentService, platform: SandboxPlatform
) -> None:
    report = environments.test_connection(platform.environment, SECRET)
    assert (report.code, report.is_connected, report.error) == ("connected", True, None)
    assert report.latency_ms > 0
    assert report.clock_skew_s is not None
    assert abs(report.clock_skew_s) < 5


def test_wrong_secret_is_told_apart_from_no_network(
    environments: EnvironmentService, platform: SandboxPlatform
) -> None:
    wrong = environments.test_connection(platform.environment, "another secret")
    nowhere = environments.test_connection(replace(platform.environment, base_url="http://127.0.0.1:9"), SECRET)
    assert (wrong.code, nowhere.code) == ("api.unsigned_refusal", "api.no_network")
    assert not wrong.is_connected
    assert nowhere.clock_skew_s is None


def test_wrong_clock_is_measured(environments: EnvironmentService, platform: SandboxPlatform) -> None:
    platform.set_faults({"path": "/account/idexchange", "fault": "wrong_clock", "seconds": -7200})
    report = environments.test_connection(platform.environment, SECRET)
    assert report.is_connected
    assert report.clock_skew_s is not None
    assert 7100 < report.clock_skew_s < 7300


def test_forged_answer_is_no_connection(environments: EnvironmentService, platform: SandboxPlatform) -> None:
    platform.set_faults({"path": "/account/idexchange", "fault": "gateway_html", "status": 200})
    assert environments.test_connection(platform.environment, SECRET).code == "api.unverified"


def test_whether_links_are_told_before_execute_is_learned(environments: EnvironmentService) -> None:
    assert environments.reports_links(EnvironmentKind.TEST) is None
    environments.learn_reports_links(EnvironmentKind.TEST, reports_links=False)
    assert environments.reports_links(EnvironmentKind.TEST) is False


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # keyring's own, of a connection it gives up
def test_keyring_that_does_not_answer_is_an_error_and_the_secret_holds_for_the_session(
    settings: Settings, secret_service: SecretService
) -> None:
    service = EnvironmentService(settings, SecretStore(timeout_s=0.3))
    secret_service.freeze()
    try:
        with raises_code(StoreError, "keyring.timeout"):
            service.secret(OWN)
        with raises_code(StoreError, "keyring.timeout"):
            service.set_secret(OWN, "one secret")
        assert service.secret(OWN) == Secret("one secret")
    finally:
        secret_service.thaw()
        for thread in threading.enumerate():
            if thread.name == "keyring":
                thread.join()
        gc.collect()


@pytest.mark.usefixtures("no_secret_service")
def test_every_change_is_counted(environments: EnvironmentService) -> None:
    counts = [environments.change_count]
    for change in (
        lambda: environments.save(OWN),
        lambda: environments.set_secret(OWN, "one secret"),
        lambda: environments.use_for_session(OWN, "another secret"),
        lambda: environments.forget_secret(OWN),
    ):
        change()
        counts.append(environments.change_count)
    assert counts == sorted(set(counts))


PROXY_PASSWORD = "p%40ss-of-the-proxy"
AT_PROXY = replace(OWN, proxy_url=f"http://clerk:{PROXY_PASSWORD}@127.0.0.1:3128")
BARE = replace(OWN, proxy_url="http://clerk@127.0.0.1:3128")


def ways_of(settings: Settings) -> tuple[EnvironmentService, list[str]]:
    """A service as it is after a start, and the proxies that its clients are given."""
    ways: list[str] = []

    def connect(environment: Environment, secret: Secret) -> PlatformClient:
        ways.append(environment.proxy_url)
        return PlatformClient(environment, secret)

    return EnvironmentService(settings, SecretStore(timeout_s=5.0), connect=connect), ways


def files_with_password(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and PROXY_PASSWORD.encode() in path.read_bytes()]


@pytest.mark.usefixtures("secret_service")
def test_password_of_a_proxy_is_in_the_keyring_and_in_no_file(settings: Settings, tmp_path: Path) -> None:
    first, _ways = ways_of(settings)
    assert first.save(AT_PROXY)
    first.set_secret(OWN, "one secret")
    assert first.get(EnvironmentKind.OWN) == BARE
    assert files_with_password(tmp_path) == []

    later, ways = ways_of(settings)
    later.client_for(later.get(EnvironmentKind.OWN))
    assert ways == [AT_PROXY.proxy_url]
    # Saved again as it is shown, without the password, it stays what it was.
    assert later.save(BARE)
    later.client_for(BARE)
    assert ways == [AT_PROXY.proxy_url] * 2
    first.close()
    later.close()


@pytest.mark.usefixtures("secret_service")
def test_password_of_a_proxy_that_is_not_used_any_more_is_taken_away(settings: Settings) -> None:
    service, ways = ways_of(settings)
    service.set_secret(OWN, "one secret")
    service.save(AT_PROXY)
    service.save(OWN)
    service.save(BARE)
    service.client_for(BARE)
    assert ways == [BARE.proxy_url]
    service.close()


@pytest.mark.parametrize("keyring", ["secret_service", "no_secret_service"])
def test_password_that_an_older_version_left_in_the_settings_leaves_them(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, keyring: str
) -> None:
    request.getfixturevalue(keyring)
    values = {"base_url": OWN.base_url, "project_id": OWN.project_id, "proxy_url": AT_PROXY.proxy_url}
    settings.set("environment.own", json.dumps(values))
    assert files_with_password(tmp_path) != []
    service, ways = ways_of(settings)
    service.set_secret(OWN, "one secret")
    assert service.get(EnvironmentKind.OWN) == BARE
    service.client_for(BARE)
    assert ways == [AT_PROXY.proxy_url]
    assert files_with_password(tmp_path) == []
    later, later_ways = ways_of(settings)
    later.set_secret(OWN, "one secret")
    later.client_for(BARE)
    assert later_ways == [AT_PROXY.proxy_url if keyring == "secret_service" else BARE.proxy_url]
    service.close()
    later.close()


@pytest.mark.usefixtures("no_secret_service")
def test_without_a_keyring_the_password_of_a_proxy_holds_for_the_session(settings: Settings, tmp_path: Path) -> None:
    service, ways = ways_of(settings)
    service.set_secret(OWN, "one secret")
    assert not service.save(AT_PROXY)
    service.client_for(BARE)
    assert ways == [AT_PROXY.proxy_url]
    assert files_with_password(tmp_path) == []
    service.close()


def test_password_of_a_proxy_is_not_printed() -> None:
    assert PROXY_PASSWORD not in repr(AT_PROXY)


def test_the_sandbox_of_an_earlier_start_asks_for_the_rehearsal_and_not_for_a_secret(
    environments: EnvironmentService,
) -> None:
    earlier = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:8001", "1111563657")
    with pytest.raises(InputError) as caught:
        environments.client_for(earlier)
    assert caught.value.code == "environment.no_rehearsal"
