"""Says when the first row of a sheet was taken for a contract, or may be one, and lets the clerk say what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from esign_desktop.domain.bulk_layout import are_headings_doubtful
from esign_desktop.override import override
from esign_desktop.ui.bulk.stage import BulkStage
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import theme

if TYPE_CHECKING:
    from esign_desktop.ui.bulk.work import BulkWork


class HeadingsBar(QFrame):
    """Stands above the grid of such a sheet, until rows of it were sent."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._work = work
        self._mark = QLabel(self)
        self._text = PlainLabel(self)
        self._text.setWordWrap(True)
        self._other = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self._text, 1)
        row.addWidget(self._other)
        self._other.clicked.connect(self._on_other_clicked)
        work.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what the first row was taken for."""
        sheet = self._work.sheet
        is_open = sheet is not None and (not sheet.has_headings or are_headings_doubtful(sheet))
        self.setVisible(is_open and self._work.stage is BulkStage.PLANNED)
        if sheet is None:
            return
        self._mark.setPixmap(icon("warning", theme().warning_ink).pixmap(18, 18))
        if sheet.has_headings:
            self._text.setText(
                self.tr(
                    "No heading of this sheet is known. If its first row is somebody's contract already, say so:"
                    " as headings it is not sent."
                )
            )
            self._other.setText(self.tr("The first row is a contract"))
        else:
            self._text.setText(
                self.tr(
                    "The sheet has no headings: its first row is a contract like the others, and the columns were"
                    " taken by what stands in them. Check them."
                )
            )
            self._other.setText(self.tr("The first row holds headings"))
        self._other.setEnabled(not self._work.is_planning and (sheet.has_headings or len(sheet.rows) > 1))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self.refresh()
        super().changeEvent(event)

    def _on_other_clicked(self) -> None:
        sheet = self._work.sheet
        if sheet is not None:
            self._work.take_first_row(as_headings=not sheet.has_headings)
