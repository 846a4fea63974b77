"""The restrictions that a file-parsing process imposes on itself: no output, and limited memory and time.

The process loads everything that it will need in advance, because the sandbox forbids importing modules later.

On Windows, job objects limit memory and CPU time, and file sizes are unlimited. macOS does not enforce the memory
limit.
"""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_BOX_AND_NO_REPORT: Final = 0x1 | 0x2 | 0x8000
"""SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX (errhandlingapi.h)."""
_REPORT_WITHOUT_HEAP: Final = 0x1
"""WER_FAULT_REPORTING_FLAG_NOHEAP (werapi.h)."""


def silence_output() -> None:
    """Discard everything that libraries print, because their output may quote the untrusted file."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def limit_memory(size_bytes: int) -> None:
    """Limit the address space of this process, and disable core dumps."""
    disable_core_dumps()
    if sys.platform == "win32":
        from esign_desktop.pdf.walls import windows

        windows.limit_memory(windows.Windows(), size_bytes)
    else:
        _limit("RLIMIT_AS", size_bytes)


def disable_core_dumps() -> None:
    """Prevent the system from saving this process's memory after a crash.

    The limit for core files is 1 byte. With a limit of 0, the kernel would write no core file but would still pipe the
    memory to a crash handler. With a limit of 1, the kernel does neither.
    """
    if sys.platform == "win32":
        from esign_desktop.pdf.walls.windows import Windows

        disable_crash_reports(Windows())
    else:
        _limit("RLIMIT_CORE", 1)


def disable_crash_reports(windows: Any) -> None:
    """Prevent Windows from creating crash reports, and exclude the heap from any report that is created anyway.

    Windows reports errors that end a process at once, such as a stack overrun, regardless of the error mode. Child
    processes inherit the error mode.
    """
    windows.kernel32.SetErrorMode(_NO_BOX_AND_NO_REPORT)
    windows.kernel32.WerSetFlags(_REPORT_WITHOUT_HEAP)


def limit_cpu_time(seconds: int) -> None:
    """Limit the CPU time of this process in seconds. Time spent waiting does not count, unlike with ``set_alarm``."""
    if sys.platform == "win32":
        from esign_desktop.pdf.walls import windows

        windows.limit_cpu_time(windows.Windows(), seconds)
    else:
        _limit("RLIMIT_CPU", seconds)


def forbid_file_writes() -> None:
    """Make the system reject every write to a file. Pipes are not affected."""
    limit_file_size(0)


def limit_file_size(size_bytes: int) -> None:
    """Make the system reject every write that would enlarge a file beyond this size."""
    _limit("RLIMIT_FSIZE", size_bytes)


def _limit(name: str, most: int) -> None:
    if sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (ValueError, OSError):
            # The current limit is lower.
            return


def set_alarm(seconds: float) -> None:
    """Make the kernel end this process after the given number of seconds. The value 0 cancels the alarm.

    A hung native call holds the interpreter lock, so neither a thread nor a Python handler could end the process. Code
    that has compromised this process can cancel the alarm. The process then ends when the parent kills it or when the
    parent itself ends (``walls.lockdown`` on Linux, ``isolated.start`` on Windows).
    """
    if sys.platform != "win32":
        import signal

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


_ENCODINGS: Final = (
    *("ascii", "latin-1", "cp1252", "cp437", "utf-8-sig", "unicode_escape", "raw_unicode_escape"),
    *("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
    *("gb18030", "gbk", "gb2312", "big5", "big5hkscs", "shift_jis", "euc_jp", "euc_kr", "mac_roman", "iso8859-15"),
)


def load_modules(names: Iterable[str]) -> None:
    """Import these modules, skipping those that the installed package versions do not have."""
    for name in names:
        with suppress(ImportError):
            import_module(name)


def load_encodings(names: Iterable[str] = _ENCODINGS) -> None:
    """Load the codecs of the encodings that documents use."""
    for name in names:
        with suppress(LookupError):
            codecs.lookup(name)
