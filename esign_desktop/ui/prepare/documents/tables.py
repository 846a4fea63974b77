"""The tables behind a template's document: a grid like a spreadsheet's, below the pages that it becomes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.added_pages import (
    MOST_ADDED_PAGES,
    MOST_CELL_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    AddedTable,
    Rows,
)
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.pasted_cells import pasted_cells, trimmed
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, LineField, describe_choice
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, separator
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.reading_order import go_on
from esign_desktop.ui.widgets.tables import send_committed_text
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, DocumentId

_LEAST_ROWS: Final = 4
_LEAST_COLUMNS: Final = 4
_GRID_PX: Final = 148
_ROW_PX: Final = 26
_COLUMN_PX: Final = 120
_LONGEST_TITLE: Final = 80


class CellDelegate(QStyledItemDelegate):
    """Writes into the cell while the user types, so that the text is kept however the user leaves the editor."""

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
        # The cell has no space at its end, but the user may type one before the next word.
        if not isinstance(editor, QLineEdit) or _plain(editor.text()) != (index.data() or ""):
            super().setEditorData(editor, index)


class CellGrid(QTableWidget):
    """Always one row and one column larger than what stands in it, so that there is room for more.

    The keys are those of a spreadsheet: Tab goes to the next cell, and Enter to the row below, where the typing began.
    Tab leaves the grid from the last cell of a row, and Shift+Tab from the first.
    """

    rows_edited = Signal(object, bool)
    """The rows, and whether a cell is being typed."""
    typing_ended = Signal()
    paste_failed = Signal(object)
    """An InputError; nothing was pasted."""

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
        """What stands in it."""
        items = ((self.item(row, column) for column in range(self.columnCount())) for row in range(self.rowCount()))
        return trimmed(tuple(tuple("" if one is None else one.text() for one in line) for line in items))

    def show_rows(self, rows: Rows) -> None:
        """Show cells; the current one stays."""
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
        """Put what the clipboard holds at the current cell, over what stands there."""
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
        """Empty what is selected."""
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
        """Close the editor of a cell, if one is open. Its text is in the cell already."""
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


class TablesPane(QFrame):
    """Edits the tables of one document of a template; what is typed shows at once on the pages above.

    ``page_requested`` carries a document's id and the number of the first page of the table that is shown.
    """

    manual_page = "templates#tables"

    page_requested = Signal(object, int)
    failed = Signal(object)
    """An AppError that kept something from being pasted."""

    def __init__(self, session: ContractSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._session = session
        self._document_id: DocumentId | None = None
        self._index = 0
        self._heading = ElidedLabel(self)
        self._heading.setObjectName("sectionTitle")
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.add = self._button("add", self.tr("Add another table"))
        self._pages = PlainLabel(self, look="hint")
        close = self._button("close", self.tr("Close"))
        self.title = LineField(max_length=_LONGEST_TITLE, placeholder=self.tr("Title above table (optional)"))
        self.title.setMinimumWidth(sized(96))
        self.title.setAccessibleName(self.tr("Title above table"))
        self.header = CheckField(self.tr("Repeat first row on every page"))
        self.place = ChoiceField()
        describe_choice(self.place, self.tr("Position of table pages"))
        self.paste = self._button("paste", self.tr("Paste cells from a spreadsheet (Ctrl+V)"))
        self.delete_rows = self._button("cut", self.tr("Delete selected rows"))
        self.remove = self._button("delete", self.tr("Remove table"))
        self.grid = CellGrid(self)
        self.grid.setFixedHeight(sized(_GRID_PX))
        vbox(
            separator(self),
            hbox((self._heading, 1), self.tabs, self.add, self._pages, close),
            hbox((self.title, 1), self.header, self.place, self.paste, self.delete_rows, self.remove),
            self.grid,
            margins=(12, 0, 8, 8),
            parent=self,
        )
        self.hide()
        self.tabs.currentChanged.connect(self._on_tabs_current_changed)
        self.add.clicked.connect(self._on_add_clicked)
        close.clicked.connect(self.hide)
        self.title.edited.connect(self._on_title_edited)
        self.header.edited.connect(self._on_header_edited)
        self.place.edited.connect(self._on_place_edited)
        self.paste.clicked.connect(self.grid.paste)
        self.delete_rows.clicked.connect(self.grid.delete_rows)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.grid.rows_edited.connect(self._on_grid_rows_edited)
        self.grid.typing_ended.connect(session.end_merging)
        self.grid.paste_failed.connect(self.failed)
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def open(self, document_id: DocumentId) -> None:
        """Show the tables of a document, ready to be typed; the first one is made by typing."""
        self._document_id, self._index = document_id, 0
        if self._show():
            self.show()
            self.grid.setFocus()
            self.grid.setCurrentCell(0, 0)
            self._show_pages()

    @property
    def _document(self) -> Document | None:
        documents = self._session.draft.documents
        found = next((one for one in documents if one.id == self._document_id), None)
        return found if found is not None and found.template is not None else None

    @property
    def _tables(self) -> tuple[AddedTable, ...]:
        document = self._document
        tables = () if document is None or document.template is None else document.template.tables
        return tables or (AddedTable(),)

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button

    def _show(self) -> bool:
        document = self._document
        if document is None or document.template is None:
            self.hide()
            return False
        tables = self._tables
        self._index = min(self._index, len(tables) - 1)
        table = tables[self._index]
        self._heading.setText(self.tr("Tables at the end of “{name}”").format(name=one_line(document.name)))
        with QSignalBlocker(self.tabs):
            while self.tabs.count() > len(tables):
                self.tabs.removeTab(self.tabs.count() - 1)
            while self.tabs.count() < len(tables):
                self.tabs.addTab("")
            for number, one in enumerate(tables, 1):
                self.tabs.setTabText(number - 1, one_line(one.title, most_characters=12) or str(number))
            self.tabs.setCurrentIndex(self._index)
        self.tabs.setVisible(len(tables) > 1)
        count = document.template.added_pages
        added, limit = self.tr("Adds %n page(s)", "", count), self.tr("at most {most}").format(most=MOST_ADDED_PAGES)
        nothing = self.tr("Type, or paste cells from a spreadsheet")
        self._pages.setText(f"{added} · {limit}" if count else nothing)
        is_too_long = count > MOST_ADDED_PAGES
        if (self._pages.objectName() == "alarm") != is_too_long:
            self._pages.setObjectName("alarm" if is_too_long else "hint")
            repolish(self._pages)
        if not self.title.hasFocus():
            self.title.show_value(table.title)
        self.header.show_value(table.has_header)
        own_count = document.page_count - count
        places: list[tuple[int | None, str]] = [(None, self.tr("After the last page"))]
        after = self.tr("Requested after page {number}")
        places.extend((number, after.format(number=number)) for number in range(1, own_count))
        self.place.offer(places)
        self.place.setVisible(own_count > 1)
        self.place.setToolTip(self.tr("The platform currently adds these pages at the end, wherever you put them."))
        self.place.show_value(table.after_page)
        self.grid.show_rows(table.rows)
        return True

    def _change(self, change: Callable[[AddedTable], AddedTable], merge_key: str | None = None) -> None:
        tables = list(self._tables)
        tables[self._index] = change(tables[self._index])
        self._set_tables(tuple(tables), merge_key)

    def _set_tables(self, tables: tuple[AddedTable, ...], merge_key: str | None = None) -> None:
        document_id = self._document_id
        if document_id is not None:
            self._session.apply(
                EditName.CHANGE_TABLES,
                lambda draft: set_blocks(draft, document_id, tables),
                origin=self,
                merge_key=merge_key,
            )

    def _show_pages(self) -> None:
        document = self._document
        if document is not None and document.template is not None and document.template.added_pages:
            self.page_requested.emit(document.id, document.page_count - document.template.added_pages + 1)

    def _on_session_changed(self, change: Change) -> None:
        if not self.isHidden() and change.before.documents != change.after.documents:
            self._show()

    def _on_tabs_current_changed(self, index: int) -> None:
        self.grid.end_typing()
        self._index = max(0, index)
        self._show()

    def _on_add_clicked(self) -> None:
        self._set_tables((*self._tables, AddedTable()))
        self._index = len(self._tables) - 1
        self._show()
        self.grid.setFocus()
        self.grid.setCurrentCell(0, 0)

    def _on_remove_clicked(self) -> None:
        self.grid.end_typing()
        self._set_tables(tuple(one for at, one in enumerate(self._tables) if at != self._index))

    def _on_title_edited(self) -> None:
        title = self.title.read_value()
        self._change(lambda table: replace(table, title=title), f"table title {self._document_id} {self._index}")

    def _on_header_edited(self) -> None:
        self._change(lambda table: replace(table, has_header=self.header.read_value()))

    def _on_place_edited(self) -> None:
        self._change(lambda table: replace(table, after_page=self.place.read_value()))

    def _on_grid_rows_edited(self, rows: Rows, is_typing: bool) -> None:
        had_none = not any(table.rows for table in self._tables)
        cell = f"{self._document_id} {self._index} {self.grid.currentRow()} {self.grid.currentColumn()}"
        self._change(lambda table: replace(table, rows=rows), f"table cell {cell}" if is_typing else None)
        if had_none:
            self._show_pages()
