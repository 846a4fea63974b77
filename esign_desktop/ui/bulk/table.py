"""Show the rows in a table whose cells can be edited by double-clicking, pressing F2 or typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.model import FIRST_CELL, RowColumn, RowTableModel
from esign_desktop.ui.bulk.words import state_word
from esign_desktop.ui.widgets.tables import PromptTable, send_committed_text, set_up_table
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QResizeEvent

    from esign_desktop.ui.bulk.work import BulkWork


_Index = QModelIndex | QPersistentModelIndex
_CTRL_Y: Final = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Y)
_ROW_PX: Final = 32
_WIDTHS_PX: Final = {RowColumn.NUMBER: 56, RowColumn.STATE: 108, RowColumn.REMARK: 280}
_LEAST_CELL_PX: Final = 120
_MOST_CELL_PX: Final = 260
_MEASURED_ROWS: Final = 60
_MEASURED_CHARACTERS: Final = 60
_CELL_MARGIN_PX: Final = 32
_FRAME_PX: Final = 2
_CHOICE_MARGIN_PX: Final = 44
_STATE_MARGIN_PX: Final = 48


class RowTable(PromptTable):
    """The table view of the rows of a ``BulkWork``.

    Enter opens the editor of the current cell. In the columns before the sheet's, it goes to the first cell to be
    corrected and opens its editor.
    """

    current_row_changed = Signal()
    """Emitted when the current row, or the row at the current position, may have changed."""
    resized = Signal()
    """Emitted when the table was resized."""
    undo_requested = Signal()
    """Emitted when the user wants to undo the last correction."""
    redo_requested = Signal()
    """Emitted when the user wants to redo the correction that was undone last."""
    paste_requested = Signal(str)
    """Carries the text of the clipboard, to be pasted with the current cell as the upper left corner."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rowGrid")
        self.setAccessibleName(self.tr("Sheet rows"))
        self.rows = RowTableModel(work, self)
        self._headings: tuple[str, ...] | None = None
        self._work = work
        self.setModel(self.rows)
        self._set_up()
        self.rows.modelReset.connect(self._on_rows_reset)

    @property
    def current_position(self) -> int | None:
        """The position of the current row, counted from 0, or None if there is no current row."""
        return self.currentIndex().row() if self.currentIndex().isValid() else None

    def go_to_fault(self, step: int) -> None:
        """Go to the next (``step`` +1) or the previous (-1) row to be corrected, cyclically.

        Do nothing if there is none.
        """
        count = self.rows.rowCount()
        start = self.current_position if self.current_position is not None else -1 if step > 0 else 0
        for distance in range(1, count + 1):
            position = (start + step * distance) % count
            column = self.rows.first_fault(position)
            if column is not None or self.rows.row_at(position).state in {RowState.FAULTY, RowState.FAILED}:
                # A problem of the whole row is described in the remark.
                self._go_to(position, RowColumn.REMARK if column is None else column)
                return

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @override
    def event(self, event: QEvent) -> bool:
        # Elsewhere in the window, these keys apply to the contract in the Prepare room.
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
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        is_typing = self.state() is QAbstractItemView.State.EditingState
        super().inputMethodEvent(event)
        if not is_typing:
            send_committed_text(self, event)

    @override
    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.current_row_changed.emit()

    def _request_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return the action of a key that ``QTableView`` does not handle itself, or None for other keys."""
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo_requested.emit
        if event.matches(QKeySequence.StandardKey.Redo) or event.keyCombination() == _CTRL_Y:
            return self.redo_requested.emit
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._paste
        return None

    def _paste(self) -> None:
        if text := QGuiApplication.clipboard().text():
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
        headings = tuple(self._heading(section) for section in range(self.rows.columnCount()))
        if headings != self._headings:
            self._headings = headings
            self._fit_columns()
        if self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(0, 0))
        self.current_row_changed.emit()

    def _heading(self, section: int) -> str:
        return str(self.rows.headerData(section, Qt.Orientation.Horizontal) or "")

    def _fit_columns(self) -> None:
        for column, width in ((one, sized(px)) for one, px in _WIDTHS_PX.items()):
            self.setColumnWidth(column, width)
        measure = self.fontMetrics().horizontalAdvance
        longest_state = max(measure(state_word(state)) for state in RowState) + _STATE_MARGIN_PX
        self.setColumnWidth(RowColumn.STATE, max(sized(_WIDTHS_PX[RowColumn.STATE]), longest_state))
        for section in range(FIRST_CELL, self.rows.columnCount()):
            measured = range(min(self.rows.rowCount(), _MEASURED_ROWS))
            texts = [self._heading(section), *(str(self.rows.index(row, section).data()) for row in measured)]
            width = max(measure(text[:_MEASURED_CHARACTERS]) for text in texts) + _CELL_MARGIN_PX
            width = max(width, measure(self.rows.target_name(section)) + _CHOICE_MARGIN_PX)
            self.setColumnWidth(section, max(sized(_LEAST_CELL_PX), min(width, sized(_MOST_CELL_PX))))

    def _set_up(self) -> None:
        set_up_table(self, row_px=_ROW_PX)
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
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(sized(48))
        header.setStretchLastSection(True)


class _CellDelegate(QStyledItemDelegate):
    """Paints the current cell with a frame instead of a background, so that the color of a faulty cell stays visible.

    The accessible name of a cell's editor is the column's heading.
    """

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
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
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = QLineEdit(parent)
        field.setFrame(False)
        heading = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        field.setAccessibleName(str(heading or ""))
        return field

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Make the editor wide enough for the whole value, such as an ID number that is masked in the cell."""
        super().updateEditorGeometry(editor, option, index)
        place, viewport = editor.geometry(), editor.parentWidget()
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")[:_MEASURED_CHARACTERS]
        place.setWidth(max(place.width(), editor.fontMetrics().horizontalAdvance(text) + _CELL_MARGIN_PX))
        if viewport is not None and place.right() > viewport.width():
            place.moveRight(max(place.width(), viewport.width()))
        editor.setGeometry(place)
