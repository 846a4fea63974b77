"""A desk to sit at: a display with a window manager, an accessibility bus, mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.ui.resources import resource_path
from tests.e2e.accessibility_bus import AccessibilityBus
from tests.e2e.running_application import RunningApplication
from tests.e2e.window_manager import window_manager
from tests.e2e.x_hands import XHands
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def display(request: pytest.FixtureRequest) -> Iterator[VirtualDisplay]:
    """A screen with a window manager, for one test; of the size that the test was given for it, if any."""
    size = getattr(request, "param", None)
    if shutil.which("xdotool") is None:
        pytest.fail("missing: apt-get install xdotool imagemagick")
    with VirtualDisplay(*size) if size else VirtualDisplay() as screen, window_manager(screen):
        yield screen


@pytest.fixture
def hands(display: VirtualDisplay) -> XHands:
    return XHands(display)


@pytest.fixture
def accessibility_bus(display: VirtualDisplay) -> Iterator[AccessibilityBus]:
    folder = Path(tempfile.mkdtemp(prefix="a11y-"))
    try:
        with AccessibilityBus(folder, os.environ | display.environment()) as bus:
            yield bus
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """The bundled sample under a Chinese name."""
    path = tmp_path / "软件实施服务合同.pdf"
    shutil.copyfile(resource_path("samples", "service-contract.pdf"), path)
    return path


@pytest.fixture
def application(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, contract: Path
) -> Iterator[RunningApplication]:
    """The application, with the sample opened from the command line."""
    with RunningApplication(tmp_path / "application", display, accessibility_bus, contract) as running:
        yield running
        XHands(display).see().save(str(tmp_path / "last-seen.png"))
