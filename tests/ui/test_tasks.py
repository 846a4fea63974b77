from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QObject

from esign_desktop.domain.errors import ApiError, AppError, Cancelled
from esign_desktop.ui.tasks import Lane, TaskRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    runner.stop()


def _raise(error: BaseException) -> None:
    raise error


def test_work_runs_elsewhere_and_its_result_comes_back(tasks: TaskRunner, qtbot: QtBot) -> None:
    results: list[tuple[int, int]] = []
    tasks.start(threading.get_ident, owner=tasks, on_done=lambda ident: results.append((ident, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(results))
    worked_on, reported_on = results[0]
    assert worked_on != reported_on == threading.get_ident()


def test_a_foreseen_failure_goes_to_its_handler(tasks: TaskRunner, qtbot: QtBot) -> None:
    errors: list[AppError] = []
    tasks.start(lambda: _raise(ApiError("api.timeout")), owner=tasks, on_done=lambda _: None, on_error=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert errors[0].code == "api.timeout"


def test_a_failure_without_a_handler_is_announced(tasks: TaskRunner, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tasks.failed) as announced:
        tasks.start(lambda: _raise(ApiError("api.timeout")), owner=tasks, on_done=lambda _: None)
    assert announced.args is not None
    assert announced.args[0].code == "api.timeout"


def test_a_bug_reaches_the_exception_hook(tasks: TaskRunner, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as caught:
        tasks.start(lambda: _raise(KeyError("bug")), owner=tasks, on_done=lambda _: None)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is KeyError


def test_a_cancelled_task_and_cancelled_work_are_silent(tasks: TaskRunner, qtbot: QtBot) -> None:
    reported: list[object] = []
    gate = threading.Event()
    task = tasks.start(gate.wait, owner=tasks, on_done=reported.append, on_error=reported.append)
    tasks.start(lambda: _raise(Cancelled()), owner=tasks, on_done=reported.append, on_error=reported.append)
    task.cancel()
    gate.set()
    tasks.start(lambda: "last", owner=tasks, on_done=reported.append)
    qtbot.waitUntil(lambda: bool(reported))
    assert reported == ["last"]


def test_a_result_is_dropped_when_its_owner_is_gone(tasks: TaskRunner, qtbot: QtBot) -> None:
    reported: list[object] = []
    gate = threading.Event()
    owner = QObject()
    tasks.start(gate.wait, owner=owner, on_done=reported.append)
    owner.deleteLater()
    qtbot.wait(1)
    del owner
    gate.set()
    tasks.start(lambda: "last", owner=tasks, on_done=reported.append)
    qtbot.waitUntil(lambda: bool(reported))
    assert reported == ["last"]


def test_a_lane_has_as_many_threads_as_it_says(tasks: TaskRunner, qtbot: QtBot) -> None:
    meeting = threading.Barrier(Lane.PDF.thread_count, timeout=5)
    met: list[int] = []
    for _ in range(Lane.PDF.thread_count):
        tasks.start(meeting.wait, owner=tasks, on_done=met.append, lane=Lane.PDF)
    qtbot.waitUntil(lambda: len(met) == Lane.PDF.thread_count)


def test_nothing_starts_after_the_stop(tasks: TaskRunner) -> None:
    tasks.stop()
    assert tasks.start(lambda: None, owner=tasks, on_done=lambda _: None).is_cancelled


def test_progress_comes_back_to_the_windows_thread_in_order_while_its_owner_lives(
    tasks: TaskRunner, qtbot: QtBot
) -> None:
    reached: list[tuple[int, int, int]] = []
    report = tasks.reporter(lambda done, total: reached.append((done, total, threading.get_ident())), owner=tasks)
    tasks.start(lambda: [report(done, 2) for done in (1, 2)], owner=tasks, on_done=lambda _: None)
    qtbot.waitUntil(lambda: len(reached) == 2)
    assert reached == [(done, 2, threading.get_ident()) for done in (1, 2)]
    gone = QObject()
    report = tasks.reporter(reached.append, owner=gone)
    shiboken6.delete(gone)
    report("too late")
    with qtbot.waitSignal(tasks.failed):
        tasks.start(lambda: _raise(ApiError("api.timeout")), owner=tasks, on_done=lambda _: None)
    assert len(reached) == 2
