"""A second start hands over what it was to open to the first, and ends."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BYTES: Final = 256 * 1024
PATIENCE_S: Final = 3.0
_STEP_MS: Final = 200
_LONGEST_SOCKET_PATH: Final = 100


class HandedOver(NamedTuple):
    """What a second start was to open; with nothing in it, the window is only wanted in front."""

    files: tuple[Path, ...] = ()
    wants_counter: bool = False


def server_name(data_dir: Path) -> str:
    """Return the name that the instance of a data folder listens under; others can't take it in a private folder."""
    digest = hashlib.sha256(str(data_dir.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    name = f"esign-desktop-{digest}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    path = str(Path(runtime) / name) if runtime else ""
    return path if path and Path(path).parent.is_dir() and len(path) < _LONGEST_SOCKET_PATH else name


def hand_over(data_dir: Path, files: Sequence[Path], *, wants_counter: bool = False) -> bool:
    """Tell the instance that runs what to open; False if it does not listen. Blocks; needs no application."""
    message = json.dumps({"files": [str(path) for path in files], "counter": wants_counter}).encode("ascii")
    ends_at_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at_s:
        socket = QLocalSocket()
        socket.connectToServer(server_name(data_dir))
        # It may only just be starting.
        if not socket.waitForConnected(_STEP_MS):
            time.sleep(_STEP_MS / 1000)
            continue
        socket.write(message)
        is_written = socket.waitForBytesWritten(int(PATIENCE_S * 1000))
        socket.disconnectFromServer()
        return is_written
    return False


class InstanceServer(QObject):
    """``received`` carries a ``HandedOver``."""

    received = Signal(object)

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._parts: dict[QLocalSocket, bytearray] = {}
        self._server.newConnection.connect(self._on_server_new_connection)
        name = server_name(data_dir)
        # Whoever holds the data folder's lock is the only one, so what lies there is a crash's remains.
        QLocalServer.removeServer(name)
        self._server.listen(name)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_server_new_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._parts[socket] = bytearray()
            socket.readyRead.connect(self._on_socket_ready_read)
            socket.disconnected.connect(self._on_socket_disconnected)
            self._read(socket)

    def _on_socket_ready_read(self) -> None:
        self._read(self.sender())

    def _on_socket_disconnected(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)
            data = bytes(self._parts.pop(socket, b""))
            socket.deleteLater()
            handed = read_message(data)
            if handed is not None:
                self.received.emit(handed)

    def _read(self, socket: QObject) -> None:
        if isinstance(socket, QLocalSocket) and socket in self._parts:
            self._parts[socket] += socket.readAll().data()
            if len(self._parts[socket]) > MOST_BYTES:
                del self._parts[socket]
                socket.abort()


def read_message(data: bytes) -> HandedOver | None:
    """Read what another instance said; None if it is not understood."""
    try:
        said = json.loads(data)
    except ValueError:
        return None
    values = said.get("files") if isinstance(said, dict) else None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    files = tuple(Path(value) for value in values if value and "\0" not in value)
    return HandedOver(files, said.get("counter") is True)
