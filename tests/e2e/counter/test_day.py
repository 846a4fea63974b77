"""A day at the counter: customers of a bank's own program, two tellers, and a program that is killed four times.

``make nightly`` serves a dozen of them, ``make day`` 300. Afterwards each of them has one contract at the platform,
signed; the bank was told so; the log of who did what is whole; and nothing of them lies in the files of the log.
"""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest

from esign_desktop.domain.audit import AuditAction, AuditEntry
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings
from tests.canaries.scanner import Scanner, told
from tests.e2e.accessibility_bus import AccessibilityBus
from tests.e2e.counter.bank import BankProgram, Customer
from tests.e2e.counter.conftest import install
from tests.e2e.counter.monitors import Monitors
from tests.e2e.counter.platform_at_will import platform_port
from tests.e2e.counter.teller import LOOK_S, Teller
from tests.e2e.running_application import RunningApplication
from tests.e2e.texts import chinese
from tests.e2e.x_hands import XHands
from tests.services.desk import clock_ms
from tests.services.own_pins import provide_with_own_pin
from tests.services.sandbox_platform import sign_at
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
COUNT: Final = int(os.environ.get("CUSTOMERS_OF_A_DAY", "12"))
MORNING, AFTERNOON = "示例甲", "示例乙"
PINS: Final = {MORNING: "481516", AFTERNOON: "162342"}
STATES: Final = ("prepared", "signing", "completed")
LIMIT_S: Final = 30.0

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(300 + 30 * COUNT)]


@dataclass
class Day:
    """The counter from outside: its program, who sits at it, and the bank that sends customers to it."""

    folder: Path
    display: VirtualDisplay
    bus: AccessibilityBus
    hands: XHands
    bank: BankProgram
    name: str = MORNING
    served_by: defaultdict[Customer, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Who pressed Enter for a customer: after a kill somebody else may have to do it again."""
    signed_in: list[str] = field(default_factory=list)
    to_code_s: list[float] = field(default_factory=list)
    """How long each customer waited from the teller's Enter for the code."""
    _running: RunningApplication | None = None

    @property
    def paths(self) -> AppPaths:
        return AppPaths.at(self.folder / "data")

    @property
    def platform_folder(self) -> Path:
        """Where the rehearsal platform keeps its own records."""
        return self.paths.sandbox_dir / "platform"

    @property
    def program(self) -> RunningApplication:
        assert self._running is not None
        return self._running

    def start(self) -> None:
        """Start the program; the counter wants to know who is there."""
        words = ("--counter", "--result-file", self.bank.result_file)
        self._running = RunningApplication(self.folder, self.display, self.bus, *words).__enter__()
        self.teller = Teller(self._running, self.hands, Monitors(self.display), self.folder.parent)

    def sign_in(self, name: str) -> None:
        self.name = name
        self.teller.sign_in(name, PINS[name])
        self.signed_in.append(name)

    def change_teller(self) -> None:
        """Somebody else takes over at the lock, which the former one's PIN does not open for them."""
        other = AFTERNOON if self.name == MORNING else MORNING
        self.teller.press("ctrl+l")
        self.teller.enter_pin(PINS[other])
        self.teller.sees(chinese("LockPane", "Incorrect PIN."))
        self.sign_in(other)

    def hand_over(self, customer: Customer) -> None:
        self.bank.hand_over(customer)
        self.look_at_line(customer)

    def look_at_line(self, customer: Customer) -> None:
        """Wait for the customer's line, and read it: an Enter that comes sooner is not taken."""
        self.teller.line_holds(customer.id_number)
        time.sleep(LOOK_S)

    def enter(self, customer: Customer) -> None:
        """Press Enter: the customer's contract is sent."""
        self.served_by[customer].append(self.name)
        self.hands.press("Return")

    def serve(self, customer: Customer) -> None:
        """From the bank's program to the signature, which the bank is told of."""
        self.hand_over(customer)
        began_s = time.monotonic()
        self.enter(customer)
        link = self.teller.customers_code()
        self.to_code_s.append(time.monotonic() - began_s)
        self.sign(customer, link)

    def sign(self, customer: Customer, link: str) -> None:
        # After a start the platform is elsewhere, and keeps the link's words.
        sign_at(f"http://127.0.0.1:{platform_port(self.program.process_id)}{urlsplit(link).path}")
        self.bank.wait_for(customer, "completed")
        # The page stays until Enter, and the next customer waits behind it.
        self.teller.sees(chinese("CounterWords", "Signed"))
        self.teller.press("Return")
        self.teller.is_ready()

    def end(self) -> None:
        """End the program as the system does when somebody logs out."""
        self.program.__exit__(None, None, None)

    def kill(self) -> None:
        os.kill(self.program.process_id, signal.SIGKILL)
        self.program.wait_for_end()

    def come_back(self) -> None:
        """Start the program again; the other teller sits there now."""
        self.start()
        self.sign_in(AFTERNOON if self.name == MORNING else MORNING)

    def bring_to_code(self, customer: Customer) -> str:
        """Do about an interrupted customer what the counter says, until their code is shown."""
        unsigned = chinese("CounterWords", "One of today's contracts is still unsigned")
        unknown = chinese("CounterWords", "No answer from the platform")
        stopped = chinese("CounterWords", "The customer's data is still here.")
        shown = chinese("CounterWords", "Waiting for the signature")
        nothing = chinese("CounterWords", "choose contract")
        keys = {unsigned: "Return", unknown: "2", stopped: "Return"}
        while (seen := self.teller.sees_any(shown, *keys, nothing)) != shown:
            if seen == nothing:
                # The program knows nothing of them, and the bank has heard nothing.
                self.hand_over(customer)
                self.enter(customer)
            else:
                self.teller.press(keys[seen])
            self.teller.sees_any(shown, *(one for one in keys if one != seen))
        return self.teller.customers_code()

    def requests(self, path: str) -> int:
        """Return how often the platform was asked so."""
        log = self.platform_folder / "requests.jsonl"
        return sum(json.loads(line)["path"].endswith(path) for line in log.read_text("utf-8").splitlines())

    def memory_and_threads(self) -> tuple[int, int]:
        """Return the program's resident kB, and how many threads it has."""
        status = Path(f"/proc/{self.program.process_id}/status").read_text("ascii")
        found = [re.search(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "Threads")]
        kilobytes, threads = (int(one[1]) for one in found if one is not None)
        return kilobytes, threads


@pytest.fixture
def day(tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands) -> Iterator[Day]:
    folder = tmp_path / "application"
    installation = install(folder / "data", tmp_path)
    tellers = Tellers(Settings(installation.database), clock_ms=clock_ms)
    for name, pin in PINS.items():
        provide_with_own_pin(tellers, name, pin, is_supervisor=True)
    installation.close()
    day = Day(folder, display, accessibility_bus, hands, BankProgram(folder))
    day.start()
    yield day
    day.end()


def killed_while_shown(day: Day, customer: Customer) -> None:
    """The code is on the customer's monitor."""
    day.hand_over(customer)
    day.enter(customer)
    day.teller.customers_code()
    day.kill()
    day.come_back()
    day.sign(customer, day.bring_to_code(customer))


def killed_while_sending(day: Day, customer: Customer) -> None:
    """The platform has just been asked to make the contract."""
    day.hand_over(customer)
    before = day.requests("/sign/start")
    day.enter(customer)
    wait_closely(lambda: day.requests("/sign/start") > before)
    day.kill()
    day.come_back()
    day.sign(customer, day.bring_to_code(customer))


def killed_while_told(day: Day, customer: Customer) -> None:
    """The signature's line is being written into the file of results."""
    day.hand_over(customer)
    day.enter(customer)
    link = day.teller.customers_code()
    day.bank.wait_for(customer, "signing")
    size = day.bank.result_file.stat().st_size
    sign_at(link)
    wait_closely(lambda: day.bank.result_file.stat().st_size > size)
    day.kill()
    day.come_back()
    day.bank.wait_for(customer, "completed")


def killed_while_locked(day: Day, customer: Customer) -> None:
    """The counter is locked and the customer waits behind it: that was only in memory, and the bank does it again."""
    day.teller.press("ctrl+l")
    day.bank.hand_over(customer)
    day.kill()
    day.start()
    assert day.bank.states_of(customer) == []
    day.bank.hand_over(customer)
    day.teller.sees(chinese("LockPane", "Locked. Enter the PIN, then press Enter."))
    assert day.teller.line_text == ""
    day.sign_in(MORNING)
    day.look_at_line(customer)
    began_s = time.monotonic()
    day.enter(customer)
    link = day.teller.customers_code()
    day.to_code_s.append(time.monotonic() - began_s)
    day.sign(customer, link)


KILLS: Final = (killed_while_locked, killed_while_shown, killed_while_sending, killed_while_told)


def wait_closely(is_so: Callable[[], bool]) -> None:
    """Wait without a pause between two looks: what follows is to come at once."""
    end = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < end, "it does not come to what was waited for"


def test_a_day_of_two_tellers_and_four_kills_leaves_each_customer_one_signed_contract(
    day: Day, tally: Counter[str]
) -> None:
    customers = [Customer(count) for count in range(1, COUNT + 1)]
    killed = {customers[COUNT * (n + 1) // (len(KILLS) + 1)]: kill for n, kill in enumerate(KILLS)}
    day.sign_in(MORNING)
    memory_kb: list[int] = []
    threads: list[int] = []
    for customer in customers:
        if customer in killed:
            killed[customer](day, customer)
        else:
            day.serve(customer)
        if customer is customers[COUNT // 2]:
            day.change_teller()
        for figures, figure in zip((memory_kb, threads), day.memory_and_threads(), strict=True):
            figures.append(figure)
    sheet = day.teller.shift_sheet()
    day.end()

    everybody_has_one_signed_contract(day, customers)
    bank_was_told_all(day, customers)
    log_tells_who(day, customers)
    sheet_agrees(day, sheet)
    numbers = {f"{one.reference} {what}": getattr(one, what) for one in customers for what in ("id_number", "mobile")}
    assert told(Scanner(numbers).in_folder(day.paths.log_dir)) == []

    # What is needed once for a send is there after the first one that was served whole.
    settled = max(index for index, one in enumerate(customers) if one in killed) + 1
    tally["customers"] += COUNT
    tally["kills"] += len(KILLS)
    tally["ms to the code in the middle"] += round(statistics.median(day.to_code_s) * 1000)
    tally["ms at most"] += round(max(day.to_code_s) * 1000)
    tally["customers after the last kill"] += COUNT - settled
    tally["kB more at the last of them than at the first"] += memory_kb[-1] - memory_kb[settled]
    tally["threads more"] += threads[-1] - threads[settled]


def everybody_has_one_signed_contract(day: Day, customers: list[Customer]) -> None:
    """Look at the platform's own records: what was begun and never shown counts for nothing."""
    records = day.platform_folder / "records"
    names = {one["id"]: one["name"] for one in map(read_json, (records / "accounts").glob("*.json"))}
    status = defaultdict(list)
    for flow in map(read_json, (records / "flows").glob("*.json")):
        if flow["status"] != FlowStatus.DRAFT:
            status[names[flow["signers"][0]["account_id"]]].append(flow["status"])
    assert status == {one.name: [FlowStatus.COMPLETED] for one in customers}


def bank_was_told_all(day: Day, customers: list[Customer]) -> None:
    """Every customer's last line says that it is signed, by whom it was sent, and the next start has nothing to add."""
    last = {one["reference"]: one for one in day.bank.results().values()}
    assert {reference: one["state"] for reference, one in last.items()} == {
        one.reference: "completed" for one in customers
    }
    assert len({one["flow_id"] for one in last.values()}) == len(customers)
    for customer in customers:
        states = [STATES.index(one) for one in day.bank.states_of(customer)]
        assert states == sorted(states)
    # A kill leaves half a line at most, and it was not taken for told.
    assert len(day.bank.halves) <= len(KILLS)
    told_before = day.bank.result_file.read_bytes()
    day.start()
    time.sleep(3)
    day.end()
    assert day.bank.result_file.read_bytes() == told_before


def log_tells_who(day: Day, customers: list[Customer]) -> None:
    """Every line is as it was written; who sent each contract, each hand-over and each sign-in stand there."""
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(day.folder / "data"), "--verify-audit"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stdout
    database = Database(day.paths.database_path)
    database.open()
    with closing(database):
        entries = Audit(database, who="").entries()[::-1]

    def teller_of(entry: AuditEntry) -> str:
        return entry.who.split(" · ")[0]

    assert [teller_of(one) for one in entries if one.action == AuditAction.SIGNED_IN] == day.signed_in
    handed = [one for one in entries if one.action == AuditAction.HANDED_OVER]
    assert {one.title for one in handed} == {one.reference for one in customers}
    assert {teller_of(one) for one in handed} == set(PINS)
    sent = {one.flow_id: teller_of(one) for one in entries if one.action == AuditAction.SENT}
    flows = {one["reference"]: one["flow_id"] for one in day.bank.results().values()}
    assert [one for one in customers if sent[flows[one.reference]] not in day.served_by[one]] == []
    assert len(sent) == len(customers)


def sheet_agrees(day: Day, sheet: str) -> None:
    """The shift sheet's own totals are those of the day, for the teller who asks."""
    sent, signed = re.findall(r"\d+", sheet.splitlines()[0])[3:5]
    assert (int(sent), int(signed)) == (COUNT, COUNT)
    assert chinese("ShiftWindow", "Teller: {name}", name=day.name) in sheet


def read_json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))
