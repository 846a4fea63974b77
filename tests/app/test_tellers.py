"""Tellers with names and PINs, from Settings to the shift sheet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.deliberate import moment_ms

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.counter.lock_pane import LockPane
    from esign_desktop.ui.settings.tellers import TellersForm
    from tests.app.conftest import Start

WAIT_MS = 15_000
LEFT = Qt.MouseButton.LeftButton


def is_listed(form: TellersForm, name: str) -> bool:
    return name in form.names


def enter(qtbot: QtBot, lock: LockPane, pin: str) -> None:
    qtbot.keyClicks(lock.pin, pin)
    qtbot.keyClick(lock.pin, Qt.Key.Key_Return)


def test_a_teller_signs_in_and_stands_on_the_sheet(start: Start, qtbot: QtBot) -> None:
    program = start()
    workspace = program.workspace
    assert workspace is not None
    program.window.show_room(RoomName.SETTINGS)
    form = workspace.settings.tellers
    for name, pin in (("示例甲", "4815"), ("示例乙", "162342")):
        for edit, text in ((form.name, name), (form.pin, pin), (form.again, pin)):
            edit.setFocus()
            edit.insert(text)
        qtbot.wait(moment_ms())
        qtbot.mouseClick(form.add, LEFT)
        qtbot.waitUntil(partial(is_listed, form, name), timeout=WAIT_MS)
    assert form.names == ("示例乙", "示例甲")

    program.window.actions_by_name[ActionName.COUNTER].trigger()
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    counter = workspace.counter.window
    assert counter is not None
    lock = counter.lock_pane
    qtbot.waitUntil(lambda: lock.wants_pin and lock.who.count() == 2, timeout=WAIT_MS)
    assert counter.is_locked
    assert not counter.close()
    lock.who.setCurrentText("示例甲")
    enter(qtbot, lock, "162342")
    qtbot.waitUntil(lambda: lock.status == "This is not the PIN.", timeout=WAIT_MS)
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

    # Somebody else takes over by the lock's key.
    counter.lock()
    qtbot.waitUntil(lambda: lock.wants_pin and lock.who.currentText() == "示例甲", timeout=WAIT_MS)
    lock.who.setCurrentText("示例乙")
    enter(qtbot, lock, "162342")
    qtbot.waitUntil(lambda: not counter.is_locked, timeout=WAIT_MS)
    who = {entry.who.split(" · ")[0] for entry in workspace.services.audit_log.entries() if " · " in entry.who}
    assert who == {"示例甲", "示例乙"}
