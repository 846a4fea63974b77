"""Makes this process believe that it runs on Windows, as far as that goes: ``python -m tests.pretended_windows CODE``.

What only POSIX systems have is gone from the standard library, what only Windows has is there in small. Third-party
packages are imported before: those for Windows are other builds, which are not here. Paths stay those of this system.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import sys
from importlib import import_module
from types import ModuleType
from typing import Final

from esign_desktop.override import override
from tests.fake_windows import FakeWindows

PACKAGES: Final = (
    *("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtNetwork", "PySide6.QtPrintSupport"),
    *("PySide6.QtSvg", "cattrs", "keyring", "openpyxl", "orjson", "pymupdf", "platformdirs", "requests", "segno"),
    *("pyhanko.sign.validation", "pyhanko.sign.signers", "pyhanko_certvalidator", "cryptography.x509", "truststore"),
    *("stdnum", "zxingcpp", "getpass", "http.server", "tempfile", "shutil", "logging", "sqlite3", "zipfile", "uuid"),
    *("concurrent.futures", "multiprocessing", "platform", "argparse", "csv", "html", "smtplib", "asyncio"),
)
MISSING_MODULES: Final = ("fcntl", "resource", "pwd", "grp", "termios", "posix", "tty", "pty", "syslog")
MISSING: Final = {
    os: (
        *("fork", "getuid", "geteuid", "getgid", "uname", "sysconf", "pread", "pwrite", "memfd_create", "fchmod"),
        *("O_NONBLOCK", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "sched_getaffinity", "killpg", "setsid", "statvfs"),
    ),
    signal: ("SIGALRM", "setitimer", "SIGKILL", "SIGHUP", "SIGUSR1", "alarm", "pthread_sigmask"),
    socket: ("AF_UNIX", "SO_PEERCRED", "send_fds", "recv_fds"),
    select: ("poll", "epoll"),
}
LOADED: Final = FakeWindows()


def pretend() -> None:
    """Change this process for good."""
    for name in PACKAGES:
        import_module(name)
    sys.platform = "win32"
    for name in MISSING_MODULES:
        # Python takes that for a module that is not there.
        sys.modules[name] = None  # type: ignore[assignment]
    for module, names in MISSING.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    locks = ModuleType("msvcrt")
    vars(locks).update(LK_NBLCK=2, locking=lambda _descriptor, _mode, _size_bytes: None)
    sys.modules["msvcrt"] = locks
    registry = ModuleType("winreg")
    vars(registry).update(HKEY_CURRENT_USER=object(), OpenKey=_no_key)
    sys.modules["winreg"] = registry
    # Its value there; Linux takes it for O_LARGEFILE, which changes nothing.
    vars(os)["O_BINARY"] = 0x8000
    vars(ctypes)["WinDLL"] = _library


def pretend_in_children() -> None:
    """Have the children that read files believe it too."""
    from esign_desktop.pdf.isolated import start as child_start

    program = "from tests.pretended_windows import pretend; pretend(); from {} import run_child; run_child()"
    command = [sys.executable, "-c", program.format(child_start.__name__)]
    vars(child_start)["child_command"] = lambda target: [*command, target]
    LOADED.users = _EverybodysProcesses(LOADED.users)


class _EverybodysProcesses(dict[int, bytes]):
    """Whatever number a child is given, it is this person's."""

    @override
    def __contains__(self, process_id: object) -> bool:
        return True

    def __missing__(self, process_id: int) -> bytes:
        return self[1]


class _Function:
    """A function of a library, whose types can be declared."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.restype: object = None
        self.argtypes: object = None

    def __call__(self, *arguments: object) -> object:
        return getattr(LOADED, self.name)(*arguments)


class _Library:
    def __getattr__(self, name: str) -> _Function:
        function = _Function(name)
        setattr(self, name, function)
        return function


def _no_key(_parent: object, path: str) -> None:
    raise FileNotFoundError(path)


def _library(_name: str, *, use_last_error: bool) -> _Library:
    assert use_last_error
    return _Library()


if __name__ == "__main__":
    # As the module that a test asks, not as another one of the same content.
    import_module("tests.pretended_windows").pretend()
    exec(sys.argv[1], {})  # noqa: S102  what a test wrote
