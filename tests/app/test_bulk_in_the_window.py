"""Bulk in the real window, with the rehearsal platform behind it."""

from __future__ import annotations

import csv
import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.services.bulk.service import BulkService
from esign_desktop.services.bulk.values import InterruptedRun, RowState
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.presets.drawer import Command
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.bulk_samples import HEADINGS, person_row
from tests.services.counter_desk import KEYWORD, make_form_contract

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.bulk.room import BulkRoom
    from tests.app.conftest import Start

WAIT_MS = 30_000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def program(start: Start) -> Program:
    return start(with_sandbox=True)


def make_preset(program: Program, folder: Path) -> Preset:
    assert program.workspace is not None
    services = program.workspace.services
    draft = make_form_contract(services.documents, folder)
    (document,), (signer,) = draft.documents, draft.signers
    hits = {(document.id, KEYWORD): services.documents.find(document.id, KEYWORD)}
    environment = services.environments.current()
    return services.presets.make(draft, (signer.id,), name="借款", environment=environment, hits=hits)


def write_sheet(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *(person_row(number) for number in range(1, count + 1))])
    return path


def lay_out(program: Program, folder: Path, count: int, qtbot: QtBot) -> BulkRoom:
    """Come into Bulk by its keys, with a preset and a sheet."""
    assert program.workspace is not None
    make_preset(program, folder / "form")
    program.workspace.bulk_changed.emit()
    QTest.keyClick(program.window, Qt.Key.Key_3, CTRL)
    qtbot.waitUntil(lambda: program.window.room is RoomName.BULK)
    room = program.workspace.bulk
    qtbot.waitUntil(lambda: room.work.preset is not None, timeout=WAIT_MS)
    room.take_sheet(write_sheet(folder / "list.csv", count))
    qtbot.waitUntil(lambda: room.work.may_send, timeout=WAIT_MS)
    return room


def titles(program: Program) -> list[str]:
    return [row.title for row in program.window.messages.rows]


def test_it_is_in_the_window_from_the_first_preset_until_the_last_is_deleted(
    program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    window, workspace = program.window, program.workspace
    assert workspace is not None
    action = window.actions_by_name[ActionName.BULK]

    def is_shown() -> bool:
        assert window.is_bulk_shown == action.isVisible() == action.isEnabled()
        return window.is_bulk_shown

    window.show_room(RoomName.CONTACTS)
    assert not is_shown()
    QTest.keyClick(window, Qt.Key.Key_3, CTRL)
    QTest.keyClick(window, Qt.Key.Key_5, CTRL)
    assert window.room is RoomName.PRESETS
    assert not is_shown()
    preset = make_preset(program, tmp_path / "form")
    room = workspace.presets_room
    room.reload()
    qtbot.waitUntil(lambda: room.drawer.card is not None, timeout=WAIT_MS)
    window.show_room(RoomName.PRESETS)
    assert is_shown()
    with qtbot.waitSignal(room.changed, timeout=WAIT_MS):
        room.drawer.commanded.emit(Command.REMOVE, preset)
    assert not is_shown()
    # The message about an interrupted sheet may lead there, and it stays as long as it is the room that is shown.
    window.show_room(RoomName.BULK)
    assert is_shown()
    window.show_room(RoomName.TRACK)
    assert not is_shown()


def test_it_stands_in_the_rail_from_the_first_moment_if_it_did_at_the_end(
    program: Program, start: Start, tmp_path: Path, qtbot: QtBot
) -> None:
    make_preset(program, tmp_path / "form")
    program.window.show_room(RoomName.TRACK)
    program.stop()
    again = start(wait=False)
    assert again.window.is_bulk_shown
    qtbot.waitUntil(lambda: again.workspace is not None, timeout=WAIT_MS)
    assert again.window.is_bulk_shown


def test_a_sheet_that_was_not_completely_sent_keeps_it_in_the_window_without_a_preset(
    program: Program, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    run = InterruptedRun("run", PresetId("gone"), "list.csv", "", (), begun_at_ms=0, row_count=2, sent_count=1)
    monkeypatch.setattr(BulkService, "interrupted", lambda _service: run)
    window, workspace = program.window, program.workspace
    assert workspace is not None
    assert not window.is_bulk_shown
    qtbot.waitUntil(lambda: workspace.environment.state is not None)
    workspace.environment.tell_again()
    qtbot.waitUntil(lambda: window.is_bulk_shown, timeout=WAIT_MS)


@pytest.mark.nightly
def test_without_a_preset_it_leads_to_prepare(program: Program, qtbot: QtBot) -> None:
    program.window.show_room(RoomName.BULK)
    assert program.workspace is not None
    room = program.workspace.bulk
    qtbot.waitUntil(lambda: room.work.offers.presets == ())
    button = next(one for one in room.findChildren(QAbstractButton) if one.text().startswith("Prepare and save"))
    qtbot.waitUntil(button.isVisible)
    button.click()
    assert program.window.room is RoomName.PREPARE
    assert "A preset needs a document and a signer." in titles(program)


@pytest.mark.nightly
def test_everything_that_can_be_done_can_be_reached_with_tab_and_is_named(
    program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    room = lay_out(program, tmp_path, 4, qtbot)
    assert room.work.plan is not None
    room.confirm.show_plan(room.work.plan)
    for pane in (room.start, room.rows, room.confirm):
        wanted = [one for one in pane.findChildren(QWidget) if isinstance(one, QAbstractButton | QComboBox | QLineEdit)]
        for widget in [one for one in wanted if one.isVisibleTo(pane)]:
            name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert name, f"{type(widget).__name__} in {type(pane).__name__}"
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, name
    stops: list[QWidget] = []
    one: QWidget | None = room.rows.table
    while one is not None and one not in stops:
        stops.append(one)
        one = one.nextInFocusChain()
    table, send, choices = room.rows.table, room.rows.foot.send_button, room.rows.strip.choices
    order = [one for one in stops if one in {table, send, *choices}]
    assert order == [table, send, *choices]


def test_a_sheet_is_sent_by_keys_alone(program: Program, tmp_path: Path, qtbot: QtBot) -> None:
    room = lay_out(program, tmp_path, 5, qtbot)
    room.rows.table.setFocus()
    QTest.keyClick(room.rows.table, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(room.confirm.isVisible)
    QTest.keyClick(room.confirm, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: room.work.stage is BulkStage.STOPPED, timeout=WAIT_MS)
    assert room.work.count(RowState.SENT) == 5
    assert program.workspace is not None
    records = program.workspace.services.flows.rows().rows
    assert len(records) == 5


def test_closing_while_a_sheet_is_sent_asks_and_then_pauses_it(
    program: Program, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens: list[Any] = []
    goes_on, run = threading.Event(), BulkService.run

    def waits(self: BulkService, plan: Any, **more: Any) -> Any:
        tokens.append(more["cancel"])
        assert goes_on.wait(WAIT_MS / 1000)
        return run(self, plan, **more)

    monkeypatch.setattr(BulkService, "run", waits)
    room = lay_out(program, tmp_path, 3, qtbot)
    room.work.run()
    qtbot.waitUntil(lambda: bool(tokens))
    program.window.close()
    assert program.window.isVisible()
    assert "A sheet is being sent." in titles(program)
    assert not tokens[0].is_cancelled
    program.window.messages.rows[0].press()
    assert not program.window.isVisible()
    assert program.workspace is not None
    program.workspace.take_down()
    assert tokens[0].is_cancelled
    goes_on.set()
    qtbot.waitUntil(lambda: not room.is_running, timeout=WAIT_MS)
    assert program.workspace.services.flows.rows().rows == ()
