"""Show the rows of a sheet: the meaning of each column, the filtered rows, and the plan or run below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from esign_desktop.domain.bulk.columns import offers_of
from esign_desktop.domain.bulk.headings import are_headings_doubtful
from esign_desktop.domain.bulk.sheet import pasted_lines
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.foot import BulkFoot
from esign_desktop.ui.bulk.model import FIRST_CELL
from esign_desktop.ui.bulk.table import RowTable
from esign_desktop.ui.bulk.words import (
    EDITABLE_STATES,
    FILTER_STATES,
    RowFilter,
    TargetNames,
    heading_words,
    state_word,
)
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.flow_layout import ChoiceBar
from esign_desktop.ui.widgets.forms import ElidingComboBox, describe_choice
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel, NoticeBar
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.bulk.columns import TargetOffer
    from esign_desktop.services.bulk.values import PlannedRow
    from esign_desktop.ui.bulk.work import BulkWork


_HEIGHT_PX: Final = 40
_FIELD_PX: Final = 28
_GAP_PX: Final = 4


class ColumnStrip(QFrame):
    """A strip above the table with a combo box for the meaning of each column. It scrolls with the table."""

    target_chosen = Signal(int, object)
    """Carries the index of a column in the sheet, counted from 0, and its ``ColumnTarget``, or None to ignore it."""

    def __init__(self, work: BulkWork, table: RowTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._work = work
        self._table = table
        self._title = PlainLabel(self, self.tr("Maps to"), look="hint")
        self._title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.choices: list[ElidingComboBox] = []
        self._offers: tuple[TargetOffer, ...] = ()
        self.setFixedHeight(sized(_HEIGHT_PX))
        header = table.horizontalHeader()
        header.sectionResized.connect(self._place)
        header.geometriesChanged.connect(self._place)
        table.horizontalScrollBar().valueChanged.connect(self._place)
        table.resized.connect(self._place)

    def refresh(self) -> None:
        preset, sheet = self._work.preset, self._work.sheet
        offers = offers_of(preset) if preset is not None else ()
        if sheet is None or len(self.choices) != len(sheet.headings) or offers != self._offers:
            self._rebuild()
            return
        for choice, target, heading in zip(self.choices, self._work.columns, heading_words(sheet), strict=False):
            with QSignalBlocker(choice):
                choice.setCurrentIndex(self._entry_of(target))
            choice.setEnabled(not self._work.is_running)
            shown = choice.currentText()
            choice.setAccessibleName(self.tr("“{heading}” maps to").format(heading=heading))
            show_tip(choice, f"{heading} → {shown}")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, ElidingComboBox):
            self._show_column(self.choices.index(watched))
        elif event.type() == QEvent.Type.Wheel:
            # The wheel must not change the meaning of a column.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _entry_of(self, target: object) -> int:
        return next((1 + place for place, offer in enumerate(self._offers) if offer.target == target), 0)

    def _rebuild(self) -> None:
        for choice in self.choices:
            choice.hide()
            choice.deleteLater()
        self.choices = []
        preset, sheet = self._work.preset, self._work.sheet
        self._offers = offers_of(preset) if preset is not None else ()
        if preset is None or sheet is None:
            return
        names = TargetNames(preset)
        entries = [self.tr("Ignore"), *(names[offer.target] for offer in self._offers)]
        for column, _heading in enumerate(sheet.headings):
            choice = ElidingComboBox(self)
            choice.addItems(entries)
            choice.setProperty("column", column)
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            choice.installEventFilter(self)
            choice.activated.connect(self._on_choice_activated)
            choice.show()
            self.choices.append(choice)
        self.refresh()
        self._place()

    def _place(self) -> None:
        header = self._table.horizontalHeader()
        top = (_HEIGHT_PX - _FIELD_PX) // 2
        for column, choice in enumerate(self.choices):
            section = FIRST_CELL + column
            if section < header.count():
                left = header.sectionViewportPosition(section)
                choice.setGeometry(left + _GAP_PX // 2, top, max(0, header.sectionSize(section) - _GAP_PX), _FIELD_PX)
        if header.count():
            left = header.sectionViewportPosition(0)
            width = sum(header.sectionSize(section) for section in range(min(FIRST_CELL, header.count())))
            self._title.setGeometry(left, top, max(0, width - 2 * _GAP_PX), _FIELD_PX)

    def _show_column(self, column: int) -> None:
        header, bar = self._table.horizontalHeader(), self._table.horizontalScrollBar()
        left = header.sectionPosition(FIRST_CELL + column)
        width = header.sectionSize(FIRST_CELL + column)
        if left < bar.value():
            bar.setValue(left)
        elif left + width > bar.value() + self._table.viewport().width():
            bar.setValue(left + width - self._table.viewport().width())

    def _on_choice_activated(self, entry: int) -> None:
        choice = self.sender()
        if isinstance(choice, ElidingComboBox):
            target = self._offers[entry - 1].target if entry else None
            self.target_chosen.emit(int(choice.property("column")), target)


class RowFilterBar(ChoiceBar[RowFilter]):
    """Buttons that select a ``RowFilter``, each with the number of rows that match it."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(RowFilter, parent)
        self._work = work
        self.refresh()

    def refresh(self) -> None:
        names = {
            RowFilter.ALL: self.tr("All"),
            RowFilter.ATTENTION: self.tr("To correct"),
            RowFilter.READY: self.tr("Ready"),
            RowFilter.SENT: self.tr("Sent"),
        }
        tips = {
            RowFilter.ATTENTION: self.tr("Rows with errors, rows that weren't sent, and rows that need your decision"),
            RowFilter.READY: self.tr("Rows to send next and rows being sent"),
        }
        for kind, button in self._buttons.items():
            count = self._work.count(*FILTER_STATES[kind])
            button.setText(self.tr("{name} {count}").format(name=names[kind], count=f"{count:,}"))
            button.setAccessibleName(names[kind])
            show_tip(button, tips.get(kind, ""))
            button.setAccessibleDescription(self.tr("%n row(s)", "", count))


class HeadingsBar(NoticeBar):
    """Asks the user whether the first row contains headings. It is visible only if the program is not certain."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent, level=MessageLevel.WARNING, side_px=16)
        self._work = work
        self._other = self.add_button("", self._take_otherwise, is_deliberate=False)
        work.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        sheet = self._work.sheet
        is_open = sheet is not None and (not sheet.has_headings or are_headings_doubtful(sheet))
        self.setVisible(is_open and self._work.stage is BulkStage.PLANNED)
        if sheet is None:
            return
        if sheet.has_headings:
            self.show_text(
                self.tr(
                    "No headings were recognized in this sheet. If the first row is already a "
                    "contract, click the button, because a heading row isn't sent."
                )
            )
            self._other.setText(self.tr("First row is a contract"))
        else:
            self.show_text(
                self.tr(
                    "This sheet has no headings. Its first row is treated as a contract, and the "
                    "columns were recognized by their contents. Check the columns."
                )
            )
            self._other.setText(self.tr("First row contains headings"))
        self._other.setEnabled(not self._work.is_planning and (sheet.has_headings or len(sheet.rows) > 1))

    def _take_otherwise(self) -> None:
        sheet = self._work.sheet
        if sheet is not None:
            self._work.take_first_row(as_headings=not sheet.has_headings)


_LINE_HEIGHT_PX: Final = 44


class RowLine(NoticeBar):
    """Shows all remarks on the current row, and buttons for what the user can do with it.

    It is hidden without a current row.
    """

    next_requested = Signal()
    """Emitted when the user wants to see the next row to be corrected."""
    track_requested = Signal(object)
    """Carries the ``FlowId`` to be shown in the Track room, or None for a send that is not complete."""

    def __init__(self, work: BulkWork, table: RowTable, parent: QWidget | None = None) -> None:
        super().__init__(parent, side_px=16)
        self._work = work
        self._table = table
        self._row.setContentsMargins(16, 4, 16, 4)
        self.setMinimumHeight(sized(_LINE_HEIGHT_PX))
        self._again = self.add_button("", self._toggle_again)
        self._track = self.add_button("", self._go_to_track, is_deliberate=False)
        self._next = self.add_button(self.tr("Next to correct (F8)"), self.next_requested.emit, is_deliberate=False)
        table.current_row_changed.connect(self.refresh)
        self.refresh()

    @property
    def _current(self) -> PlannedRow | None:
        position = self._table.current_position
        has_row = position is not None and position < self._table.rows.rowCount()
        return self._table.rows.row_at(position) if position is not None and has_row else None

    def refresh(self) -> None:
        row = self._current
        self.setVisible(row is not None)
        if row is None:
            return
        sentences = self._table.rows.sentences(row) or [state_word(row.state)]
        # The names are shown as in the table above.
        names = listed(self._table.rows.names_of(row))
        head = self.tr("Row {row} ({names}): {sentences}") if names else self.tr("Row {row}: {sentences}")
        about = " ".join(one_line(sentence, most_characters=500) for sentence in sentences)
        self.show_text(head.format(row=row.number, names=names, sentences=about))
        is_open = row.state in {RowState.HELD, RowState.DIFFERS, RowState.UNFINISHED}
        self._track.setVisible(is_open or row.state is RowState.SENT)
        self._track.setText(self.tr("Decide in Track") if is_open else self.tr("Show in Track"))
        self._next.setVisible(row.state is RowState.FAULTY)
        is_again = row.index in self._work.again and row.state in EDITABLE_STATES
        self._again.setText(self.tr("Don't send again") if is_again else self.tr("Send again"))
        self._again.setVisible(not self._work.is_running and (is_again or row.state is RowState.SENT))

    def _toggle_again(self) -> None:
        row = self._current
        if row is not None:
            self._work.select_again(row.index, is_selected=row.index not in self._work.again)

    def _go_to_track(self) -> None:
        row = self._current
        if row is not None:
            self.track_requested.emit(row.flow_id if row.state is RowState.SENT else None)


_COUNT_MS: Final = 80


class RowsPane(QWidget):
    """Shows the rows of the sheet of a ``BulkWork``, with the bars above and below the table."""

    close_requested = Signal()
    """Emitted when the user wants to close the sheet."""
    sheet_wanted = Signal()
    """Emitted when the user wants to choose another sheet file."""
    track_requested = Signal(object)
    """Carries the ``FlowId`` to be shown in the Track room, or None for a send that is not complete."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._title = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._title.setObjectName("panelTitle")
        self._worksheets = ElidingComboBox(self)
        describe_choice(self._worksheets, self.tr("Worksheet"))
        self._other = QPushButton(self.tr("Other sheet…"), self)
        self._away = DeliberateButton(self, self.tr("Close sheet"))
        self._away.setToolTip(self.tr("Choose another contract or sheet; contracts already sent aren't affected"))
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
        self.refresh()

    def refresh(self) -> None:
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
        self.filters.refresh()
        self._line.refresh()
        self.foot.refresh()

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
        widgets = (self._worksheets, self.filters, self._other, self._away)
        hbox((self._title, 1), *widgets, margins=(16, 8, 16, 8), parent=head)
        vbox(head, self.headings, self.strip, (self.table, 1), self._line, self.foot, spacing=0, parent=self)

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
        self.filters.chosen.connect(self._on_filters_chosen)
        self._line.next_requested.connect(self._go_to_next)
        self._line.track_requested.connect(self.track_requested)
        self._other.clicked.connect(self.sheet_wanted)
        self._away.meant.connect(self.close_requested)
        self._worksheets.activated.connect(self._on_worksheets_activated)
        for key, slot in (("F8", self._go_to_next), ("Shift+F8", self._go_to_previous)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

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
            # A paste into a column before the sheet's columns starts at the sheet's first column.
            cells = self.table.rows.cells_for(pasted_lines(text), index.row(), max(0, index.column() - FIRST_CELL))
        except InputError as error:
            self._work.failed.emit(error)
        else:
            self._work.correct_cells(cells)

    def _on_work_row_changed(self, row: PlannedRow) -> None:
        self.table.rows.update_row(row)
        # The counts are updated with a delay, because rows may change faster than the user can read.
        if not self._count_soon.isActive():
            self._count_soon.start()
        if self.table.current_position == self.table.rows.position_of(row.index):
            self._line.refresh()

    def _on_count_soon_timeout(self) -> None:
        self.filters.refresh()
        self.foot.refresh()

    def _on_filters_chosen(self, kind: RowFilter) -> None:
        self.table.rows.choose(kind)
        self._line.refresh()

    def _on_worksheets_activated(self, place: int) -> None:
        sheet, path = self._work.sheet, self._work.path
        if sheet is not None and path is not None:
            self._work.take_sheet(path, sheet.worksheets[place])
