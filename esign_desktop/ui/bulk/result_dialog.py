"""What of the people is written into a result: asked in words, and by default as little as possible."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from esign_desktop.services.bulk import ResultChoice
from esign_desktop.ui.plain_label import PlainLabel

_WIDTH_PX: Final = 460
_INDENT_PX: Final = 26


class ResultDialog(QDialog):
    """Lives as long as it is open."""

    chosen = Signal(object)
    """A ``ResultChoice``."""

    def __init__(self, parent: QWidget | None = None, *, nobody_is_told: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save the result"))
        self._people = QCheckBox(self.tr("&Full names and mobile numbers"), self)
        self._links = QCheckBox(self.tr("Signing &links"), self)
        self._save, self._cancel = QPushButton(self.tr("&Save…"), self), QPushButton(self.tr("Cancel"), self)
        self._save.setObjectName("primary")
        self._save.setDefault(True)
        head = self.tr("A table of all rows: contract, state and remark. Shall it also hold:")
        if nobody_is_told:
            told = self.tr("The preset has no message sent: to hand the links out yourself you need both.")
            head = f"{told}\n{head}"
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(8)
        column.addWidget(self._label(head))
        for box, hint in (
            (self._people, self.tr("Otherwise names are masked, and mobile numbers are left out.")),
            (self._links, self.tr("Each beside whom it is for. Whoever has a link can open the contract.")),
        ):
            column.addSpacing(4)
            column.addWidget(box)
            column.addWidget(self._label(hint, is_hint=True))
            box.setAccessibleDescription(hint)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        column.addSpacing(12)
        column.addLayout(buttons)
        self.setFixedWidth(_WIDTH_PX)
        self._save.clicked.connect(self._on_save_clicked)
        self._cancel.clicked.connect(self.reject)

    def _label(self, text: str, *, is_hint: bool = False) -> PlainLabel:
        label = PlainLabel(self)
        label.setText(text)
        label.setWordWrap(True)
        if is_hint:
            label.setObjectName("hint")
            label.setContentsMargins(_INDENT_PX, 0, 0, 0)
        return label

    def _on_save_clicked(self) -> None:
        choice = ResultChoice(with_people=self._people.isChecked(), with_links=self._links.isChecked())
        self.accept()
        self.chosen.emit(choice)
