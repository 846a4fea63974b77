"""Exchange length-prefixed frames with a child process.

A frame is a four-byte big-endian length followed by that many bytes. Every wait for a frame has a time limit, because a
compromised child may send only part of a frame.
"""

from __future__ import annotations

import math
import os
import queue
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final

from esign_desktop.pdf.wire import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

HAS_DESCRIPTORS: Final = hasattr(socket, "send_fds")
"""Whether open file descriptors can be passed to a child process on this system."""
_HEAD_BYTES: Final = 4
_MOST_DESCRIPTORS: Final = 4
_LEAVE_S: Final = 2.0
_LEAST_S: Final = 0.001
"""The shortest socket timeout in seconds. A timeout of 0 would make the socket non-blocking."""


class SocketChannel:
    """The parent's end of a socket pair, which can also transfer open file descriptors. Not thread-safe."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def send(self, data: bytes, limit_s: float, descriptors: Sequence[int] = ()) -> None:
        """Send a frame, together with open file descriptors.

        Raises TimeoutError if the child does not accept the frame within ``limit_s`` seconds, and OSError if the socket
        fails.
        """
        self._socket.settimeout(max(limit_s, _LEAST_S))
        frame = _head(data) + data
        if descriptors and sys.platform != "win32":
            frame = frame[socket.send_fds(self._socket, [frame], descriptors) :]
        self._socket.sendall(frame)

    def receive(self, limit_s: float, most_bytes: int) -> bytes:
        """Return the next frame.

        Raises TimeoutError if no frame has arrived after ``limit_s`` seconds, EOFError if the child has closed its end,
        OSError if the socket fails, and BadAnswer if the frame is longer than ``most_bytes``.
        """
        ends_at_s = time.monotonic() + limit_s
        size = _size(self._take(_HEAD_BYTES, ends_at_s), most_bytes)
        return bytes(self._take(size, ends_at_s))

    def _take(self, size_bytes: int, ends_at_s: float) -> bytearray:
        data = bytearray(size_bytes)
        view, done = memoryview(data), 0
        while done < size_bytes:
            left_s = ends_at_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            self._socket.settimeout(left_s)
            count = self._socket.recv_into(view[done:])
            if not count:
                raise EOFError
            done += count
        return data

    def close(self) -> None:
        """Close the socket. Call this method after the child has ended."""
        self._socket.close()


class PipeChannel:
    """The parent's end of two pipes. Not thread-safe.

    The pipes are read and written on separate threads, so that ``receive`` can time out.
    """

    def __init__(
        self, to_child: IO[bytes], from_child: IO[bytes], *, longest_bytes: int, most_bytes: float = math.inf
    ) -> None:
        """Start reading frames.

        ``receive`` raises BadAnswer for a frame that is longer than ``longest_bytes`` or brings the total beyond
        ``most_bytes``.
        """
        self._to_child = to_child
        self._from_child = from_child
        self._longest_bytes = longest_bytes
        self._most_bytes = most_bytes
        self._frames: queue.SimpleQueue[bytes | BadAnswer | None] = queue.SimpleQueue()
        self._writers: list[threading.Thread] = []
        self._reader = threading.Thread(target=self._read, name="answers", daemon=True)
        self._reader.start()

    def send(self, data: bytes, limit_s: float, descriptors: Sequence[int] = ()) -> None:  # noqa: ARG002  no wait
        """Start sending a frame, and return at once. ``limit_s`` and ``descriptors`` are ignored.

        If writing fails, no exception is raised, and the caller receives no answer.
        """
        writer = threading.Thread(target=self._write, args=(data,), name="request", daemon=True)
        writer.start()
        self._writers = [thread for thread in self._writers if thread.is_alive()] + [writer]

    def receive(self, limit_s: float, most_bytes: int) -> bytes:
        """Return the next frame. Raises the errors of ``SocketChannel.receive``."""
        try:
            frame = self._frames.get(timeout=max(0.0, limit_s))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(frame, BadAnswer):
            raise frame
        if frame is None:
            raise EOFError
        if len(frame) > most_bytes:
            raise BadAnswer("length")
        return frame

    def _write(self, data: bytes) -> None:
        with suppress(OSError, ValueError):
            self._to_child.write(_head(data) + data)
            self._to_child.flush()

    def _read(self) -> None:
        left = self._most_bytes
        try:
            while head := self._from_child.read(_HEAD_BYTES):
                size = _size(head, min(left, self._longest_bytes))
                left -= size
                frame = self._from_child.read(size)
                if len(frame) < size:
                    break
                self._frames.put(frame)
        except BadAnswer as error:
            self._frames.put(error)
        except (OSError, ValueError):
            # The child has exited.
            pass
        self._frames.put(None)

    def close(self) -> None:
        """Wait briefly for the threads to end, then close both pipes."""
        for thread in (*self._writers, self._reader):
            thread.join(_LEAVE_S)
        for pipe in (self._to_child, self._from_child):
            with suppress(OSError):
                pipe.close()


Channel = SocketChannel | PipeChannel


class ChildEnd:
    """The child's end of the channel, which uses the child's standard input and output."""

    def __init__(self) -> None:
        self._input = 0
        self._output = os.dup(1)
        self._socket = socket.socket(fileno=os.dup(0)) if _is_socket(0) else None

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The file descriptors that must remain open in the sandbox."""
        return (self._input, self._output, *(() if self._socket is None else (self._socket.fileno(),)))

    def wait(self, limit_s: float) -> bool:
        """Return whether data arrives within ``limit_s`` seconds. If the input is a pipe, the result is always True."""
        has_come = True
        if self._socket is not None and sys.platform != "win32":
            import select

            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            has_come = bool(poll.poll(limit_s * 1000))
        return has_come

    def receive(self) -> tuple[bytes, list[int]]:
        """Return the next frame and the file descriptors that came with it.

        Raises EOFError if the parent has closed its end, and OSError if the socket fails.
        """
        descriptors: list[int] = []
        if self._socket is None or sys.platform == "win32":
            head = self._take(_HEAD_BYTES)
        else:
            head, descriptors, _, _ = socket.recv_fds(self._socket, _HEAD_BYTES, _MOST_DESCRIPTORS)
            head += self._take(_HEAD_BYTES - len(head)) if head else b""
        if not head:
            raise EOFError
        return self._take(int.from_bytes(head, "big")), descriptors

    def _take(self, size_bytes: int) -> bytes:
        data = bytearray()
        while len(data) < size_bytes:
            more = os.read(self._input, size_bytes - len(data))
            if not more:
                raise EOFError
            data += more
        return bytes(data)

    def send(self, data: bytes | memoryview) -> None:
        """Send a frame to the parent. Raises OSError if the frame cannot be sent."""
        for part in (_head(data), data):
            view = memoryview(part)
            while view:
                view = view[os.write(self._output, view) :]


def _head(data: bytes | memoryview) -> bytes:
    return len(data).to_bytes(_HEAD_BYTES, "big")


def _size(head: bytes | bytearray, most_bytes: float) -> int:
    size = int.from_bytes(head, "big")
    if len(head) < _HEAD_BYTES or size > most_bytes:
        raise BadAnswer("length")
    return size


def _is_socket(descriptor: int) -> bool:
    import stat

    return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
