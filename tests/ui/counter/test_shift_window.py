from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QTableWidget

from esign_desktop.ui.counter.shift_printing import sheet_document
from esign_desktop.ui.counter.shift_window import ShiftWindow
from tests.services.counter_desk import ZHANG

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.counter.conftest import Teller

WAIT_MS = 5_000


@pytest.fixture
def sheet(teller: Teller, tasks: TaskRunner, qtbot: QtBot) -> ShiftWindow:
    one = ShiftWindow(teller.shift, tasks)
    qtbot.addWidget(one)
    return one


def texts(sheet: ShiftWindow) -> list[str]:
    table = sheet.findChild(QTableWidget)
    assert isinstance(table, QTableWidget)
    cells = (table.item(row, column) for row in range(table.rowCount()) for column in range(table.columnCount()))
    return [cell.text() for cell in cells if cell is not None]


def test_the_sheet_counts_the_day_and_masks_names(
    teller: Teller, sheet: ShiftWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    title = teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    sheet.show()
    qtbot.waitUntil(lambda: "1 sent" in sheet.summary, timeout=WAIT_MS)
    assert "1 waiting" in sheet.summary
    assert title in texts(sheet)
    assert "张*" in texts(sheet)
    assert "张三" not in "".join(texts(sheet))
    path = tmp_path / "sheet.csv"
    sheet.write(path)
    qtbot.waitUntil(lambda: sheet.said == "The table is saved.", timeout=WAIT_MS)
    written = path.read_text("utf-8-sig")
    assert title in written
    assert "张三" not in written
    sheet.close()


def test_a_folder_that_is_not_there_is_told(sheet: ShiftWindow, qtbot: QtBot, tmp_path: Path) -> None:
    sheet.write(tmp_path / "nowhere" / "sheet.csv")
    qtbot.waitUntil(lambda: bool(sheet.said), timeout=WAIT_MS)
    assert "saved" not in sheet.said


def test_nothing_expired_means_nothing_revoked(teller: Teller, sheet: ShiftWindow, qtbot: QtBot) -> None:
    sheet.revoke_expired()
    qtbot.waitUntil(lambda: sheet.said.startswith("0 contract"), timeout=WAIT_MS)


def test_names_are_printed_to_the_letter() -> None:
    document = sheet_document("day", ("Contract",), (("<b>x</b>",),))
    assert "<b>x</b>" in document.toPlainText()
