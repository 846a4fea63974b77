"""A clerk with a sheet of a hundred rows: the real window, a real drop, and every action counted."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import Environment, EnvironmentKind
from tests.bulk_samples import HEADINGS, person_row
from tests.e2e.accessible import ENABLED
from tests.e2e.clerk import Clerk
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_clerk import REHEARSAL, Office
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROW_COUNT = 100
MOST_ACTIONS = 6
SENDING_S = 180.0
POLL_S = 0.25
FINALITY = "Sending is the one step that can't be undone; contracts can only be revoked, one by one."


@pytest.fixture
def office(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands
) -> Iterator[Office]:
    """A window of somebody who has two presets."""
    folder = tmp_path / "application"
    nowhere = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9/v3", "project")
    installation = CounterDesk(folder / "data", nowhere)
    installation.make_preset(tmp_path / "loan", name="借款合同")
    installation.make_preset(tmp_path / "two", name="共同借款", signers=2)
    installation.close()
    with RunningApplication(folder, display, accessibility_bus) as running, Clerk(display, hands) as clerk:
        yield Office(clerk, running, hands, folder)
        hands.see().save(str(tmp_path / "last-seen.png"))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A hundred people, as a spreadsheet program saves them as text."""
    path = tmp_path / "借款人名单.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *(person_row(number) for number in range(1, ROW_COUNT + 1))])
    return path


def lay_out(office: Office, sheet: Path) -> None:
    """From the first press on the rail to the rows."""
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    clerk.click(window.find("check box", chinese("Rooms", "Bulk")), name="Bulk")
    clerk.click(window.find("list item", "借款合同"), name="preset")
    drop = window.find("label", chinese("StartPane", "Drop the sheet here: one row a contract, .xlsx or .csv."))
    clerk.drop(sheet, drop.extents.center)


def send(office: Office, count: int) -> None:
    """Press the one button, read, and press the one on the sheet that confirms."""
    clerk, window = office.clerk, office.running.window
    label = chinese("RunWords", "Send %n contract(s)", n=count)
    button = window.find("push button", label)
    wait_until("the rows are looked through", lambda: ENABLED in button.states)
    clerk.click(button, name="send")
    window.find("label", chinese("ConfirmSheet", FINALITY))
    clerk.click(window.find("push button", label), name="confirm")


def wait_for_flows(office: Office, count: int) -> None:
    end = time.monotonic() + SENDING_S
    while time.monotonic() < end:
        if sum(flow["status"] != 0 for flow in office.flows()) == count:
            return
        time.sleep(POLL_S)
    pytest.fail(f"only {len(office.flows())} flows in {SENDING_S} s")


def test_a_hundred_rows_take_no_more_than_six_actions_and_none_is_sent_again(office: Office, sheet: Path) -> None:
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    clerk.begin()
    lay_out(office, sheet)
    send(office, ROW_COUNT)
    wait_for_flows(office, ROW_COUNT)
    assert clerk.count <= MOST_ACTIONS, clerk.actions
    window.find("label", chinese("RunWords", "All %n contract(s) sent.", n=ROW_COUNT))
    signers = [office.name(flow["signers"][0]["account_id"]) for flow in office.flows()]
    assert sorted(signers) == sorted(person_row(number)[0] for number in range(1, ROW_COUNT + 1))

    # The same sheet, dropped once more over what is there, with one row that is new.
    with sheet.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(person_row(ROW_COUNT + 1))
    table = window.find("table", chinese("RowTable", "Rows of the sheet"))
    clerk.drop(sheet, table.extents.center)
    send(office, 1)
    wait_for_flows(office, ROW_COUNT + 1)
    assert len(office.flows()) == ROW_COUNT + 1
