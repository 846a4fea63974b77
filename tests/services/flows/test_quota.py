from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.environment import EnvironmentKind, FreezeAt
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.quota import QuotaService, QuotaWarning
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEST = EnvironmentKind.TEST


@dataclass
class Desk:
    flows: Flows
    settings: Settings
    quota: QuotaService


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    paths = AppPaths.at(tmp_path)
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    flows, settings = Flows(database), Settings(database)
    yield Desk(flows, settings, QuotaService(flows, settings, clock_ms=lambda: NOW_MS))
    database.close()


def test_contracts_are_frozen_charged_or_released(desk: Desk) -> None:
    for number, status in enumerate(FlowStatus):
        desk.flows.add(make_flow(name=status.name, status=status, contract_count=10**number, sent_at_ms=1))
    account = desk.quota.account(TEST)
    assert (account.frozen_count, account.charged_count, account.released_count) == (111, 1000, 1110000)
    assert account.remaining_count is None
    assert desk.quota.account(EnvironmentKind.PRODUCTION).frozen_count == 0


def test_contract_that_nobody_sees_yet_is_not_frozen_where_execute_freezes(desk: Desk) -> None:
    quota = QuotaService(desk.flows, desk.settings, clock_ms=lambda: NOW_MS, freeze_at=lambda _kind: FreezeAt.EXECUTE)
    quota.enter(TEST, total_count=2000, remaining_count=1000, valid_until_ms=None)
    for number, status in enumerate((FlowStatus.DRAFT, FlowStatus.SIGNING, FlowStatus.COMPLETED, FlowStatus.REVOKED)):
        desk.flows.add(make_flow(name=status.name, status=status, contract_count=10**number, sent_at_ms=NOW_MS))
    account, usual = quota.account(TEST), desk.quota.account(TEST)
    assert (account.frozen_count, account.charged_count, account.released_count) == (10, 100, 1000)
    assert (account.remaining_count, usual.remaining_count) == (890, 889)


def test_what_was_sent_since_it_was_counted_is_taken_off(desk: Desk) -> None:
    desk.quota.enter(TEST, total_count=2000, remaining_count=1000, valid_until_ms=NOW_MS + 40 * DAY_MS)
    desk.flows.add(make_flow(name="before", sent_at_ms=NOW_MS - 1, contract_count=50))
    desk.flows.add(make_flow(name="since", sent_at_ms=NOW_MS, contract_count=3))
    desk.flows.add(make_flow(name="gone", sent_at_ms=NOW_MS, contract_count=7, status=FlowStatus.REVOKED))
    account = desk.quota.account(TEST)
    assert (account.remaining_count, account.days_left, account.warnings) == (997, 40, ())


def test_what_a_signer_pays_for_is_not_of_this_package(desk: Desk) -> None:
    desk.quota.enter(TEST, total_count=2000, remaining_count=1000, valid_until_ms=None)
    desk.flows.add(make_flow(name="theirs", sent_at_ms=NOW_MS, contract_count=5, payer_account_id="account 1"))
    desk.flows.add(make_flow(name="ours", sent_at_ms=NOW_MS, contract_count=2))
    account = desk.quota.account(TEST)
    assert (account.frozen_count, account.remaining_count) == (2, 998)


@pytest.mark.parametrize(
    ("remaining", "days", "warnings"),
    [
        (501, 31, ()),
        (500, 30, (QuotaWarning.QUARTER_LEFT, QuotaWarning.THIRTY_DAYS_LEFT)),
        (201, 16, (QuotaWarning.QUARTER_LEFT, QuotaWarning.THIRTY_DAYS_LEFT)),
        (200, 15, (QuotaWarning.TENTH_LEFT, QuotaWarning.FIFTEEN_DAYS_LEFT)),
        (0, -1, (QuotaWarning.USED_UP, QuotaWarning.OVER)),
    ],
)
def test_it_warns_as_the_platform_does(
    desk: Desk, remaining: int, days: int, warnings: tuple[QuotaWarning, ...]
) -> None:
    desk.quota.enter(TEST, total_count=2000, remaining_count=remaining, valid_until_ms=NOW_MS + days * DAY_MS)
    assert desk.quota.account(TEST).warnings == warnings


@pytest.mark.parametrize("kept", ["{", "[]", '{"total_count": "x", "remaining_count": 1, "counted_at_ms": 1}', "null"])
def test_an_entry_that_cannot_be_read_is_none(desk: Desk, kept: str) -> None:
    desk.settings.set("quota.test", kept)
    assert desk.quota.entry(TEST) is None


def test_an_entry_can_be_forgotten(desk: Desk) -> None:
    desk.quota.enter(TEST, total_count=1, remaining_count=1, valid_until_ms=None)
    assert desk.quota.account(TEST).days_left is None
    desk.quota.forget(TEST)
    assert desk.quota.entry(TEST) is None
