"""A program that is killed while a code is on the customer's monitor: the teller has it back by one key."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.e2e.counter.monitors import Monitors
from tests.e2e.counter.platform_at_will import platform_port
from tests.e2e.counter.teller import Teller
from tests.e2e.running_application import RunningApplication
from tests.e2e.texts import chinese
from tests.services.counter_desk import ZHANG
from tests.services.sandbox_platform import sign_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_killed_counter_offers_the_code_again_and_sends_no_second_contract(
    application: RunningApplication,
    teller: Teller,
    display: VirtualDisplay,
    accessibility_bus: AccessibilityBus,
    hands: XHands,
    tmp_path: Path,
) -> None:
    link = teller.serve()
    teller.sees(chinese("CounterWords", "Waiting for the signature"))
    os.kill(application.process_id, signal.SIGKILL)
    application.wait_for_end()
    with RunningApplication(tmp_path / "application", display, accessibility_bus, "--counter") as again:
        teller = Teller(again, hands, Monitors(display), tmp_path)
        teller.sees(chinese("CounterWords", "One of today's contracts is still unsigned"))
        teller.sees("张三")
        teller.wait_for_codes((), ())
        teller.press("Return")
        teller.wait_for_codes((link,), (link,))
        sign_at(f"http://127.0.0.1:{platform_port(again.process_id)}{urlsplit(link).path}")
        teller.sees(chinese("CounterWords", "Signed"))
        teller.press("Return")
        teller.is_ready()
        teller.leave()


@pytest.mark.nightly
def test_the_same_customer_may_come_again_before_the_teller_has_looked(
    application: RunningApplication,
    teller: Teller,
    display: VirtualDisplay,
    accessibility_bus: AccessibilityBus,
    hands: XHands,
    tmp_path: Path,
) -> None:
    link = teller.serve()
    os.kill(application.process_id, signal.SIGKILL)
    application.wait_for_end()
    with RunningApplication(tmp_path / "application", display, accessibility_bus, "--counter") as again:
        teller = Teller(again, hands, Monitors(display), tmp_path)
        teller.sees(chinese("CounterWords", "leave for now"))
        teller.choose()
        teller.type(ZHANG)
        teller.press("Return")
        teller.sees(chinese("CounterWords", "revoke and send again"))
        teller.wait_for_codes((), ())
        teller.press("Return")
        teller.wait_for_codes((link,), (link,))
        sign_at(f"http://127.0.0.1:{platform_port(again.process_id)}{urlsplit(link).path}")
        teller.sees(chinese("CounterWords", "Signed"))
        teller.press("Return")
        teller.is_ready()
        teller.leave()
