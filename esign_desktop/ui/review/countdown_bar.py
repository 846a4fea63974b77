"""The last seconds before a contract goes off by itself, which anything the person does ends."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import PlainLabel

COUNTDOWN_S: Final = 3
BINDING_COUNTDOWN_S: Final = 5
"""Where a contract binds, there is a little more time to read where it goes."""

_TICK_MS: Final = 1000


class CountdownBar(QWidget):
    """Hidden while nothing counts. It counts only while it is seen in the window in front."""

    elapsed = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left_s = 0
        self._sentence = PlainLabel(self)
        self._sentence.setObjectName("sectionTitle")
        self._stop = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._stop)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._stop.clicked.connect(self.stop)
        self.hide()

    @property
    def is_counting(self) -> bool:
        """Whether the contract goes off by itself if nothing is done."""
        return self._timer.isActive()

    def begin(self, seconds: int) -> None:
        """Count from here."""
        self._left_s = seconds
        self._show()
        self.show()
        self._timer.start()

    def stop(self) -> None:
        """Count no more; nothing happens by itself."""
        if self.is_counting:
            self._end()
            self.stopped.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        elif event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.stop()
        super().changeEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The button that sends has the keyboard; who takes it elsewhere wants to look first.
        if event.type() == QEvent.Type.FocusOut:
            self.stop()
        return super().eventFilter(watched, event)

    def _end(self) -> None:
        self._timer.stop()
        self.hide()

    def _show(self) -> None:
        self._sentence.setText(self.tr("Sends in %n second(s). Esc stops it.", "", self._left_s))
        self._stop.setText(self.tr("Stop"))

    def _on_timer_timeout(self) -> None:
        self._left_s -= 1
        if self._left_s > 0:
            self._show()
            return
        is_seen = self.isVisible()
        self._end()
        if is_seen:
            self.elapsed.emit()
        else:
            self.stopped.emit()
