"""One who can't see the window or use a mouse: a screen reader tells what is there, keys and actions do the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.self_test import parties
from tests.e2e.accessible import FOCUSED, WAIT_S
from tests.e2e.texts import chinese

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.accessible import Accessible
    from tests.e2e.running_application import RunningApplication
    from tests.e2e.x_hands import XHands

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

POLL_S = 0.05


def wait_until(claim: str, is_true: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT_S
    while not is_true():
        if time.monotonic() > end:
            pytest.fail(claim)
        time.sleep(POLL_S)


def focus(thing: Accessible) -> None:
    thing.do("SetFocus")
    wait_until(f"{thing.name} takes the focus", lambda: FOCUSED in thing.states)


def add_person(window: Accessible, hands: XHands) -> None:
    focus(window.find("text", chinese("SignerSearch", "Add a signer")))
    # The first row is our seal, the second one a new person.
    hands.press("Down", "Down", "Return")
    for label, text in (
        ("Name", parties.PERSON.name),
        ("ID number", parties.PERSON.id_number),
        ("Mobile", parties.PERSON.mobile),
    ):
        window.find("text", chinese("PersonFields", label)).write(text)
    window.find("push button", chinese("SignerForm", "Add")).press()
    # What a screen reader asks for is done a moment later.
    window.find("label", parties.PERSON.name)


def test_seal_is_placed_and_moved_without_a_mouse(application: RunningApplication, hands: XHands) -> None:
    window = application.window
    pages = window.find("filler", chinese("PageScrollArea", "Pages"))
    name = "软件实施服务合同"
    told = chinese("PageScrollArea", "Page {page} of {count}, {name}", page=1, count=2, name=name)
    wait_until("the page is told", lambda: pages.description == told)
    add_person(window, hands)
    focus(pages)
    hands.press("s", "Return", "Escape")
    assert window.find("list", chinese("SealRows", "Seals of the chosen signer")).all("list item")
    focus(pages)
    hands.press("shift+Right")
    window.find("label", chinese("ProblemsBar", "Everything is ready. Review before sending."))
