"""The counter on two monitors, with a contract on each of three keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.options import SignWithin
from tests.e2e.counter.monitors import CUSTOMERS, Monitors
from tests.e2e.counter.teller import Teller
from tests.e2e.running_application import RunningApplication
from tests.e2e.window_manager import window_manager
from tests.e2e.x_hands import XHands
from tests.services.counter_desk import CounterDesk
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus

SHORT_MS = 25_000


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    """A screen as wide as both monitors, with a window manager."""
    with VirtualDisplay(CUSTOMERS.right() + 1, CUSTOMERS.height()) as screen:
        Monitors(screen).plug_in_both()
        with window_manager(screen):
            yield screen


def install(root: Path, forms: Path) -> CounterDesk:
    """Make an installation with a contract on each of three keys, whose forms lie in the other folder."""
    nowhere = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9/v3", "project")
    installation = CounterDesk(root, nowhere)
    presets = installation.presets
    presets.assign_key(installation.make_preset(forms / "form", name="借款合同").id, 2)
    soon_over = installation.make_preset(forms / "quick", name="限时合同")
    presets.save(replace(soon_over, options=replace(soon_over.options, deadline=SignWithin(SHORT_MS))))
    presets.assign_key(soon_over.id, 3)
    presets.assign_key(installation.make_preset(forms / "two", name="共同借款", signers=2).id, 4)
    return installation


@pytest.fixture
def application(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus
) -> Iterator[RunningApplication]:
    """The counter: F2 an ordinary contract, F3 one that soon expires, F4 one of two customers."""
    folder = tmp_path / "application"
    install(folder / "data", tmp_path).close()
    words = ("--counter", "--result-file", folder / "results.jsonl")
    with RunningApplication(folder, display, accessibility_bus, *words) as running:
        yield running
        XHands(display).see().save(str(tmp_path / "last-seen.png"))


@pytest.fixture
def teller(application: RunningApplication, hands: XHands, display: VirtualDisplay, tmp_path: Path) -> Teller:
    return Teller(application, hands, Monitors(display), tmp_path)
