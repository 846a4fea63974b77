"""Import the modules of the window's pages on the window's thread, one at a time between two events.

Importing them on a second thread would be unsafe. While an event is handled, PySide looks up the class of a widget
without holding Python's lock. Before Python 3.12, it does so in a table that every new widget class changes, so the
program could crash.
"""

from __future__ import annotations

import importlib
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

MODULES: Final = (
    "esign_desktop.domain.contract.draft",
    "esign_desktop.ui.viewer.view",
    "esign_desktop.ui.prepare.tools.state",
    "esign_desktop.ui.prepare.canvas",
    "esign_desktop.ui.prepare.signers.panel",
    "esign_desktop.ui.prepare.placements.panel",
    "esign_desktop.ui.prepare.options",
    "esign_desktop.ui.prepare.documents.panel",
    "esign_desktop.ui.prepare.room",
    "esign_desktop.ui.shell.workspace",
    "esign_desktop.ui.shell.commands",
)
"""The modules, in an order in which each import takes at most two frames, because its dependencies come before it."""


class DeferredImports(QObject):
    """The object that imports the modules. It emits ``done`` once, after the last module has been imported."""

    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(MODULES)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def are_read(self) -> bool:
        return not self._left

    def begin(self) -> None:
        """Start or continue importing the modules."""
        if self._left:
            self._timer.start(0)

    def stop(self) -> None:
        """Stop importing the modules. ``begin`` continues."""
        self._timer.stop()

    def _on_timer_timeout(self) -> None:
        importlib.import_module(self._left.pop(0))
        if not self._left:
            self._timer.stop()
            self.done.emit()
