"""The counter and the presets as they are reached from the main window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from esign_desktop.app.ipc import hand_over
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.services.counter_desk import make_form

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.counter.launcher import CounterLauncher
    from esign_desktop.ui.counter.shift import ShiftWindow
    from tests.app.conftest import Start

WAIT_MS = 10_000


def trigger(program: Program, name: ActionName) -> None:
    program.window.actions_by_name[name].trigger()


def is_counter_open(program: Program) -> bool:
    workspace = program.workspace
    return workspace is not None and workspace.counter.window is not None and workspace.counter.window.isVisible()


def test_the_counter_takes_the_place_of_the_main_window_and_gives_it_back(start: Start, qtbot: QtBot) -> None:
    program = start()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    assert not program.window.isVisible()
    assert program.workspace is not None
    window = program.workspace.counter.window
    assert window is not None
    window.close()
    assert program.window.isVisible()
    assert not is_counter_open(program)


def test_no_restart_takes_the_counter_away(start: Start, qtbot: QtBot) -> None:
    program = start()
    program.window.offer_restart()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    program.window.messages.rows[0].press()
    assert is_counter_open(program)
    assert not program.window.is_restarting


def test_the_program_ends_while_the_counter_is_open(start: Start, qtbot: QtBot) -> None:
    program = start()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    program.stop()
    assert not is_counter_open(program)


def test_a_contract_that_cannot_be_printed_is_told_at_the_counter(start: Start, qtbot: QtBot) -> None:
    window = open_counter(start(), qtbot).window
    assert window is not None
    window.print_requested.emit("nothing")
    qtbot.waitUntil(lambda: "contract" in window.message and "Fetching" not in window.message, timeout=WAIT_MS)


def test_the_shift_sheet_opens_over_the_counter(start: Start, qtbot: QtBot) -> None:
    program = start()
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    assert program.workspace is not None
    host = program.workspace.counter
    assert host.window is not None
    host.window.sheet_requested.emit()
    assert host.sheet is not None
    sheet = host.sheet
    qtbot.waitUntil(lambda: "0 sent" in sheet.summary, timeout=WAIT_MS)
    sheet.accept()
    assert host.sheet is None


def open_counter(program: Program, qtbot: QtBot) -> CounterLauncher:
    trigger(program, ActionName.COUNTER)
    qtbot.waitUntil(lambda: is_counter_open(program), timeout=WAIT_MS)
    assert program.workspace is not None
    return program.workspace.counter


def sheet_of(host: CounterLauncher) -> ShiftWindow | None:
    return host.sheet


@pytest.mark.nightly
def test_locking_takes_the_shift_sheet_away(start: Start, qtbot: QtBot) -> None:
    program = start()
    assert program.workspace is not None
    pin = program.workspace.services.pin
    assert pin is not None
    pin.set_pin("2468")
    host = open_counter(program, qtbot)
    assert host.window is not None
    host.window.sheet_requested.emit()
    assert host.sheet is not None
    host.sheet.activateWindow()
    qtbot.waitUntil(host.sheet.isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(host.sheet, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert (host.window.is_locked, sheet_of(host)) == (True, None)
    qtbot.waitUntil(lambda: host.window is not None and host.window.lock_pane.wants_pin, timeout=WAIT_MS)
    qtbot.keyClicks(host.window.lock_pane.pin, "2468")
    qtbot.keyClick(host.window.lock_pane.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: host.window is not None and not host.window.is_locked, timeout=WAIT_MS)


@pytest.mark.nightly
def test_the_customers_screen_bears_the_mark_that_was_chosen(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program = start()
    assert program.workspace is not None
    brand = program.workspace.services.brand
    assert brand is not None
    logo = QImage(40, 20, QImage.Format.Format_RGB32)
    logo.fill(0)
    assert logo.save(str(tmp_path / "logo.png"))
    brand.set_text("示例银行")
    brand.set_picture(tmp_path / "logo.png", can_be_shown=Path.is_file)
    host = open_counter(program, qtbot)
    assert host.window is not None
    mark = host.window.display.brand
    qtbot.waitUntil(lambda: mark.text == "示例银行", timeout=WAIT_MS)
    assert mark.picture.shown_size.width() == 2 * mark.picture.shown_size.height() > 0


def test_files_that_are_opened_meanwhile_wait_behind_a_counter(
    start: Start, paths: AppPaths, qtbot: QtBot, tmp_path: Path
) -> None:
    program = start()
    host = open_counter(program, qtbot)
    assert host.window is not None
    host.window.lock()
    assert hand_over(paths.data_dir, [make_form(tmp_path / "借款.pdf")])
    workspace = program.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: bool(workspace.session.draft.documents), timeout=WAIT_MS)
    assert not program.window.isVisible()
    assert host.window.is_locked
    assert host.window.isVisible()


def test_the_presets_open_from_the_menu(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program = start()
    trigger(program, ActionName.PRESETS)
    assert program.workspace is not None
    assert program.window.room is RoomName.PRESETS
    assert program.workspace.presets_room.isVisible()


def test_saving_an_empty_desk_as_a_preset_says_what_is_missing(start: Start) -> None:
    program = start()
    trigger(program, ActionName.SAVE_PRESET)
    assert any("document and a signer" in row.title for row in program.window.messages.rows)
