"""Somebody with a keyboard and a screen reader: knows what is read aloud, and presses keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.accessibility.walker import Stop, Walker
from tests.e2e.typing_hands import fill

if TYPE_CHECKING:
    from tests.e2e.accessibility.listener import Listener
    from tests.e2e.accessible import Accessible
    from tests.e2e.running_application import RunningApplication
    from tests.e2e.x_hands import XHands

MOST_STEPS = 120
MEANT_S = 1.2
"""A button that sends is not taken for meant before it has stood for 0.7 s."""


class Reader:
    """``walker`` keeps what was wrong at any place that was walked."""

    def __init__(self, application: RunningApplication, hands: XHands, listener: Listener) -> None:
        self._application = application
        self._hands = hands
        self.listener = listener
        self.walker = Walker(hands, listener)

    @property
    def window(self) -> Accessible:
        """What the accessibility bus tells of the application."""
        return self._application.window

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until nothing more is said."""
        for key in keys:
            self._hands.press(key)
        self.listener.rest()

    def find(self, role: str, name: str, key: str = "Tab") -> Stop:
        """Go on by a key to what is called so, by the beginning of its name."""
        heard: list[str] = []
        for _ in range(MOST_STEPS):
            stop = self.walker.step(key)
            if stop is None:
                # The pages lead from seal to seal.
                heard.append("…")
                continue
            if stop.role == role and any(one.startswith(name) for one in (stop.name, *stop.labels)):
                return stop
            heard.append(str(stop))
        pytest.fail(f"{key} does not lead to {role} “{name}”, but to\n" + "\n".join(heard))

    def use(self, role: str, name: str, *, is_meant: bool = False) -> None:
        """Find a button or box, and press it."""
        self.find(role, name)
        if is_meant:
            time.sleep(MEANT_S)
        self.press("space")

    def fill(self, name: str, text: str) -> None:
        """Find a field and fill it in."""
        fill(self._hands, self.find("text", name).thing, text)

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        self._hands.type(text)
        self.listener.rest()

    def command(self, menu: str, name: str) -> None:
        """Do what is in a menu that a key opens, by its name."""
        self.press(menu)
        self.find("menu item", name, "Down")
        self.press("Return")
