"""A server on loopback that misbehaves as told, byte by byte: what no well-behaved server can be made to do."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from esign_desktop.api.signature import SIGNATURE_HEADER, Secret, signature_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from types import TracebackType

    Script = Callable[["Peer"], None]

ACCEPT_POLL_S = 0.02
END_S = 5.0


@dataclass
class Received:
    """One request as it arrived."""

    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.split(":", 1) for line in self.head.decode("latin-1").split("\r\n")[1:] if ":" in line)
        return {name.lower(): value.strip() for name, value in pairs}


@dataclass
class Peer:
    """The server's end of one connection, as a script sees it."""

    sock: socket.socket
    stopped: threading.Event
    received: list[Received]
    reached: threading.Event = field(default_factory=threading.Event)

    def read_request(self) -> Received:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._some()
        head, body = data.split(b"\r\n\r\n", 1)
        request = Received(head, b"")
        length_bytes = int(request.headers.get("content-length", "0"))
        while len(body) < length_bytes:
            body += self._some()
        request.body = body
        self.received.append(request)
        return request

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def hang(self) -> None:
        """Do nothing until the server stops."""
        self.reached.set()
        self.stopped.wait(END_S * 4)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _some(self) -> bytes:
        data = self.sock.recv(1 << 16)
        if not data:
            raise ConnectionAbortedError
        return data


class FaultServer:
    """Plays one script a connection; the last one again for all further connections."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts = scripts
        self._tls = tls
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(ACCEPT_POLL_S)
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.received: list[Received] = []
        self.reached = threading.Event()
        """Set when a script began to hang."""
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(END_S)
        for connection in (self._listener, *self._connections):
            connection.close()

    def _accept(self) -> None:
        number = 0
        while not self._stopped.is_set():
            try:
                connection, _address = self._listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(END_S)
            self._connections.append(connection)
            script = self._scripts[min(number, len(self._scripts) - 1)]
            self._spawn(self._play, connection, script)
            number += 1

    def _play(self, connection: socket.socket, script: Script) -> None:
        with suppress(OSError):
            sock = connection
            if self._tls is not None:
                sock = self._tls.wrap_socket(connection, server_side=True)
                self._connections.append(sock)
            with sock:
                script(Peer(sock, self._stopped, self.received, self.reached))

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="fault-server", daemon=True)
        self._threads.append(thread)
        thread.start()


def http_answer(body: bytes, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def envelope(data: Any = None, err_code: int = 0, msg: str = "SUCCESS") -> bytes:
    return json.dumps({"errCode": err_code, "msg": msg, "data": data}, ensure_ascii=False).encode()


def signed(secret: Secret, body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """An answer that carries the right signature."""
    return http_answer(body, status, {SIGNATURE_HEADER: signature_of(secret, body), **headers})


def reply(data: bytes) -> Script:
    """Read the request, then send these bytes and close."""

    def play(peer: Peer) -> None:
        peer.read_request()
        peer.send(data)

    return play


def keep_replying(data: bytes) -> Script:
    """The same to every request of a connection that stays open."""

    def play(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(data)

    return play


def hang_after_request(peer: Peer) -> None:
    peer.read_request()
    peer.hang()


def hang_at_once(peer: Peer) -> None:
    """Accept, then neither read nor write: senders block, handshakes wait."""
    peer.hang()


def reset_after(byte_count: int) -> Script:
    """Read some of the request, then reset."""

    def play(peer: Peer) -> None:
        left = byte_count
        while left > 0:
            left -= len(peer.sock.recv(min(left, 1 << 16))) or left
        peer.reset()

    return play


def trickle(data: bytes, pause_s: float) -> Script:
    """Send one byte at a time."""

    def play(peer: Peer) -> None:
        peer.read_request()
        for number in range(len(data)):
            peer.send(data[number : number + 1])
            peer.reached.set()
            if peer.stopped.wait(pause_s):
                return

    return play
