"""The grid of all rows: values are corrected in it, by double click, F2 or by typing over them.

The sheet as a table: before its own columns, how each row stands and what is to be said about it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QAbstractTableModel, QEvent, QKeyCombination, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from esign_desktop.domain.account import masked_number
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.words import (
    EDITABLE_STATES,
    FILTER_STATES,
    RowFilter,
    TargetNames,
    heading_words,
    problem_sentence,
    row_sentences,
    state_colour,
    state_icon,
    state_word,
)
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.theme import mixed, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent

    from esign_desktop.domain.bulk.sheet import SheetRow
    from esign_desktop.services.bulk.values import PlannedRow
    from esign_desktop.ui.bulk.work import BulkWork


_Index = QModelIndex | QPersistentModelIndex
_LONGEST_NUMBER: Final = 15
"""From so many digits on, a text is masked whatever its column is called."""
_LONGEST_LOOKED_AT: Final = 200
_FAULT_TINT: Final = 0.14


class RowColumn(IntEnum):
    """The columns before those of the sheet."""

    NUMBER = 0
    STATE = 1
    REMARK = 2


FIRST_CELL: Final = len(RowColumn)


class RowTableModel(QAbstractTableModel):
    """Shows what the work holds. ID numbers are masked, whole only in the field that corrects them."""

    edited = Signal(int, int, str)
    """Index of the row in the sheet, index of its column, and the new text."""

    def __init__(self, work: BulkWork, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._filter = RowFilter.ALL
        self._shown: list[int] = []
        self._rows: list[PlannedRow] = []
        self._sheet_key: tuple[str, str, int] | None = None
        self._names: TargetNames | None = None
        self._headings: tuple[str, ...] = ()

    @property
    def names(self) -> TargetNames | None:
        """What the columns of the preset are called; None while there is no plan."""
        return self._names

    def show_plan(self) -> None:
        """Show the plan that the work holds now. What is shown of a sheet stays until another filter is chosen."""
        plan, sheet = self._work.plan, self._work.sheet
        headings = heading_words(sheet) if sheet is not None else ()
        key = (sheet.path, sheet.worksheet, len(sheet.rows)) if sheet is not None else None
        shown = self._fitting(frozenset(self._shown) if key == self._sheet_key else frozenset())
        self._sheet_key = key
        if headings != self._headings or shown != self._shown:
            self.beginResetModel()
            self._headings, self._shown = headings, shown
            self._names = TargetNames(plan.preset) if plan is not None else None
            self.endResetModel()
        elif shown and self._work.rows is not self._rows:
            self._names = TargetNames(plan.preset) if plan is not None else None
            self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, self.columnCount() - 1))
        self._rows = self._work.rows

    def update_row(self, row: PlannedRow) -> None:
        """Show how a row stands now, if it is shown; a run does not take rows away below one's eyes."""
        position = self.position_of(row.index)
        if position is not None:
            self.dataChanged.emit(self.index(position, 0), self.index(position, RowColumn.REMARK))

    def choose(self, kind: RowFilter) -> None:
        """Show the rows of a kind."""
        self._filter = kind
        self._sheet_key = None
        self.show_plan()

    def row_at(self, position: int) -> PlannedRow:
        """Return the row that stands there."""
        return self._work.rows[self._shown[position]]

    def position_of(self, row_index: int) -> int | None:
        """Return where a row of the sheet stands, or None."""
        if len(self._shown) == len(self._work.rows):
            return row_index if row_index < len(self._shown) else None
        return self._shown.index(row_index) if row_index in self._shown else None

    def cells_for(self, lines: Sequence[Sequence[str]], position: int, column: int) -> dict[tuple[int, int], str]:
        """Return where in the sheet a pasted table goes, its upper left cell first; columns count from the sheet's.

        Raises InputError ``bulk.paste_too_large`` (``rows``, ``columns`` that are left) or ``bulk.paste_over_sent``.
        """
        rows, columns = len(self._shown) - position, len(self._headings) - column
        if len(lines) > rows or max(map(len, lines), default=0) > columns:
            raise InputError("bulk.paste_too_large", rows=rows, columns=columns)
        taken = self._shown[position : position + len(lines)]
        if any(self._work.rows[index].state not in EDITABLE_STATES for index in taken):
            raise InputError("bulk.paste_over_sent")
        return {
            (index, column + at): text for index, line in zip(taken, lines, strict=True) for at, text in enumerate(line)
        }

    def first_fault(self, position: int) -> int | None:
        """Return the column in which a row is first to be corrected, or None."""
        columns = [one.column_index for one in self.row_at(position).problems if one.is_blocking]
        cells = [column for column in columns if column is not None]
        return FIRST_CELL + min(cells) if cells else None

    def target_name(self, section: int) -> str:
        """Return what the column of a section is taken as; empty when it is left out."""
        column = section - FIRST_CELL
        target = self._work.columns[column] if 0 <= column < len(self._work.columns) else None
        return self._names[target] if self._names is not None and target is not None else ""

    def retranslate(self) -> None:
        """Have all texts read again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self.columnCount() - 1))
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, self.columnCount() - 1))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else FIRST_CELL + len(self._headings)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if section >= FIRST_CELL:
            heading = self._headings[section - FIRST_CELL]
            is_tip = role == Qt.ItemDataRole.ToolTipRole
            return plain_tip(heading) if is_tip else heading if role == Qt.ItemDataRole.DisplayRole else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            RowColumn.NUMBER: self.tr("Row"),
            RowColumn.STATE: self.tr("State"),
            RowColumn.REMARK: self.tr("Remark"),
        }[RowColumn(section)]

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        is_cell = index.isValid() and index.column() >= FIRST_CELL
        if is_cell and not self._work.is_running and self.row_at(index.row()).state in EDITABLE_STATES:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.row_at(index.row())
        if index.column() < FIRST_CELL:
            return self._about(row, RowColumn(index.column()), role)
        return self._cell(row, index.column() - FIRST_CELL, role)

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() < FIRST_CELL:
            return False
        row_index, column = self._shown[index.row()], index.column() - FIRST_CELL
        if str(value) == self._text(row_index, column):
            return False
        self.edited.emit(row_index, column, str(value))
        # Now, while the rows are looked through anew, which changes what is said about them.
        self.dataChanged.emit(index, index)
        return True

    def _fitting(self, kept: frozenset[int]) -> list[int]:
        states = FILTER_STATES[self._filter]
        return [row.index for row in self._work.rows if row.state in states or row.index in kept]

    def _about(self, row: PlannedRow, column: RowColumn, role: int) -> Any:
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            match column:
                case RowColumn.NUMBER:
                    return str(row.number)
                case RowColumn.STATE:
                    return state_word(row.state)
                case RowColumn.REMARK:
                    return self._remark(row)
        if role == Qt.ItemDataRole.ForegroundRole:
            is_quiet = column is RowColumn.NUMBER or (column is RowColumn.REMARK and row.state is RowState.SENT)
            return theme().hint if is_quiet else state_colour(row.state)
        if role == Qt.ItemDataRole.DecorationRole and column is RowColumn.STATE:
            return state_icon(row.state)
        if role == Qt.ItemDataRole.ToolTipRole and column is RowColumn.REMARK:
            return plain_tip(" ".join(self.sentences(row)))
        return None

    def sentences(self, row: PlannedRow) -> list[str]:
        """Say all that there is to say about a row."""
        is_again = row.index in self._work.again
        return row_sentences(row, self._names, is_again=is_again) if self._names is not None else []

    def _remark(self, row: PlannedRow) -> str:
        found = self.sentences(row)
        if len(found) > 1:
            return self.tr("{sentence} (+{count})").format(sentence=one_line(found[0]), count=len(found) - 1)
        return one_line(found[0]) if found else ""

    def _cell(self, row: PlannedRow, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.EditRole:
            return self._text(row.index, column)
        problems = [one for one in row.problems if one.column_index == column and row.state in EDITABLE_STATES]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            shown = self._masked(self._text(row.index, column), column)
            if role == Qt.ItemDataRole.DisplayRole or not problems:
                return shown
            return f"{shown} {self._sentence(problems[0])}".strip()
        is_faulty = any(one.is_blocking for one in problems)
        match role:
            case Qt.ItemDataRole.BackgroundRole if is_faulty:
                return mixed(theme().base, theme().danger, _FAULT_TINT)
            case Qt.ItemDataRole.DecorationRole if is_faulty:
                return icon("warning", theme().danger)
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(row, column, is_faulty=is_faulty)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row, column, [self._sentence(one) for one in problems])
            case _:
                return None

    def _ink(self, row: PlannedRow, column: int, *, is_faulty: bool) -> QColor | None:
        if is_faulty:
            return theme().danger
        if self._was_corrected(row, column):
            return theme().accent
        is_left_out = column < len(self._work.columns) and self._work.columns[column] is None
        return theme().hint if is_left_out or row.state is RowState.SENT else None

    def _tip(self, row: PlannedRow, column: int, sentences: list[str]) -> str:
        if self._was_corrected(row, column):
            original = self._row(row.index).original or ()
            kept = self._masked(original[column], column) if column < len(original) else ""
            sentences = [*sentences, self.tr("Corrected here; the sheet has “{text}”.").format(text=kept)]
        return plain_tip(" ".join(sentences)) if sentences else ""

    def _sentence(self, problem: Any) -> str:
        return problem_sentence(problem, self._names) if self._names is not None else ""

    def _row(self, row_index: int) -> SheetRow:
        sheet = self._work.sheet
        if sheet is None:
            raise LookupError(row_index)
        return sheet.rows[row_index]

    def _text(self, row_index: int, column: int) -> str:
        cells = self._row(row_index).cells
        return cells[column] if column < len(cells) else ""

    def _was_corrected(self, row: PlannedRow, column: int) -> bool:
        kept = self._row(row.index)
        return kept.original is not None and kept.original[column] != kept.cells[column]

    def _masked(self, text: str, column: int) -> str:
        columns = self._work.columns
        target = columns[column] if column < len(columns) else None
        digits = sum(character.isdigit() for character in text[:_LONGEST_LOOKED_AT])
        is_secret = (target is not None and target.kind is ColumnKind.ID_NUMBER) or digits >= _LONGEST_NUMBER
        return one_line(masked_number(text)) if is_secret else one_line(text)


_CTRL_Y: Final = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Y)
_ROW_PX: Final = 32
_WIDTHS_PX: Final = {RowColumn.NUMBER: 56, RowColumn.STATE: 108, RowColumn.REMARK: 280}
_LEAST_CELL_PX: Final = 120
_MOST_CELL_PX: Final = 260
_MEASURED_ROWS: Final = 60
_CELL_MARGIN_PX: Final = 32
_FRAME_PX: Final = 2
_CHOICE_MARGIN_PX: Final = 44


class RowTable(QTableView):
    """Enter goes to the first faulty cell of a row and opens it."""

    current_row_changed = Signal()
    resized = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    paste_requested = Signal(str)
    """Text of the clipboard, for the current cell and those to the right of it and below."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rowGrid")
        self.rows = RowTableModel(work, self)
        self._headings: tuple[str, ...] | None = None
        self._work = work
        self.setModel(self.rows)
        self._set_up()
        self.rows.modelReset.connect(self._on_rows_reset)
        self.retranslate()

    @property
    def current_position(self) -> int | None:
        """Where the current row stands; None if there is none."""
        index = self.currentIndex()
        return index.row() if index.isValid() else None

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self.setAccessibleName(self.tr("Rows of the sheet"))
        self.rows.retranslate()

    def go_to_fault(self, step: int) -> None:
        """Go to the next row that has something to be corrected, or to the one before, around the end."""
        count = self.rows.rowCount()
        start = self.current_position if self.current_position is not None else -1 if step > 0 else 0
        for distance in range(1, count + 1):
            position = (start + step * distance) % count
            column = self.rows.first_fault(position)
            if column is not None or self.rows.row_at(position).state in {RowState.FAULTY, RowState.FAILED}:
                # What is wrong with the row as a whole stands in the remark.
                self._go_to(position, RowColumn.REMARK if column is None else column)
                return

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @override
    def event(self, event: QEvent) -> bool:
        # Elsewhere in the window these keys are about the contract that is being prepared.
        if event.type() == QEvent.Type.ShortcutOverride and self._request_of(cast("QKeyEvent", event)) is not None:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        request = self._request_of(event)
        if request is not None:
            request()
            return
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
        if is_enter and self.state() is not QAbstractItemView.State.EditingState:
            self._open_current()
        else:
            super().keyPressEvent(event)

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.current_row_changed.emit()

    def _request_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return what a key asks for besides what a table does with it by itself."""
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo_requested.emit
        if event.matches(QKeySequence.StandardKey.Redo) or event.keyCombination() == _CTRL_Y:
            return self.redo_requested.emit
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._paste
        return None

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text:
            self.paste_requested.emit(text)

    def _open_current(self) -> None:
        index = self.currentIndex()
        if not index.isValid():
            return
        if index.column() < FIRST_CELL:
            column = self.rows.first_fault(index.row())
            if column is None:
                return
            self._go_to(index.row(), column)
        if self.rows.flags(self.currentIndex()) & Qt.ItemFlag.ItemIsEditable:
            self.edit(self.currentIndex())

    def _go_to(self, position: int, column: int) -> None:
        index = self.rows.index(position, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _on_rows_reset(self) -> None:
        headings = tuple(str(self._heading(section)) for section in range(self.rows.columnCount()))
        if headings != self._headings:
            self._headings = headings
            self._fit_columns()
        if self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(0, 0))
        self.current_row_changed.emit()

    def _heading(self, section: int) -> str:
        return str(self.rows.headerData(section, Qt.Orientation.Horizontal) or "")

    def _fit_columns(self) -> None:
        for column, width in _WIDTHS_PX.items():
            self.setColumnWidth(column, width)
        measure = self.fontMetrics().horizontalAdvance
        for section in range(FIRST_CELL, self.rows.columnCount()):
            texts = [self._heading(section)]
            texts += [
                str(self.rows.index(row, section).data()) for row in range(min(self.rows.rowCount(), _MEASURED_ROWS))
            ]
            width = max(measure(text[:_MEASURED_ROWS]) for text in texts) + _CELL_MARGIN_PX
            width = max(width, measure(self.rows.target_name(section)) + _CHOICE_MARGIN_PX)
            self.setColumnWidth(section, max(_LEAST_CELL_PX, min(width, _MOST_CELL_PX)))

    def _set_up(self) -> None:
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(48)
        header.setStretchLastSection(True)


class _CellDelegate(QStyledItemDelegate):
    """The chosen cell is framed, so that its colour still says whether it is faulty; its field says what it is for."""

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        plain = QStyleOptionViewItem(option)
        plain.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        super().paint(painter, plain, index)
        if is_chosen:
            is_active = bool(option.state & QStyle.StateFlag.State_Active)
            painter.setPen(QPen(theme().accent if is_active else theme().frame, _FRAME_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -1, -1))

    @override
    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        field = QLineEdit(parent)
        field.setFrame(False)
        heading = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        field.setAccessibleName(str(heading or ""))
        return field
