"""While a sheet is read: how far it is, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.bulk.stage import BulkStage
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.ui.bulk.work import BulkWork

_BAR_PX: Final = 4
_BAR_WIDTH_PX: Final = 240
_LONGEST_NAME: Final = 60


class ReadingCard(QWidget):
    """Seen in the place where the sheet is dropped."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._row_count = 0
        self._title, self._rows = PlainLabel(self), PlainLabel(self)
        self._title.setWordWrap(True)
        self._rows.setObjectName("hint")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("thinBar")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(_BAR_WIDTH_PX, _BAR_PX)
        self._cancel = QPushButton(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(2)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._title)
        for widget in (self._bar, self._rows, self._cancel):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.setFocusProxy(self._cancel)
        self._cancel.clicked.connect(work.cancel_reading)
        work.changed.connect(self.refresh)
        work.rows_read.connect(self._on_work_rows_read)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._cancel.setText(self.tr("Stop reading"))
        self._cancel.setToolTip(self.tr("Read no further (Esc)"))
        self._bar.setAccessibleName(self.tr("The sheet is being read"))
        self.refresh()

    def refresh(self) -> None:
        """Say which sheet is read."""
        is_reading = self._work.stage is BulkStage.READING
        # What moves without end costs time when nobody sees it.
        self._bar.setRange(0, 0 if is_reading else 1)
        if not is_reading:
            self._row_count = 0
        path = self._work.path
        if path is not None:
            name = one_line(path.name, most_characters=_LONGEST_NAME)
            self._title.setText(self.tr("Reading “{name}”…").format(name=name))
        self._rows.setText(self.tr("%n row(s) read", "", self._row_count) if self._row_count else " ")

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _on_work_rows_read(self, count: int) -> None:
        self._row_count = count
        self.refresh()
