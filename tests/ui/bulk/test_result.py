"""The result is written as it was asked for in words: without anybody's name and link unless both were wanted."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog

from esign_desktop.ui.bulk.confirm import ResultDialog
from tests.bulk_samples import id_number
from tests.ui.bulk.fake_bulk import good_rows

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.bulk.conftest import Desk


@pytest.mark.parametrize(
    ("boxes", "columns"),
    [
        ((), ["Signer"]),
        (("&Full names and mobile numbers",), ["Signer", "Mobile"]),
        (("&Full names and mobile numbers", "Signing &links"), ["Signer", "Mobile", "Signing link"]),
    ],
)
def test_what_is_ticked_is_written(desk: Desk, qtbot: QtBot, boxes: tuple[str, ...], columns: list[str]) -> None:
    rows = good_rows(3)
    desk.lay_out(rows)
    desk.send()
    desk.wait_stopped()
    qtbot.mouseClick(desk.button("Save the result"), Qt.MouseButton.LeftButton)
    (dialog,) = desk.room.findChildren(ResultDialog)
    for box in dialog.findChildren(QCheckBox):
        assert not box.isChecked()
        if box.text() in boxes:
            box.click()
    desk.button("&Save").click()
    qtbot.waitUntil(lambda: bool(desk.room.findChildren(QFileDialog)))
    (files,) = desk.room.findChildren(QFileDialog)
    target = desk.folder / "result.csv"
    files.fileSelected.emit(str(target))
    files.close()
    qtbot.waitUntil(target.exists)
    with target.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0])[2 : 2 + len(columns)] == columns
    assert id_number(1) not in str(lines)
    for index, ((name, _number, mobile), line) in enumerate(zip(rows, lines, strict=True)):
        assert line["Signer"] == (name if boxes else "样***")
        assert line.get("Mobile", mobile) == mobile
        assert line.get("Signing link", f"https://example.com/{index}") == f"https://example.com/{index}"
