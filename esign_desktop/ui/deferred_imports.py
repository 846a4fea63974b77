"""Import modules on the window's thread, one at a time between two events.

Importing them on a second thread would be unsafe. While an event is handled, PySide looks up the class of a widget
without holding Python's lock. Before Python 3.12, it does so in a table that every new widget class changes, so the
program could crash.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable


PAGES: Final = (
    "esign_desktop.domain.contract.draft",
    "esign_desktop.ui.viewer.view",
    "esign_desktop.ui.prepare.tools.state",
    "esign_desktop.ui.prepare.canvas",
    "esign_desktop.ui.prepare.signers.panel",
    "esign_desktop.ui.prepare.properties.panel",
    "esign_desktop.ui.prepare.options",
    "esign_desktop.ui.prepare.documents.panel",
    "esign_desktop.ui.prepare.room",
    "esign_desktop.ui.shell.workspace",
    "esign_desktop.ui.shell.commands",
)
"""The modules of the window's pages, each after its dependencies, so that no import takes longer than two frames."""
REVIEW: Final = (
    "esign_desktop.services.sending.review",
    "esign_desktop.ui.send.made",
    "esign_desktop.ui.text.flow",
    "esign_desktop.ui.widgets.environment_banner",
    "esign_desktop.ui.widgets.printing",
    "esign_desktop.ui.widgets.qr",
    "esign_desktop.ui.send.qr_card",
    "esign_desktop.ui.send.sending",
    "esign_desktop.ui.send.progress",
    "esign_desktop.ui.send.rehearsal",
    "esign_desktop.ui.send.paper",
    "esign_desktop.ui.send.parties",
    "esign_desktop.ui.send.readiness",
    "esign_desktop.ui.viewer.doubts",
    "esign_desktop.ui.send.review",
    "esign_desktop.ui.send.controller",
)
"""The modules of the review and of sending, each after its dependencies."""


class DeferredImports(QObject):
    """Imports a list of modules on the window's thread, one between two events, after ``begin`` has been called."""

    done = Signal()
    """Emitted once, after the last import. Never emitted for an empty list."""

    def __init__(self, modules: Iterable[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(modules)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def are_read(self) -> bool:
        return not self._left

    def begin(self) -> None:
        """Start or continue importing the modules. Do nothing if all are imported."""
        if self._left:
            self._timer.start(0)

    def stop(self) -> None:
        """Pause importing the modules. ``begin`` continues."""
        self._timer.stop()

    def _on_timer_timeout(self) -> None:
        importlib.import_module(self._left.pop(0))
        if not self._left:
            self._timer.stop()
            self.done.emit()
