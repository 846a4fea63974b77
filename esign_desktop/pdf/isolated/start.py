"""Starts a process that runs one function of this program, with an environment of its own and nothing else.

Not by ``multiprocessing``: its children inherit the whole environment, and the pipe to a process that removes shared
memory by name. ``python -c`` with a module's name, or the packaged program with a word of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from esign_desktop.pdf.walls.windows import ChildJob

CHILD_ARGUMENT: Final = "--child"
"""Asks a packaged program, which has no interpreter beside it, to be such a process."""
STARTER: Final = "starts children"
"""The name of a thread that lasts."""
_NO_CONSOLE: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows opens one for each interpreter otherwise."""
_PROGRAM: Final = "from esign_desktop.pdf.isolated.start import run_child; run_child()"
_PASSED_ON: Final = (
    # Where libraries lie, where certificates lie, and what time it is here.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "TZ",
    "PYTHONHOME",
    "PYTHONPYCACHEPREFIX",
    "PYTHONDONTWRITEBYTECODE",
)


def child_environment() -> dict[str, str]:
    """Return what a child needs of this process' environment."""
    found = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return found | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def child_command(target: str) -> list[str]:
    """Return the command that runs ``module:function``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_ARGUMENT, target]
    # Without what Python looks for at each start: where modules lie is known here.
    return [sys.executable, "-S", "-P", "-c", _PROGRAM, target]


def start_child(target: str, connection: socket.socket | None = None) -> subprocess.Popen[bytes]:
    """Start a process that runs a function; it talks through its standard input and output.

    These are ``connection``, or two pipes. Raises OSError.
    """
    ends = connection.fileno() if connection is not None else subprocess.PIPE
    start = partial(start_attached_process, child_command(target), ends, environment=child_environment())
    return _starter(os.getpid()).submit(start).result() if sys.platform == "linux" else start()


def start_attached_process(
    command: Sequence[str], ends: int = subprocess.PIPE, *, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that talks through ``ends``, without a console, and never outlives this one. Raises OSError.

    On Windows the system sees to that, and on Linux as soon as the child is locked in, and to the thread that calls
    this. Besides it sees that its input has ended, or its alarm goes off.
    """
    process = subprocess.Popen(
        command, env=environment, stdin=ends, stdout=ends, stderr=subprocess.DEVNULL, creationflags=_NO_CONSOLE
    )
    if sys.platform == "win32":
        _child_job().add(process.pid)
    return process


@cache
def _starter(_process: int) -> ThreadPoolExecutor:
    """Return the one thread of this process that starts children, and lasts as long as it.

    Linux ends a child when its parent ends, and takes the thread that started it for the parent. Threads don't come
    along where a process was forked.
    """
    return ThreadPoolExecutor(1, STARTER)


@cache
def _child_job() -> ChildJob:
    from esign_desktop.pdf.walls.windows import ChildJob, Windows

    return ChildJob(Windows())


def run_child() -> None:
    """Run the function that the command line names; in the child."""
    module, _, function = sys.argv[-1].partition(":")
    getattr(import_module(module), function)()
