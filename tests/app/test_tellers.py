"""Tellers with names and PINs, from Settings to the shift sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.deliberate import moment_ms
from esign_desktop.ui.widgets.teller_pins import TellerPinDialog
from tests.services.own_pins import provide_with_own_pin

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.counter.lock_pane import LockPane
    from esign_desktop.ui.settings.tellers import TellersForm
    from tests.app.conftest import Start

WAIT_MS = 15_000
LEFT = Qt.MouseButton.LeftButton


def form_of(program: Program) -> TellersForm:
    assert program.workspace is not None
    program.window.show_room(RoomName.SETTINGS)
    program.workspace.settings.show_part(program.workspace.settings.tellers)
    return program.workspace.settings.tellers


def fill(qtbot: QtBot, form: TellersForm, name: str, pin: str) -> None:
    for edit, text in ((form.name, name), (form.pin, pin), (form.again, pin)):
        edit.setFocus()
        edit.insert(text)
    qtbot.wait(moment_ms())
    qtbot.mouseClick(form.add, LEFT)


def asked(qtbot: QtBot) -> TellerPinDialog:
    """Return the window that asks for PINs, once somebody can answer."""

    def open_ones() -> list[TellerPinDialog]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, TellerPinDialog) and one.isVisible()]

    qtbot.waitUntil(lambda: bool(open_ones()) and all(who.count() for who in open_ones()[0].who), timeout=WAIT_MS)
    return open_ones()[0]


def answer(qtbot: QtBot, *entered: tuple[QLineEdit, str]) -> None:
    """Type PINs, and press Enter after each: the last one answers."""
    for edit, pin in entered:
        qtbot.keyClicks(edit, pin)
        qtbot.keyClick(edit, Qt.Key.Key_Return)


def enter(qtbot: QtBot, lock: LockPane, pin: str) -> None:
    qtbot.keyClicks(lock.pin, pin)
    qtbot.keyClick(lock.pin, Qt.Key.Key_Return)


def test_a_supervisor_answers_for_tellers_and_who_signs_in_stands_on_the_sheet(start: Start, qtbot: QtBot) -> None:
    program = start()
    workspace = program.workspace
    assert workspace is not None
    form = form_of(program)
    qtbot.waitUntil(form.isVisible, timeout=WAIT_MS)
    fill(qtbot, form, "示例甲", "4815")
    qtbot.waitUntil(lambda: list(form.supervisors) == ["示例甲"], timeout=WAIT_MS)

    # From now on nobody adds one alone.
    fill(qtbot, form, "示例乙", "162342")
    dialog = asked(qtbot)
    answer(qtbot, (dialog.pins[0], "9999"))
    qtbot.waitUntil(lambda: "Incorrect PIN for 示例甲." in dialog.status_text, timeout=WAIT_MS)
    assert list(form.names) == ["示例甲"]
    answer(qtbot, (dialog.pins[0], "4815"))
    qtbot.waitUntil(lambda: list(form.names) == ["示例乙", "示例甲"], timeout=WAIT_MS)
    assert list(form.supervisors) == ["示例甲"]
    form.button("示例甲", "remove").click()
    dialog = asked(qtbot)
    answer(qtbot, (dialog.pins[0], "4815"))
    qtbot.waitUntil(lambda: "This is the last supervisor." in dialog.status_text, timeout=WAIT_MS)
    dialog.reject()
    assert len(form.names) == 2

    # Who has a PIN gives themselves another one; a teller who is half typed meanwhile stays.
    form.name.insert("示例丙")
    form.button("示例乙", "pin").click()
    dialog = asked(qtbot)
    assert {dialog.who[0].itemText(at) for at in range(dialog.who[0].count())} == {"示例甲", "示例乙"}
    dialog.who[0].setCurrentText("示例乙")
    answer(qtbot, (dialog.pins[0], "162342"), (dialog.new_pins[0], "234216"), (dialog.new_pins[1], "234216"))
    qtbot.waitUntil(lambda: form.status_text == "PIN set.", timeout=WAIT_MS)
    assert form.name.text() == "示例丙"

    program.window.actions_by_name[ActionName.COUNTER].trigger()
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    counter = workspace.counter.window
    assert counter is not None
    lock = counter.lock_pane
    qtbot.waitUntil(lambda: lock.wants_pin and lock.who.count() == 2, timeout=WAIT_MS)
    assert counter.is_locked
    assert not counter.close()
    lock.who.setCurrentText("示例甲")
    enter(qtbot, lock, "234216")
    qtbot.waitUntil(lambda: lock.status == "Incorrect PIN.", timeout=WAIT_MS)
    assert counter.is_locked
    enter(qtbot, lock, "4815")
    qtbot.waitUntil(lambda: not counter.is_locked, timeout=WAIT_MS)
    assert "Teller: 示例甲" in {label.text() for label in counter.findChildren(QLabel) if label.isVisible()}
    counter.sheet_requested.emit()
    sheet = workspace.counter.sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: "Teller: 示例甲" in sheet.whose, timeout=WAIT_MS)
    assert "Audit log: " in sheet.whose
    sheet.accept()

    # Somebody else takes over by the lock's key, and by keys alone: the arrows choose, either way round.
    counter.lock()
    qtbot.waitUntil(lambda: lock.wants_pin and lock.who.currentText() == "示例甲", timeout=WAIT_MS)
    qtbot.keyClicks(lock.pin, "12")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Up):
        before = lock.who.currentText()
        qtbot.keyClick(lock.pin, key)
        assert lock.who.currentText() != before
        assert (lock.pin.text(), counter.focusWidget()) == ("", lock.pin)
    qtbot.keyClick(lock.pin, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert counter.focusWidget() is lock.who
    enter(qtbot, lock, "234216")
    qtbot.waitUntil(lambda: not counter.is_locked, timeout=WAIT_MS)
    who = {entry.who.split(" · ")[0] for entry in workspace.services.audit_log.entries() if " · " in entry.who}
    assert who == {"示例甲", "示例乙"}


def test_a_pin_of_another_person_is_replaced_where_it_is_entered(start: Start, qtbot: QtBot) -> None:
    program = start()
    workspace = program.workspace
    assert workspace is not None
    tellers = workspace.services.tellers
    form = form_of(program)
    qtbot.waitUntil(form.isVisible, timeout=WAIT_MS)
    tellers.provide("示例甲", "4815", is_supervisor=True)
    provide_with_own_pin(tellers, "示例乙", "1234")
    form.read()
    qtbot.waitUntil(lambda: len(form.names) == 2, timeout=WAIT_MS)
    form.button("示例乙", "rank").click()
    dialog = asked(qtbot)
    assert not dialog.own_pins[0].isVisible()
    answer(qtbot, (dialog.pins[0], "4815"))
    qtbot.waitUntil(lambda: dialog.status_text.startswith("示例甲 must set a new PIN."), timeout=WAIT_MS)
    answer(qtbot, (dialog.own_pins[0], "2342"), (dialog.own_pins[1], "2343"))
    assert dialog.status_text == "The PINs don't match. Enter the new PIN twice."
    for edit in dialog.own_pins:
        edit.clear()
    answer(qtbot, (dialog.own_pins[0], "4815"), (dialog.own_pins[1], "4815"))
    qtbot.waitUntil(lambda: "is the same" in dialog.status_text, timeout=WAIT_MS)
    answer(qtbot, (dialog.own_pins[0], "2342"), (dialog.own_pins[1], "2342"))
    qtbot.waitUntil(lambda: list(form.supervisors) == ["示例乙", "示例甲"], timeout=WAIT_MS)

    # At the counter, the new PIN follows the old one in the same field.
    tellers.provide("示例乙", "162342", is_supervisor=False)
    program.window.actions_by_name[ActionName.COUNTER].trigger()
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    counter = workspace.counter.window
    assert counter is not None
    lock = counter.lock_pane
    qtbot.waitUntil(lambda: lock.wants_pin and lock.who.count() == 2, timeout=WAIT_MS)
    lock.who.setCurrentText("示例乙")
    enter(qtbot, lock, "162342")
    qtbot.waitUntil(lambda: lock.heading.startswith("Choose a new PIN"), timeout=WAIT_MS)
    assert lock.pin.text() == ""
    enter(qtbot, lock, "5678")
    assert lock.heading.startswith("Enter the new PIN again")
    enter(qtbot, lock, "5679")
    assert (lock.heading[:16], lock.status[:20]) == ("Choose a new PIN", "The PINs don't match")
    for _ in range(2):
        enter(qtbot, lock, "56")
    qtbot.waitUntil(lambda: "4 to 8 digits" in lock.status, timeout=WAIT_MS)
    assert lock.heading.startswith("Choose a new PIN")
    # Esc and another teller begin with the current PIN again.
    qtbot.keyClick(counter, Qt.Key.Key_Escape)
    assert lock.heading == "Locked. Enter the PIN, then press Enter."
    enter(qtbot, lock, "162342")
    qtbot.waitUntil(lambda: lock.heading.startswith("Choose a new PIN"), timeout=WAIT_MS)
    qtbot.keyClick(lock.pin, Qt.Key.Key_Up)
    assert lock.heading == "Locked. Enter the PIN, then press Enter."
    qtbot.keyClick(lock.pin, Qt.Key.Key_Down)
    enter(qtbot, lock, "162342")
    qtbot.waitUntil(lambda: lock.heading.startswith("Choose a new PIN"), timeout=WAIT_MS)
    enter(qtbot, lock, "5678")
    enter(qtbot, lock, "5678")
    qtbot.waitUntil(lambda: not counter.is_locked, timeout=WAIT_MS)
    assert tellers.current == "示例乙"


@pytest.mark.nightly
def test_a_counter_whose_tellers_cannot_be_read_stays_locked(start: Start, paths: AppPaths, qtbot: QtBot) -> None:
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    Settings(database).set("counter_tellers", '[{"id": "a"}]')
    database.close()
    program = start()
    workspace = program.workspace
    assert workspace is not None
    form = form_of(program)
    qtbot.waitUntil(lambda: "can't be read" in form.status_text, timeout=WAIT_MS)
    assert not form.add.isVisibleTo(form)
    # Settings ask for a teller's PIN, which cannot be checked while the tellers are unreadable.
    room_lock = program.window.room_lock
    assert room_lock is not None
    qtbot.waitUntil(lambda: "can't be read" in room_lock.page.status, timeout=WAIT_MS)
    assert room_lock.page.isVisible()
    program.window.actions_by_name[ActionName.COUNTER].trigger()
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    counter = workspace.counter.window
    assert counter is not None
    qtbot.waitUntil(lambda: "--add-teller" in counter.lock_pane.status, timeout=WAIT_MS)
    qtbot.keyClick(counter, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(300)
    assert counter.is_locked
    assert counter.lock_pane.heading == "Locked."
    # A long sentence needs no more room than there is.
    assert counter.minimumSizeHint().width() <= 1366
    assert not counter.close()


def test_tellers_of_a_policy_are_the_administrators(start: Start, qtbot: QtBot) -> None:
    form = form_of(start(policy={"tellers": "administrator"}))
    qtbot.waitUntil(lambda: "--add-teller" in form.status_text, timeout=WAIT_MS)
    assert not form.add.isVisibleTo(form)
    assert "Set by your organization" in form.status_text
