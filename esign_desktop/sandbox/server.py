"""The HTTP server of the rehearsal platform, for the command line, the application and the tests."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, Self

from esign_desktop.override import override
from esign_desktop.sandbox.console import CONSOLE_PREFIX, Console
from esign_desktop.sandbox.faults import Faults
from esign_desktop.sandbox.http_handler import API_PREFIX, Handler, RequestLog
from esign_desktop.sandbox.pages import warm_up
from esign_desktop.sandbox.platform import Platform
from esign_desktop.sandbox.sign_page import SignPage

if TYPE_CHECKING:
    from types import TracebackType

    from esign_desktop.sandbox.options import SandboxOptions


_log = logging.getLogger(__name__)
_JOIN_S: Final = 5.0
_WARM_UP_AFTER_S: Final = 0.1
_EVERY_ADDRESS: Final = ("", "0.0.0.0", "::")  # noqa: S104 - recognized here, not chosen


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    # On Windows, this option would let two programs listen on one port.
    allow_reuse_address = sys.platform != "win32"

    @override
    def server_activate(self) -> None:
        self._open: set[Any] = set()
        self._open_lock = threading.Lock()
        super().server_activate()

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Close persistent connections, whose threads would otherwise wait for further requests until a timeout."""
        with self._open_lock:
            for request in self._open:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        # It is normal that clients disconnect, and the traceback would contain addresses.
        _log.debug("connection ended early")


class SandboxServer:
    """The HTTP server of a rehearsal platform. Use it as a context manager, or call ``start`` and ``stop``."""

    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self._http = _Http((options.host, options.port), Handler, bind_and_activate=False)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.platform = Platform(options, self._public_base)
        self._faults = Faults(options.faults_file)
        self._console = Console(self.platform)
        # The standard library creates a handler for each connection, so the platform is bound to a handler class.
        bound = {
            "platform": self.platform,
            "sign_page": SignPage(self.platform),
            "console": self._console,
            "faults": self._faults,
            "request_log": RequestLog(options.data_dir / "requests.jsonl"),
        }
        self._http.RequestHandlerClass = type("BoundHandler", (Handler,), bound)

    @property
    def port(self) -> int:
        """The port on which the server listens once ``start`` has been called."""
        return int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        """The base URL of the API. The path of each API call is appended to it."""
        return self._public_base() + API_PREFIX

    @property
    def console_url(self) -> str:
        """The URL of the rehearsal console, which can be opened only on this computer."""
        return f"http://127.0.0.1:{self.port}{CONSOLE_PREFIX}{self._console.token}"

    def start(self) -> Self:
        """Start the server in the background, and return at once. Raises OSError if the port is in use."""
        try:
            self._http.server_bind()
            self._http.server_activate()
        except OSError:
            self._http.server_close()
            raise
        self._spawn("sandbox-http", self._serve)
        self._spawn("sandbox-expiry", self._watch_expiry)
        self._spawn("sandbox-warm-up", self._warm_up)
        self.platform.notices.start()
        return self

    def stop(self) -> None:
        """Stop the server, and wait for its threads to end. Further calls have no effect."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._faults.stop()
        if self._threads:
            self._http.shutdown()
            self._http.close_connections()
        self.platform.notices.stop()
        for thread in self._threads:
            thread.join(_JOIN_S)
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _public_base(self) -> str:
        if self.options.public_url is not None:
            return self.options.public_url.rstrip("/")
        host = "127.0.0.1" if self.options.host in _EVERY_ADDRESS else self.options.host
        return f"http://{host}:{self.port}"

    def _spawn(self, name: str, target: Any) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _serve(self) -> None:
        self._http.serve_forever(poll_interval=0.05)

    def _warm_up(self) -> None:
        # Delayed, because importing PyMuPDF holds the interpreter lock while the parent process waits for the ready
        # message.
        if not self._stopping.wait(_WARM_UP_AFTER_S):
            warm_up()

    def _watch_expiry(self) -> None:
        while not self._stopping.wait(self.options.expiry_check_s):
            with self.platform.state.lock:
                self.platform.flows.expire_all_due()
