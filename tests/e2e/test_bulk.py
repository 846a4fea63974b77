"""A clerk with a sheet of a hundred rows: the real window, a real drop, and every action counted."""

from __future__ import annotations

import csv
import os
import re
import signal
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
from tests.e2e.x_hands import XHands, read
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROW_COUNT = 100
MOST_ACTIONS = 6
SENDING_S = 180.0
POLL_S = 0.25
KILLED_ROW_COUNT = 20
KILLED_AFTER = 5
STATE_COLUMN = 1
GRID = chinese("RowTable", "Sheet rows")
SEND_ANY = re.compile(re.escape(chinese("RunWords", "Send %n contract(s)")).replace("%n", "[0-9]+"))
FINALITY = "After sending, contracts can't be changed, only revoked one by one."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation of somebody who has two presets."""
    folder = tmp_path / "application"
    nowhere = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9/v3", "project")
    installation = CounterDesk(folder / "data", nowhere)
    installation.make_preset(tmp_path / "loan", name="借款合同")
    installation.make_preset(tmp_path / "two", name="共同借款", signers=2)
    installation.close()
    return folder


@pytest.fixture
def office(
    tmp_path: Path, folder: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands
) -> Iterator[Office]:
    with RunningApplication(folder, display, accessibility_bus) as running, Clerk(display, hands) as clerk:
        yield Office(clerk, running, hands, folder)
        hands.see().save(str(tmp_path / "last-seen.png"))


def make_sheet(folder: Path, count: int) -> Path:
    """Write so many people as a spreadsheet program saves them as text."""
    path = folder / "借款人名单.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *(person_row(number) for number in range(1, count + 1))])
    return path


def lay_out(office: Office, sheet: Path) -> None:
    """From the first press on the rail to the rows."""
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    clerk.click(window.find("check box", chinese("Actions", "Bulk")), name="Bulk")
    clerk.click(window.find("list item", "借款合同"), name="preset")
    drop = window.find("label", chinese("StartPane", "Drop a spreadsheet here: one row per contract, .xlsx or .csv."))
    clerk.drop(sheet, drop.extents.center)


def send(office: Office, count: int | None = None) -> None:
    """Press the one button, read, and press the one on the sheet that confirms."""
    clerk, window = office.clerk, office.running.window
    if count is None:
        (label,) = {one.name for one in window.all("push button") if SEND_ANY.fullmatch(one.name)}
    else:
        label = chinese("RunWords", "Send %n contract(s)", n=count)
    button = window.find("push button", label)
    wait_until("the rows are looked through", lambda: ENABLED in button.states)
    clerk.click(button, name="send")
    window.find("label", chinese("ConfirmSheet", FINALITY))
    read()
    clerk.click(window.find("push button", label), name="confirm")


def seen(office: Office) -> list[str]:
    """Return who sees a contract: one that is not started yet is seen by nobody."""
    return sorted(office.name(flow["signers"][0]["account_id"]) for flow in office.flows() if flow["status"] != 0)


def wait_for_flows(office: Office, count: int) -> None:
    """Wait until at least so many signers see a contract."""
    end = time.monotonic() + SENDING_S
    while time.monotonic() < end:
        if len(seen(office)) >= count:
            return
        time.sleep(POLL_S)
    pytest.fail(f"only {len(office.flows())} flows in {SENDING_S} s")


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_a_hundred_rows_take_no_more_than_six_actions_and_none_is_sent_again(office: Office, tmp_path: Path) -> None:
    clerk, window, sheet = office.clerk, office.running.window, make_sheet(tmp_path, ROW_COUNT)
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    clerk.begin()
    lay_out(office, sheet)
    send(office, ROW_COUNT)
    wait_for_flows(office, ROW_COUNT)
    assert clerk.count <= MOST_ACTIONS, clerk.actions
    window.find("label", chinese("RunWords", "All %n contract(s) sent.", n=ROW_COUNT))
    assert seen(office) == sorted(person_row(number)[0] for number in range(1, ROW_COUNT + 1))

    # The same sheet, dropped once more over what is there, with one row that is new.
    clerk.drop(make_sheet(tmp_path, ROW_COUNT + 1), window.find("table", GRID).extents.center)
    send(office, 1)
    wait_for_flows(office, ROW_COUNT + 1)
    assert len(office.flows()) == ROW_COUNT + 1


@pytest.mark.timeout(300)
def test_a_program_that_is_killed_offers_to_go_on_and_nobody_gets_a_contract_twice(
    tmp_path: Path, folder: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands
) -> None:
    sheet = make_sheet(tmp_path, KILLED_ROW_COUNT)
    with RunningApplication(folder, display, accessibility_bus) as running, Clerk(display, hands) as clerk:
        office = Office(clerk, running, hands, folder)
        lay_out(office, sheet)
        send(office, KILLED_ROW_COUNT)
        wait_for_flows(office, KILLED_AFTER)
        os.kill(running.process_id, signal.SIGKILL)
        running.wait_for_end()
    assert len(seen(office)) < KILLED_ROW_COUNT
    with RunningApplication(folder, display, accessibility_bus) as running, Clerk(display, hands) as clerk:
        office, window = Office(clerk, running, hands, folder), running.window
        window.find("label", chinese("EnvironmentWords", REHEARSAL))
        clerk.press("ctrl+3")
        go_on = window.find("push button", chinese("InterruptedRunBar", "Continue sending"))
        read()
        clerk.click(go_on, name="go on")
        table = window.find("table", GRID)
        send(office)
        held = chinese("BulkWords", "Needs your decision")
        told = {chinese("BulkWords", "Sent"), held}
        states = [table.cell(row, STATE_COLUMN) for row in range(KILLED_ROW_COUNT)]
        end = time.monotonic() + SENDING_S
        while not {one.name for one in states} <= told:
            assert time.monotonic() < end, [one.name for one in states]
            time.sleep(POLL_S)
        names = seen(office)
        assert len(set(names)) == len(names)
        assert len(names) + [one.name for one in states].count(held) == KILLED_ROW_COUNT
        hands.see().save(str(tmp_path / "last-seen.png"))
