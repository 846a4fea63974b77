"""The grid in which the user edits the cells of a table at the end of a template document, as in a spreadsheet."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from esign_desktop.domain.added_pages import (
    MOST_CELL_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Rows,
)
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.pasted_cells import pasted_cells, trimmed
from esign_desktop.override import override
from esign_desktop.ui.widgets.reading_order import go_on
from esign_desktop.ui.widgets.tables import send_committed_text
from esign_desktop.ui.widgets.theme import sized

_LEAST_ROWS: Final = 4
_LEAST_COLUMNS: Final = 4
_GRID_PX: Final = 148
_ROW_PX: Final = 26
_COLUMN_PX: Final = 120
_LONGEST_TITLE: Final = 80


class CellDelegate(QStyledItemDelegate):
    """Writes the text into the cell while the user types, so that it is kept without a confirmation."""

    text_before = ""
    """The text of the cell when its editor was opened."""

    @override
    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = super().createEditor(parent, option, index)
        self.text_before = index.data() or ""
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda: self.commitData.emit(editor))
        return editor

    @override
    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        # Keep the text of the editor if only spaces differ: the user may have typed one before the next word.
        if not isinstance(editor, QLineEdit) or _plain(editor.text()) != (index.data() or ""):
            super().setEditorData(editor, index)


class CellGrid(QTableWidget):
    """A grid of text cells that always has an empty row and an empty column at the end, up to the size limit.

    The keys are those of a spreadsheet: Tab moves to the next cell, and Enter to the row below, in the column in which
    the user began typing. Tab leaves the grid from the last cell of a row, and Shift+Tab from the first cell. Esc
    restores the text that a cell had before the user began typing.
    """

    rows_edited = Signal(object, bool)
    """Carries the rows, and whether the user is typing in a cell."""
    typing_ended = Signal()
    paste_failed = Signal(object)
    """Carries the ``InputError`` that prevented pasting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_LEAST_ROWS, _LEAST_COLUMNS, parent)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setTabKeyNavigation(True)
        self._delegate = CellDelegate(self)
        self.setItemDelegate(self._delegate)
        self._first_column: int | None = None
        self.setWordWrap(False)
        self.setObjectName("cellGrid")
        self.setAccessibleName(self.tr("Table cells"))
        self.verticalHeader().setDefaultSectionSize(sized(_ROW_PX))
        self.horizontalHeader().setDefaultSectionSize(sized(_COLUMN_PX))
        self.horizontalHeader().hide()
        self.itemChanged.connect(self._on_item_changed)

    @property
    def rows(self) -> Rows:
        """The texts of the cells, without empty rows and columns at the end."""
        items = ((self.item(row, column) for column in range(self.columnCount())) for row in range(self.rowCount()))
        return trimmed(tuple(tuple("" if one is None else one.text() for one in line) for line in items))

    def show_rows(self, rows: Rows) -> None:
        """Show ``rows`` without emitting ``rows_edited``. The current cell stays current."""
        width = max(map(len, rows), default=0)
        if rows == self.rows and self.rowCount() > len(rows) and self.columnCount() > min(width, MOST_COLUMNS - 1):
            return
        with QSignalBlocker(self):
            self.setRowCount(min(MOST_ROWS, max(_LEAST_ROWS, len(rows) + 1)))
            self.setColumnCount(min(MOST_COLUMNS, max(_LEAST_COLUMNS, width + 1)))
            for at in range(self.rowCount()):
                row = rows[at] if at < len(rows) else ()
                for column in range(self.columnCount()):
                    self._put(at, column, row[column] if column < len(row) else "")

    def paste(self) -> None:
        """Paste the cells in the clipboard, starting at the current cell. Existing texts are overwritten.

        Emit ``paste_failed`` and change nothing if the cells cannot be read or do not fit within the size limit.
        """
        data = QGuiApplication.clipboard().mimeData()
        try:
            found = pasted_cells(data.text(), data.html() if data.hasHtml() else "")
            at_row, at_column = max(0, self.currentRow()), max(0, self.currentColumn())
            width = max(map(len, found), default=0)
            if at_row + len(found) > MOST_ROWS or at_column + width > MOST_COLUMNS:
                raise InputError("table.too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
        except InputError as error:
            self.paste_failed.emit(error)
            return
        cells = [list(row) for row in self.rows]
        cells.extend([] for _ in range(at_row + len(found) - len(cells)))
        for row, line in enumerate(found, at_row):
            cells[row].extend("" for _ in range(at_column + len(line) - len(cells[row])))
            cells[row][at_column : at_column + len(line)] = line
        self._become(cells)

    def delete_rows(self) -> None:
        """Delete the rows that contain selected cells."""
        chosen = {index.row() for index in self.selectedIndexes()}
        self._become([list(row) for at, row in enumerate(self.rows) if at not in chosen])

    def clear_cells(self) -> None:
        """Delete the texts of the selected cells."""
        cells = [list(row) for row in self.rows]
        for index in self.selectedIndexes():
            if index.row() < len(cells) and index.column() < len(cells[index.row()]):
                cells[index.row()][index.column()] = ""
        self._become(cells)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.clear_cells()
        elif self._is_leaving(event):
            if not go_on(self, forward=event.key() == Qt.Key.Key_Tab):
                event.ignore()
        else:
            super().keyPressEvent(event)

    @override
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        is_typing = self.state() is QAbstractItemView.State.EditingState
        super().inputMethodEvent(event)
        if not is_typing:
            send_committed_text(self, event)

    @override
    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        at, hints = self.currentIndex(), QAbstractItemDelegate.EndEditHint
        item = self.itemFromIndex(at)
        if hint is hints.RevertModelCache and item is not None:
            item.setText(self._delegate.text_before)
        super().closeEditor(editor, hint)
        self.typing_ended.emit()
        begun_at = at.column() if self._first_column is None else self._first_column
        self._first_column = begun_at if hint is hints.EditNextItem else None
        if hint is hints.SubmitModelCache:
            self.setCurrentCell(min(at.row() + 1, self.rowCount() - 1), begun_at)

    def end_typing(self) -> None:
        """Close the editor of a cell, if one is open. The text that the user typed is kept."""
        if self.state() is QAbstractItemView.State.EditingState:
            self.setFocus()

    def _is_leaving(self, event: QKeyEvent) -> bool:
        last = self.columnCount() - 1
        return (event.key(), self.currentColumn()) in {(Qt.Key.Key_Tab, last), (Qt.Key.Key_Backtab, 0)}

    def _become(self, cells: list[list[str]]) -> None:
        rows = trimmed(tuple(map(tuple, cells)))
        self.show_rows(rows)
        self.rows_edited.emit(rows, False)

    def _put(self, row: int, column: int, text: str) -> None:
        item = self.item(row, column)
        if item is None:
            self.setItem(row, column, QTableWidgetItem(text))
        elif item.text() != text:
            item.setText(text)

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        with QSignalBlocker(self):
            item.setText(_plain(item.text()))
        rows = self.rows
        self.show_rows(rows)
        self.rows_edited.emit(rows, True)


def _plain(text: str) -> str:
    return " ".join(text.split())[:MOST_CELL_CHARACTERS]
