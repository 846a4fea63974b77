"""A sheet on its way into the grid: it can be stopped, its worksheet is chosen, and its first row is what it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QProgressBar, QPushButton

from esign_desktop.ui.bulk.work import BulkStage
from tests.bulk_samples import HEADINGS, id_number
from tests.services.sheet_bombs import million_empty_cells
from tests.ui.bulk.fake_bulk import good_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.bulk.conftest import Desk

WITHOUT_HEADINGS = [("张三", id_number(1), "13800000001"), ("李四", id_number(2), "13800000002")]


def write_book(path: Path, *pages: list[tuple[Any, ...]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(pages, 1):
        page = book.create_sheet(f"表{number}")
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def seen_bars(desk: Desk) -> list[QProgressBar]:
    return [one for one in desk.room.findChildren(QProgressBar) if one.isVisible()]


@pytest.mark.parametrize("way", ["button", "escape"])
def test_reading_is_stopped_at_once(desk: Desk, qtbot: QtBot, tmp_path: Path, way: str) -> None:
    desk.enter()
    desk.room.take_sheet(million_empty_cells(tmp_path / "bomb.xlsx"))
    stop = desk.button("Stop reading")
    assert "Reading “bomb.xlsx”…" in desk.texts
    assert seen_bars(desk)
    qtbot.wait(300)
    began_s = time.monotonic()
    if way == "button":
        qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    else:
        stop.setFocus()
        qtbot.keyClick(stop, Qt.Key.Key_Escape)
    assert desk.room.work.stage is BulkStage.CHOOSING
    # The next sheet has the lane to itself again.
    desk.room.take_sheet(desk.write(good_rows(2)))
    desk.wait_planned()
    assert time.monotonic() - began_s < 5
    assert not seen_bars(desk)


def test_sheet_that_lay_there_comes_back_when_the_next_is_stopped(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.lay_out(good_rows(2))
    desk.room.take_sheet(million_empty_cells(tmp_path / "bomb.xlsx"))
    qtbot.mouseClick(desk.button("Stop reading"), Qt.MouseButton.LeftButton)
    assert desk.room.work.stage is BulkStage.PLANNED
    assert desk.states() == ["Ready", "Ready"]


def test_escape_stops_the_reading_wherever_the_keyboard_was(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.lay_out(good_rows(2))
    desk.room.activateWindow()
    desk.table.setFocus()
    desk.room.take_sheet(million_empty_cells(tmp_path / "bomb.xlsx"))
    desk.button("Stop reading")
    focused = QApplication.focusWidget()
    assert focused is not None
    assert desk.room.isAncestorOf(focused)
    qtbot.keyClick(focused, Qt.Key.Key_Escape)
    assert desk.room.work.stage is BulkStage.PLANNED


def test_rows_are_counted_while_they_are_read(desk: Desk, qtbot: QtBot) -> None:
    desk.enter()
    with qtbot.waitSignal(desk.room.work.rows_read, check_params_cb=lambda count: count > 100):
        desk.room.take_sheet(desk.write(good_rows(190)))
    desk.wait_planned()


def test_worksheet_is_asked_for_and_read(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.enter()
    rows = good_rows(3)
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, *rows[:1]], [("说明",)], [HEADINGS, *rows[1:]])
    desk.room.take_sheet(path)
    qtbot.waitUntil(lambda: desk.room.work.stage is BulkStage.ASKING)
    card = desk.room.start.worksheets
    assert "“a.xlsx” has rows in several worksheets." in desk.texts
    assert [card.names.item(row).text() for row in range(card.names.count())] == ["表1", "表3"]
    card.names.setFocus()
    qtbot.keyClick(card.names, Qt.Key.Key_End)
    qtbot.mouseClick(desk.button("Read worksheet"), Qt.MouseButton.LeftButton)
    desk.wait_planned()
    assert desk.states() == ["Ready", "Ready"]
    assert desk.room.work.sheet is not None
    assert desk.room.work.sheet.worksheet == "表3"


def test_asking_for_a_worksheet_can_be_called_off(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.enter()
    desk.room.take_sheet(write_book(tmp_path / "a.xlsx", *[[HEADINGS, row] for row in good_rows(2)]))
    qtbot.waitUntil(lambda: desk.room.work.stage is BulkStage.ASKING)
    qtbot.mouseClick(desk.button("Cancel"), Qt.MouseButton.LeftButton)
    assert desk.room.work.stage is BulkStage.CHOOSING
    assert desk.room.work.path is None
    assert "Drop a spreadsheet here" in desk.texts


def test_first_customer_is_sent_and_shown_in_no_heading(desk: Desk) -> None:
    desk.lay_out(WITHOUT_HEADINGS[1:], headings=WITHOUT_HEADINGS[0])
    assert desk.states() == ["Ready", "Ready"]
    assert [desk.model.headerData(3 + column, Qt.Orientation.Horizontal) for column in range(3)] == ["A", "B", "C"]
    assert "This sheet has no headings" in desk.texts
    desk.send()
    desk.wait_stopped()
    assert desk.bulk.sent == {id_number(1): 1, id_number(2): 1}
    assert "This sheet has no headings" not in desk.texts


def test_first_row_is_taken_for_what_the_clerk_says(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out([*WITHOUT_HEADINGS, ("赵六", id_number(3), "")], headings=("甲", "乙", "丙"))
    assert "No headings were recognized in this sheet." in desk.texts
    qtbot.mouseClick(desk.button("First row is a contract"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.model.rowCount() == 4)
    qtbot.waitUntil(lambda: not desk.room.work.is_planning)
    qtbot.mouseClick(desk.button("First row contains headings"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.model.rowCount() == 3)


def test_number_that_is_taken_for_a_heading_is_masked(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(WITHOUT_HEADINGS[1:], headings=WITHOUT_HEADINGS[0])
    qtbot.mouseClick(desk.button("First row contains headings"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.model.rowCount() == 1)
    shown = [str(desk.model.headerData(3 + at, Qt.Orientation.Horizontal, role)) for at in range(3) for role in (0, 3)]
    shown += [choice.accessibleName() + choice.toolTip() for choice in desk.room.rows.strip.choices]
    assert id_number(1) not in " ".join(shown)
    assert id_number(1)[-4:] in " ".join(shown)


def test_dialog_for_choosing_a_sheet_is_all_chinese(desk: Desk, qtbot: QtBot, speak: Callable[[str], None]) -> None:
    desk.enter()
    speak("zh_CN")
    qtbot.mouseClick(desk.button("Choose spreadsheet"), Qt.MouseButton.LeftButton)
    (dialog,) = desk.room.findChildren(QFileDialog)
    words = [*dialog.nameFilters(), *(one.text() for one in dialog.findChildren(QLabel) if one.text())]
    words += [one.text() for one in dialog.findChildren(QPushButton) if one.text()]
    assert len(words) >= 6
    assert [one for one in words if not any("\u4e00" <= character <= "\u9fff" for character in one)] == []
    dialog.close()
