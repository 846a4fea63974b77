from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import ApiError, AppError, Cancelled
from esign_desktop.domain.flow import FlowId
from esign_desktop.ui.flow_poller import FlowPoller
from tests.ui.flow_samples import FakeEnvironments, FakeFlows, make_flow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

FLOW = FlowId("flow")


class Rig:
    def __init__(self, tasks: TaskRunner) -> None:
        self.flows = FakeFlows()
        services: tuple[Any, Any] = (self.flows, FakeEnvironments(EnvironmentKind.SANDBOX))
        self.poller = FlowPoller(*services, tasks)
        self.heard: list[str] = []
        self.troubles: list[AppError | None] = []
        self.poller.flow_changed.connect(lambda record: self.heard.append(record.title))
        self.poller.trouble_changed.connect(self.troubles.append)


@pytest.fixture
def rig(tasks: TaskRunner) -> Rig:
    return Rig(tasks)


def test_nothing_is_asked_while_nobody_looks(rig: Rig, qtbot: QtBot) -> None:
    rig.flows.answers = [make_flow()]
    qtbot.wait(50)
    assert rig.flows.calls == []


def test_whoever_looks_hears_what_the_platform_says(rig: Rig, qtbot: QtBot) -> None:
    rig.flows.answers = [make_flow(name="a"), make_flow(name="b")]
    rig.poller.follow(QObject(rig.poller))
    qtbot.waitUntil(lambda: rig.heard == ["title of a", "title of b"])


def test_the_chosen_environment_is_asked_unless_a_flow_is_watched(rig: Rig, qtbot: QtBot) -> None:
    viewer = QObject(rig.poller)
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: rig.flows.calls == ["poll sandbox"])
    rig.poller.watch(viewer, FLOW, EnvironmentKind.TEST)
    qtbot.waitUntil(lambda: rig.flows.calls[-1] == "poll test")


def test_the_latest_viewer_decides_which_flow_is_watched(rig: Rig) -> None:
    first, second = QObject(rig.poller), QObject(rig.poller)
    rig.poller.watch(first, FlowId("first"), EnvironmentKind.TEST)
    rig.poller.watch(second, FlowId("second"), EnvironmentKind.TEST)
    assert rig.flows.watched[-1] == "second"
    rig.poller.leave(second)
    assert rig.flows.watched[-1] == "first"
    rig.poller.leave(first)
    assert rig.flows.watched[-1] is None


def test_asking_ends_when_the_last_viewer_left(rig: Rig, qtbot: QtBot, tasks: TaskRunner) -> None:
    viewer = QObject(rig.poller)
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: bool(rig.flows.calls))
    rig.poller.leave(viewer)
    assert tasks.wait_idle()
    asked = len(rig.flows.calls)
    rig.flows.answers = [make_flow()] * 3
    qtbot.wait(50)
    assert len(rig.flows.calls) == asked


def test_trouble_is_told_once_and_taken_back(rig: Rig, qtbot: QtBot) -> None:
    viewer = QObject(rig.poller)
    rig.flows.answers = [ApiError("api.no_network")]
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: rig.poller.trouble is not None)
    rig.flows.answers = [ApiError("api.no_network")]
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: not rig.flows.answers)
    rig.flows.answers = [make_flow()]
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: rig.troubles[-1] is None)
    assert len(rig.troubles) == 2


def test_a_connection_closed_under_the_question_is_no_trouble(rig: Rig, qtbot: QtBot) -> None:
    viewer = QObject(rig.poller)
    rig.flows.answers = [Cancelled()]
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: bool(rig.flows.calls))
    rig.flows.answers = [make_flow()]
    rig.poller.follow(viewer)
    qtbot.waitUntil(lambda: bool(rig.heard))
    assert rig.troubles == []


def test_all_viewers_hear_what_one_of_them_learned_itself(rig: Rig) -> None:
    rig.poller.announce(make_flow())
    assert rig.heard == ["title of flow"]
