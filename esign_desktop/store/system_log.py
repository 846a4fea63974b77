"""Send a line to the system log, or to a log server that the policy specifies."""

from __future__ import annotations

import logging
import socket
import sys
from contextlib import closing
from logging.handlers import SysLogHandler
from typing import Final

from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.policy import AUDIT_TO_SYSTEM
from esign_desktop.override import override

NAME: Final = "esign-desktop"
_SYSTEM_SOCKET: Final = "/var/run/syslog" if sys.platform == "darwin" else "/dev/log"
_TIMEOUT_S: Final = 5.0


class _Handler(SysLogHandler):
    """A handler that raises errors instead of printing them, and that connects with a timeout."""

    append_nul = False
    ident = f"{NAME}: "

    @override
    def createSocket(self) -> None:
        if self.socktype == socket.SOCK_STREAM and not isinstance(self.address, str):
            self.unixsocket = False
            self.socket = socket.create_connection(self.address, timeout=_TIMEOUT_S)
        else:
            super().createSocket()

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        failure = sys.exc_info()[1]
        if failure is not None:
            raise failure


def tell_log(target: str, text: str) -> None:
    """Send one line to a log. ``target`` is ``system``, ``udp://HOST:PORT`` or ``tcp://HOST:PORT``.

    The call blocks for a few seconds at most. Raises StoreError ``audit.not_sent``. The loss of a UDP datagram cannot
    be detected.
    """
    try:
        if target == AUDIT_TO_SYSTEM and sys.platform == "win32":
            _tell_windows(text)
            return
        address, kind = _place(target)
        with closing(_Handler(address, SysLogHandler.LOG_AUTH, kind)) as handler:
            # In a TCP stream, lines are separated by newlines.
            end = "\n" if kind == socket.SOCK_STREAM else ""
            handler.emit(logging.LogRecord(NAME, logging.INFO, "", 0, text + end, None, None))
    except (OSError, ValueError) as error:
        failure = StoreError("audit.not_sent", type(error).__name__)
    else:
        return
    raise failure


def _place(target: str) -> tuple[str | tuple[str, int], socket.SocketKind | None]:
    if target == AUDIT_TO_SYSTEM:
        return _SYSTEM_SOCKET, None
    scheme, _, place = target.partition("://")
    host, _, port = place.rpartition(":")
    return (host.strip("[]"), int(port)), socket.SOCK_STREAM if scheme == "tcp" else socket.SOCK_DGRAM


def _tell_windows(text: str) -> None:
    """Add a line to the Windows event log. Raises OSError if that fails."""
    if sys.platform == "win32":
        import ctypes

        library = ctypes.WinDLL("advapi32", use_last_error=True)
        library.RegisterEventSourceW.restype = ctypes.c_void_p
        source = library.RegisterEventSourceW(None, NAME)
        texts = (ctypes.c_wchar_p * 1)(text)
        information = 4
        # Arguments: source, type, category, event id, user, number of strings, size of the data, strings, data.
        is_told = source and library.ReportEventW(
            ctypes.c_void_p(source), information, 0, 1, None, 1, 0, ctypes.byref(texts), None
        )
        failure = ctypes.get_last_error()
        library.DeregisterEventSource(ctypes.c_void_p(source))
        if not is_told:
            raise ctypes.WinError(failure)
