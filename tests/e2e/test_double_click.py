"""Double clicks on what leads to a send, in the real window on the screens that people have: nothing is sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.accessible import ENABLED, SHOWING, Extents
from tests.e2e.clerk import Clerk
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_clerk import FINALITY, Office, keep_known_form
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese
from tests.e2e.x_hands import XHands, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SETTLE_S = 2.0
"""In which a contract that was sent all the same would have reached the platform."""
SCREENS = (
    ((1280, 800), "1"),
    ((1366, 768), "1"),
    ((1920, 1080), "1"),
    ((1366, 768), "1.25"),
    ((1366, 768), "1.5"),
    ((1920, 1080), "1.25"),
    ((1920, 1080), "1.5"),
)


def overlap(one: Extents, other: Extents) -> bool:
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )


def is_on(display: VirtualDisplay, scale: str, what: Accessible) -> bool:
    place = what.extents
    factor = float(scale)
    return (
        place.left >= 0
        and place.top >= 0
        and (place.left + place.width) * factor <= display.width_px
        and (place.top + place.height) * factor <= display.height_px
    )


@pytest.mark.parametrize(
    ("display", "scale"),
    [SCREENS[0], *(pytest.param(*screen, marks=pytest.mark.nightly) for screen in SCREENS[1:])],
    indirect=["display"],
)
def test_a_double_click_leads_to_the_review_and_sends_nothing(
    tmp_path: Path,
    display: VirtualDisplay,
    accessibility_bus: AccessibilityBus,
    hands: XHands,
    contract: Path,
    scale: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", scale)
    folder = tmp_path / "application"
    keep_known_form(folder, contract)
    with (
        RunningApplication(folder, display, accessibility_bus, contract) as running,
        Clerk(display, hands) as clerk,
    ):
        office, window = Office(clerk, running, hands, folder), running.window
        environment = chinese("EnvironmentWords", "Rehearsal")
        badge = window.find("push button", chinese("StatusLine", "Environment: {environment}", environment=environment))
        window.find("push button", chinese("OfferBar", "Use preset"))
        hands.press("Return")
        window.find("label", chinese("ProblemsBar", "Everything is ready. Review before sending."))
        leading = window.find("push button", chinese("ProblemsBar", "Review and send — reserves %n contract(s)", n=1))
        settings = window.find("check box", chinese("Actions", "Settings"))
        for one in (badge, leading, settings):
            assert is_on(display, scale, one), (one.name, one.extents)
        place = leading.extents
        x, y = (round(value * float(scale)) for value in place.center)
        hands.double_click(x, y)
        window.find("label", chinese("ReviewSheet", FINALITY))
        send = window.find("push button", chinese("ReviewSheet", "Send now"))
        wait_until("the review is complete", lambda: ENABLED in send.states)
        assert not overlap(send.extents, place)
        assert is_on(display, scale, send)
        time.sleep(SETTLE_S)
        assert office.flows() == []
        assert SHOWING in send.states
        # Impatient hands, wherever the button stands now.
        read()
        x, y = (round(value * float(scale)) for value in send.extents.center)
        hands.double_click(x, y)
        office.wait_for_started_flow()
        assert len(office.flows()) == 1
