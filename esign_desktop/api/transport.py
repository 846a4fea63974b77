"""An HTTP transport without redirects, retries, cookies or .netrc. Every call can be aborted.

Only this module imports ``requests``, and the module is imported at the first call, so that the window opens sooner.

The standard library cannot interrupt a blocked socket. Therefore, this module keeps a duplicate of every socket in use.
Shutting down the duplicate wakes the thread that waits on the original, even during a TLS handshake or a blocked send.
Windows does not document that this also wakes a thread that is waiting to receive data. On Windows, each call therefore
runs on its own thread. This thread is abandoned if it does not end soon after the call was aborted.
"""

from __future__ import annotations

import errno
import http.client
import os
import selectors
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from contextvars import ContextVar, copy_context
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import requests
import truststore
import urllib3
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader, InvalidProxyURL, InvalidURL
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import connection, connectionpool
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NameResolutionError, NewConnectionError
from urllib3.exceptions import ProxyError as Urllib3ProxyError
from urllib3.exceptions import SSLError as Urllib3SslError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from esign_desktop.api.errors import NotSent, OutcomeUnknown
from esign_desktop.api.exchange import Answer
from esign_desktop.domain.errors import Cancelled
from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from esign_desktop.api.exchange import Limits, Request
    from esign_desktop.api.url_gate import Reach
    from esign_desktop.domain.errors import CancelToken


_LOOK_EVERY_S: Final = 0.05
_IN_PROGRESS: Final = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, 10035})
"""Error codes that mean that a connection attempt is in progress. 10035 is WSAEWOULDBLOCK."""


_IS_WOKEN_BY_SHUTDOWN: Final = sys.platform != "win32"
_LEFT_BEHIND_AFTER_S: Final = 0.5
"""The time, in seconds, in which an aborted call must end before its thread is abandoned."""


class AbortReason(Enum):
    """The reason why a call was aborted."""

    CANCELLED = auto()
    TIMEOUT = auto()


class ForbiddenAddress(OSError):
    """Raised if a host name leads to a forbidden address on this computer or its network."""


class Attempt:
    """An attempt to make a call. ``limits`` restricts the call's duration, and ``reach`` restricts the reachable hosts.

    Use an attempt as a context manager on the thread that makes the call. Any thread may call ``abort``.
    """

    def __init__(self, limits: Limits, reach: Reach | None = None) -> None:
        self.limits = limits
        self._reach = reach
        self.has_bytes_left = False
        """Set to True just before the first byte of the request is passed to the operating system.

        Bytes that are sent to set up a proxy connection or TLS do not count.
        """
        self.abort_reason: AbortReason | None = None
        self.aborted = threading.Event()
        self._lock = threading.Lock()
        self._watched: dict[int, socket.socket] = {}
        self._watchdog = threading.Timer(limits.total_s, self.abort, (AbortReason.TIMEOUT,))
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
        """Abort the call because the user canceled it."""
        self.abort(AbortReason.CANCELLED)

    def abort(self, reason: AbortReason) -> None:
        """Abort the call, and wake all threads that are waiting on its sockets. Only the first reason is kept."""
        with self._lock:
            if self.abort_reason is None:
                self.abort_reason = reason
                self.aborted.set()
            for duplicate in self._watched.values():
                _shut(duplicate)

    def let_bytes_leave(self) -> None:
        """Record that the first byte is about to be sent. Raises ConnectionAbortedError if the call was aborted."""
        with self._lock:
            _raise_if_aborted(self)
            self.has_bytes_left = True

    def watch(self, sock: socket.socket) -> None:
        """Register a socket for ``abort`` to shut down.

        If the call was already aborted, shut down the socket immediately.
        """
        with self._lock:
            number = sock.fileno()
            if number < 0 or number in self._watched:
                return
            duplicate = socket.fromfd(number, sock.family, sock.type)
            self._watched[number] = duplicate
            if self.abort_reason is not None:
                _shut(duplicate)

    def check_peer(self, sock: socket.socket) -> None:
        """Raise ForbiddenAddress if this call is not allowed to connect to the socket's peer."""
        if self._reach is not None and not self._reach.lets_through(str(sock.getpeername()[0])):
            raise ForbiddenAddress

    def open_socket(self, host: str, port: int, timeout_s: float) -> socket.socket:
        """Return a watched socket, connected to the first of the host's addresses that answers.

        Everything except the name lookup can be interrupted. Raises OSError, or ForbiddenAddress if the call is not
        allowed to connect to any of the addresses.
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
                if self.abort_reason is not None:
                    break
            else:
                return sock
        raise failure

    def _connect(self, sock: socket.socket, address: object, timeout_s: float) -> None:
        sock.setblocking(False)
        code = sock.connect_ex(address)  # type: ignore[arg-type]  # the address as getaddrinfo returned it
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
                if self.abort_reason is not None:
                    raise OSError(errno.ECANCELED, "aborted")
                if time.monotonic() >= deadline_s:
                    raise TimeoutError(errno.ETIMEDOUT, "no answer to connect")


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


current: Final[ContextVar[Attempt | None]] = ContextVar("current_attempt", default=None)
"""The attempt that the current thread is making. Pooled connections find their attempt here."""


MAX_IDLE_S: Final = 4.0
"""The time, in seconds, after which an idle connection is closed instead of reused.

A server may close an idle connection just when a request is sent. It would then be unknown whether the server read the
request.
"""

_PIECE_BYTES: Final = 64 * 1024
_NOT_FOLLOWED_BYTES: Final = 64 * 1024
"""The number of bytes of an error response that are kept if the caller passed a sink."""

_CERTIFICATE_NOT_YET_VALID: Final = 9
_CERTIFICATE_EXPIRED: Final = 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED. The usual cause is a wrong clock on this computer."""
_CERT_E_EXPIRED: Final = 0x800B0101
"""The code that Windows uses for both errors (winerror.h), and that truststore passes on."""

_NETWORK_ERRORS: Final = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
)


class HttpTransport:
    """A transport with one connection pool, which several threads may use at once.

    ``proxy_url`` is an http or https URL, or an empty string for a direct connection. Environment variables for proxies
    are ignored.
    """

    def __init__(self, *, proxy_url: str = "") -> None:
        full_url = proxy_url if "://" in proxy_url or not proxy_url else f"http://{proxy_url}"
        self._proxies = {"http": full_url, "https": full_url} if full_url else {}
        self._lock = threading.Lock()
        self._adapter: _Adapter | None = None
        self._under_way: set[Attempt] = set()
        self._is_closed = False

    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        """Send a request, and wait for its response (see ``exchange.Transport``)."""
        is_repeatable = sink is not None or not isinstance(request.body, bytes)
        # Behind a proxy, the address of the peer is unknown, so only the URL itself can be checked.
        with Attempt(limits, None if self._proxies else request.reach) as attempt:
            self._begin(attempt)
            if cancel is not None:
                cancel.listen(attempt.cancel)
            try:
                if _IS_WOKEN_BY_SHUTDOWN:
                    return self._run(request, attempt, sink)
                return _run_apart(lambda: self._run(request, attempt, sink), attempt)
            except _NETWORK_ERRORS as error:
                # The failure is raised outside this block, because the original exceptions contain URLs and must not be
                # chained.
                failure = _explained(error, attempt, is_repeatable=is_repeatable)
            finally:
                if cancel is not None:
                    cancel.forget(attempt.cancel)
                with self._lock:
                    self._under_way.discard(attempt)
        raise failure

    def close(self) -> None:
        """Abort all running calls, and close the connections. Later calls are canceled immediately."""
        with self._lock:
            self._is_closed = True
            under_way, adapter = tuple(self._under_way), self._adapter
        for attempt in under_way:
            attempt.cancel()
        if adapter is not None:
            adapter.close()

    def _begin(self, attempt: Attempt) -> None:
        with self._lock:
            self._under_way.add(attempt)
            is_closed = self._is_closed
        if is_closed:
            attempt.cancel()

    def _run(self, request: Request, attempt: Attempt, sink: Callable[[bytes, int], None] | None) -> Answer:
        limits = attempt.limits
        if any(not url.startswith(("http://", "https://")) for url in self._proxies.values()):
            raise InvalidProxyURL
        prepared = requests.Request(
            request.method, request.url, headers=dict(request.headers), data=request.body
        ).prepare()
        _raise_if_aborted(attempt)
        response = self._ready_adapter().send(
            prepared, stream=True, timeout=(limits.connect_s, limits.idle_s), verify=True, proxies=dict(self._proxies)
        )
        try:
            status = response.status_code
            takes = sink if sink is not None and status == 200 else None
            cap_bytes = limits.answer_bytes if sink is None or takes is not None else _NOT_FOLLOWED_BYTES
            length_bytes = _declared_length(response.headers)
            if length_bytes > cap_bytes:
                raise OutcomeUnknown("api.too_large", f"{length_bytes} bytes declared", limit_bytes=cap_bytes)
            body = bytearray()
            done_bytes = 0
            for piece in _pieces(response, attempt):
                done_bytes += len(piece)
                if done_bytes > cap_bytes:
                    raise OutcomeUnknown("api.too_large", f"over {cap_bytes} bytes", limit_bytes=cap_bytes)
                if takes is None:
                    body += piece
                else:
                    takes(piece, length_bytes)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status, headers, bytes(body))
        finally:
            response.close()

    def _ready_adapter(self) -> _Adapter:
        with self._lock:
            if self._adapter is None:
                self._adapter = _Adapter()
            return self._adapter


def _run_apart(call: Callable[[], Answer], attempt: Attempt) -> Answer:
    """Run a call on its own thread, and abandon the thread if it does not end soon after the call was aborted.

    An abandoned thread sends no further request, and ends when its socket times out. Raises the exceptions of the call,
    or ConnectionAbortedError if the thread is abandoned.
    """
    done: Future[Answer] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as error:  # noqa: BLE001  raised on the calling thread
            done.set_exception(error)

    threading.Thread(target=copy_context().run, args=(run,), name="call", daemon=True).start()
    while not wait([done], _LOOK_EVERY_S).done:
        if attempt.aborted.is_set():
            wait([done], _LEFT_BEHIND_AFTER_S)
            break
    if not done.done():
        raise ConnectionAbortedError
    return done.result()


class _Connection(connection.HTTPConnection):
    """A connection that registers its socket with the current attempt, and notes there when the first byte is sent."""

    _is_opening = False
    _last_used_s = 0.0

    @override
    def connect(self) -> None:
        self._is_opening = True
        try:
            super().connect()
        finally:
            self._is_opening = False

    @override
    def send(self, data: Any) -> None:
        attempt = current.get()
        if self.sock is None and self.auto_open:
            self.connect()
        if attempt is not None and not self._is_opening:
            attempt.watch(self.sock)
            if not attempt.has_bytes_left:
                # Another call may have opened the connection.
                attempt.check_peer(self.sock)
            attempt.let_bytes_leave()
            # Without this, the timeout for connecting would also apply to sending the body.
            self.sock.settimeout(attempt.limits.idle_s)
        self._last_used_s = time.monotonic()
        try:
            super().send(data)
        except ConnectionAbortedError as error:
            # Windows reports this if the peer closed the connection. Other systems report BrokenPipeError, after which
            # urllib3 still reads the response that the peer sent before closing.
            raise BrokenPipeError from error

    @property
    @override
    def is_connected(self) -> bool:
        return super().is_connected and time.monotonic() - self._last_used_s < MAX_IDLE_S

    @override
    def _new_conn(self) -> socket.socket:
        # This is urllib3's only hook for opening a socket; its SOCKS support also uses it.
        attempt = current.get()
        if attempt is None:
            raise NewConnectionError(self, "no call is made")
        try:
            return attempt.open_socket(self.host, self.port or 80, attempt.limits.connect_s)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "connect timed out") from error
        except OSError as error:
            raise NewConnectionError(self, "could not connect") from error


class _SecureConnection(_Connection, connection.HTTPSConnection):
    """A connection over TLS that registers its socket with the current attempt."""

    @override
    def connect(self) -> None:
        try:
            super().connect()
        except ConnectionError as error:
            if self.proxy is not None:
                raise
            # The peer accepted the connection and closed it during the handshake. Linux still delivers the response of
            # a server without TLS; Windows discards it.
            raise ssl.SSLError("the handshake was interrupted") from error


class _Pool(connectionpool.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(connectionpool.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """An adapter that uses these connection classes and trusts the operating system's certificates."""

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=_tls_context(), blocksize=_PIECE_BYTES)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    @override
    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **proxy_kwargs, ssl_context=_tls_context(), blocksize=_PIECE_BYTES)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager

    @override
    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        # The TLS context trusts the operating system's certificates. requests would add its own certificate bundle.
        conn.cert_reqs = "CERT_REQUIRED"


def _tls_context() -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if sys.platform == "linux" and not _has_system_certificates():
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def _has_system_certificates() -> bool:
    """Return whether this Linux system has CA certificates, which minimal installations lack."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or (bool(paths.capath) and any(Path(paths.capath).iterdir()))


def _declared_length(headers: Mapping[str, str]) -> int:
    text = headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _pieces(response: requests.Response, attempt: Attempt) -> Iterator[bytes]:
    """Yield the raw bytes of the body. Content-Encoding is not decoded, because signatures cover the raw bytes."""
    for piece in response.raw.stream(_PIECE_BYTES, decode_content=False):
        _raise_if_aborted(attempt)
        yield piece
    # Without this, a body that was cut off because the call was aborted would look complete.
    _raise_if_aborted(attempt)


def _raise_if_aborted(attempt: Attempt) -> None:
    if attempt.abort_reason is not None:
        raise ConnectionAbortedError


def _explained(error: Exception, attempt: Attempt, *, is_repeatable: bool) -> Exception:
    """Return the exception to raise for a call that failed.

    The detail of this exception consists only of the names of exception types, because exception messages contain URLs.
    """
    failure = OutcomeUnknown if attempt.has_bytes_left else NotSent
    if attempt.abort_reason is AbortReason.CANCELLED:
        return Cancelled() if is_repeatable or failure is NotSent else OutcomeUnknown("api.cancelled")
    causes = _causes(error)
    detail = " < ".join(dict.fromkeys(type(cause).__name__ for cause in causes))
    if attempt.abort_reason is AbortReason.TIMEOUT:
        return failure("api.timeout", f"after {attempt.limits.total_s:g} s in all")
    if any(isinstance(cause, ForbiddenAddress) for cause in causes):
        return failure("api.forbidden_address")
    return failure(_code(causes, has_bytes_left=attempt.has_bytes_left), detail)


def _code(causes: list[BaseException], *, has_bytes_left: bool) -> str:
    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if not has_bytes_left:
        if has(Urllib3ProxyError, InvalidProxyURL):
            return "api.proxy"
        if has(InvalidURL, InvalidHeader, LocationParseError, UnicodeError):
            return "api.bad_address"
        if any(_is_about_dates(cause) for cause in causes):
            return "api.clock"
        if has(ssl.SSLError, Urllib3SslError):
            return "api.tls"
    if has(TimeoutError, Urllib3TimeoutError) and not has(NewConnectionError, NameResolutionError):
        return "api.timeout"
    if has(NewConnectionError, NameResolutionError):
        return "api.no_network"
    # http.client also reports a closed connection as BadStatusLine. A real BadStatusLine means that the peer does not
    # speak HTTP.
    if has(http.client.HTTPException) and not has(http.client.RemoteDisconnected, http.client.IncompleteRead):
        return "api.protocol"
    return "api.reset"


def _is_about_dates(cause: BaseException) -> bool:
    # Windows' codes are unsigned, but may reach Python as signed numbers.
    return isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code & 0xFFFFFFFF in {
        _CERTIFICATE_NOT_YET_VALID,
        _CERTIFICATE_EXPIRED,
        _CERT_E_EXPIRED,
    }


def _causes(error: BaseException) -> list[BaseException]:
    """Return the exception and all its causes, whichever way the libraries have attached them."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]
    return found
