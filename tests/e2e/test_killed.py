"""A program that is killed: two seconds after the last change nothing of it is lost, and the window is as it was."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.self_test import parties
from tests.e2e.accessible import WAIT_S
from tests.e2e.clerk import Clerk
from tests.e2e.running_application import RunningApplication
from tests.e2e.seen_page import SeenPage, see_page
from tests.e2e.test_clerk import A4_PT, COMPANY_SEAL_CENTER, PERSON_LINE, POLL_S
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SAFE_AFTER_S = 2.0


def pages_of(window: Accessible) -> Accessible:
    return window.find("filler", chinese("PageScrollArea", "Pages"))


def wait_for_page(hands: XHands, pages: Accessible) -> SeenPage:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        page = see_page(hands.see(), pages.extents, A4_PT)
        if page is not None:
            return page
        time.sleep(POLL_S)
    pytest.fail("no page is seen")


@pytest.mark.nightly
def test_a_killed_program_comes_back_as_it_was(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands, contract: Path
) -> None:
    folder = tmp_path / "application"
    with (
        RunningApplication(folder, display, accessibility_bus, contract) as running,
        Clerk(display, hands) as clerk,
    ):
        window = running.window
        pages = pages_of(window)
        page = wait_for_page(hands, pages)
        line = window.find("text", chinese("SignerSearch", "Add a signer"))
        clerk.click(line)
        clerk.type(PERSON_LINE, line)
        clerk.press("Return")
        window.find("label", parties.PERSON.name)
        clerk.click(page.screen_point(COMPANY_SEAL_CENTER))
        window.find("list", chinese("SealRows", "Seals of the chosen signer"))
        first_page = pages.description
        clerk.press("End")
        wait_until("the last page is seen", lambda: pages.description not in {"", first_page})
        looked_at, extents = pages.description, window.children[0].extents
        time.sleep(SAFE_AFTER_S)
        os.kill(running.process_id, signal.SIGKILL)
        running.wait_for_end()
    with RunningApplication(folder, display, accessibility_bus) as running:
        window = running.window
        window.find("label", parties.PERSON.name)
        window.find("list", chinese("SealRows", "Seals of the chosen signer"))
        again = pages_of(window)
        wait_until("the same page is seen", lambda: again.description == looked_at)
        assert window.children[0].extents == extents
