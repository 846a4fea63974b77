"""The rooms that show people and contracts ask for a teller's PIN where there are tellers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from esign_desktop.domain.audit import AuditAction
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.shell.room_lock import LOCKED_ROOMS
from esign_desktop.ui.widgets.actions import ActionName
from tests.services.own_pins import provide_with_own_pin

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.counter.lock_pane import LockPane
    from esign_desktop.ui.shell.room_lock import RoomLock
    from tests.app.conftest import Start

WAIT_MS = 15_000


@pytest.fixture
def with_teller(paths: AppPaths) -> None:
    """A teller was added in an earlier session."""
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    provide_with_own_pin(
        Tellers(Settings(database), clock_ms=system_clock_ms, mark=paths.tellers_mark), "示例甲", "4815"
    )
    database.close()


def lock_of(program: Program) -> RoomLock:
    assert program.window.room_lock is not None
    return program.window.room_lock


def enter(qtbot: QtBot, page: LockPane, pin: str) -> None:
    qtbot.waitUntil(lambda: page.wants_pin and bool(page.who.count()), timeout=WAIT_MS)
    qtbot.keyClicks(page.pin, pin)
    qtbot.keyClick(page.pin, Qt.Key.Key_Return)


@pytest.mark.usefixtures("with_teller")
def test_rooms_with_people_open_only_for_a_teller_who_signed_in(start: Start, qtbot: QtBot) -> None:
    program = start()
    window, page, workspace = program.window, lock_of(program).page, program.workspace
    assert workspace is not None
    for name in RoomName:
        window.show_room(name)
        assert page.isVisible() == (name in LOCKED_ROOMS), name
        assert workspace.room(name).isVisible() != page.isVisible()
    window.show_room(RoomName.TRACK)
    enter(qtbot, page, "9999")
    qtbot.waitUntil(lambda: page.status == "Incorrect PIN.", timeout=WAIT_MS)
    assert not workspace.track.isVisible()
    enter(qtbot, page, "4815")
    qtbot.waitUntil(workspace.track.isVisible, timeout=WAIT_MS)
    assert workspace.services.tellers.current == "示例甲"
    window.show_room(RoomName.CONTACTS)
    assert workspace.contacts.isVisible()
    assert (AuditAction.SIGNED_IN, "示例甲") in {(e.action, e.title) for e in workspace.services.audit_log.entries()}

    # The key locks again, and takes the room's dialogs away.
    dialog = QDialog(workspace.contacts)
    dialog.show()
    lock = window.actions_by_name[ActionName.LOCK]
    assert lock.isVisible()
    lock.trigger()
    assert page.isVisible()
    assert not dialog.isVisible()
    assert workspace.services.tellers.current == ""


@pytest.mark.usefixtures("with_teller")
def test_rooms_lock_when_nobody_touches_the_window_and_when_the_counter_closes(start: Start, qtbot: QtBot) -> None:
    program = start(policy={"lock_after_minutes": 1})
    window, lock, workspace = program.window, lock_of(program), program.workspace
    assert workspace is not None
    window.show_room(RoomName.TRACK)
    enter(qtbot, lock.page, "4815")
    qtbot.waitUntil(workspace.track.isVisible, timeout=WAIT_MS)
    lock.idle.limit_ms = 1000
    qtbot.mouseClick(window.rail, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lock.page.isVisible, timeout=WAIT_MS)
    lock.idle.stop()

    enter(qtbot, lock.page, "4815")
    qtbot.waitUntil(workspace.track.isVisible, timeout=WAIT_MS)
    workspace.open_counter()
    qtbot.waitUntil(
        lambda: workspace.counter.window is not None and workspace.counter.window.isVisible(), timeout=WAIT_MS
    )
    counter = workspace.counter.window
    assert counter is not None
    lock.lock()
    assert workspace.services.tellers.current == "示例甲"
    enter(qtbot, counter.lock_pane, "4815")
    qtbot.waitUntil(lambda: not counter.is_locked, timeout=WAIT_MS)
    counter.close()
    qtbot.waitUntil(window.isVisible, timeout=WAIT_MS)
    assert lock.page.isVisible()


def test_without_tellers_the_rooms_are_open(start: Start) -> None:
    program = start()
    assert program.workspace is not None
    for name in RoomName:
        program.window.show_room(name)
        assert program.workspace.room(name).isVisible()
    assert not program.window.actions_by_name[ActionName.LOCK].isVisible()
    lock_of(program).lock()
    assert program.workspace.settings.isVisible()


def test_rooms_stay_locked_while_the_tellers_that_the_policy_requires_are_missing(start: Start, qtbot: QtBot) -> None:
    program = start(policy={"needs_teller": True})
    page = lock_of(program).page
    program.window.show_room(RoomName.CONTACTS)
    qtbot.waitUntil(lambda: "--add-teller" in page.status, timeout=WAIT_MS)
    assert page.isVisible()
    assert not page.pin.isVisible()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.isVisible()
