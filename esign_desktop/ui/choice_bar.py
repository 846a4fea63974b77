"""Buttons side by side, of which one is chosen: which rows a list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.wrapping_row import WrappingRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

Kind = TypeVar("Kind")


class ChoiceBar(QWidget, Generic[Kind]):
    """The first kind is chosen at first; the arrow keys go from one to the next. ``chosen`` carries a kind."""

    chosen = Signal(object)

    def __init__(self, kinds: Iterable[Kind], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons = {kind: QToolButton(self) for kind in kinds}
        self._kinds = tuple(self._buttons)
        row = WrappingRow(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self._buttons.values():
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            row.addWidget(button)
        self._buttons[self._kinds[0]].setChecked(True)
        self._group.buttonClicked.connect(self._on_group_clicked)

    @property
    def kind(self) -> Kind:
        """What is chosen."""
        checked = self._group.checkedButton()
        return next((kind for kind, button in self._buttons.items() if button is checked), self._kinds[0])

    def button(self, kind: Kind) -> QToolButton:
        """Return the button of a kind."""
        return self._buttons[kind]

    def choose(self, kind: Kind) -> None:
        """Show a kind, also once more: what belongs to it may have changed."""
        self._buttons[kind].setChecked(True)
        self.chosen.emit(kind)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        kind = self._kinds[(self._kinds.index(self.kind) + step) % len(self._kinds)]
        self.choose(kind)
        self._buttons[kind].setFocus()

    def _on_group_clicked(self) -> None:
        self.chosen.emit(self.kind)
