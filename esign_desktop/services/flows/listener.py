"""An HTTP server that receives notices from the platform and runs behind a company's reverse proxy.

A notice only triggers a query of the flow that it names. The rest of the notice is not trusted. A notice is accepted
only if the signature over its raw bytes is valid. Each notice is written to disk before the server responds with 200,
because the platform repeats only notices that were not acknowledged. The same notice may arrive more than once, and
notices may arrive in any order.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import queue
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, Self

from esign_desktop.api.notices import parse_notice
from esign_desktop.api.signature import Secret
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import ApiError, AppError, StoreError
from esign_desktop.domain.flow import SignerUpdatedNotice
from esign_desktop.override import override
from esign_desktop.store.tables.notices import ReceivedNotice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from _typeshed import WriteableBuffer as Buffer

    from esign_desktop.domain.flow import Notice
    from esign_desktop.store.tables.notices import NoticeInbox

MAX_HEAD_BYTES: Final = 16 * 1024
"""Limit of a request's line and headers together. The parser alone accepts 6.5 MiB, before any signature is checked."""
MAX_BODY_BYTES: Final = 64 * 1024
MOST_CONNECTIONS: Final = 256
REQUEST_S: Final = 5.0
"""Seconds within which a request must arrive completely, even if its sender is slow."""
_ANSWER_S: Final = 5.0
_DRAIN_S: Final = 0.2
_KEEP_S: Final = 1.8
"""Seconds to wait for the disk. The platform waits two seconds for the response."""
_MOST_TOGETHER: Final = 200
_MOST_CHARACTERS: Final = 500
"""Maximum number of characters stored from the reason given in a notice."""
_JOIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Sender:
    """A platform project whose notices are accepted."""

    kind: EnvironmentKind
    project_id: str
    secret: Secret = field(repr=False)


@dataclass(slots=True)
class _Waiting:
    notice: ReceivedNotice
    is_kept: bool = False
    settled: threading.Event = field(default_factory=threading.Event)


class NoticeListener:
    """A listener that accepts notices and writes them to the inbox.

    ``senders`` returns the accepted senders. ``on_received`` is called on one of the listener's threads, once for each
    batch of notices written to disk.
    """

    def __init__(
        self,
        inbox: NoticeInbox,
        senders: Callable[[], tuple[Sender, ...]],
        *,
        clock_ms: Callable[[], int],
        on_received: Callable[[], None] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self._inbox = inbox
        self._senders = senders
        self._clock_ms = clock_ms
        self._on_received = on_received
        self._host = host
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(maxsize=10 * _MOST_TOGETHER)
        self._server: _Server | None = None
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int | None:
        """The port on which the listener accepts notices, or None while it is stopped."""
        return int(self._server.server_address[1]) if self._server is not None else None

    def start(self, port: int) -> None:
        """Start listening on a local port. The system chooses the port if ``port`` is 0.

        Raises StoreError ``notices.port_taken``.
        """
        if self._server is not None:
            return
        listener = self

        class Handler(_Handler):
            receive = staticmethod(listener._receive)

        try:
            self._server = _Server((self._host, port), Handler)
        except (OSError, OverflowError) as error:
            raise StoreError("notices.port_taken", type(error).__name__, port=port) from error
        for name, target in (("notices-http", self._serve), ("notices-store", self._keep_all)):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop listening. When this returns, every notice that was acknowledged with 200 is on disk."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.close_connections()
        server.server_close()
        self._waiting.put(None)
        for thread in self._threads:
            thread.join(_JOIN_S)
        self._threads.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        server = self._server
        if server is not None:
            server.serve_forever(poll_interval=0.1)

    def _receive(self, headers: Mapping[str, str], body: bytes) -> HTTPStatus:
        found = self._verified(headers, body)
        if found is None:
            return HTTPStatus.UNAUTHORIZED
        notice, kind = found
        account_id = notice.account_id if isinstance(notice, SignerUpdatedNotice) else ""
        digest = hashlib.sha256(body).hexdigest()
        waiting = _Waiting(
            ReceivedNotice(digest, notice.flow_id, kind, self._clock_ms(), account_id, notice.remark[:_MOST_CHARACTERS])
        )
        try:
            self._waiting.put_nowait(waiting)
        except queue.Full:
            return HTTPStatus.SERVICE_UNAVAILABLE
        waiting.settled.wait(_KEEP_S)
        # Without a 200, the platform repeats the notice.
        return HTTPStatus.OK if waiting.is_kept else HTTPStatus.SERVICE_UNAVAILABLE

    def _verified(self, headers: Mapping[str, str], body: bytes) -> tuple[Notice, EnvironmentKind] | None:
        project_id = next((value for name, value in headers.items() if name.lower() == "x-timevale-project-id"), "")
        for sender in self._senders():
            if project_id in {"", sender.project_id}:
                try:
                    return parse_notice(headers, body, sender.secret), sender.kind
                except ApiError:
                    continue
        return None

    def _keep_all(self) -> None:
        """Write waiting notices in batches, because a disk can commit only a few hundred times per second."""
        is_over = False
        while not is_over:
            batch = [self._waiting.get()]
            with contextlib.suppress(queue.Empty):
                while len(batch) < _MOST_TOGETHER:
                    batch.append(self._waiting.get_nowait())
            is_over = None in batch
            kept = [waiting for waiting in batch if waiting is not None]
            try:
                self._inbox.keep(tuple(waiting.notice for waiting in kept))
                for waiting in kept:
                    waiting.is_kept = True
            except (AppError, RuntimeError):
                # The disk is full or the database is closed. The notices are not stored and are therefore not
                # acknowledged.
                pass
            for waiting in kept:
                waiting.settled.set()
            if kept and kept[0].is_kept and self._on_received is not None:
                self._on_received()


class _Server(ThreadingHTTPServer):
    """An HTTP server with a maximum number of connections.

    When the maximum is reached, a new connection replaces the connection that has spent the longest time sending its
    request.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # On Windows, this option would let two programs listen on one port.
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._reading: dict[socket.socket, None] = {}
        """Connections with an incomplete request, oldest first."""
        self._answering: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, handler)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            is_full = len(self._reading) + len(self._answering) >= MOST_CONNECTIONS
            slowest = next(iter(self._reading), None) if is_full else None
            if slowest is not None:
                del self._reading[slowest]
                _end(slowest)
            is_taken = not is_full or slowest is not None
            if is_taken:
                self._reading[request] = None
        if is_taken:
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._reading.pop(request, None)
            self._answering.discard(request)
        super().shutdown_request(request)

    @contextlib.contextmanager
    def answering(self, request: socket.socket) -> Iterator[None]:
        """Protect a connection from being replaced while its request is answered."""
        with self._lock:
            if request in self._reading:
                del self._reading[request]
                self._answering.add(request)
        try:
            yield
        finally:
            with self._lock:
                if request in self._answering:
                    self._answering.discard(request)
                    # The connection now waits for its next request, so it counts as the newest.
                    self._reading[request] = None

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing, because broken or invalid requests could fill the log."""

    def close_connections(self) -> None:
        """Close all open connections."""
        with self._lock:
            for request in (*self._reading, *self._answering):
                _end(request)


def _end(request: socket.socket) -> None:
    with contextlib.suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _TooMuch(Exception):
    """The error for a request that sends more bytes than are allowed."""


class _Hurried(io.RawIOBase):
    """A raw stream that reads from a socket.

    It raises TimeoutError if a whole request has not arrived in time, and _TooMuch if the request's head or body is too
    long.
    """

    def __init__(self, source: socket.socket) -> None:
        super().__init__()
        self._source = source
        self.begin()

    def begin(self) -> None:
        """Restart the limits for the head of the next request."""
        self._deadline_s = time.monotonic() + REQUEST_S
        self._left_bytes = MAX_HEAD_BYTES

    def allow_body(self, size_bytes: int) -> None:
        """Allow the body of the current request to be read."""
        self._left_bytes = size_bytes

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        if self._left_bytes <= 0:
            raise _TooMuch
        self._source.settimeout(left_s)
        count = self._source.recv_into(memoryview(buffer)[: self._left_bytes])
        self._left_bytes -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    """The handler of a connection. It accepts only POST requests with a length, and rejects all others unread."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server_version = "esign-desktop"
    sys_version = ""

    receive: Callable[[Mapping[str, str], bytes], HTTPStatus]
    server: _Server

    @override
    def setup(self) -> None:
        super().setup()
        self._hurried = _Hurried(self.connection)
        self.rfile = io.BufferedReader(self._hurried)

    @override
    def handle_one_request(self) -> None:
        self._hurried.begin()
        try:
            super().handle_one_request()
        except _TooMuch:
            self.requestline, self.request_version, self.close_connection = "", self.protocol_version, True
            self._answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            self.wfile.flush()
            # Closing a socket with unread bytes could discard the answer before the sender reads it.
            with contextlib.suppress(OSError):
                self.connection.settimeout(_DRAIN_S)
                self.connection.recv(MAX_BODY_BYTES)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(HTTPStatus.LENGTH_REQUIRED)
        elif len(length) > 8 or int(length) > MAX_BODY_BYTES:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._hurried.allow_body(int(length))
            body = self.rfile.read(int(length))
            is_whole = len(body) == int(length)
            with self.server.answering(self.connection):
                self._answer(self.receive(dict(self.headers.items()), body) if is_whole else HTTPStatus.BAD_REQUEST)

    @override
    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing, so that no addresses appear in the log."""

    def _answer(self, status: HTTPStatus) -> None:
        self.connection.settimeout(_ANSWER_S)
        body = b'{"code":0}' if status is HTTPStatus.OK else b"{}"
        self.close_connection = self.close_connection or status is not HTTPStatus.OK
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
