"""Somebody at the counter: keys for hands, and eyes for both monitors."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.self_test.send import read_qr_codes
from tests.canaries.scanner import Scanner, told
from tests.e2e.accessible import FOCUSED, WAIT_S, Gone
from tests.e2e.counter.monitors import CUSTOMERS, TELLERS
from tests.e2e.counter.platform_at_will import PlatformAtWill
from tests.e2e.texts import chinese
from tests.e2e.typing_hands import fill, wait_for_keyboard
from tests.services.counter_desk import LI, ZHANG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage

    from tests.e2e.accessible import Accessible
    from tests.e2e.counter.monitors import Monitors
    from tests.e2e.running_application import RunningApplication
    from tests.e2e.x_hands import XHands

POLL_S = 0.1
LOOK_S = 0.8
BETWEEN_S = 0.2


def codes_in(screen: QImage, monitor: QRect) -> tuple[str, ...]:
    return read_qr_codes(screen.copy(monitor))


class Teller:
    """Works the real program in front of two monitors."""

    def __init__(self, application: RunningApplication, hands: XHands, monitors: Monitors, folder: Path) -> None:
        self._application = application
        self._hands = hands
        self._folder = folder
        self.monitors = monitors
        self.window = self._titled("CounterWindow", "Counter")

    @property
    def display(self) -> Accessible:
        """The customer's window."""
        return self._titled("CustomerDisplay", "Customer's screen")

    def press(self, *keys: str) -> None:
        """Press keys as somebody who has looked, one after the other: what comes sooner is not taken as meant."""
        time.sleep(LOOK_S)
        for key in keys:
            self._hands.press(key)
            time.sleep(BETWEEN_S)

    def type(self, text: str) -> None:
        """Type into the line."""
        fill(self._hands, self.window.find("text"), text)

    def choose(self, key: str = "F2") -> None:
        """Take the contract on a key, and wait until it wants a customer."""
        self.press(key)
        self.sees(chinese("CounterWords", "other ID type"))

    def serve(self, key: str = "F2", *lines: str) -> str:
        """From the preset's key to the code on the customer's monitor."""
        self.choose(key)
        for line in lines or (ZHANG,):
            self.type(line)
            self.press("Return")
            self._wait_for(lambda: not self.line_text, "the line is taken")
        return self.customers_code()

    def customers_code(self, *, not_one_of: tuple[str, ...] = ()) -> str:
        """Wait for a code on the customer's monitor, and read it."""
        seen: list[str] = []

        def is_there() -> bool:
            seen[:] = [one for one in self.codes_on(CUSTOMERS) if one not in not_one_of]
            return len(seen) == 1

        self._wait_for(is_there, "a code is on the customer's monitor")
        return seen[0]

    def codes_on(self, monitor: QRect) -> tuple[str, ...]:
        return codes_in(self._hands.see(), monitor)

    def wait_for_codes(self, tellers: tuple[str, ...], customers: tuple[str, ...]) -> None:
        """Wait until the monitors show these codes and no others."""

        def is_so() -> bool:
            screen = self._hands.see()
            return (codes_in(screen, TELLERS), codes_in(screen, CUSTOMERS)) == (tellers, customers)

        self._wait_for(is_so, f"there are {len(tellers)} and {len(customers)} codes")

    def line_holds(self, words: str) -> None:
        """Wait until words stand in the line."""
        self._wait_for(lambda: words in self.line_text, "the line is filled")

    def sign_in(self, name: str, pin: str) -> None:
        """Say who it is, and open the locked counter, by keys."""
        self.sees(chinese("LockPane", "Locked. Enter the PIN, then press Enter."))
        who = self.window.find("combo box")
        if who.name != name:
            self.press("Tab")
            self._wait_for(lambda: FOCUSED in who.states, "the tellers have the keyboard")
            self.press("Down")
            if who.name != name:
                self.press("Up")
            self._wait_for(lambda: who.name == name, name)
        self.enter_pin(pin)
        self.sees(chinese("HeadLine", "Teller: {name}", name=name))

    def enter_pin(self, pin: str) -> None:
        """Type a PIN into the lock."""
        wait_for_keyboard(self.window.find("text", chinese("LockPane", "PIN")))
        self._hands.type(pin)
        self._hands.press("Return")

    def sees_any(self, *words: str) -> str:
        """Wait until one of these stands in the teller's window, and return it; the first one goes first."""
        seen: list[str] = []

        def is_there() -> bool:
            text = "\n".join(self._labels(self.window))
            seen[:] = [one for one in words if one in text][:1]
            return bool(seen)

        self._wait_for(is_there, " or ".join(words))
        return seen[0]

    def shift_sheet(self) -> str:
        """Open the shift sheet, and return what stands above its table."""
        self.press("ctrl+t")
        sheet = self._titled("ShiftWindow", "Shift sheet")
        heads: list[str] = []

        def is_read() -> bool:
            heads[:] = [one.name for one in sheet.children if one.role == "label" and one.name]
            return len(heads) > 1

        self._wait_for(is_read, "the shift sheet is filled")
        self.press("Escape")
        return "\n".join(heads)

    def sees(self, words: str) -> None:
        """Wait until words stand somewhere in the teller's window."""
        self._wait_for(lambda: words in "\n".join(self._labels(self.window)), words)

    def customer_sees(self, words: str) -> None:
        """Wait until words stand somewhere in the customer's window."""
        self._wait_for(lambda: words in "\n".join(self._labels(self.display)), words)

    def is_ready(self) -> None:
        """Wait until the desk is free, with nothing of a customer on it."""
        self.sees(chinese("CounterWords", "other ID type"))
        self._wait_for(lambda: not self.line_text, "the line is empty")
        self.wait_for_codes((), ())
        self._wait_for(lambda: not "".join(self._labels(self.display)), "the customer's monitor is blank")

    def take_over_platform(self) -> PlatformAtWill:
        return PlatformAtWill(self._application.process_id, self._folder)

    def leave(self) -> None:
        """Close the counter and the program, which must have complained of nothing."""
        self.press("F11")
        self._application.window.find("check box", chinese("Actions", "Prepare"))
        self.press("ctrl+q")
        assert self._application.wait_for_end() == 0
        # A reader that asks for what has just gone is told so, and that is no complaint of the program.
        assert self._application.complaints == ""
        self._leaves_nobody_behind()

    def _leaves_nobody_behind(self) -> None:
        """Look through every file of the program; what the rehearsal platform keeps is the platform's own."""
        root = self._application.root
        numbers = Scanner({word: word for line in (ZHANG, LI) for word in line.split() if word.isdigit()})
        names = Scanner({"first": "张三", "second": "李四"})
        shutil.rmtree(root / "data" / "sandbox")
        assert told(numbers.in_folder(root)) == []
        assert list((root / "logs").iterdir())
        assert told(names.in_folder(root / "logs")) == []

    @property
    def line_text(self) -> str:
        """What stands in the line."""
        return "".join(field.text for field in self.window.all("text"))

    def _titled(self, context: str, title: str) -> Accessible:
        found: list[Accessible] = []

        def is_there() -> bool:
            windows = self._application.window.children
            found[:] = [one for one in windows if one.name.startswith(chinese(context, title))]
            return bool(found)

        self._wait_for(is_there, title)
        return found[0]

    @staticmethod
    def _labels(window: Accessible) -> list[str]:
        found = []
        for label in window.all("label"):
            try:
                found.append(label.name)
            except Gone:
                continue
        return found

    def _wait_for(self, is_so: Callable[[], bool], claim: str) -> None:
        if not self._is_so(is_so, WAIT_S):
            seen = {"teller": self._labels(self.window), "customer": self._labels(self.display)}
            pytest.fail(f"in vain: {claim}\n{seen}")

    @staticmethod
    def _is_so(is_so: Callable[[], bool], limit_s: float) -> bool:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            try:
                if is_so():
                    return True
            except Gone:
                pass
            time.sleep(POLL_S)
        return False
