"""Who holds Python's lock while a table of Python's rows is painted; ``tests/benchmarks/many_flows`` measures it."""

from __future__ import annotations

import itertools
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView, QTableWidget, QTableWidgetItem

from esign_desktop.override import override
from esign_desktop.ui.widgets.tables import PromptTable, set_up_table
from esign_desktop.ui.widgets.theme import apply_theme, theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    Index = QModelIndex | QPersistentModelIndex


class Cells(QAbstractTableModel):
    """Notes from within what it was asked for a colour, which only a painting wants."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self.asked_from: set[str] = set()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 4

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 3

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.ForegroundRole:
            self.asked_from.add(traceback.extract_stack()[-2].name)
        return "cell" if role == Qt.ItemDataRole.DisplayRole else None


@pytest.mark.parametrize(("kind", "is_held"), [(PromptTable, True), (QTableView, False)])
def test_pythons_lock_is_held_through_a_painting(qtbot: QtBot, kind: type[QTableView], *, is_held: bool) -> None:
    table = kind()
    qtbot.addWidget(table)
    cells = Cells(table)
    table.setModel(cells)
    with qtbot.waitExposed(table):
        table.show()
    qtbot.waitUntil(lambda: bool(cells.asked_from))
    assert (cells.asked_from == {"paintEvent"}) is is_held


def test_a_selected_row_has_a_bar_and_keeps_its_colours(qtbot: QtBot) -> None:
    apply_theme(QApplication.instance(), "light")  # type: ignore[arg-type]
    table = QTableWidget(2, 2)
    qtbot.addWidget(table)
    set_up_table(table, row_px=32)
    for row in range(2):
        for column in range(2):
            item = QTableWidgetItem("■■■■")
            item.setForeground(theme().danger)
            table.setItem(row, column, item)
    table.setColumnWidth(0, 100)
    table.selectRow(1)
    with qtbot.waitExposed(table):
        table.show()
    picture = table.viewport().grab().toImage()

    def colours(left: int, right: int, row: int) -> set[str]:
        area = itertools.product(range(left, right), range(row * 32 + 2, row * 32 + 30))
        return {picture.pixelColor(x, y).name() for x, y in area}

    assert theme().danger.name() in colours(8, 90, 1)
    assert {theme().accent_ground.name()} == colours(95, 99, 1)
    assert len(colours(0, 3, 1)) == 1
    assert colours(0, 3, 1) != colours(0, 3, 0)
    assert colours(100, 103, 1) == {theme().accent_ground.name()}
