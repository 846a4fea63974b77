"""Changes of the contract for views that are slow to update. The changes during a drag, for example, are combined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from esign_desktop.services.editing.session import Change, ContractSession

REST_MS: Final = 80


class DebouncedChanges(QObject):
    """Reports the session's changes to views that are slow to update. ``changed`` carries a ``Change``.

    The changes of an ongoing edit, such as a drag or typing, are combined until there is none for 80 ms or a change of
    another kind follows. Other changes are reported at once. The canvas, which must not lag, listens to the session
    directly.
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
        """Emit the pending change at once, if there is one. Call this before reading state that depends on it."""
        self._timer.stop()
        change, self._waiting = self._waiting, None
        if change is not None:
            self.changed.emit(change)
