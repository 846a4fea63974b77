"""HTTP messages as they go over a socket, for a proxy that may break them."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PATIENCE_S: Final = 10.0
_HOP_BY_HOP: Final = {"content-length", "connection"}


@dataclass(frozen=True)
class Message:
    """A request or an answer: its first line, its headers with lower-case names, its body."""

    first: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.first.split(" ")[1].split("?")[0]

    @property
    def call(self) -> str:
        """What is the same for two requests of one kind."""
        path = self.path
        return "/storage" if path.startswith("/storage") else path

    @property
    def is_success(self) -> bool:
        return " 200 " in self.first and b'"errCode":0' in self.body.replace(b" ", b"")

    def with_headers(self, **headers: str | None) -> Message:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        merged: dict[str, str | None] = {**self.headers, **named}
        return Message(self.first, {name: value for name, value in merged.items() if value is not None}, self.body)

    def as_bytes(self, *, length_bytes: int | None = None) -> bytes:
        kept = (f"{name}: {value}" for name, value in self.headers.items() if name not in _HOP_BY_HOP)
        length = f"content-length: {len(self.body) if length_bytes is None else length_bytes}"
        hop = [f"connection: {self.headers['connection']}"] if "connection" in self.headers else []
        return "\r\n".join([self.first, *kept, *hop, length, "", ""]).encode("latin-1") + self.body


def plain_answer(status: str, body: bytes = b"", **headers: str) -> Message:
    return Message(f"HTTP/1.1 {status}", headers, body)


class Ended(Exception):
    """One side has closed its connection."""


class Channel:
    """Messages over one socket."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(_PATIENCE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self._data = b""

    def read_head(self) -> Message:
        while b"\r\n\r\n" not in self._data:
            self._data += self._some()
        head, self._data = self._data.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.split(":", 1) for line in lines)
        return Message(first, {name.strip().lower(): value.strip() for name, value in pairs}, b"")

    def read_body(self, head: Message) -> Message:
        length_bytes = int(head.headers.get("content-length", "0"))
        while len(self._data) < length_bytes:
            self._data += self._some()
        body, self._data = self._data[:length_bytes], self._data[length_bytes:]
        return Message(head.first, head.headers, body)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        self.sock.close()

    def _some(self) -> bytes:
        data = self.sock.recv(1 << 16)
        if not data:
            raise Ended
        return data
