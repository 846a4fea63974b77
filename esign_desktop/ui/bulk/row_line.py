"""The current row in full: what is to be said about it, and where to go from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.services.bulk import RowState
from esign_desktop.ui.bulk.row_states import EDITABLE_STATES
from esign_desktop.ui.bulk.words import state_word
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.ui.bulk.row_table import RowTable
    from esign_desktop.ui.bulk.work import BulkWork

_HEIGHT_PX: Final = 44


class RowLine(QFrame):
    """Follows the current row of the grid."""

    next_requested = Signal()
    """To the next row that is to be corrected."""
    track_requested = Signal(object)
    """To Track; carries the ``FlowId``, or None for a row that waits there."""

    def __init__(self, work: BulkWork, table: RowTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._work = work
        self._table = table
        self.setMinimumHeight(_HEIGHT_PX)
        self._text = PlainLabel(self)
        self._text.setWordWrap(True)
        self._next, self._track, self._again = QPushButton(self), QPushButton(self), DeliberateButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._again)
        row.addWidget(self._track)
        row.addWidget(self._next)
        self._next.clicked.connect(self.next_requested)
        self._track.clicked.connect(self._on_track_clicked)
        self._again.meant.connect(self._on_again_meant)
        table.current_row_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._next.setText(self.tr("Next to correct (F8)"))
        self.refresh()

    def refresh(self) -> None:
        """Say what there is to say about the current row."""
        position = self._table.current_position
        has_row = position is not None and position < self._table.rows.rowCount()
        if position is not None and has_row:
            row = self._table.rows.row_at(position)
            sentences = self._table.rows.sentences(row) or [state_word(row.state)]
            names = self.tr(", ").join(one_line(name) for name in row.masked_names)
            head = self.tr("Row {row} ({names}): {sentences}") if names else self.tr("Row {row}: {sentences}")
            said = " ".join(one_line(sentence, most_characters=500) for sentence in sentences)
            self._text.setText(head.format(row=row.number, names=names, sentences=said))
            self._track.setVisible(row.state in {RowState.SENT, RowState.HELD, RowState.UNFINISHED})
            is_open = row.state in {RowState.HELD, RowState.UNFINISHED}
            self._track.setText(self.tr("Decide in Track") if is_open else self.tr("Show in Track"))
            self._next.setVisible(row.state is RowState.FAULTY)
            is_again = row.index in self._work.again and row.state in EDITABLE_STATES
            self._again.setText(self.tr("Do not send it again") if is_again else self.tr("Send once more"))
            self._again.setVisible(not self._work.is_running and (is_again or row.state is RowState.SENT))
        self.setVisible(has_row)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _on_again_meant(self) -> None:
        position = self._table.current_position
        if position is not None:
            index = self._table.rows.row_at(position).index
            self._work.wish_again(index, is_wished=index not in self._work.again)

    def _on_track_clicked(self) -> None:
        position = self._table.current_position
        if position is not None:
            row = self._table.rows.row_at(position)
            self.track_requested.emit(row.flow_id if row.state is RowState.SENT else None)
