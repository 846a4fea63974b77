"""Rows are pasted into the grid, and corrections are taken back with the keys that everybody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from esign_desktop.services.bulk.values import RowState
from tests.bulk_samples import id_number
from tests.ui.bulk.fake_bulk import good_rows, wrong_number
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.bulk.conftest import Desk

CONTROL = Qt.KeyboardModifier.ControlModifier


def paste(desk: Desk, qtbot: QtBot, text: str, *, row: int, column: int) -> None:
    QGuiApplication.clipboard().setText(text)
    desk.table.setFocus()
    desk.table.setCurrentIndex(desk.model.index(row, column))
    qtbot.keyClick(desk.table, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: not desk.room.work.is_planning)


def cells(desk: Desk) -> list[tuple[str, ...]]:
    assert desk.room.work.sheet is not None
    return [row.cells for row in desk.room.work.sheet.rows]


def test_rows_of_a_spreadsheet_are_pasted_and_taken_back(desk: Desk, qtbot: QtBot) -> None:
    rows = good_rows(6)
    desk.lay_out([wrong_number(row) for row in rows[:3]])
    before = cells(desk)
    copied = "\r\n".join("\t".join(row) for row in rows[3:5]) + "\r\n"
    paste(desk, qtbot, copied, row=1, column=0)
    after = cells(desk)
    assert after == [before[0], *rows[3:5]]
    assert desk.states() == ["To correct", "Ready", "Ready"]
    qtbot.keyClick(desk.table, Qt.Key.Key_Z, CONTROL)
    assert cells(desk) == before
    desk.wait_planned()
    assert desk.states() == ["To correct"] * 3
    qtbot.keyClick(desk.table, Qt.Key.Key_Y, CONTROL)
    assert cells(desk) == after
    # There is nothing before the first one.
    for _ in range(3):
        qtbot.keyClick(desk.table, Qt.Key.Key_Z, CONTROL)
    assert cells(desk) == before
    desk.wait_planned()


def test_a_typed_correction_is_taken_back_too(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out([wrong_number(row) for row in good_rows(1)])
    before = cells(desk)
    desk.model.setData(desk.cell(0, 1), id_number(7))
    desk.wait_planned()
    assert desk.states() == ["Ready"]
    desk.table.setFocus()
    qtbot.keyClick(desk.table, Qt.Key.Key_Z, CONTROL)
    desk.wait_planned()
    assert cells(desk) == before
    assert desk.states() == ["To correct"]


def test_text_that_an_input_method_commits_at_once_begins_a_cell(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(good_rows(1))
    desk.table.setFocus()
    desk.table.setCurrentIndex(desk.cell(0, 0))
    type_text(desk.table, "阿依古丽·")
    (editor,) = desk.table.findChildren(QLineEdit)
    type_text(editor, "买买提")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cells(desk)[0][0] == "阿依古丽·买买提")
    desk.wait_planned()


def test_a_cell_that_breaks_its_line_is_one_cell(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(good_rows(2))
    paste(desk, qtbot, '"一\r\n二"\t1', row=1, column=3)
    assert cells(desk)[1] == ("一\n二", "1", good_rows(2)[1][2])


@pytest.mark.parametrize(
    ("text", "row", "column", "said"),
    [
        ("a\nb\nc", 1, 3, "doesn't fit here (rows left: 2, columns left: 3)."),
        ("a\tb", 0, 5, "doesn't fit here (rows left: 3, columns left: 1)."),
    ],
)
def test_what_does_not_fit_is_not_pasted_at_all(
    desk: Desk, qtbot: QtBot, text: str, row: int, column: int, said: str
) -> None:
    desk.lay_out(good_rows(3))
    before = cells(desk)
    paste(desk, qtbot, text, row=row, column=column)
    assert cells(desk) == before
    assert said in "\n".join(one.title for one in desk.messages.rows)


def test_nothing_is_pasted_over_what_was_sent_and_sending_is_not_taken_back(desk: Desk, qtbot: QtBot) -> None:
    rows = good_rows(2)
    desk.lay_out([rows[0], wrong_number(rows[1])])
    desk.model.setData(desk.cell(0, 2), "13900000009")
    desk.wait_planned()
    desk.send()
    desk.wait_stopped()
    before = cells(desk)
    desk.table.setFocus()
    qtbot.keyClick(desk.table, Qt.Key.Key_Z, CONTROL)
    paste(desk, qtbot, "a\tb\tc\nd\te\tf", row=0, column=3)
    assert cells(desk) == before
    assert desk.room.work.rows[0].state is RowState.SENT
    assert "was already sent" in "\n".join(one.title for one in desk.messages.rows)


def test_a_long_number_is_seen_whole_while_it_is_edited_in_a_narrow_column(desk: Desk, qtbot: QtBot) -> None:
    rows = good_rows(1)
    desk.lay_out(rows)
    column = next(index for index, text in enumerate(rows[0]) if len(text) == 18)
    cell = desk.cell(0, column)
    desk.table.setColumnWidth(cell.column(), 90)
    desk.table.setCurrentIndex(cell)
    desk.table.edit(cell)
    (editor,) = (one for one in desk.table.findChildren(QLineEdit) if one.isVisible())
    assert editor.text() == rows[0][column]
    assert editor.width() > editor.fontMetrics().horizontalAdvance(editor.text())
    assert desk.table.viewport().rect().contains(editor.geometry())
