"""The sheet laid out: what it is, its columns, its rows, and below them the dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from esign_desktop.domain.bulk_sheet import pasted_lines
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.ui.bulk.column_strip import ColumnStrip
from esign_desktop.ui.bulk.filter_bar import RowFilterBar
from esign_desktop.ui.bulk.foot import BulkFoot
from esign_desktop.ui.bulk.headings_bar import HeadingsBar
from esign_desktop.ui.bulk.row_line import RowLine
from esign_desktop.ui.bulk.row_table import RowTable
from esign_desktop.ui.bulk.row_table_model import FIRST_CELL
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import ElidedLabel
from esign_desktop.ui.prepare.narrow_choice import NarrowChoice
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.services.bulk import PlannedRow
    from esign_desktop.ui.bulk.row_states import RowFilter
    from esign_desktop.ui.bulk.work import BulkWork


_COUNT_MS: Final = 80


class RowsPane(QWidget):
    """Everything that it shows comes from the work."""

    sheet_wanted = Signal()
    """Another sheet is to be chosen from the disk."""
    track_requested = Signal(object)
    """To Track; carries a ``FlowId`` or None."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._title = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._title.setObjectName("panelTitle")
        self._worksheets = NarrowChoice(self)
        self._other, self._away = QPushButton(self), DeliberateButton(self)
        self.filters = RowFilterBar(work, self)
        self.table = RowTable(work, self)
        self.headings = HeadingsBar(work, self)
        self.strip = ColumnStrip(work, self.table, self)
        self._line = RowLine(work, self.table, self)
        self.foot = BulkFoot(work, self)
        self._count_soon = QTimer(self)
        self._count_soon.setSingleShot(True)
        self._count_soon.setInterval(_COUNT_MS)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._worksheets.setAccessibleName(self.tr("Worksheet"))
        self._other.setText(self.tr("Another sheet…"))
        self._away.setText(self.tr("Put away"))
        self._away.setToolTip(self.tr("Back to choosing contract and sheet; nothing that was sent is lost"))
        self.refresh()

    def refresh(self) -> None:
        """Show what the work holds now."""
        work = self._work
        plan, sheet = work.plan, work.sheet
        if plan is None or sheet is None:
            self.table.rows.show_plan()
            return
        names = self.tr("{preset} — {sheet}")
        self._title.setText(names.format(preset=one_line(plan.preset.name), sheet=one_line(sheet.name)))
        self._show_worksheets(sheet.worksheets, sheet.worksheet)
        for button in (self._other, self._away, self._worksheets):
            button.setEnabled(not work.is_running)
        self.table.rows.show_plan()
        self.strip.refresh()
        self.filters.retranslate()
        self._line.refresh()
        self.foot.refresh()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _show_worksheets(self, names: tuple[str, ...], chosen: str) -> None:
        self._worksheets.setVisible(len(names) > 1)
        with QSignalBlocker(self._worksheets):
            self._worksheets.clear()
            self._worksheets.addItems([one_line(name) for name in names])
            self._worksheets.setCurrentIndex(names.index(chosen) if chosen in names else -1)

    def _lay_out(self) -> None:
        self._other.setIcon(icon("open"))
        head = QFrame(self)
        head.setObjectName("toolBar")
        top = QHBoxLayout(head)
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(8)
        top.addWidget(self._title, 1)
        for widget in (self._worksheets, self.filters, self._other, self._away):
            top.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.headings)
        column.addWidget(self.strip)
        column.addWidget(self.table, 1)
        column.addWidget(self._line)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        work = self._work
        work.changed.connect(self.refresh)
        work.row_changed.connect(self._on_work_row_changed)
        self._count_soon.timeout.connect(self._on_count_soon_timeout)
        self.table.rows.edited.connect(work.correct)
        self.table.undo_requested.connect(work.undo)
        self.table.redo_requested.connect(work.redo)
        self.table.paste_requested.connect(self._on_table_paste_requested)
        self.strip.target_chosen.connect(work.choose_target)
        self.strip.rebuilt.connect(self._order_tabs)
        self.filters.chosen.connect(self._on_filters_chosen)
        self._line.next_requested.connect(self._go_to_next)
        self._line.track_requested.connect(self.track_requested)
        self._other.clicked.connect(self.sheet_wanted)
        self._away.meant.connect(work.put_away)
        self._worksheets.activated.connect(self._on_worksheets_activated)
        for key, slot in (("F8", self._go_to_next), ("Shift+F8", self._go_to_previous)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _order_tabs(self) -> None:
        """Let Tab lead from the grid to the button, whatever the number of columns, and back to their choices."""
        before: QWidget = self._away
        for choice in self.strip.choices:
            QWidget.setTabOrder(before, choice)
            before = choice
        QWidget.setTabOrder(before, self.table)

    def _go_to_next(self) -> None:
        self.table.go_to_fault(+1)
        self.table.setFocus()

    def _go_to_previous(self) -> None:
        self.table.go_to_fault(-1)
        self.table.setFocus()

    def _on_table_paste_requested(self, text: str) -> None:
        index = self.table.currentIndex()
        if not index.isValid() or self._work.is_running:
            return
        try:
            # From a row's number on, whole rows.
            cells = self.table.rows.cells_for(pasted_lines(text), index.row(), max(0, index.column() - FIRST_CELL))
        except InputError as error:
            self._work.failed.emit(error)
        else:
            self._work.correct_cells(cells)

    def _on_work_row_changed(self, row: PlannedRow) -> None:
        self.table.rows.update_row(row)
        # Rows may change faster than anybody can read their number.
        if not self._count_soon.isActive():
            self._count_soon.start()
        if self.table.current_position == self.table.rows.position_of(row.index):
            self._line.refresh()

    def _on_count_soon_timeout(self) -> None:
        self.filters.retranslate()
        self.foot.refresh()

    def _on_filters_chosen(self, kind: RowFilter) -> None:
        self.table.rows.choose(kind)
        self._line.refresh()

    def _on_worksheets_activated(self, place: int) -> None:
        sheet, path = self._work.sheet, self._work.path
        if sheet is not None and path is not None:
            self._work.take_sheet(path, sheet.worksheets[place])
