"""Notice that the user has left the computer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from esign_desktop.override import override

_TOUCHES: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove})


class IdleTimer(QObject):
    """Reports when none of the program's windows has received input for some time."""

    elapsed = Signal()

    def __init__(self, limit_minutes: int | None, parent: QObject) -> None:
        """Start the timer. If ``limit_minutes`` is None, ``elapsed`` is never emitted."""
        super().__init__(parent)
        self.limit_ms = (limit_minutes or 0) * 60_000
        """The time without input, in milliseconds. 0 stops the timer at the next input."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.elapsed)
        application = QApplication.instance()
        if self.limit_ms and application is not None:
            self._timer.start(self.limit_ms)
            application.installEventFilter(self)

    def ask_again(self, after_ms: int) -> None:
        """Emit ``elapsed`` again after this time, unless there is input meanwhile."""
        self._timer.start(after_ms)

    def stop(self) -> None:
        """Stop the timer for good."""
        self.limit_ms = 0
        self._timer.stop()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.limit_ms and event.type() in _TOUCHES:
            self._timer.start(self.limit_ms)
        return super().eventFilter(watched, event)
