"""Stands between a sending application and the platform, passes on what it hears, and spoils what it is told to."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from tests.faults.messages import Channel, Ended, Message
from tests.faults.outcomes import Outcome
from tests.faults.spoiling import STRAY_PATH, Exchange, spoil

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_POLL_S: Final = 0.01
_REFUSED_S: Final = 0.05
_PATIENCE_S: Final = 10.0


class FaultProxy:
    """Use with ``with``. ``arm`` says which requests, counted from 1 from then on, go wrong and how."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._faults: dict[int, Outcome] = {}
        self._count = 0
        self._disarmed = threading.Event()
        self._is_to_refuse = False
        self._refuses = threading.Event()
        self._history: dict[str, list[Message]] = {}
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.target_port = 0
        self.calls: list[str] = []
        """The calls since ``arm``, in their order."""
        self.used: list[tuple[str, Outcome]] = []
        """The faults since ``arm`` that came to pass, and the calls they befell."""
        self.strays: list[str] = []
        """Requests that followed a redirect; there must be none."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._disarmed.set()
        with self._lock:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE_S)
        if self._listener is not None:
            self._listener.close()

    def arm(self, faults: Mapping[int, Outcome] | None = None) -> None:
        """Spoil these requests from now on, and no others."""
        self._disarmed.set()
        with self._lock:
            self._disarmed = threading.Event()
            self._faults = dict(faults or {})
            self._count = 0
            self.calls, self.used = [], []
            is_first_refused = self._faults.get(1) is Outcome.REFUSE
            if is_first_refused:
                self.used.append(("the first", Outcome.REFUSE))
        if is_first_refused:
            self._refuse()
        while self._listener is None and not is_first_refused:
            self._stopped.wait(_POLL_S / 10)

    def forget(self) -> None:
        """Have nothing to replay any more."""
        with self._lock:
            self._history.clear()

    def _refuse(self) -> None:
        """Refuse connections for a moment, which begins before this returns."""
        self._refuses.clear()
        self._is_to_refuse = True
        self._refuses.wait(_PATIENCE_S)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            listener = self._listener
            if self._is_to_refuse and listener is not None:
                listener.close()
                self._listener = None
                self._is_to_refuse = False
                self._refuses.set()
                self._stopped.wait(_REFUSED_S)
                continue
            if listener is None:
                listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
                self._listener = listener
            listener.settimeout(_POLL_S)
            try:
                connection, _address = listener.accept()
            except TimeoutError:
                continue
            with self._lock:
                self._open.add(connection)
            self._spawn(self._serve, connection)

    def _spawn(self, target: object, *args: object) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, args=args, name="fault-proxy", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _serve(self, connection: socket.socket) -> None:
        client, platform = Channel(connection), _WayOn(self.target_port)
        try:
            with suppress(OSError, Ended):
                while self._one_request(client, platform):
                    pass
        finally:
            platform.close()
            with self._lock:
                self._open.discard(connection)
            client.close()

    def _one_request(self, client: Channel, platform: _WayOn) -> bool:
        """Serve a request; return whether the connection can be used again."""
        head = client.read_head()
        outcome, is_refused_next = self._next_outcome(head)
        if outcome is Outcome.RESET_MID_REQUEST:
            client.reset()
            return False
        request = client.read_body(head)
        disarmed, older, other = self._disarmed, self._older(request.call), self._any_other(request.call)
        is_passed_on = outcome in {None, Outcome.REFUSE}
        answer = None
        if outcome is None or is_passed_on or outcome.endswith("_acted"):
            answer = self._ask(platform, request, times=2 if outcome is Outcome.DOUBLED_ACTED else 1)
        if outcome is not None and not is_passed_on:
            return spoil(Exchange(client, request, answer, older, other, disarmed), outcome)
        assert answer is not None
        if is_refused_next:
            self._refuse()
            answer = answer.with_headers(connection="close")
        client.send(answer.as_bytes())
        return answer.headers.get("connection", "").lower() != "close"

    def _next_outcome(self, head: Message) -> tuple[Outcome | None, bool]:
        """Count a request; return what becomes of it, and whether the next connection is refused."""
        with self._lock:
            if head.path == STRAY_PATH:
                self.strays.append(head.first)
            self._count += 1
            outcome = self._faults.get(self._count)
            is_refused_next = self._faults.get(self._count + 1) is Outcome.REFUSE
            self.calls.append(head.call)
            if outcome is not None and outcome is not Outcome.REFUSE:
                self.used.append((head.call, outcome))
            if is_refused_next:
                self.used.append((f"after {head.call}", Outcome.REFUSE))
            return outcome, is_refused_next

    def _ask(self, platform: _WayOn, request: Message, *, times: int) -> Message:
        answers = [platform.ask(request) for _ in range(times)]
        if answers[-1].is_success:
            with self._lock:
                self._history.setdefault(request.call, []).append(answers[-1])
        return answers[-1]

    def _older(self, call: str) -> Message | None:
        with self._lock:
            found = self._history.get(call)
            return found[-1] if found else None

    def _any_other(self, call: str) -> Message | None:
        with self._lock:
            return next((found[-1] for other, found in self._history.items() if other != call), None)


class _WayOn:
    """The way on to the platform, opened when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._channel: Channel | None = None

    def ask(self, request: Message) -> Message:
        data = request.as_bytes()
        if self._channel is None:
            self._channel = Channel(socket.create_connection(("127.0.0.1", self._port), _PATIENCE_S))
        self._channel.send(data)
        answer = self._channel.read_body(self._channel.read_head())
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._channel = None
