"""Who is at the other end of a local socket."""

from __future__ import annotations

import os
import socket
import struct
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

_SYSTEM: Final = str(sys.platform)
_LINUX: Final = struct.Struct("=iII")
"""struct ucred: process, user, group (unix(7))."""
_DARWIN: Final = struct.Struct("=IIh")
"""The beginning of struct xucred: version, user, number of groups (sys/ucred.h)."""
_DARWIN_LEVEL: Final = 0
_DARWIN_BYTES: Final = 76
_DARWIN_PEER: Final = 1


def is_own(connection: QLocalSocket) -> bool:
    """Whether the other end belongs to the same user; where that can't be told, it counts as a stranger's.

    Windows lets nobody else open the pipe.
    """
    if os.name == "nt":
        return True
    try:
        return peer_user(connection.socketDescriptor()) == os.getuid()
    except (OSError, struct.error):
        return False


def peer_user(descriptor: int) -> int | None:
    """Return the user's number at the other end; None on a system that is not known here. Raises OSError."""
    with socket.socket(fileno=os.dup(descriptor)) as ours:
        if _SYSTEM == "linux":
            found = ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX.size)
            return int(_LINUX.unpack(found)[1])
        if _SYSTEM == "darwin":
            found = ours.getsockopt(_DARWIN_LEVEL, _DARWIN_PEER, _DARWIN_BYTES)
            return int(_DARWIN.unpack_from(found)[1])
    return None
