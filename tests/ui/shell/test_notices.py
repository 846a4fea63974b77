from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import shiboken6
from PySide6.QtCore import QObject

from esign_desktop.domain.errors import StoreError
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.shell.background import NoticeReception
from tests.ui.flow_samples import FakeEnvironments, FakeFlows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Rig:
    """The services, of which notices and preferences are its own."""

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        self.flows = FakeFlows()
        self.environments = FakeEnvironments()
        self.notices = self
        self.preferences = self
        self.notice_port: int | None = 8791
        self.port: int | None = None
        self.failure: StoreError | None = None
        self.on_received: Callable[[], None] | None = None
        self.tasks = tasks
        self.parent = parent
        self.poller = FlowPoller(cast("Any", self.flows), cast("Any", self.environments), tasks, parent)

    def start(self, port: int, *, on_received: Callable[[], None]) -> int:
        if self.failure is not None:
            raise self.failure
        self.port, self.on_received = port, on_received
        return port

    def stop(self) -> None:
        self.port = None

    def make(self, port: int | None = None, *, is_anywhere: bool = False) -> NoticeReception:
        parts = cast("Any", self), self.tasks, self.poller, self.parent
        return NoticeReception(*parts, port=port, is_anywhere=is_anywhere)


@pytest.fixture
def rig(tasks: TaskRunner) -> Iterator[Rig]:
    parent = QObject()
    yield Rig(tasks, parent)
    tasks.wait_idle()
    shiboken6.delete(parent)


def test_notices_are_received_where_the_settings_say(rig: Rig, qtbot: QtBot) -> None:
    reception = rig.make()
    with qtbot.waitSignal(reception.port_changed) as changed:
        reception.reload()
    assert changed.args == [8791]
    rig.notice_port = None
    with qtbot.waitSignal(reception.port_changed) as changed:
        reception.reload()
    assert (changed.args, rig.port) == ([None], None)


def test_the_command_line_goes_first(rig: Rig, qtbot: QtBot) -> None:
    reception = rig.make(9000)
    with qtbot.waitSignal(reception.port_changed):
        reception.reload()
    assert rig.port == 9000
    reception.take_down()
    assert rig.port is None


def test_a_notice_has_the_platform_asked_at_once(rig: Rig, qtbot: QtBot) -> None:
    reception = rig.make()
    with qtbot.waitSignal(reception.port_changed):
        reception.reload()
    qtbot.waitUntil(lambda: len(rig.flows.calls) == 1)
    assert rig.on_received is not None
    rig.on_received()
    qtbot.waitUntil(lambda: len(rig.flows.calls) == 2)


def test_a_rehearsal_receives_notices_on_any_port_where_none_is_chosen(rig: Rig, qtbot: QtBot) -> None:
    rig.notice_port = None
    reception = rig.make(is_anywhere=True)
    with qtbot.waitSignal(reception.port_changed) as told:
        reception.reload()
    assert told.args == [0]
    rig.notice_port = 9001
    with qtbot.waitSignal(reception.port_changed) as told:
        reception.reload()
    assert told.args == [9001]


def test_a_taken_port_is_told(rig: Rig, qtbot: QtBot) -> None:
    rig.failure = StoreError("notices.port_taken", port=8791)
    reception = rig.make()
    with qtbot.waitSignal(reception.failed) as failed:
        reception.reload()
    assert failed.args[0].code == "notices.port_taken"
