"""Provide the table model of the sheet: number, state and remark of each row, followed by the sheet's own columns."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.words import (
    EDITABLE_STATES,
    FILTER_STATES,
    RowFilter,
    TargetNames,
    heading_words,
    masked_cell,
    problem_sentence,
    row_sentences,
    state_colour,
    state_icon,
    state_word,
)
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.theme import mixed, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor

    from esign_desktop.domain.bulk.sheet import SheetRow
    from esign_desktop.services.bulk.values import PlannedRow
    from esign_desktop.ui.bulk.work import BulkWork


_Index = QModelIndex | QPersistentModelIndex
_FAULT_TINT: Final = 0.14


class RowColumn(IntEnum):
    """The columns that precede the sheet's columns in the table."""

    NUMBER = 0
    STATE = 1
    REMARK = 2


FIRST_CELL: Final = len(RowColumn)


class RowTableModel(QAbstractTableModel):
    """A table model of the rows of a ``BulkWork`` that match a filter.

    Its columns are the row number, the status, the remark, and all columns of the sheet.

    Numbers that may identify a person are masked, except in the editor of a cell.
    """

    edited = Signal(int, int, str)
    """Carries the row index and the column index in the sheet, counted from 0, and the new text of the cell."""

    def __init__(self, work: BulkWork, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._filter = RowFilter.ALL
        self._shown: list[int] = []
        self._rows: list[PlannedRow] = []
        self._sheet_key: tuple[str, str, int] | None = None
        self._names = TargetNames()
        self._headings: tuple[str, ...] = ()

    @property
    def names(self) -> TargetNames:
        return self._names

    def show_plan(self) -> None:
        """Update the table from the work's plan.

        Rows that are displayed stay, even if they no longer match the filter, until ``choose`` is called or another
        sheet is shown.
        """
        plan, sheet = self._work.plan, self._work.sheet
        headings = heading_words(sheet) if sheet is not None else ()
        key = (sheet.path, sheet.worksheet, len(sheet.rows)) if sheet is not None else None
        shown = self._fitting(frozenset(self._shown) if key == self._sheet_key else frozenset())
        self._sheet_key = key
        if self._work.rows is not self._rows:
            self._names = TargetNames(plan.preset if plan is not None else None)
        if headings != self._headings or shown != self._shown:
            self.beginResetModel()
            self._headings, self._shown = headings, shown
            self.endResetModel()
        elif shown and self._work.rows is not self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, self.columnCount() - 1))
        self._rows = self._work.rows

    def update_row(self, row: PlannedRow) -> None:
        """Repaint a row.

        A row that no longer matches the filter stays visible. Do nothing if the row is not displayed.
        """
        if (position := self.position_of(row.index)) is not None:
            self.dataChanged.emit(self.index(position, 0), self.index(position, RowColumn.REMARK))

    def choose(self, kind: RowFilter) -> None:
        self._filter = kind
        self._sheet_key = None
        self.show_plan()

    def row_at(self, position: int) -> PlannedRow:
        return self._work.rows[self._shown[position]]

    def position_of(self, row_index: int) -> int | None:
        """Return the table position of a row of the sheet, counted from 0, or None if the row is not displayed."""
        if len(self._shown) == len(self._work.rows):
            return row_index if row_index < len(self._shown) else None
        return self._shown.index(row_index) if row_index in self._shown else None

    def cells_for(self, lines: Sequence[Sequence[str]], position: int, column: int) -> dict[tuple[int, int], str]:
        """Return the texts of a pasted table, keyed by row index and column index in the sheet.

        ``position`` is the table row and ``column`` the sheet column of the upper left cell, both counted from 0. Raise
        InputError ``bulk.paste_too_large`` (with the ``rows`` and ``columns`` that are available) or
        ``bulk.paste_over_sent``.
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
        """Return the first table column in which a row must be corrected, or None if all its cells are correct."""
        problems = (one for one in self.row_at(position).problems if one.is_blocking)
        columns = [FIRST_CELL + one.column_index for one in problems if one.column_index is not None]
        return min(columns, default=None)

    def target_name(self, section: int) -> str:
        """Return the name of the meaning of a table column, or an empty text if the column has none."""
        target = self._target(section - FIRST_CELL)
        return self._names[target] if target is not None else ""

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
            if role == Qt.ItemDataRole.ToolTipRole:
                return plain_tip(heading)
        else:
            heading = (self.tr("Row"), self.tr("Status"), self.tr("Remark"))[section]
        return heading if role == Qt.ItemDataRole.DisplayRole else None

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
        # The cell is updated at once, before the new plan arrives.
        self.dataChanged.emit(index, index)
        return True

    def _fitting(self, kept: frozenset[int]) -> list[int]:
        states = FILTER_STATES[self._filter]
        return [row.index for row in self._work.rows if row.state in states or row.index in kept]

    def _about(self, row: PlannedRow, column: RowColumn, role: int) -> Any:
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return (str(row.number), state_word(row.state), self._remark(row))[column]
        if role == Qt.ItemDataRole.ForegroundRole:
            is_quiet = column is RowColumn.NUMBER or (column is RowColumn.REMARK and row.state is RowState.SENT)
            return theme().hint if is_quiet else state_colour(row.state)
        if role == Qt.ItemDataRole.DecorationRole and column is RowColumn.STATE:
            return state_icon(row.state)
        if role == Qt.ItemDataRole.ToolTipRole and column is RowColumn.REMARK:
            return plain_tip(one_after_another(*self.sentences(row)))
        return None

    def names_of(self, row: PlannedRow) -> list[str]:
        """Return the names of persons as written in the row, in the order of the columns."""
        kinds = [target.kind if target is not None else None for target in self._work.columns]
        cells = self._row(row.index).cells
        return [one_line(cell) for cell, kind in zip(cells, kinds, strict=False) if kind is ColumnKind.NAME and cell]

    def sentences(self, row: PlannedRow) -> list[str]:
        return row_sentences(row, self._names, is_again=row.index in self._work.again)

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
            shown = masked_cell(self._text(row.index, column), self._target(column))
            if role == Qt.ItemDataRole.DisplayRole or not problems:
                return shown
            return f"{shown} {problem_sentence(problems[0], self._names)}".strip()
        is_faulty = any(one.is_blocking for one in problems)
        match role:
            case Qt.ItemDataRole.BackgroundRole if is_faulty:
                return mixed(theme().base, theme().danger, _FAULT_TINT)
            case Qt.ItemDataRole.DecorationRole if is_faulty:
                return icon("warning", theme().danger)
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(row, column, is_faulty=is_faulty)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row, column, [problem_sentence(one, self._names) for one in problems])
            case _:
                return None

    def _ink(self, row: PlannedRow, column: int, *, is_faulty: bool) -> QColor | None:
        if is_faulty:
            return theme().danger
        if self._was_corrected(row, column):
            return theme().accent
        is_left_out = self._target(column) is None
        return theme().hint if is_left_out or row.state is RowState.SENT else None

    def _tip(self, row: PlannedRow, column: int, sentences: list[str]) -> str:
        if self._was_corrected(row, column):
            original = self._row(row.index).original or ()
            kept = masked_cell(original[column], self._target(column))
            sentences = [*sentences, self.tr("Corrected here; the sheet says “{text}”.").format(text=kept)]
        return plain_tip(one_after_another(*sentences)) if sentences else ""

    def _row(self, row_index: int) -> SheetRow:
        sheet = self._work.sheet
        if sheet is None:
            raise LookupError(row_index)
        return sheet.rows[row_index]

    def _text(self, row_index: int, column: int) -> str:
        return self._row(row_index).cells[column]

    def _was_corrected(self, row: PlannedRow, column: int) -> bool:
        kept = self._row(row.index)
        return kept.original is not None and kept.original[column] != kept.cells[column]

    def _target(self, column: int) -> ColumnTarget | None:
        return self._work.columns[column] if 0 <= column < len(self._work.columns) else None
