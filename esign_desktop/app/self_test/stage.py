"""What a scenario of a self-test works with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.app.self_test.fixture import Fixture, PayloadWitness
from esign_desktop.app.self_test.report import Report

if TYPE_CHECKING:
    from esign_desktop.ui.shell.window import MainWindow
    from esign_desktop.ui.shell.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stage:
    """The program as it stands before a scenario. ``folder`` is for what the scenario makes; it goes afterwards."""

    fixture: Fixture
    witness: PayloadWitness
    report: Report
    folder: Path
    pdf: Path
    keyword: str | None = None

    @property
    def window(self) -> MainWindow:
        return self.fixture.window

    @property
    def workspace(self) -> Workspace:
        """The populated window's. Raises SelfTestFailed."""
        workspace = self.fixture.window.workspace
        if workspace is None:
            raise SelfTestFailed("the window is not populated")
        return workspace
