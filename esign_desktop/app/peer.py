"""Who is at the other end of a local socket."""

from __future__ import annotations

import os
import socket
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

_LINUX: Final = struct.Struct("=iII")
"""struct ucred: process, user, group (unix(7))."""
_DARWIN: Final = struct.Struct("=IIh")
"""The beginning of struct xucred: version, user, number of groups (sys/ucred.h)."""
_DARWIN_LEVEL: Final = 0
_DARWIN_BYTES: Final = 76
_DARWIN_PEER: Final = 1


def is_own(connection: QLocalSocket) -> bool:
    """Whether the other end belongs to the same user; where that can't be told, it counts as a stranger's."""
    descriptor = int(connection.socketDescriptor())
    if sys.platform == "win32":
        from esign_desktop.app.windows import has_own_ends
        from esign_desktop.pdf.walls.win32 import Windows

        is_ours = has_own_ends(Windows(), descriptor)
    else:
        is_ours = False
        with suppress(OSError, struct.error):
            is_ours = peer_user(descriptor) == os.getuid()
    return is_ours


def peer_user(descriptor: int) -> int | None:
    """Return the user's number at the other end; None on a system that is not known here. Raises OSError."""
    user: int | None = None
    with socket.socket(fileno=os.dup(descriptor)) as ours:
        if sys.platform == "linux":
            found = ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX.size)
            user = int(_LINUX.unpack(found)[1])
        elif sys.platform == "darwin":
            found = ours.getsockopt(_DARWIN_LEVEL, _DARWIN_PEER, _DARWIN_BYTES)
            user = int(_DARWIN.unpack_from(found)[1])
    return user
