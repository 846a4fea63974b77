"""The counter and the presets as they are reached from the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.ui.actions import ActionName

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.program import Program
    from tests.app.conftest import Start

WAIT_MS = 10_000


def trigger(program: Program, name: ActionName) -> None:
    program.window.actions_by_name[name].trigger()


def is_counter_open(program: Program) -> bool:
    furniture = program.furniture
    return furniture is not None and furniture.counter.window is not None and furniture.counter.window.isVisible()


def test_the_counter_takes_the_place_of_the_main_window_and_gives_it_back(start: Start, qtbot: QtBot) -> None:
    program = start()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    assert not program.window.isVisible()
    assert program.furniture is not None
    window = program.furniture.counter.window
    assert window is not None
    window.close()
    assert program.window.isVisible()
    assert not is_counter_open(program)


def test_the_program_ends_while_the_counter_is_open(start: Start, qtbot: QtBot) -> None:
    program = start()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    program.stop()
    assert not is_counter_open(program)


def test_the_shift_sheet_opens_over_the_counter(start: Start, qtbot: QtBot) -> None:
    program = start()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    assert program.furniture is not None
    host = program.furniture.counter
    assert host.window is not None
    host.window.sheet_requested.emit()
    assert host.sheet is not None
    sheet = host.sheet
    qtbot.waitUntil(lambda: "0 sent" in sheet.summary, timeout=WAIT_MS)
    sheet.accept()
    assert host.sheet is None


def test_the_list_of_presets_opens_from_the_menu(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program = start()
    trigger(program, ActionName.PRESETS)
    assert program.furniture is not None
    presets = program.furniture.presets
    assert presets.list_window is not None
    assert presets.list_window.isVisible()
    presets.list_window.close()
    assert presets.list_window is None


def test_saving_an_empty_desk_as_a_preset_says_what_is_missing(start: Start) -> None:
    program = start()
    trigger(program, ActionName.SAVE_PRESET)
    assert any("document and a signer" in row.title for row in program.window.messages.rows)
