"""A list with buttons and keys to add, remove and move rows, and a form for its current row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QMenu, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.forms import Form
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtGui import QAction, QKeyEvent

    from esign_desktop.ui.widgets.forms import Row

Item = TypeVar("Item")
_GREEDY: Final = 1000
_FEWEST_ROWS: Final = 3
_LEAST_PX: Final = 40


def fit_rows(rows: QListWidget) -> None:
    """Limit the height of a list to the height of its rows, or to the height of three rows if it has fewer."""
    heights = [rows.sizeHintForRow(row) for row in range(rows.count())]
    fewest = _FEWEST_ROWS * (heights[0] if heights else rows.fontMetrics().height() + 8)
    rows.setMaximumHeight(max(sum(heights), fewest) + 2 * rows.frameWidth() + 4)


class ItemForm(Form[Item]):
    """A form that shows and edits the current item of a list."""

    def __init__(self, item: Item, rows: Iterable[Row[Item]] = (), parent: QWidget | None = None) -> None:
        super().__init__(item, rows, parent)
        self._shown: object = None
        self.form_layout.setContentsMargins(4, 16, 4, 4)
        self.form_layout.setHorizontalSpacing(16)

    def show_item(self, item_id: object, item: Item) -> None:
        """Show an item.

        If the form already shows the item with this id, unfinished input is kept; otherwise, it is discarded.
        """
        if item_id != self._shown:
            self._shown = item_id
            self.forget_half_typed()
        self.show_value(item)


class ItemList(QWidget):
    """A list with buttons to add, remove and, if ``movable``, move rows.

    The keys are Insert, Delete, and Alt with an arrow. ``kinds`` maps the kinds of items that can be added to their
    texts in the menu; a single kind has no menu. The list does not change its rows: its owner does so with
    ``show_rows``. ``added`` carries the kind of the requested item, ``removed`` the index of a row, and ``moved`` the
    index of a row and an offset of -1 or 1. ``row_changed`` carries the index of the current row, or -1.
    """

    added = Signal(str)
    removed = Signal(int)
    moved = Signal(int, int)
    row_changed = Signal(int)

    def __init__(self, name: str, kinds: Mapping[str, str], parent: QWidget | None = None, *, movable: bool) -> None:
        super().__init__(parent)
        self._is_movable = movable
        self._list = QListWidget(self)
        self._list.setAccessibleName(name)
        self._list.setWordWrap(True)
        self._list.setMinimumHeight(sized(_LEAST_PX))
        self._list.installEventFilter(self)
        self._add = QPushButton(self.tr("Add"), self)
        self._menu = QMenu(self._add)
        for kind, text in kinds.items():
            self._menu.addAction(text).setData(kind)
        self._remove = QPushButton(self.tr("Remove"), self)
        self._up = QPushButton(self.tr("Up"), self)
        self._down = QPushButton(self.tr("Down"), self)
        self._kinds = tuple(kinds)
        if len(kinds) > 1:
            self._add.setMenu(self._menu)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        keys = {self._add: "Insert", self._remove: "Delete", self._up: "Alt+↑", self._down: "Alt+↓"}
        for button, tip in keys.items():
            button.setAutoDefault(False)
            button.setToolTip(tip)
            buttons.addWidget(button)
        for button in (self._up, self._down):
            button.setVisible(movable)
        buttons.addStretch(1)
        vbox((self._list, _GREEDY), buttons, 1, parent=self)
        self.setFocusProxy(self._list)
        self._connect()

    @property
    def row(self) -> int:
        """The index of the current row, or -1 if there is none."""
        return self._list.currentRow()

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the rows, from top to bottom."""
        return tuple(self._list.item(row).text() for row in range(self._list.count()))

    def choose(self, row: int) -> None:
        """Make the row with the given index the current one."""
        self._list.setCurrentRow(row)

    def show_rows(self, texts: Iterable[str]) -> None:
        """Replace the texts of the rows. The index of the current row is kept, or reduced to that of the last row."""
        rows = [one_line(text) for text in texts]
        row = min(max(self.row, 0), len(rows) - 1)
        self._list.blockSignals(True)
        while self._list.count() > len(rows):
            self._list.takeItem(self._list.count() - 1)
        for index, text in enumerate(rows):
            if index < self._list.count():
                self._list.item(index).setText(text)
            else:
                self._list.addItem(text)
        self._list.setCurrentRow(row)
        self._list.blockSignals(False)
        fit_rows(self._list)
        self._show_buttons()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == event.Type.KeyPress and watched is self._list and self._takes(event):  # type: ignore[arg-type]
            return True
        return super().eventFilter(watched, event)

    def _takes(self, event: QKeyEvent) -> bool:
        key, has_alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key == Qt.Key.Key_Delete:
            self._on_remove_clicked()
        elif key == Qt.Key.Key_Insert:
            self._add.click() if len(self._kinds) == 1 else self._add.showMenu()
        elif has_alt and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self._move(-1 if key == Qt.Key.Key_Up else 1)
        else:
            return False
        return True

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._on_list_current_row_changed)
        self._menu.triggered.connect(self._on_menu_triggered)
        if len(self._kinds) == 1:
            self._add.clicked.connect(self._on_add_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._up.clicked.connect(self._on_up_clicked)
        self._down.clicked.connect(self._on_down_clicked)

    def _show_buttons(self) -> None:
        row, count = self.row, self._list.count()
        self._remove.setEnabled(row >= 0)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < count - 1)

    def _move(self, offset: int) -> None:
        row = self.row
        if self._is_movable and row >= 0 and 0 <= row + offset < self._list.count():
            self.moved.emit(row, offset)
            self.choose(row + offset)

    def _on_list_current_row_changed(self, row: int) -> None:
        self._show_buttons()
        self.row_changed.emit(row)

    def _on_menu_triggered(self, action: QAction) -> None:
        self.added.emit(action.data())

    def _on_add_clicked(self) -> None:
        self.added.emit(self._kinds[0])

    def _on_remove_clicked(self) -> None:
        if self.row >= 0:
            self.removed.emit(self.row)

    def _on_up_clicked(self) -> None:
        self._move(-1)

    def _on_down_clicked(self) -> None:
        self._move(1)
