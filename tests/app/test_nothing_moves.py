"""Messages and bars that come by themselves move nothing that the user aims at, and stay in their room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from esign_desktop.override import override
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.notice_bar import MessageLevel, NoticeBar
from tests.tiers import daily
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

WAIT_MS = 20_000
REACTION_MS = 400
"""The time from aiming at a button to pressing it."""
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def program(start: Start, qtbot: QtBot, tmp_path: Path) -> Program:
    program = start(write_text_pdf(tmp_path / "A.pdf", [["合同"], ["甲方"]]))
    program.window.resize(1366, 740)
    workspace = program.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: bool(workspace.session.draft.documents), timeout=WAIT_MS)
    return program


def buttons(room: QWidget) -> dict[QAbstractButton, QRect]:
    QApplication.processEvents()
    found = [one for one in room.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
    return {one: QRect(one.mapToGlobal(QPoint()), one.size()) for one in found}


@pytest.mark.parametrize(
    "name", daily([RoomName.PREPARE], [RoomName.PREPARE, RoomName.TRACK, RoomName.BULK, RoomName.CONTACTS])
)
def test_a_press_where_a_button_stood_still_hits_it_when_a_message_has_come(program: Program, name: RoomName) -> None:
    window = program.window
    window.show_room(name)
    assert program.workspace is not None
    room = program.workspace.room(name)
    # What the room shows may still be read, which is no message.
    for _ in range(3):
        program.workspace.tasks.wait_idle()
        QApplication.processEvents()
    before = buttons(room)
    assert before
    window.messages.show_message("Something happened.", MessageLevel.WARNING, remedy="It can be mended.")
    after = buttons(room)
    assert window.messages.isVisible()
    for button, place in before.items():
        assert after.get(button) == place
        hit = window.childAt(window.mapFromGlobal(place.center()))
        assert hit is button or (hit is not None and button.isAncestorOf(hit)), button.text()


class Presses(QObject):
    """The widgets that presses of the mouse reach; the presses themselves do nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.hit: list[QWidget] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self.hit.append(watched)
            return True
        return False


@pytest.mark.parametrize("name", daily([RoomName.TRACK], [RoomName.PREPARE, RoomName.TRACK]))
def test_a_press_begun_before_a_message_came_reaches_what_was_aimed_at(
    program: Program, qtbot: QtBot, name: RoomName
) -> None:
    window = program.window
    window.show_room(name)
    assert program.workspace is not None
    program.workspace.tasks.wait_idle()
    qtbot.wait(REACTION_MS)
    aimed_at = buttons(program.workspace.room(name))
    show = partial(window.messages.show_message, "Something happened.", MessageLevel.WARNING, remedy="Mend it.")
    QTimer.singleShot(REACTION_MS // 4, window, show)
    qtbot.wait(REACTION_MS)
    assert window.messages.isVisible()
    presses, application = Presses(), QApplication.instance()
    assert application is not None
    application.installEventFilter(presses)
    for button, place in aimed_at.items():
        presses.hit.clear()
        QTest.mousePress(window.windowHandle(), LEFT, pos=window.mapFromGlobal(place.center()))
        QTest.mouseRelease(window.windowHandle(), LEFT, pos=window.mapFromGlobal(place.center()))
        (hit,) = presses.hit
        assert hit is button or button.isAncestorOf(hit), button.text()
    application.removeEventFilter(presses)


def test_pages_stay_where_they_are_when_a_bar_comes(program: Program) -> None:
    assert program.workspace is not None
    prepare = program.workspace.prepare
    viewport = prepare.canvas.view.viewport()
    QApplication.processEvents()
    before, scale = viewport.mapToGlobal(QPoint()), prepare.canvas.view.scale
    bar = NoticeBar(prepare, level=MessageLevel.INFO)
    bar.show_text("This looks like a preset.")
    prepare.add_bar(bar)
    bar.show()
    prepare.problems_bar.proposals.has_plan = True
    prepare.problems_bar.proposals.changed.emit()
    QApplication.processEvents()
    assert bar.isVisible()
    assert (viewport.mapToGlobal(QPoint()), prepare.canvas.view.scale) == (before, scale)


def test_a_message_stays_in_its_room_and_is_there_again_on_return(program: Program) -> None:
    window = program.window
    window.show_room(RoomName.TRACK)
    window.messages.show_message("Only in Track.", MessageLevel.WARNING)
    window.offer_restart()
    window.show_room(RoomName.CONTACTS)
    assert [row.title for row in window.messages.rows if row.title == "Only in Track."] == []
    assert any("restart" in row.title for row in window.messages.rows)
    window.messages.clear("restart")
    assert not window.messages.isVisible()
    window.show_room(RoomName.TRACK)
    assert window.messages.isVisible()
    assert window.messages.rows[0].title == "Only in Track."
