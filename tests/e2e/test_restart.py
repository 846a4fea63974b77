"""A language chosen in the settings: the real program starts anew and comes back where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.self_test import parties
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_clerk import REHEARSAL
from tests.e2e.test_without_mouse import add_person, wait_until
from tests.e2e.texts import chinese
from tests.e2e.x_hands import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow]


def test_a_chosen_language_restarts_the_program_where_it_was(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands, contract: Path
) -> None:
    with RunningApplication(tmp_path / "application", display, accessibility_bus, contract) as running:
        window = running.window
        add_person(window, hands)
        window.find("check box", chinese("Actions", "Settings")).do("Toggle")
        language = window.find("combo box", chinese("GeneralForm", "Use system setting"))
        extents = window.children[0].extents
        hands.click(*language.extents.center)
        window.find("list item", "English")
        hands.press("End", "Return")
        restart = window.find("push button", chinese("MainWindow", "Restart now"))
        read()
        restart.press()
        running.await_restart()
        window = running.window
        # In English now, in the same process, the same room and the same place.
        window.find("label", "Language")
        wait_until("the window stands where it stood", lambda: window.children[0].extents == extents)
        # The rehearsal platform serves again. In Prepare, the proposals stand in the place of these words.
        window.find("label", REHEARSAL)
        window.find("check box", "Prepare").do("Toggle")
        window.find("label", parties.PERSON.name)
