"""Changes of the contract for views that take their time: those of a drag come together, when it pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from esign_desktop.services.editing.session import Change, ContractSession

REST_MS: Final = 80


class DebouncedChanges(QObject):
    """``changed`` carries a Change; while a seal is dragged, one for the whole way since the last one.

    What must not be late by as much as a blink, the canvas, listens to the session itself.
    """

    changed = Signal(object)

    def __init__(self, session: ContractSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: Change | None = None
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self.pass_on)
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def _on_session_changed(self, change: Change) -> None:
        if self._waiting is not None:
            change = replace(
                change,
                before=self._waiting.before,
                hits_changed=change.hits_changed or self._waiting.hits_changed,
            )
        self._waiting = change
        if change.is_ongoing:
            self._timer.start()
        else:
            self.pass_on()

    def pass_on(self) -> None:
        """Tell now what waits to be told: somebody is about to act on it."""
        self._timer.stop()
        change, self._waiting = self._waiting, None
        if change is not None:
            self.changed.emit(change)
