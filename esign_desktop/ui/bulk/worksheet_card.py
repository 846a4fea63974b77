"""Which worksheet of a workbook is meant, where several hold rows: nothing is read before that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.bulk_sheet import Worksheets
    from esign_desktop.ui.bulk.work import BulkWork

_ITEM_PX: Final = 36
_LONGEST_NAME: Final = 60


class WorksheetCard(QWidget):
    """Seen in the place where the sheet is dropped."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._shown: Worksheets | None = None
        self._question = PlainLabel(self)
        self._question.setWordWrap(True)
        self.names = QListWidget(self)
        self.names.setIconSize(QSize(18, 18))
        self._question.setBuddy(self.names)
        self._take, self._cancel = QPushButton(self), QPushButton(self)
        self._take.setObjectName("primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._question)
        column.addWidget(self.names, 1)
        column.addLayout(buttons)
        self._take.clicked.connect(self._choose)
        self._cancel.clicked.connect(work.cancel_reading)
        self.names.itemActivated.connect(self._choose)
        self.names.currentRowChanged.connect(self._show_button)
        work.changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self.names.setAccessibleName(self.tr("Worksheets with rows"))
        self._take.setText(self.tr("Read this worksheet"))
        self._cancel.setText(self.tr("Cancel"))
        self._say()

    def refresh(self) -> None:
        """Show what there is to choose from."""
        if self._work.worksheets == self._shown:
            return
        self._shown = self._work.worksheets
        self.names.clear()
        for name in self._shown.filled if self._shown is not None else ():
            item = QListWidgetItem(icon("bulk"), one_line(name, most_characters=_LONGEST_NAME))
            item.setSizeHint(QSize(0, _ITEM_PX))
            self.names.addItem(item)
        self.names.setCurrentRow(0)
        self._say()
        if self.isVisible():
            self.names.setFocus()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _say(self) -> None:
        self._show_button()
        if self._shown is not None:
            text = self.tr("“{name}” has rows in several worksheets. Which one is to be sent?")
            self._question.setText(text.format(name=one_line(self._shown.name, most_characters=_LONGEST_NAME)))

    def _show_button(self) -> None:
        self._take.setEnabled(self.names.currentRow() >= 0)

    def _choose(self) -> None:
        row = self.names.currentRow()
        if self._shown is not None and 0 <= row < len(self._shown.filled):
            self._work.choose_worksheet(self._shown.filled[row])
