from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QTableWidget

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.options import SignWithin
from esign_desktop.ui.counter.shift import ShiftWindow, sheet_document
from esign_desktop.ui.text.errors.sentences import error_sentence
from tests.services.counter_desk import ZHANG

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.counter.conftest import Teller

WAIT_MS = 5_000
SHORT_MS = 4_000


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
    qtbot.waitUntil(lambda: sheet.status == "Table saved.", timeout=WAIT_MS)
    written = path.read_text("utf-8-sig")
    assert title in written
    assert "张三" not in written
    sheet.close()


def test_a_folder_that_is_not_there_is_told(sheet: ShiftWindow, qtbot: QtBot, tmp_path: Path) -> None:
    sheet.write(tmp_path / "nowhere" / "sheet.csv")
    qtbot.waitUntil(lambda: bool(sheet.status), timeout=WAIT_MS)
    assert "saved" not in sheet.status


def test_nothing_expired_means_nothing_revoked(teller: Teller, sheet: ShiftWindow, qtbot: QtBot) -> None:
    sheet.revoke_expired()
    qtbot.waitUntil(lambda: sheet.status.startswith("0 contract"), timeout=WAIT_MS)


def test_what_expired_is_revoked_by_a_key(teller: Teller, sheet: ShiftWindow, qtbot: QtBot) -> None:
    title = teller.put_preset(2)
    presets = teller.installation.presets
    (preset,) = presets.list()
    presets.save(replace(preset, options=replace(preset.options, deadline=SignWithin(SHORT_MS))))
    teller.sit_down()
    teller.serve(ZHANG)
    teller.installation.counter.clear()
    sheet.show()
    qtbot.waitUntil(lambda: sheet.isActiveWindow() and "1 sent" in sheet.summary, timeout=WAIT_MS)
    qtbot.wait(SHORT_MS + 500)
    qtbot.keyClick(sheet, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "revoked" in sheet.status, timeout=WAIT_MS)
    assert all(flow.status != 1 for flow in teller.platform.flows(title))
    sheet.close()


def test_the_sheet_is_printed_once_a_printer_is_chosen(
    teller: Teller, sheet: ShiftWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    sheet.show()
    qtbot.waitUntil(lambda: sheet.isActiveWindow() and "1 sent" in sheet.summary, timeout=WAIT_MS)
    qtbot.keyClick(sheet, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = sheet.findChild(QPrintDialog)
    assert dialog is not None
    path = tmp_path / "sheet.pdf"
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(path))
    dialog.done(QPrintDialog.DialogCode.Accepted)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    printed = teller.installation.documents.open(path)
    assert teller.installation.documents.find(printed.id, "张*")
    assert not teller.installation.documents.find(printed.id, "张三")
    sheet.close()


@pytest.mark.qt_log_ignore(r"QPainter::begin", extend=True)
def test_a_printer_that_accepts_no_page_is_reported(sheet: ShiftWindow, qtbot: QtBot, tmp_path: Path) -> None:
    sheet.show()
    qtbot.waitUntil(lambda: sheet.isActiveWindow() and bool(sheet.summary), timeout=WAIT_MS)
    qtbot.keyClick(sheet, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = sheet.findChild(QPrintDialog)
    assert dialog is not None
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(tmp_path / "nowhere" / "sheet.pdf"))
    dialog.done(QPrintDialog.DialogCode.Accepted)
    assert error_sentence(InputError("print.failed")).title in sheet.status
    sheet.close()


def test_names_are_printed_to_the_letter() -> None:
    document = sheet_document("day", ("Contract",), (("<b>x</b>",),))
    assert "<b>x</b>" in document.toPlainText()
