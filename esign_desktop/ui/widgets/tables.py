"""Define the common look of tables, and a table view for models that are written in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from esign_desktop.override import override
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QInputMethodEvent, QPainter, QPaintEvent

    Index = QModelIndex | QPersistentModelIndex

_BAR_PX: Final = 3
TONE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 70
CELL_MARGIN_PX: Final = 8
"""The space to the left of the text of a cell or heading, in logical pixels, as in the theme's style sheet."""


class PromptTable(QTableView):
    """A table view that is painted at the same speed while other threads are busy.

    Use it for models written in Python.
    """

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # This method holds Python's lock throughout. If Qt painted the table alone, each of a thousand calls of the
        # model would wait half a millisecond for the lock, and the window would freeze for a sixth of a second.
        super().paintEvent(event)


class RowDelegate(QStyledItemDelegate):
    """Paints cells, and marks a selected row with a bar at its start. Text keeps its color in a selected row.

    The ``TONE_ROLE`` of a cell, ``danger`` or ``success``, determines the color of its text in any theme.
    """

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        inks = {"danger": theme().danger, "success": theme().success}
        tone = index.data(TONE_ROLE)
        if tone in inks:
            toned: QPalette = option.palette
            toned.setColor(QPalette.ColorRole.Text, inks[tone])
            option.palette = toned
        if option.state & QStyle.StateFlag.State_Selected:
            option.state &= ~QStyle.StateFlag.State_HasFocus
            palette: QPalette = option.palette
            palette.setBrush(QPalette.ColorRole.HighlightedText, palette.brush(QPalette.ColorRole.Text))
            option.palette = palette

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            self.paint_bar(painter, option, index)

    def paint_bar(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the bar of a selected row. Do nothing if the cell is not in the first displayed column.

        The bar is paler while the table has no focus.
        """
        table = self.parent()
        if isinstance(table, QTableView) and table.horizontalHeader().visualIndex(index.column()):
            return
        has_keyboard = isinstance(table, QAbstractItemView) and table.hasFocus()
        area: QRect = option.rect
        bar = QRect(area.left(), area.top(), _BAR_PX, area.height())
        painter.fillRect(bar, theme().accent if has_keyboard else theme().scroll)


def send_committed_text(table: QAbstractItemView, event: QInputMethodEvent) -> None:
    """Pass an input method event on to the cell editor that it opened, if it commits text without composing it first.

    Qt opens the editor but loses the text, such as a Chinese comma. Call this function after ``inputMethodEvent`` of
    the table, unless an editor was open before.
    """
    editor = QApplication.focusWidget()
    if event.commitString() and isinstance(editor, QLineEdit) and table.isAncestorOf(editor):
        QApplication.sendEvent(editor, event)


def set_up_table(table: QTableView, *, row_px: int | None = None) -> None:
    """Configure a table in which the user selects whole rows and edits nothing. Tab leaves the table.

    ``row_px`` is the height of each row, in logical pixels at 100 % text size, or None for the default height.
    """
    table.setItemDelegate(RowDelegate(table))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    if row_px is not None:
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(sized(row_px))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
