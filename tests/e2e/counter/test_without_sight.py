"""The counter by keys and ears: what the teller's window says, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.accessibility.listener import Listener
from tests.e2e.accessibility.walker import Walker
from tests.e2e.texts import chinese
from tests.services.counter_desk import ZHANG
from tests.services.sandbox_platform import sign_at

if TYPE_CHECKING:
    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.counter.teller import Teller
    from tests.e2e.x_hands import XHands

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(300)]


def test_customer_is_served_by_what_is_announced(
    teller: Teller, hands: XHands, accessibility_bus: AccessibilityBus
) -> None:
    with Listener(accessibility_bus, teller.window) as listener:
        walker = Walker(hands, listener)
        teller.choose("F2")
        walker.walk("line")
        listener.forget()
        teller.type(ZHANG)
        listener.hears(chinese("SmartLine", "Press Enter to send."))
        teller.press("Return")
        listener.hears(chinese("CounterWords", "Waiting for the signature"))
        code = teller.customers_code()
        walker.walk("code")
        teller.press("F9")
        listener.hears(chinese("HeadLine", "Customer's screen is blanked"))
        teller.press("F9")
        teller.press("ctrl+l")
        listener.hears(chinese("LockPane", "Locked. Press Ctrl+L to unlock."))
        walker.walk("locked")
        teller.press("ctrl+l")
        listener.forget()
        sign_at(code)
        listener.hears(chinese("CounterWords", "Signed"))
        # What is told of others is not said aloud where customers stand.
        assert not any("张三" in said for said in listener.announcements)
        teller.press("Return", "ctrl+t")
        walker.walk("shift sheet")
        teller.press("Escape")
        teller.is_ready()
        assert not walker.findings, walker.told
        teller.leave()
