"""Locks this process in, before it looks at what a stranger wrote.

From then on it has what it was handed, memory and time within its limits, and nothing else: no file by any name, no
network, no new program, no other process. There is no way back.

On Linux (x86_64, aarch64) two walls stand one behind the other: seccomp, which every system has that the program runs
on, and Landlock where the kernel knows it (5.13 and later). On Windows a job keeps it from starting a process; on macOS
nothing but the limits of ``process_limits`` holds: docs/decisions/0009 says what that means.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import ctypes
    from collections.abc import Collection

SECCOMP: Final = "seccomp"
LANDLOCK: Final = "landlock"
JOB: Final = "job"
EXPECTED: Final = {"linux": SECCOMP, "win32": JOB}
"""The wall that has to stand on a system."""
_OPEN: Final = "/proc/self/fd"
_END_WITH_PARENT: Final = (1, 9)
"""SIGKILL when the thread ends that started this process (PR_SET_PDEATHSIG); ``isolated.start`` has one that lasts."""
_NOT_DUMPABLE: Final = (4, 0)
_NO_NEW_PRIVILEGES: Final = (38, 1)


def lock_down(keep: Collection[int]) -> tuple[str, ...]:
    """Close all descriptors but those, put the walls up, and return which of them stand.

    Before it, everything has to be imported, opened and loaded that will be needed. Threads that run already are not
    behind Landlock.
    """
    walls: tuple[str, ...] = ()
    if sys.platform == "linux":
        walls = _lock_down_linux(keep, os.uname().machine)
    elif sys.platform == "win32":
        from esign_desktop.pdf.walls.windows import Windows

        walls = lock_down_windows(Windows())
    return walls


def lock_down_windows(windows: Any) -> tuple[str, ...]:
    """See ``lock_down``; what is inherited there are pipes alone."""
    from esign_desktop.pdf.walls.windows import forbid_child_processes

    return (JOB,) * forbid_child_processes(windows)


def _lock_down_linux(keep: Collection[int], machine: str) -> tuple[str, ...]:
    import ctypes

    from esign_desktop.pdf.walls.linux import install_seccomp_filter, restrict_by_landlock

    libc = ctypes.CDLL(None, use_errno=True)
    _load_what_ends_threads()
    _close_all_but(keep)
    _prctl(libc, _END_WITH_PARENT)
    _prctl(libc, _NOT_DUMPABLE)
    _prctl(libc, _NO_NEW_PRIVILEGES)
    has_landlock = restrict_by_landlock(libc)
    has_seccomp = install_seccomp_filter(libc, machine)
    return (SECCOMP,) * has_seccomp + (LANDLOCK,) * has_landlock


def _prctl(libc: ctypes.CDLL, option: tuple[int, int]) -> None:
    import ctypes

    libc.prctl(ctypes.c_int(option[0]), *map(ctypes.c_ulong, (option[1], 0, 0, 0)))


def _load_what_ends_threads() -> None:
    """Load what the C library else loads when the first thread ends, and without which it aborts."""
    import ctypes

    try:
        ctypes.CDLL("libgcc_s.so.1")
    except OSError:
        # Another C library, which needs none.
        return


def _close_all_but(keep: Collection[int]) -> None:
    """Close the pipes and files of whoever started this process too, whatever they are."""
    for name in os.listdir(_OPEN):  # noqa: PTH208  the names alone are wanted
        number = int(name)
        if number not in keep:
            try:
                os.close(number)
            except OSError:
                # That of the listing itself.
                continue
