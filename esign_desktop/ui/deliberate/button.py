"""The button that sends, revokes, deletes, forgets, imports or replaces."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QToolTip, QWidget

from esign_desktop.override import override
from esign_desktop.ui.deliberate.fresh_keys import FreshKeys
from esign_desktop.ui.deliberate.standing import Standing

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_PRESSES: Final = _ENTER | {Qt.Key.Key_Space, Qt.Key.Key_Select}


class DeliberateButton(QPushButton):
    """``meant`` stands for ``clicked``, and comes only of a press that was made for this very button.

    That is none that came before the button had stood for a moment, visible, enabled and in its place, no second press
    of a double click, and no key that repeats. Whichever way it is pressed, by mouse, key, mnemonic or a screen reader,
    it has to have stood. It is never what Enter presses from elsewhere in a dialog.
    """

    meant = Signal()

    def __init__(self, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.standing = Standing(self)
        self._keys = FreshKeys()
        # A mnemonic of Qt's own would repeat while its keys are held.
        self._mnemonic = QShortcut(self)
        self._mnemonic.setAutoRepeat(False)
        self._mnemonic.activated.connect(self.click)
        self.standing.begun.connect(self._on_standing_begun)
        self.clicked.connect(self._on_clicked)
        if text:
            self.setText(text)

    @override
    def setText(self, text: str) -> None:
        is_other = text != self.text()
        super().setText(text)
        self.setShortcut(QKeySequence())
        self._mnemonic.setKey(QKeySequence.mnemonic(text))
        if is_other and self.isVisible():
            # It does something else now, or says it otherwise.
            self.standing.begin()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.standing.takes(event):
            super().mousePressEvent(event)
        else:
            self._refuse()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.standing.takes(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() not in _PRESSES or not is_plain:
            super().keyPressEvent(event)
        elif not self._keys.is_fresh(event):
            self.standing.begin()
        elif event.key() in _ENTER:
            self.click()
        elif self.standing.is_long_enough:
            super().keyPressEvent(event)
        else:
            self._refuse()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._keys.note_release(event)
        super().keyReleaseEvent(event)

    def _refuse(self) -> None:
        self.standing.begin()
        QToolTip.showText(
            self.mapToGlobal(QPoint(0, self.height())),
            self.tr("That press came too soon, and nothing was done. If you mean it, press again."),
            self,
        )

    def _on_standing_begun(self) -> None:
        self.setDown(False)

    def _on_clicked(self) -> None:
        if self.standing.is_long_enough:
            self.standing.begin()
            self.meant.emit()
        else:
            self._refuse()
