"""The application with nothing in it yet, and somebody before it who sees nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.accessibility.listener import Listener
from tests.e2e.accessibility.reader import Reader
from tests.e2e.accessible import Gone
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_clerk import REHEARSAL
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese
from tests.e2e.x_hands import XHands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.virtual_display import VirtualDisplay


@pytest.fixture
def application(
    request: pytest.FixtureRequest, tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus
) -> Iterator[RunningApplication]:
    """The application in Chinese, or in the language that the test was given for it."""
    locale = getattr(request, "param", "C.UTF-8")
    with RunningApplication(tmp_path / "application", display, accessibility_bus, locale=locale) as running:
        yield running
        XHands(display).see().save(str(tmp_path / "last-seen.png"))


@pytest.fixture
def reader(application: RunningApplication, hands: XHands, accessibility_bus: AccessibilityBus) -> Iterator[Reader]:
    words = {REHEARSAL, chinese("EnvironmentWords", REHEARSAL)}

    def runs() -> bool:
        try:
            return any(one.name in words for one in application.window.all("label"))
        except Gone:
            # A label went while they were asked.
            return False

    wait_until("the rehearsal runs", runs)
    with Listener(accessibility_bus, application.window) as listener:
        yield Reader(application, hands, listener)
