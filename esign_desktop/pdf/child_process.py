"""The parent's side of one child: start it, ask it, and end it when it takes too long."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf import wire, worker
from esign_desktop.pdf.limits import MAX_ANSWER_BYTES
from esign_desktop.pdf.untrusted import BadAnswer, decode

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.limits import Limits

TERMINATE_S: Final = 0.5
JOIN_S: Final = 5.0
_starting = threading.Lock()


class ChildProcess:
    """One child, started when first needed and again after it ended. ``ask`` is for one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._is_ready = False
        self._is_stopped = False
        self._state = threading.Lock()
        self.opened: set[PdfHandle] = set()
        """Documents that the running child has open."""
        self.is_worn = False
        """Whether the running child takes more memory than it should."""

    @property
    def pid(self) -> int | None:
        """Number of the running process."""
        process = self._process
        return process.pid if process is not None else None

    def start(self) -> None:
        """Start the child, unless it runs, without waiting until it is ready."""
        with self._state:
            if self._is_stopped:
                raise Cancelled
            if self._process is not None and self._process.is_alive():
                return
            self._forget()
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=worker.serve, args=(theirs, self._limits), name="pdf", daemon=True)
            _start_with_clean_main(process)
            # With the other end open here too, the child's end would go unnoticed.
            theirs.close()
            self._process, self._connection = process, ours

    def ask(self, job: str, limit_s: float, **arguments: Any) -> wire.Message:
        """Send a request and wait for its answer.

        Raises PdfError: what the child tells, pdf.too_slow, or pdf.worker_died; Cancelled if stopped meanwhile.
        """
        self.start()
        connection = self._connection
        if connection is None:
            raise Cancelled
        try:
            self._wait_until_ready(connection)
            connection.send_bytes(wire.encode({"job": job, "limit_s": limit_s, **arguments}))
            answer = self._receive(connection, limit_s)
        except (EOFError, OSError, BadAnswer) as error:
            raise self._ended("pdf.worker_died", type(error).__name__) from None
        self._note_memory(answer)
        wire.raise_error(answer)
        return answer

    def _note_memory(self, answer: wire.Message) -> None:
        try:
            self.is_worn = wire.read_memory_bytes(answer) > self._limits.child_memory_bytes
        except BadAnswer as error:
            raise self.discredit(str(error)) from None

    def discredit(self, reason: str) -> PdfError | Cancelled:
        """End a child whose answer was nonsense, and return what to raise."""
        return self._ended("pdf.worker_died", reason)

    def _wait_until_ready(self, connection: Connection) -> None:
        if not self._is_ready:
            self._receive(connection, self._limits.start_s)
            self._is_ready = True

    def _receive(self, connection: Connection, limit_s: float) -> wire.Message:
        if not connection.poll(limit_s):
            raise self._ended("pdf.too_slow", f"after {limit_s:g} s")
        return decode(connection.recv_bytes(MAX_ANSWER_BYTES))

    def _ended(self, code: str, detail: str) -> PdfError | Cancelled:
        with self._state:
            self._kill()
            self._forget()
            return Cancelled() if self._is_stopped else PdfError(code, detail, retryable=True)

    def interrupt(self) -> None:
        """End the child for good, from any thread; whoever waits for it gets Cancelled."""
        with self._state:
            self._is_stopped = True
            self._kill()

    def release(self) -> None:
        """Give everything back; when nobody asks any more."""
        with self._state:
            self._is_stopped = True
            self._kill()
            self._forget()

    def _kill(self) -> None:
        process = self._process
        if process is None:
            return
        with suppress(ValueError):
            process.terminate()
            process.join(TERMINATE_S)
            if process.is_alive():
                process.kill()
                process.join(JOIN_S)

    def _forget(self) -> None:
        self.opened.clear()
        self._is_ready = False
        self.is_worn = False
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.join(0)
            with suppress(ValueError):
                self._process.close()
        self._process = self._connection = None


def _start_with_clean_main(process: SpawnProcess) -> None:
    """Start the process so that it does not import the program that this one runs.

    multiprocessing's spawn runs the parent's main module again in the child, which costs the import of Qt and of the
    whole application. It looks for it in ``sys.modules``; an empty module there, for as long as the start takes, has
    neither a name nor a file to run.
    """
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            process.start()
        finally:
            sys.modules["__main__"] = main


def remaining(ends_at_s: float) -> float:
    """Seconds until a moment of the monotonic clock; never negative."""
    return max(0.0, ends_at_s - time.monotonic())
