"""A button that asks first, in place: the first press asks, and the second does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal

from esign_desktop.override import override
from esign_desktop.ui.deliberate.button import DeliberateButton

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QWidget

_ASKS_MS: Final = 20_000


class ConfirmButton(DeliberateButton):
    """It asks for as long as the pointer or the keyboard is on it, and for a while otherwise; Esc ends it."""

    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._question = ""
        self._asks = QTimer(self)
        self._asks.setSingleShot(True)
        self._asks.setInterval(_ASKS_MS)
        self._asks.timeout.connect(self._on_asks_timeout)
        self.meant.connect(self._on_meant)

    @property
    def is_asking(self) -> bool:
        """Whether the next press does it."""
        return self._asks.isActive()

    def set_texts(self, text: str, question: str) -> None:
        """Set what the button says at rest and when it asks."""
        self._text, self._question = text, question
        self._show()

    def ask(self) -> None:
        """Ask, for somebody who pressed a key elsewhere: that alone does nothing yet."""
        self._asks.start()
        self._show()
        self.standing.begin()

    def calm_down(self) -> None:
        """Ask no more."""
        self._asks.stop()
        self._show()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.calm_down()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_asking:
            self.calm_down()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self.calm_down()
        super().changeEvent(event)

    def _on_meant(self) -> None:
        if self.is_asking:
            self.calm_down()
            self.confirmed.emit()
        else:
            self.ask()

    def _on_asks_timeout(self) -> None:
        if self.underMouse() or self.hasFocus():
            self._asks.start()
        else:
            self.calm_down()

    def _show(self) -> None:
        name = "danger" if self.is_asking else ""
        self.setText(self._question if self.is_asking else self._text)
        if self.objectName() != name:
            self.setObjectName(name)
            self.style().unpolish(self)
            self.style().polish(self)
