"""What covers the teller's screen while the counter is locked."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from esign_desktop.services.counter.pin import MAX_DIGITS
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import theme

_PIN_PX: Final = 240


class LockPane(QWidget):
    """``pin_entered`` carries what was typed; without a PIN there is nothing to type."""

    pin_entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wants_pin = False
        self._heading = PlainLabel(self)
        self._said = PlainLabel(self)
        self.pin = QLineEdit(self)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(MAX_DIGITS)
        self.pin.setFixedWidth(_PIN_PX)
        self.pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pin.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        column = QVBoxLayout(self)
        column.setSpacing(20)
        column.addStretch(1)
        for widget, pixels in ((self._heading, 36), (self.pin, 30), (self._said, 20)):
            font = widget.font()
            font.setPixelSize(pixels)
            font.setBold(widget is self._heading)
            widget.setFont(font)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pin.returnPressed.connect(self._on_pin_return_pressed)
        self.want_pin(wants_pin=False)

    @property
    def heading(self) -> str:
        """What is said in large letters."""
        return self._heading.text()

    @property
    def said(self) -> str:
        """What is said about the last try."""
        return self._said.text()

    @property
    def wants_pin(self) -> bool:
        """Whether a PIN is asked for."""
        return self._wants_pin

    def want_pin(self, *, wants_pin: bool) -> None:
        """Ask for a PIN, or only say which key goes on."""
        self._wants_pin = wants_pin
        self.pin.clear()
        self.pin.setVisible(wants_pin)
        self._said.clear()
        self.retranslate()

    def take_keyboard(self) -> None:
        """Have what is typed go into the PIN, if one is wanted."""
        (self.pin if self._wants_pin else self).setFocus()

    def tell(self, text: str) -> None:
        """Say why it stays locked."""
        self.pin.clear()
        self._said.setText(text)
        self._said.setStyleSheet(f"color: {theme().danger.name()};")

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self.pin.setAccessibleName(self.tr("PIN"))
        self.pin.setPlaceholderText(self.tr("PIN"))
        self._heading.setText(
            self.tr("Locked. Type the PIN, then Enter.") if self._wants_pin else self.tr("Locked. Ctrl+L goes on.")
        )

    def _on_pin_return_pressed(self) -> None:
        if self.pin.text():
            self.pin_entered.emit(self.pin.text())
