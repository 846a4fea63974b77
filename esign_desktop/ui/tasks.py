"""The only place with threads: work runs in lanes, and its result comes back to the window's thread by one signal."""

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
    """Where work runs. The value is the number of threads that a lane has."""

    STORE = ("store", 1)
    PDF = ("pdf", 2)
    SEARCH = ("search", 2)
    NETWORK = ("network", 4)
    SUBMISSION = ("submission", 1)
    BULK = ("bulk", 1)
    COPIES = ("copies", 1)
    RESULTS = ("results", 1)
    READING = ("reading", 1)

    @property
    def thread_count(self) -> int:
        """How many pieces of work run at once."""
        return self.value[1]


class Task:
    """Work that was started. A cancelled task never reports, though work already begun runs to its end."""

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
        """Whether nobody waits for the result any more."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Drop the result; work not yet begun is not begun."""
        self._is_cancelled = True
        if self.future is not None:
            self.future.cancel()


class TaskRunner(QObject):
    """Runs work off the window's thread and brings results back to it.

    A result is dropped when its task was cancelled or its owner is gone. An ``AppError`` goes to the task's
    ``on_error``, else out by ``failed``; ``Cancelled`` is silent; anything else is a bug for ``sys.excepthook``.
    """

    failed = Signal(object)
    """An ``AppError`` that its task has no handler for."""
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
        """Run ``work`` in a lane; ``on_done`` or ``on_error`` follows on the window's thread while ``owner`` lives."""
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
        """Return what work may call in its thread: ``on_progress`` follows on the window's while ``owner`` lives."""

        def report(*progress: object) -> None:
            if shiboken6.isValid(self):
                self._progressed.emit(owner, on_progress, progress)

        return report

    @property
    def is_stopped(self) -> bool:
        """Whether the program ends, so that work that takes long is to be given up."""
        return self._is_stopped

    def wait_idle(self, timeout_s: float = 10.0) -> bool:
        """Wait until nothing runs or is queued; for tests and for stopping. Results still need the event loop."""
        with self._lock:
            pending = set(self._futures)
        return not wait_for_futures(pending, timeout_s).not_done

    def stop(self, timeout_s: float = 10.0) -> None:
        """Take no more work, drop what has not begun, and wait for the rest."""
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
        except Exception as error:  # noqa: BLE001  every failure is handed to the window's thread
            failure = error
        # Cancelling comes from another thread, which a type checker can't see.
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
    """Keep Python's own pauses below what a person sees, in the whole process."""
    # How long a worker may keep Python's lock while the window waits for it: the usual 5 ms add up while it paints.
    sys.setswitchinterval(0.0005)
    # The collector walks through everything alive: with the usual (700, 10, 10) 50,000 flows cost 30 ms every second.
    # What is new is looked through in pieces of 3 ms, what has stayed as rarely as possible.
    gc.set_threshold(10_000, 100, 20)
