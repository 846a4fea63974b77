"""Another program, such as a bank's own, hands customers over and reads what became of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.counter.monitors import Monitors
from tests.e2e.counter.platform_at_will import platform_port
from tests.e2e.counter.teller import Teller
from tests.e2e.running_application import RunningApplication
from tests.e2e.texts import chinese
from tests.services.counter_desk import made_up_number
from tests.services.rehearsal import sign_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CUSTOMERS = int(os.environ.get("CUSTOMERS_OF_A_DAY", "4"))
KILLS = 3
WAIT_S = 20.0
_SURNAMES, _NAMES = "赵钱孙李周吴郑王冯陈", "一二三四五六七八九十"


class BankProgram:
    """The other program: it knows the customers, and our program by its command line and its file alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()

    def hand_over(self, count: int, *words: str) -> str:
        """Hand the customer of this number over to the program that runs; return the reference."""
        customer = {
            "version": 1,
            "name": _SURNAMES[count % 10] + _NAMES[count // 10 % 10] + _NAMES[count // 100 % 10],
            "number": made_up_number(count),
            "mobile": f"138{count:08}",
            "preset": 2,
            "reference": f"loan-{count}",
        }
        command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(self._folder / "data")]
        done = subprocess.run(
            [*command, *(words or ("--customer-file", "-"))],
            input=json.dumps(customer),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return str(customer["reference"])

    def results(self) -> list[dict[str, Any]]:
        """Return every line, each change once."""
        path = self._folder / "results.jsonl"
        lines = [json.loads(line) for line in path.read_text("ascii").splitlines()] if path.exists() else []
        return list({line["id"]: line for line in lines}.values())

    def wait_for(self, reference: str, state: str) -> None:
        """Wait until a line says so."""
        end = time.monotonic() + WAIT_S
        while (reference, state) not in {(line["reference"], line["state"]) for line in self.results()}:
            assert time.monotonic() < end, f"{reference} is not told to be {state}: {self.results()}"
            time.sleep(0.2)


def line_of(teller: Teller) -> str:
    return "".join(field.text for field in teller.window.all("text"))


def wait_for_line(teller: Teller, text: str) -> None:
    end = time.monotonic() + WAIT_S
    while text not in line_of(teller):
        assert time.monotonic() < end, line_of(teller)
        time.sleep(0.1)


def serve(teller: Teller, bank: BankProgram, application: RunningApplication, count: int) -> str:
    """Hand one over, press Enter, and let the customer sign; return the reference."""
    reference = bank.hand_over(count)
    wait_for_line(teller, made_up_number(count))
    teller.press("Return")
    link = teller.customers_code()
    sign_at(f"http://127.0.0.1:{platform_port(application.process_id)}{urlsplit(link).path}")
    bank.wait_for(reference, "completed")
    teller.press("Return")
    return reference


def test_a_hand_over_waits_for_the_tellers_enter_and_never_stands_before_another_customer(
    application: RunningApplication, teller: Teller, tmp_path: Path
) -> None:
    bank = BankProgram(tmp_path / "application")
    bank.hand_over(1)
    wait_for_line(teller, made_up_number(1))
    time.sleep(2)
    assert bank.results() == []
    teller.press("Return")
    link = teller.customers_code()
    bank.wait_for("loan-1", "signing")

    # The code of the one before stays until they have signed.
    bank.hand_over(2)
    teller.sees(chinese("CounterWindow", "A customer was handed over, and comes when this one is done or cleared."))
    assert teller.customers_code() == link
    sign_at(f"http://127.0.0.1:{platform_port(application.process_id)}{urlsplit(link).path}")
    wait_for_line(teller, made_up_number(2))
    teller.press("ctrl+l")
    bank.hand_over(3)
    time.sleep(1)
    teller.press("ctrl+l")
    wait_for_line(teller, made_up_number(3))
    teller.press("Escape", "Escape")
    assert {line["reference"] for line in bank.results()} == {"loan-1"}


def test_results_of_a_day_are_complete_after_three_kills(
    application: RunningApplication,
    teller: Teller,
    display: VirtualDisplay,
    accessibility_bus: AccessibilityBus,
    hands: XHands,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "application"
    bank = BankProgram(folder)
    served = 0
    running = application
    for part in range(KILLS + 1):
        for _ in range(CUSTOMERS // (KILLS + 1)):
            served += 1
            serve(teller, bank, running, served)
        if part == KILLS:
            break
        # In the midst of the next one.
        served += 1
        bank.hand_over(served)
        wait_for_line(teller, made_up_number(served))
        teller.press("Return")
        teller.customers_code()
        os.kill(running.process_id, signal.SIGKILL)
        running.wait_for_end()
        running = RunningApplication(
            folder, display, accessibility_bus, "--counter", "--result-file", folder / "results.jsonl"
        ).__enter__()
        teller = Teller(running, hands, Monitors(display), tmp_path)
        teller.sees(chinese("CounterWords", "One contract is still unsigned today"))
        teller.press("Return")
        link = teller.customers_code()
        sign_at(f"http://127.0.0.1:{platform_port(running.process_id)}{urlsplit(link).path}")
        bank.wait_for(f"loan-{served}", "completed")
        teller.press("Return")
    os.kill(running.process_id, signal.SIGTERM)
    running.wait_for_end()
    completed = [line["reference"] for line in bank.results() if line["state"] == "completed"]
    assert sorted(completed) == sorted(f"loan-{count}" for count in range(1, served + 1))
    audit = subprocess.run(
        [sys.executable, "-m", "esign_desktop", "--data-dir", str(folder / "data"), "--verify-audit"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert audit.returncode == 0
