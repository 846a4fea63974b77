"""Start a process that runs one function of this application, with a minimal environment.

``multiprocessing`` is not used, because its children would inherit the whole environment, and a pipe to the process
that removes shared memory by name. The command is ``python -c`` with a module's name, or the packaged program with a
special argument.
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
"""The argument that makes a packaged program, which has no separate interpreter, run as a child process."""
STARTER: Final = "starts children"
"""The name of the thread that starts children and exists as long as this process."""
_NO_CONSOLE: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Prevents Windows from opening a console for each interpreter."""
_PROGRAM: Final = "from esign_desktop.pdf.isolated.start import run_child; run_child()"
_PASSED_ON: Final = (
    # The places of libraries and certificates, and the time zone.
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
    """Return the environment variables that a child process needs."""
    found = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return found | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def child_command(target: str) -> list[str]:
    """Return the command that runs a function in a child process. ``target`` has the form ``module:function``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_ARGUMENT, target]
    # Without Python's search for site packages, since the module paths are passed on.
    return [sys.executable, "-S", "-P", "-c", _PROGRAM, target]


def start_child(target: str, connection: socket.socket | None = None) -> subprocess.Popen[bytes]:
    """Start a process that runs a function and communicates through its standard input and output.

    The standard input and output are connected to ``connection``, or to two pipes if no connection is given. Raises
    OSError if the process cannot be started.
    """
    ends = connection.fileno() if connection is not None else subprocess.PIPE
    start = partial(start_attached_process, child_command(target), ends, environment=child_environment())
    return _starter(os.getpid()).submit(start).result() if sys.platform == "linux" else start()


def start_attached_process(
    command: Sequence[str], ends: int = subprocess.PIPE, *, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that has no console, communicates through ``ends`` and never outlives this process.

    On Windows, a job object ends the child together with this process. On Linux, once the child is sandboxed, the
    kernel ends the child together with the thread that started the child. In addition, the child exits when its input
    ends or its alarm fires. Raises OSError if the process cannot be started.
    """
    process = subprocess.Popen(
        command, env=environment, stdin=ends, stdout=ends, stderr=subprocess.DEVNULL, creationflags=_NO_CONSOLE
    )
    if sys.platform == "win32":
        _child_job().add(process.pid)
    return process


@cache
def _starter(_process: int) -> ThreadPoolExecutor:
    """Return an executor whose only thread starts all children of this process and lives as long as the process.

    Linux ends a child together with the thread that started it. The cache key is the process ID, because threads do not
    survive a fork.
    """
    return ThreadPoolExecutor(1, STARTER)


@cache
def _child_job() -> ChildJob:
    from esign_desktop.pdf.walls.windows import ChildJob, Windows

    return ChildJob(Windows())


def run_child() -> None:
    """Run the function that is named on the command line. This function is the child's entry point."""
    module, _, function = sys.argv[-1].partition(":")
    getattr(import_module(module), function)()
