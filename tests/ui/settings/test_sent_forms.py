"""The number of remembered forms in Settings, and the button that deletes them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.ui.settings.sent_forms import SentFormsField
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.notice_bar import Messages

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Room(QWidget):
    """A place for the row, whose forms are counted and forgotten."""

    def __init__(self, count: int, tasks: TaskRunner) -> None:
        super().__init__()
        self.count = count
        self.error: AppError | None = None
        self.messages = Messages(self)
        self.messages.enter("settings")
        forms = SimpleNamespace(count=lambda: self.count, forget_all=self._forget)
        self.field = SentFormsField(cast("Any", forms), tasks, self.messages, self)
        vbox(self.field, self.messages, parent=self)
        self.show()
        self.field.read()

    def _forget(self) -> None:
        if self.error is not None:
            raise self.error
        self.count = 0


def test_forms_are_counted_and_forgotten_by_a_button(tasks: TaskRunner, qtbot: QtBot) -> None:
    room = Room(3, tasks)
    qtbot.addWidget(room)
    qtbot.waitUntil(room.field.isVisible)
    assert room.field.text.startswith("3 form")
    qtbot.mouseClick(room.field.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not room.field.isVisible())
    assert room.count == 0


def test_a_failure_is_told_and_the_button_stays(tasks: TaskRunner, qtbot: QtBot) -> None:
    room = Room(1, tasks)
    qtbot.addWidget(room)
    qtbot.waitUntil(room.field.isVisible)
    room.error = StoreError("store.disk_full")
    qtbot.mouseClick(room.field.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: room.field.forget.isEnabled() and any("full" in row.text for row in room.messages.rows))
    assert room.field.isVisible()


def test_nothing_is_shown_without_forms(tasks: TaskRunner, qtbot: QtBot) -> None:
    room = Room(0, tasks)
    qtbot.addWidget(room)
    tasks.wait_idle()
    qtbot.wait(0)
    assert not room.field.isVisible()
