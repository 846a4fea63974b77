"""Keeps tests inside: no network beyond loopback, nobody's home folder, nobody's keyring."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

UNREACHABLE_BUS = "unix:path=/nonexistent/bus"
# Nothing listens on the discard port, so a child process that obeys the proxy variables reaches nobody.
UNREACHABLE_PROXY = "http://127.0.0.1:9"

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_sendto = socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


def home_environment(home: Path) -> dict[str, str]:
    """Environment variables that lead every program to folders below ``home``, which are made."""
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "AppData" / "Roaming",
        "LOCALAPPDATA": home / "AppData" / "Local",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        # Qt and D-Bus refuse a runtime folder that others can read.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), UNREACHABLE_PROXY)
    loopback = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1")
    return {
        **{name: str(folder) for name, folder in folders.items()},
        **proxies,
        **loopback,
        "DBUS_SESSION_BUS_ADDRESS": UNREACHABLE_BUS,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        # Selenium neither fetches drivers nor reports statistics.
        "SE_OFFLINE": "true",
        "SE_AVOID_STATS": "true",
    }


def is_inside(host: object) -> bool:
    """True for loopback and for "any own address"; a name other than localhost is outside."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _may_reach(sock: socket.socket, address: object) -> bool:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return True
    return isinstance(address, tuple) and is_inside(address[0])


def connect(sock: socket.socket, address: Any) -> None:
    """Stands in for ``socket.connect``."""
    if not _may_reach(sock, address):
        raise OSError(errno.ENETUNREACH, "tests reach loopback only")
    _connect(sock, address)


def connect_ex(sock: socket.socket, address: Any) -> int:
    """Stands in for ``socket.connect_ex``."""
    return _connect_ex(sock, address) if _may_reach(sock, address) else errno.ENETUNREACH


def sendto(sock: socket.socket, data: Any, *flags_and_address: Any) -> int:
    """Stands in for ``socket.sendto``, whose address comes last."""
    if not _may_reach(sock, flags_and_address[-1]):
        raise OSError(errno.ENETUNREACH, "tests reach loopback only")
    return _sendto(sock, data, *flags_and_address)


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Stands in for ``socket.getaddrinfo``: no question reaches a name server."""
    if not is_inside(host):
        raise socket.gaierror(socket.EAI_NONAME, "tests resolve localhost only")
    return _getaddrinfo(host, *args, **kwargs)


NETWORK_CALLS: tuple[tuple[Any, str, Any], ...] = (
    (socket.socket, "connect", connect),
    (socket.socket, "connect_ex", connect_ex),
    (socket.socket, "sendto", sendto),
    (socket, "getaddrinfo", getaddrinfo),
)
