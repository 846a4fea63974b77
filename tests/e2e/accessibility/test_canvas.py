"""Seals and proposals on the pages, by one who can't see them: found by name, moved by keys, heard."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.self_test import parties
from tests.e2e.accessibility.listener import Listener
from tests.e2e.accessible import FOCUSED, SELECTED, Gone
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_without_mouse import add_person, focus, wait_until
from tests.e2e.texts import chinese

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow]

DOCUMENT = "软件实施服务合同"
PROPOSED = chinese("SpokenCanvas", "Proposed: {signer}, {kind}, {place}").partition("{")[0]


@pytest.fixture
def application(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, contract: Path
) -> Iterator[RunningApplication]:
    with RunningApplication(tmp_path / "application", display, accessibility_bus, contract) as running:
        yield running


def canvas(window: Accessible) -> Accessible:
    return window.find("filler", chinese("PageScrollArea", "Pages"))


def named(window: Accessible, *words: str) -> list[Accessible]:
    """What stands on the pages in view and has these words in its name."""
    found = []
    for one in canvas(window).all("list item"):
        with suppress(Gone):
            if all(word in one.name for word in words):
                found.append(one)
    return found


def has_keyboard(window: Accessible, *words: str) -> bool:
    """Return whether the item with these words has the keyboard."""
    return any(FOCUSED in one.states for one in named(window, *words))


def page_item(window: Accessible, number: int) -> Accessible:
    """The item of a small page."""
    small = window.find("list", chinese("ThumbnailList", "Pages of {name}", name=DOCUMENT))
    words = chinese("ThumbnailList", "Page {page} of {count}", page=number, count=2)
    return next(one for one in small.children if one.name.startswith(words))


def test_one_of_three_proposals_is_taken_and_moved_by_ear(
    application: RunningApplication, accessibility_bus: AccessibilityBus, hands: XHands
) -> None:
    window = application.window
    take_all = window.find("push button", chinese("ProposalBar", "Accept all (Enter)"))
    with Listener(accessibility_bus, window) as listener:
        # The bar has the keyboard, so that Enter would take all three.
        wait_until("the bar has the keyboard", lambda: FOCUSED in take_all.states)
        page = page_item(window, 2)
        assert SELECTED not in page.states
        page.do("Toggle")
        wait_until("the second page is gone to", lambda: SELECTED in page_item(window, 2).states)
        wait_until("its proposals are found", lambda: len(named(window, PROPOSED)) == 3)
        focus(canvas(window))
        for key_leads_to in ("骑缝章 1/2", "印章"):
            hands.press("Tab")
            wait_until(f"Tab leads to {key_leads_to}", partial(has_keyboard, window, PROPOSED, "甲方", key_leads_to))
        (ghost,) = named(window, PROPOSED, "甲方", "印章")
        place = ghost.name.removeprefix(PROPOSED)
        hands.press("Return")
        listener.hears(chinese("SpokenCanvas", "Placed: {name}", name=place))
        assert len(named(window, PROPOSED)) == 2
        (seal,) = named(window, place)
        assert {FOCUSED, SELECTED} <= seal.states
        before = seal.extents
        listener.forget()
        hands.press("shift+Right")
        # Ten points are 3.5 millimetres.
        left = float(place.partition("距左 ")[2].partition(" ")[0])
        listener.hears(f"距左 {left + 3.5:.1f} mm")
        (moved,) = named(window, f"距左 {left + 3.5:.1f} mm", "甲方")
        assert moved.extents.left > before.left
        assert moved.extents.top == before.top
        # One more is dismissed by its action, and the last one left as it was.
        named(window, PROPOSED, "乙方")[0].do(chinese("SpokenCanvas", "Dismiss"))
        wait_until("it is dismissed", lambda: len(named(window, PROPOSED)) == 1)
    assert application.complaints == ""


def test_a_seal_is_placed_and_found_by_name_where_it_was_put(
    application: RunningApplication, accessibility_bus: AccessibilityBus, hands: XHands
) -> None:
    window = application.window
    not_now = chinese("ProposalBar", "Not now (Esc)")
    window.find("push button", not_now).press()
    # The bar is dismissed a moment after the press, and gives the keyboard back to the pages.
    wait_until("the bar is gone", lambda: not window.all("push button", not_now))
    add_person(window, hands)
    with Listener(accessibility_bus, window) as listener:
        focus(canvas(window))
        hands.press("s", "Right")
        listener.hears("距左 ")
        carried = listener.announcements[-1]
        hands.press("Return", "Escape")
        listener.hears(carried, parties.PERSON.name)
        (seal,) = named(window, parties.PERSON.name, carried)
        # A click where it is said to be selects it.
        hands.click(*seal.extents.center)
        wait_until("it is selected", lambda: SELECTED in seal.states)
        seal.do(chinese("SpokenCanvas", "Remove"))
        listener.hears(chinese("SpokenCanvas", "%n seal(s) removed", n=1))
        wait_until("it is gone", lambda: named(window, parties.PERSON.name) == [])
