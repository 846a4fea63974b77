"""One try of one call: what of it has left, and a way to break it from another thread at any moment.

The standard library can't interrupt a socket, so a duplicate of every socket in use is kept here; shutting that down
wakes whoever waits on the original, in a TLS handshake as in a blocked send.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from esign_desktop.api.exchange import Limits
    from esign_desktop.api.url_gate import Reach

_LOOK_EVERY_S: Final = 0.05
_IN_PROGRESS: Final = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, 10035})
"""10035 is WSAEWOULDBLOCK."""


class Break(Enum):
    """Why a call was broken off from outside."""

    CANCELLED = auto()
    TIMEOUT = auto()


class ForbiddenAddress(OSError):
    """A name leads into this computer or its network, where it must not."""


class Attempt:
    """Use as a context on the thread that makes the call; ``break_off`` comes from any thread."""

    def __init__(self, limits: Limits, reach: Reach | None = None) -> None:
        self.limits = limits
        self._reach = reach
        self.has_bytes_left = False
        """Set just before the first byte of the request itself is handed to the system; a proxy's or TLS's own bytes
        do not count."""
        self.broken_by: Break | None = None
        self._lock = threading.Lock()
        self._watched: dict[int, socket.socket] = {}
        self._watchdog = threading.Timer(limits.total_s, self.break_off, (Break.TIMEOUT,))
        self._watchdog.name = "call-watchdog"
        self._watchdog.daemon = True

    def __enter__(self) -> Self:
        self._watchdog.start()
        self._restore = current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        current.reset(self._restore)
        self._watchdog.cancel()
        self._watchdog.join()
        with self._lock:
            for duplicate in self._watched.values():
                duplicate.close()
            self._watched.clear()

    def cancel(self) -> None:
        """Break off because the person wished so."""
        self.break_off(Break.CANCELLED)

    def break_off(self, reason: Break) -> None:
        """Wake whoever waits on a socket of this call; the first reason is kept."""
        with self._lock:
            if self.broken_by is None:
                self.broken_by = reason
            for duplicate in self._watched.values():
                _shut(duplicate)

    def watch(self, sock: socket.socket) -> None:
        """Include a socket; if the call is broken already, it is shut at once."""
        with self._lock:
            number = sock.fileno()
            if number < 0 or number in self._watched:
                return
            duplicate = socket.fromfd(number, sock.family, sock.type)
            self._watched[number] = duplicate
            if self.broken_by is not None:
                _shut(duplicate)

    def check_peer(self, sock: socket.socket) -> None:
        """Raise ForbiddenAddress if the socket leads nearer than this call may reach."""
        if self._reach is not None and not self._reach.lets_through(str(sock.getpeername()[0])):
            raise ForbiddenAddress

    def open_socket(self, host: str, port: int, timeout_s: float) -> socket.socket:
        """Connect to the first address that answers, and watch the socket.

        Raises OSError and its children, ForbiddenAddress where each address is too near. A name look-up can't be
        interrupted, all the rest can.
        """
        addresses = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        deadline_s = time.monotonic() + timeout_s
        failure: OSError = OSError(errno.EADDRNOTAVAIL, "no address")
        for index, (family, kind, protocol, _name, address) in enumerate(addresses):
            if self._reach is not None and not self._reach.lets_through(str(address[0])):
                failure = ForbiddenAddress()
                continue
            share_s = max(0.0, deadline_s - time.monotonic()) / (len(addresses) - index)
            sock = socket.socket(family, kind, protocol)
            try:
                self._connect(sock, address, share_s)
                self.check_peer(sock)
                sock.settimeout(timeout_s)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.watch(sock)
            except OSError as error:
                sock.close()
                failure = error
                if self.broken_by is not None:
                    break
            else:
                return sock
        raise failure

    def _connect(self, sock: socket.socket, address: object, timeout_s: float) -> None:
        sock.setblocking(False)
        code = sock.connect_ex(address)  # type: ignore[arg-type]  # what getaddrinfo gave
        if code in _IN_PROGRESS:
            self._wait_until_writable(sock, timeout_s)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    def _wait_until_writable(self, sock: socket.socket, timeout_s: float) -> None:
        deadline_s = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_WRITE)
            while not selector.select(_LOOK_EVERY_S):
                if self.broken_by is not None:
                    raise OSError(errno.ECANCELED, "broken off")
                if time.monotonic() >= deadline_s:
                    raise TimeoutError(errno.ETIMEDOUT, "no answer to connect")


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


current: Final[ContextVar[Attempt | None]] = ContextVar("current_attempt", default=None)
"""The attempt that the running thread makes; connections from the pool find theirs here."""
