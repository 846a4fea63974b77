"""Pass the command line of a second instance of the program to the running instance.

Each instance verifies that the other one belongs to the same user.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import struct
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from esign_desktop.domain.errors import AppError
from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


_LINUX: Final = struct.Struct("=iII")
"""The layout of struct ucred: process, user, group (unix(7))."""
_DARWIN: Final = struct.Struct("=IIh")
"""The layout of the beginning of struct xucred: version, user, number of groups (sys/ucred.h)."""
_DARWIN_LEVEL: Final = 0
_DARWIN_BYTES: Final = 76
_DARWIN_PEER: Final = 1


def is_own(connection: QLocalSocket) -> bool:
    """Return whether the other end of a connection belongs to the user of this process.

    If the user of the other end cannot be determined, the result is False.
    """
    descriptor = int(connection.socketDescriptor())
    if sys.platform == "win32":
        from esign_desktop.app.windows import has_own_ends
        from esign_desktop.pdf.walls.windows import Windows

        is_ours = has_own_ends(Windows(), descriptor)
    else:
        is_ours = False
        with suppress(OSError, struct.error):
            is_ours = peer_user(descriptor) == os.getuid()
    return is_ours


def peer_user(descriptor: int) -> int | None:
    """Return the id of the user at the other end of a socket, or None if this is not supported on the system.

    Raises OSError if the system reports an error.
    """
    user: int | None = None
    with socket.socket(fileno=os.dup(descriptor)) as ours:
        if sys.platform == "linux":
            found = ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX.size)
            user = int(_LINUX.unpack(found)[1])
        elif sys.platform == "darwin":
            found = ours.getsockopt(_DARWIN_LEVEL, _DARWIN_PEER, _DARWIN_BYTES)
            user = int(_DARWIN.unpack_from(found)[1])
    return user


MOST_BYTES: Final = 256 * 1024
PATIENCE_S: Final = 3.0
ANSWER_S: Final = 15.0
"""The number of seconds for which a process that hands over a customer waits for the answer."""
_TAKEN: Final = frozenset({"code", "detail", "retryable"})
_STEP_MS: Final = 200
_LONGEST_SOCKET_PATH: Final = 100
_PRIVATE_MODE: Final = 0o700


def _no_answer(_line: str) -> None:
    """Ignore an answer that no process is waiting for."""


class HandedOver(NamedTuple):
    """A request that a second instance of the program passes to the running instance.

    An empty request only brings the window to the front.
    """

    files: tuple[Path, ...] = ()
    wants_counter: bool = False
    customer: bytes | None = None
    """A customer's data, in the format that ``store.files.customer_file`` reads."""
    answer: Callable[[str], None] = _no_answer
    """A function that sends an answer line to the process that handed the customer over."""
    problem: AppError | None = None
    """The reason why the customer of a link was not handed over. The running instance shows it to the user."""

    @override
    def __repr__(self) -> str:
        # Customer data must not get into a text, such as a log message, by accident.
        return f"HandedOver({len(self.files)} files, {self.wants_counter}, {self.customer is not None})"


def server_name(data_dir: Path) -> str | None:
    """Return the name at which the running instance with this data folder accepts connections.

    On Linux and macOS, the name is in a folder that only this user can enter. The result is None if there is no such
    folder. Windows protects its pipes in another way.
    """
    return next(iter(_names(data_dir)), None)


def hand_over(
    data_dir: Path,
    files: Sequence[Path],
    *,
    wants_counter: bool = False,
    problem: AppError | None = None,
) -> bool:
    """Pass files to the running instance, and return whether an instance received them. The call blocks.

    If ``wants_counter`` is True, the instance opens the counter. If ``problem`` is not None, the instance shows the
    error to the user, and this function does not wait for an instance that is still starting. No QApplication is
    needed.
    """
    said = {
        "files": [str(path) for path in files],
        "counter": wants_counter,
        "problem": [problem.code, problem.params] if problem is not None else None,
    }
    socket = _connected(data_dir, PATIENCE_S if problem is None else _STEP_MS / 1000)
    return socket is not None and _is_written(socket, json.dumps(said).encode("ascii"))


def hand_over_customer(data_dir: Path, customer: bytes, files: Sequence[Path] = ()) -> str | None:
    """Hand a customer over to the running instance, and return the instance's answer line. The call blocks.

    The result is an empty string if no answer arrives within ``ANSWER_S`` seconds, and None if no instance accepts the
    connection. No QApplication is needed.
    """
    socket = _connected(data_dir, PATIENCE_S)
    if socket is None:
        return None
    said = {"files": [str(path) for path in files], "counter": True, "customer": customer.decode("utf-8-sig")}
    # The instance reads up to the end of the line; the connection stays open for the answer.
    socket.write(json.dumps(said).encode("ascii") + b"\n")
    answer = b""
    ends_at_s = time.monotonic() + ANSWER_S
    while b"\n" not in answer and (left_s := ends_at_s - time.monotonic()) > 0:
        if not socket.waitForReadyRead(int(left_s * 1000)) and not socket.bytesAvailable():
            break
        answer += socket.readAll().data()
    socket.disconnectFromServer()
    return answer.decode("ascii", "replace").strip() if answer.endswith(b"\n") else ""


def _connected(data_dir: Path, patience_s: float) -> QLocalSocket | None:
    ends_at_s = time.monotonic() + patience_s
    while time.monotonic() < ends_at_s:
        for name in _names(data_dir):
            socket = QLocalSocket()
            socket.connectToServer(name)
            if socket.waitForConnected(_STEP_MS):
                # The message contains customer data and file names, which other users must not see.
                return socket if is_own(socket) else None
        # The instance may just be starting.
        time.sleep(_STEP_MS / 1000)
    return None


def _is_written(socket: QLocalSocket, message: bytes) -> bool:
    socket.write(message)
    is_written = socket.waitForBytesWritten(int(PATIENCE_S * 1000))
    socket.disconnectFromServer()
    return is_written


def _names(data_dir: Path) -> Iterator[str]:
    """Yield the names at which an instance may accept connections, beginning with the usual name.

    There are several names, because the instance may have been started with different environment variables.
    """
    digest = hashlib.sha256(str(data_dir.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    name = f"esign-desktop-{digest}"
    if sys.platform == "win32":
        yield name
    else:
        user = os.getuid()
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        own = Path(tempfile.gettempdir()) / f"esign-desktop-{user}"
        with suppress(OSError):
            own.mkdir(mode=_PRIVATE_MODE)
        for folder in (*([Path(runtime)] if runtime else []), own, data_dir.absolute()):
            path = str(folder / name)
            if len(os.fsencode(path)) < _LONGEST_SOCKET_PATH and _is_private(folder, user):
                yield path


def _is_private(folder: Path, user: int) -> bool:
    """Return whether a path is a folder (and not a link) that belongs to this user and that no other user can enter."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == user and not stat.S_IMODE(status.st_mode) & 0o077


class InstanceServer(QObject):
    """A server that receives requests from instances that start later, and emits ``received`` with a ``HandedOver``."""

    received = Signal(object)

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._parts: dict[QLocalSocket, bytearray] = {}
        self._asking: set[QLocalSocket] = set()
        """The connections of processes that are waiting for an answer."""
        self._server.newConnection.connect(self._on_server_new_connection)
        name = server_name(data_dir)
        if name is None:
            return
        # The holder of the data folder's lock is the only instance, so a socket found here is left over from a crash.
        QLocalServer.removeServer(name)
        self._server.listen(name)

    def close(self) -> None:
        """Stop accepting requests."""
        self._server.close()

    def _on_server_new_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if not is_own(socket):
                socket.abort()
                socket.deleteLater()
                continue
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
            self._asking.discard(socket)
            socket.deleteLater()
            handed = read_message(data)
            if handed is not None:
                self.received.emit(handed)

    def _answer(self, socket: QLocalSocket, line: str) -> None:
        if socket in self._asking:
            self._asking.discard(socket)
            socket.write(line.encode("ascii", "replace") + b"\n")
            socket.disconnectFromServer()

    def _read(self, socket: QObject) -> None:
        if isinstance(socket, QLocalSocket) and socket in self._parts:
            self._parts[socket] += socket.readAll().data()
            if len(self._parts[socket]) > MOST_BYTES:
                del self._parts[socket]
                socket.abort()
            elif self._parts[socket].endswith(b"\n"):
                handed = read_message(bytes(self._parts.pop(socket)))
                if handed is None:
                    socket.abort()
                else:
                    self._asking.add(socket)
                    self.received.emit(handed._replace(answer=partial(self._answer, socket)))


def read_message(data: bytes) -> HandedOver | None:
    """Parse a message from another instance, and return the request, or None if the message is invalid."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    values = said.get("files") if isinstance(said, dict) else None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    files = tuple(Path(value) for value in values if value and "\0" not in value)
    customer = said.get("customer")
    handed = customer.encode("utf-8", "replace") if isinstance(customer, str) else None
    return HandedOver(files, said.get("counter") is True, handed, problem=_problem(said.get("problem")))


def _problem(said: object) -> AppError | None:
    match said:
        case [str(code), dict(params)] if all(isinstance(value, str | int | float) for value in params.values()):
            return AppError(code, **{str(name): value for name, value in params.items() if name not in _TAKEN})
    return None
