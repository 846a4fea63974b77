"""Run background work in lanes, and deliver each result to the window's thread by a signal.

No other module of ``ui`` starts threads.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_futures
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from esign_desktop.domain.errors import AppError, Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Lane(Enum):
    """A queue of background work with its own threads. The value is the lane's name and its number of threads."""

    STORE = ("store", 1)
    PDF = ("pdf", 2)
    SEARCH = ("search", 2)
    NETWORK = ("network", 4)
    SUBMISSION = ("submission", 1)
    BULK = ("bulk", 1)
    COPIES = ("copies", 1)
    RESULTS = ("results", 1)
    DAYS = ("days", 1)
    READING = ("reading", 1)

    @property
    def thread_count(self) -> int:
        """The greatest number of tasks that run in parallel in this lane."""
        return self.value[1]


class Task:
    """Represents work that was passed to ``TaskRunner.start``, and can cancel it.

    After ``cancel``, no callback is called, but work that has already begun runs to its end.
    """

    def __init__(
        self,
        owner: QObject,
        on_done: Callable[[Any], None] | None,
        on_error: Callable[[AppError], None] | None,
    ) -> None:
        self.owner = owner
        self.on_done = on_done
        self.on_error = on_error
        self.future: Future[None] | None = None
        self._is_cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether the task was cancelled, so that its result is dropped."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Drop the result. Work that has not begun is not started. Work that has begun is not interrupted."""
        self._is_cancelled = True
        if self.future is not None:
            self.future.cancel()


class TaskRunner(QObject):
    """Executes work on background threads, and delivers the results on the window's thread.

    A result is dropped if its task was cancelled or its owner no longer exists. An ``AppError`` is passed to the task's
    ``on_error``, or emitted by ``failed`` if there is none. ``Cancelled`` is ignored. Any other exception is a bug and
    is passed to ``sys.excepthook``.
    """

    failed = Signal(object)
    """Carries the ``AppError`` of a task without ``on_error``."""
    _finished = Signal(object, object, object)
    _progressed = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        _tune_python()
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._futures: set[Future[None]] = set()
        self._lock: Final = threading.Lock()
        self._is_stopped = False
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        work: Callable[[], T],
        *,
        owner: QObject,
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[AppError], None] | None = None,
        lane: Lane = Lane.STORE,
    ) -> Task:
        """Run ``work`` in a lane, and return the task at once.

        Then ``on_done`` is called with the result, or ``on_error`` with an ``AppError``, on the window's thread, if
        ``owner`` still exists. After ``stop``, the work is not started and the returned task is cancelled.
        """
        task = Task(owner, on_done, on_error)
        if self._is_stopped:
            task.cancel()
            return task
        if lane not in self._pools:
            self._pools[lane] = ThreadPoolExecutor(lane.thread_count, thread_name_prefix=f"lane-{lane.value[0]}")
        future = self._pools[lane].submit(self._run, task, work)
        task.future = future
        with self._lock:
            self._futures.add(future)
        future.add_done_callback(self._forget)
        return task

    def reporter(self, on_progress: Callable[..., None], *, owner: QObject) -> Callable[..., None]:
        """Return a function with which work reports progress from its own thread.

        Each call of the function returns at once and makes the window's thread call ``on_progress`` with the same
        arguments, if ``owner`` still exists.
        """

        def report(*progress: object) -> None:
            if shiboken6.isValid(self):
                self._progressed.emit(owner, on_progress, progress)

        return report

    @property
    def is_stopped(self) -> bool:
        """Whether ``stop`` was called because the program ends, so that long-running work should stop."""
        return self._is_stopped

    def wait_idle(self, timeout_s: float = 10.0) -> bool:
        """Block until no work is running or queued, and return whether this was reached before the timeout.

        The results are delivered later by the event loop.
        """
        with self._lock:
            pending = set(self._futures)
        return not wait_for_futures(pending, timeout_s).not_done

    def stop(self, timeout_s: float = 10.0) -> None:
        """Accept no more work, drop work that has not begun, and block until the rest has ended.

        Block at most for ``timeout_s``.
        """
        self._is_stopped = True
        with self._lock:
            pending = set(self._futures)
        for future in pending:
            future.cancel()
        wait_for_futures(pending, timeout_s)
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, task: Task, work: Callable[[], object]) -> None:
        if task.is_cancelled:
            return
        result: object = None
        failure: BaseException | None = None
        try:
            result = work()
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001  the window's thread handles every failure
            failure = error
        # Checked in a method: a type checker would assume that ``is_cancelled`` is still False, but another thread can
        # cancel.
        if not self._is_dropped(task):
            self._finished.emit(task, result, failure)

    def _is_dropped(self, task: Task) -> bool:
        return task.is_cancelled or not shiboken6.isValid(self)

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._futures.discard(future)

    @Slot(object, object, object)
    def _on_progressed(self, owner: QObject, on_progress: Callable[..., None], progress: tuple[object, ...]) -> None:
        if shiboken6.isValid(owner):
            on_progress(*progress)

    @Slot(object, object, object)
    def _on_finished(self, task: Task, result: object, failure: BaseException | None) -> None:
        if task.is_cancelled or not shiboken6.isValid(task.owner):
            return
        if failure is None:
            if task.on_done is not None:
                task.on_done(result)
        elif isinstance(failure, AppError):
            _log.info("task failed: %s", failure.code)
            if task.on_error is not None:
                task.on_error(failure)
            else:
                self.failed.emit(failure)
        else:
            sys.excepthook(type(failure), failure, failure.__traceback__)


def _tune_python() -> None:
    """Shorten the pauses that Python itself causes, for the whole process, so that users do not notice them."""
    # How long a worker may hold Python's lock while the window waits for it. The default of 5 ms adds up during
    # painting.
    sys.setswitchinterval(0.0005)
    # The collector visits all live objects. With the default (700, 10, 10), 50,000 flows cost 30 ms every second. With
    # these values, new objects are visited in steps of 3 ms, and objects that survive as rarely as possible.
    gc.set_threshold(10_000, 100, 20)
