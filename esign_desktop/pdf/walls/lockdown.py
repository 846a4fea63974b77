"""Sandbox the current process before it parses an untrusted file.

After that, the process can use only the descriptors that it was given, and memory and time within its limits. It cannot
open files by name, use the network, start programs or threads, or access other processes. The sandbox cannot be
removed.

On Linux (x86_64, aarch64), the sandbox consists of seccomp, which every supported system has, and of Landlock if the
kernel provides it (5.13 and later). On Windows, a job object keeps the process from starting other processes. On macOS,
only the limits of ``process_limits`` apply, and docs/decisions/0009 explains the consequences.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import ctypes
    from collections.abc import Callable, Collection, Sequence

SECCOMP: Final = "seccomp"
LANDLOCK: Final = "landlock"
JOB: Final = "job"
EXPECTED: Final = {"linux": SECCOMP, "win32": JOB}
"""The mechanism that must be active on each system."""
_OPEN: Final = "/proc/self/fd"
MAX_DESCRIPTORS: Final = 64
"""The number of file descriptors that a sandboxed process may have open. A socket can hold 200 KiB of kernel memory."""
MAX_PROGRAM_DESCRIPTORS: Final = 512
"""The same for a program of another application, which opens its libraries and fonts itself."""
_END_WITH_PARENT: Final = (1, 9)
"""PR_SET_PDEATHSIG: send SIGKILL when the thread that started this process ends.

``isolated.start`` therefore uses a thread that lasts as long as the parent process.
"""
_NOT_DUMPABLE: Final = (4, 0)
_NO_NEW_PRIVILEGES: Final = (38, 1)


def lock_down(keep: Collection[int], start_threads: Callable[[], None] = lambda: None) -> tuple[str, ...]:
    """Close all file descriptors except ``keep``, activate the sandbox, and return the names of the active mechanisms.

    Everything that is needed later must be imported, opened and loaded before the call. ``start_threads`` must start
    all threads that are needed later. It is called when the process can no longer open files. Threads that run before
    the call are not restricted by Landlock.
    """
    walls: tuple[str, ...] = ()
    if sys.platform == "linux":
        walls = _lock_down_linux(keep, os.uname().machine, start_threads)
    elif sys.platform == "win32":
        from esign_desktop.pdf.walls.windows import Windows

        start_threads()
        walls = lock_down_windows(Windows())
    else:
        start_threads()
    return walls


def lock_down_program(program: str, folder: str, readable: Sequence[str]) -> tuple[str, ...]:
    """Activate the sandbox of ``program``, which this process will become, and return the active mechanisms' names.

    The program can write files in ``folder`` only, and read these, the files in ``readable``, and the system's
    libraries and fonts. All descriptors except the standard ones are closed. If a mechanism is missing from the result,
    the program must not be executed.
    """
    walls: tuple[str, ...] = ()
    if sys.platform == "linux":
        walls = _lock_down_linux_program(os.uname().machine, program, folder, readable)
    return walls


def _lock_down_linux_program(machine: str, program: str, folder: str, readable: Sequence[str]) -> tuple[str, ...]:
    import ctypes

    from esign_desktop.pdf.walls.linux import install_seccomp_filter, restrict_by_landlock
    from esign_desktop.pdf.walls.program import PROGRAM_CONDITIONAL, PROGRAM_FREE, program_rights

    libc = ctypes.CDLL(None, use_errno=True)
    _close_all_but({0, 1, 2})
    _prctl(libc, _END_WITH_PARENT)
    _prctl(libc, _NO_NEW_PRIVILEGES)
    _limit_descriptors(MAX_PROGRAM_DESCRIPTORS)
    has_landlock = restrict_by_landlock(libc, program_rights(machine, program, folder, readable))
    has_seccomp = install_seccomp_filter(libc, machine, PROGRAM_FREE, PROGRAM_CONDITIONAL)
    return (SECCOMP,) * has_seccomp + (LANDLOCK,) * has_landlock


def lock_down_windows(windows: Any) -> tuple[str, ...]:
    """Activate the sandbox on Windows, and return the names of the active mechanisms.

    No handles are closed, because the only handles inherited on Windows are pipes.
    """
    from esign_desktop.pdf.walls.windows import forbid_child_processes

    return (JOB,) * forbid_child_processes(windows)


def _lock_down_linux(keep: Collection[int], machine: str, start_threads: Callable[[], None]) -> tuple[str, ...]:
    import ctypes

    from esign_desktop.pdf.walls.linux import install_seccomp_filter, restrict_by_landlock

    libc = ctypes.CDLL(None, use_errno=True)
    _load_what_ends_threads()
    _close_all_but(keep)
    _prctl(libc, _END_WITH_PARENT)
    _prctl(libc, _NOT_DUMPABLE)
    _prctl(libc, _NO_NEW_PRIVILEGES)
    _limit_descriptors()
    has_landlock = restrict_by_landlock(libc)
    # These threads inherit the restrictions of Landlock. With seccomp, no thread can be started.
    start_threads()
    has_seccomp = install_seccomp_filter(libc, machine)
    return (SECCOMP,) * has_seccomp + (LANDLOCK,) * has_landlock


def _limit_descriptors(most: int = MAX_DESCRIPTORS) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _prctl(libc: ctypes.CDLL, option: tuple[int, int]) -> None:
    import ctypes

    libc.prctl(ctypes.c_int(option[0]), *map(ctypes.c_ulong, (option[1], 0, 0, 0)))


def _load_what_ends_threads() -> None:
    """Load the library that the C library needs when a thread ends. Without it, the process would abort."""
    import ctypes

    try:
        ctypes.CDLL("libgcc_s.so.1")
    except OSError:
        # Another C library, which does not need it.
        return


def _close_all_but(keep: Collection[int]) -> None:
    """Close all descriptors except ``keep``, including those inherited from the parent process."""
    for name in os.listdir(_OPEN):  # noqa: PTH208  only the names are needed
        number = int(name)
        if number not in keep:
            try:
                os.close(number)
            except OSError:
                # The descriptor of the listing itself.
                continue
