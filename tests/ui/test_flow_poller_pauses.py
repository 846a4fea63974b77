"""How often the platform is asked while it can't be reached, and when it can be again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QObject

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import ApiError
from esign_desktop.ui import flow_poller
from esign_desktop.ui.flow_poller import FlowPoller
from tests.ui.flow_samples import FakeEnvironments, make_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.tasks import TaskRunner

IDLE_S = 0.04
LONGEST_S = 0.32
# Qt lets an ordinary timer come up to 5 % early (``Qt.TimerType.CoarseTimer``).
PUNCTUAL = 0.95


class Platform:
    """Notes when each question begins, and how many are under way at once."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []
        self.most_at_once = 0
        self.is_reached = False
        self.is_slow = False
        self._under_way = 0
        self._lock = threading.Lock()
        self.go_on = threading.Event()

    def poll(self, _kind: EnvironmentKind) -> FlowRecord:
        with self._lock:
            self.asked_s.append(time.monotonic())
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            if self.is_slow:
                self.go_on.wait(5)
            if not self.is_reached:
                raise ApiError("api.no_network")
            return make_flow()
        finally:
            with self._lock:
                self._under_way -= 1

    def poll_wait_s(self) -> float:
        return LONGEST_S

    def watch(self, _flow_id: object) -> None:
        """Nothing is watched."""

    @property
    def pauses_s(self) -> list[float]:
        return [after - before for before, after in zip(self.asked_s, self.asked_s[1:], strict=False)]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setattr(flow_poller, "_IDLE_S", IDLE_S)
    monkeypatch.setattr(flow_poller, "_LONGEST_WAIT_S", LONGEST_S)
    one = Platform()
    yield one
    one.go_on.set()


@pytest.fixture
def poller(platform: Platform, tasks: TaskRunner) -> FlowPoller:
    environments: Any = FakeEnvironments(EnvironmentKind.SANDBOX)
    return FlowPoller(cast("Any", platform), environments, tasks)


def test_pauses_get_longer_while_nobody_answers_up_to_a_limit(
    platform: Platform, poller: FlowPoller, qtbot: QtBot
) -> None:
    viewer = QObject(poller)
    poller.follow(viewer)
    qtbot.waitUntil(lambda: len(platform.asked_s) >= 8, timeout=10_000)
    poller.leave(viewer)
    # The pauses double, each with up to a quarter of chance in it; a busy machine may only lengthen them.
    for doubling, pause_s in enumerate(platform.pauses_s):
        assert pause_s >= PUNCTUAL * 0.75 * min(IDLE_S * 2**doubling, LONGEST_S)
    assert sum(platform.pauses_s) >= PUNCTUAL * 0.75 * (IDLE_S * (1 + 2 + 4) + 4 * LONGEST_S)


def test_desks_that_lost_the_network_together_do_not_come_back_together(
    platform: Platform, poller: FlowPoller, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        drawn.append((low, high))
        return high

    monkeypatch.setattr("esign_desktop.ui.flow_poller.random.uniform", uniform)
    viewer = QObject(poller)
    poller.follow(viewer)
    qtbot.waitUntil(lambda: len(platform.asked_s) >= 3, timeout=10_000)
    poller.leave(viewer)
    assert set(drawn) == {(0.75, 1.25)}
    assert platform.pauses_s[0] >= PUNCTUAL * 1.25 * IDLE_S


def test_one_question_at_a_time_however_many_look_and_however_slow_it_is(
    platform: Platform, poller: FlowPoller, tasks: TaskRunner, qtbot: QtBot
) -> None:
    platform.is_slow = True
    viewers = [QObject(poller) for _ in range(20)]
    poller.follow(viewers[0])
    qtbot.waitUntil(lambda: len(platform.asked_s) == 1)
    for viewer in viewers:
        poller.follow(viewer)
        qtbot.wait(15)
    assert len(platform.asked_s) == 1
    platform.go_on.set()
    qtbot.waitUntil(lambda: len(platform.asked_s) >= 2)
    for viewer in viewers:
        poller.leave(viewer)
    assert tasks.wait_idle()
    assert platform.most_at_once == 1


def test_the_network_that_is_back_is_asked_once_and_not_once_for_everybody(
    platform: Platform, poller: FlowPoller, tasks: TaskRunner, qtbot: QtBot
) -> None:
    viewers = [QObject(poller) for _ in range(20)]
    for viewer in viewers:
        poller.follow(viewer)
    qtbot.waitUntil(lambda: poller.trouble is not None)
    platform.is_reached = True
    qtbot.waitUntil(lambda: poller.trouble is None, timeout=5_000)
    asked = len(platform.asked_s)
    qtbot.wait(int(LONGEST_S * 500))
    assert len(platform.asked_s) == asked
    for viewer in viewers:
        poller.leave(viewer)
    assert tasks.wait_idle()
