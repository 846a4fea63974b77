"""Who holds Python's lock while a table of Python's rows is painted; ``tests/benchmarks/many_flows`` measures it."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView

from esign_desktop.override import override
from esign_desktop.ui.widgets.tables import PromptTable

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
