"""A button for what can't be undone: the first press asks, in place, and the second within a while does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

_ASKS_MS: Final = 6000
_TOO_SOON_MS: Final = 400


class ConfirmButton(QPushButton):
    """A double click is not a confirmation: the second press counts only after a moment."""

    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._question = ""
        self._asks = QTimer(self)
        self._asks.setSingleShot(True)
        self._asks.setInterval(_ASKS_MS)
        self._asks.timeout.connect(self.calm_down)
        self._is_too_soon = QTimer(self)
        self._is_too_soon.setSingleShot(True)
        self._is_too_soon.setInterval(_TOO_SOON_MS)
        self.clicked.connect(self._on_clicked)

    @property
    def is_asking(self) -> bool:
        """Whether the next press does it."""
        return self._asks.isActive()

    def set_texts(self, text: str, question: str) -> None:
        """Set what the button says at rest and when it asks."""
        self._text, self._question = text, question
        self._show()

    def calm_down(self) -> None:
        """Ask no more."""
        self._asks.stop()
        self._show()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.calm_down()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self.calm_down()
        super().changeEvent(event)

    def _on_clicked(self) -> None:
        if not self.is_asking:
            self._asks.start()
            self._is_too_soon.start()
            self._show()
        elif not self._is_too_soon.isActive():
            self.calm_down()
            self.confirmed.emit()

    def _show(self) -> None:
        name = "danger" if self.is_asking else ""
        self.setText(self._question if self.is_asking else self._text)
        if self.objectName() != name:
            self.setObjectName(name)
            self.style().unpolish(self)
            self.style().polish(self)
