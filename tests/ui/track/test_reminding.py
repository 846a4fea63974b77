from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from esign_desktop.domain.bulk.sheet import Sheet
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.reminders import Reminder
from esign_desktop.services.sheets.reading import open_sheet
from esign_desktop.ui.track.reminding import Reminding
from tests.ui.flow_samples import make_flow, make_signer
from tests.ui.track.test_room import LEASE, LOAN, Shown, _press, show  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_reminders_of_the_chosen_contracts_are_copied_one_per_line(show: Callable[..., Shown], qtbot: QtBot) -> None:  # noqa: F811
    shown = show(LOAN, LEASE, make_flow(name="done", status=FlowStatus.COMPLETED))
    shown.table.selectAll()
    _press(shown, qtbot, Qt.Key.Key_L, SHIFT)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "2 reminders copied."
    assert shown.messages.rows[0].remedy == "1 contract without a reminder was left out."
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "Hello 李四, “借款合同” is ready for your signature",
        "Hello 王五, “租赁合同” is ready for your signature",
    ]
    assert lines[0].startswith(
        "Hello 李四, “借款合同” is ready for your signature: https://sign.example.com/s/2 (valid until "
    )
    assert "exported reminders" in shown.services.flows.calls


def test_without_a_reminder_the_clipboard_stays(show: Callable[..., Shown], qtbot: QtBot) -> None:  # noqa: F811
    shown = show(make_flow(signers=(make_signer(1, urls=()),)))
    QGuiApplication.clipboard().setText("mine")
    _press(shown, qtbot, Qt.Key.Key_L, SHIFT)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title.startswith("No reminder to copy")
    assert QGuiApplication.clipboard().text() == "mine"


def test_a_store_that_fails_is_told(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:  # noqa: F811
    shown = show(LOAN)
    target = tmp_path / "no such folder" / "reminders.xlsx"
    reminding = shown.room.findChild(Reminding)
    assert reminding is not None
    reminding.write((LOAN.flow_id,), target)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "The folder can't be written to."
    assert not target.exists()
    assert "exported reminders" not in shown.services.flows.calls


def test_reminders_are_saved_as_a_table(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:  # noqa: F811
    shown = show(LOAN)
    reminding = shown.room.findChild(Reminding)
    assert reminding is not None
    reminding.write((LOAN.flow_id,), tmp_path / "reminders.xlsx")
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "1 reminder saved."
    sheet = open_sheet(tmp_path / "reminders.xlsx")
    assert isinstance(sheet, Sheet)
    assert [row.cells[3] for row in sheet.rows] == ["https://sign.example.com/s/2"]


def test_braces_in_names_are_no_fields(show: Callable[..., Shown]) -> None:  # noqa: F811
    shown = show(LOAN)
    reminding = shown.room.findChild(Reminding)
    assert reminding is not None
    text = reminding.text_of(Reminder("{link}", "{name}", "https://sign.example.com/s/1", None))
    assert text == "Hello {link}, “{name}” is ready for your signature: https://sign.example.com/s/1"
