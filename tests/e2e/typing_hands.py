"""Fill a field from the keyboard as a person does: look where the cursor is, type, look at what came."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.accessible import FOCUSED, WAIT_S, Gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.accessible import Accessible
    from tests.e2e.x_hands import XHands

TYPING_S = 3.0
POLL_S = 0.05
DELAYS_MS = (12, 80, 250, 700)


def wait_for_keyboard(field: Accessible) -> None:
    """Wait until what is typed goes to this field.

    A window manager looks at a click before the program gets it, and keys do not wait for that: typed at once, the
    first of them would go to the field before.
    """
    if not _is_soon(lambda: FOCUSED in field.states, WAIT_S):
        pytest.fail(f"{field.role} {field.name!r} does not get the keyboard")


def fill(hands: XHands, field: Accessible, text: str) -> None:
    """Type text in the place of what is in the field that has, or is about to get, the keyboard.

    What came is looked at, and typed anew more slowly if it is something else: keys that are bound to a character for
    the moment may come too early.
    """
    wait_for_keyboard(field)
    for delay_ms in DELAYS_MS:
        hands.press("ctrl+a", "BackSpace")
        hands.type(text, delay_ms)
        if _is_soon(lambda: field.text == text, TYPING_S):
            return
    pytest.fail(f"{field.role} {field.name!r} takes {field.text!r} for {text!r}")


def _is_soon(is_so: Callable[[], bool], limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            if is_so():
                return True
        except Gone:
            pass
        time.sleep(POLL_S)
    return False
