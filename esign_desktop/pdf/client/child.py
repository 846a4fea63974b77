"""Control one child process: start it, send requests to it, and end it if a request takes too long."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, TypeVar

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf import wire
from esign_desktop.pdf.channel import HAS_DESCRIPTORS, PipeChannel, SocketChannel
from esign_desktop.pdf.client.segments import SentSegments
from esign_desktop.pdf.isolated.start import start_child
from esign_desktop.pdf.limits import MAX_ANSWER_BYTES
from esign_desktop.pdf.walls.lockdown import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.pdf.channel import Channel
    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.limits import Limits

TERMINATE_S: Final = 0.5
JOIN_S: Final = 5.0
_TARGET: Final = "esign_desktop.pdf.worker.main:serve"
T = TypeVar("T")


class ChildProcess:
    """A child process that is started on first use, and restarted on the next use if it has ended.

    Only one thread at a time may call ``ask``.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._is_ready = False
        self._is_stopped = False
        self._state = threading.Lock()
        self.opened: set[PdfHandle] = set()
        """The documents that the running child has open."""
        self.segments = SentSegments()
        self.is_over_memory = False
        """Whether the running child uses more memory than its limit."""

    @property
    def pid(self) -> int | None:
        """The process ID of the running child, or None if no child is running."""
        process = self._process
        return process.pid if process is not None else None

    def start(self) -> None:
        """Start the child if it is not running, without waiting until it is ready.

        Raises Cancelled if ``interrupt`` or ``release`` has been called.
        """
        with self._state:
            if self._is_stopped:
                raise Cancelled
            if self._process is not None and self._process.poll() is None:
                return
            self._forget()
            try:
                self._process, self._channel = _started()
            except OSError as error:
                raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None

    def ask(
        self,
        job: str,
        limit_s: float,
        kind: type[T],
        *,
        files: Sequence[int] = (),
        pixels: memoryview | None = None,
        **arguments: Any,
    ) -> T:
        """Execute a job of ``worker.jobs`` in the child, and return the job's answer as a value of the type ``kind``.

        ``files`` are descriptors of open files, which are passed to the child. If the buffer ``pixels`` is given, it is
        filled with the pixels that follow the answer. Raises the PdfError that the child reports. Also raises PdfError
        ``pdf.too_slow`` after ``limit_s`` seconds, PdfError ``pdf.worker_died`` if the child ends or sends an invalid
        answer, and Cancelled if another thread stops the child.
        """
        self.start()
        channel = self._channel
        if channel is None:
            raise Cancelled
        try:
            self._wait_until_ready(channel)
            request = {"job": job, "limit_s": limit_s, "files": len(files), "arguments": arguments}
            ends_at_s = time.monotonic() + limit_s
            channel.send(wire.encode(request), limit_s, files)
            answer = wire.decode(channel.receive(remaining(ends_at_s), MAX_ANSWER_BYTES))
            if pixels is not None and "error" not in answer:
                _fill(pixels, channel.receive(remaining(ends_at_s), len(pixels)))
        except TimeoutError:
            raise self._ended("pdf.too_slow", f"after {limit_s:g} s") from None
        except (EOFError, OSError, wire.BadAnswer) as error:
            raise self._ended("pdf.worker_died", type(error).__name__) from None
        try:
            self.is_over_memory = wire.as_integer(answer.get("memory_bytes", 0)) > self._limits.child_memory_bytes
            wire.raise_error(answer)
            return wire.read(answer.get("value"), kind)
        except wire.BadAnswer as error:
            raise self.end_for_bad_answer(str(error)) from None

    def end_for_bad_answer(self, reason: str) -> PdfError | Cancelled:
        """End the child because it sent an invalid answer, and return the exception to raise."""
        return self._ended("pdf.worker_died", reason)

    def _wait_until_ready(self, channel: Channel) -> None:
        if not self._is_ready:
            limits = {"limits": asdict(self._limits)}
            channel.send(wire.encode(limits), self._limits.start_s)
            ready = wire.decode(channel.receive(self._limits.start_s, MAX_ANSWER_BYTES))
            _warn_without_walls(ready.get("walls"))
            self._is_ready = True

    def _ended(self, code: str, detail: str) -> PdfError | Cancelled:
        with self._state:
            self._kill()
            self._forget()
            return Cancelled() if self._is_stopped else PdfError(code, detail, retryable=True)

    def interrupt(self) -> None:
        """Stop the child permanently. Any thread may call this method.

        Callers that are waiting for the child receive Cancelled.
        """
        with self._state:
            self._is_stopped = True
            self._kill()

    def release(self) -> None:
        """Stop the child and close its channel. Call this method only when no request is running."""
        with self._state:
            self._is_stopped = True
            self._kill()
            self._forget()

    def _kill(self) -> None:
        process = self._process
        if process is None:
            return
        with suppress(OSError, subprocess.TimeoutExpired):
            process.terminate()
            try:
                process.wait(TERMINATE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(JOIN_S)

    def _forget(self) -> None:
        self.opened.clear()
        self._is_ready = False
        self.is_over_memory = False
        self.segments.clear()
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = None


def _started() -> tuple[subprocess.Popen[bytes], Channel]:
    if not HAS_DESCRIPTORS:
        process = start_child(_TARGET)
        assert process.stdin is not None  # noqa: S101  start_child made pipes
        assert process.stdout is not None  # noqa: S101
        return process, PipeChannel(process.stdin, process.stdout, longest_bytes=MAX_ANSWER_BYTES)
    ours, theirs = socket.socketpair()
    try:
        process = start_child(_TARGET, theirs)
    except OSError:
        ours.close()
        raise
    finally:
        # If the parent kept the child's end open, it would not notice that the child has ended.
        theirs.close()
    return process, SocketChannel(ours)


def _fill(pixels: memoryview, data: bytes) -> None:
    if len(data) != len(pixels):
        raise wire.BadAnswer("pixels")
    pixels[:] = data


def _warn_without_walls(walls: object) -> None:
    """Log a warning if the child is not sandboxed although the system supports it."""
    wall = EXPECTED.get(sys.platform)
    if wall is not None and (not isinstance(walls, list) or wall not in walls):
        # Imported late to keep the start fast.
        import logging

        logging.getLogger(__name__).warning("The process that reads PDF files is not sandboxed: %s is missing", wall)


def remaining(ends_at_s: float) -> float:
    """Return the number of seconds until the given time of the monotonic clock, or 0 if that time has passed."""
    return max(0.0, ends_at_s - time.monotonic())
