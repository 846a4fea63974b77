"""What a process that parses files does to itself: it prints nothing, takes no more than so much, ends in time.

What it needs later it loads before: once it is locked in, no module can be opened any more.

On Windows memory and computing are limited by jobs, and there is no limit to files. On macOS the system does not keep
to the limit of memory.
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
    """Lead everything that libraries print, which may quote the file, to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def limit_memory(size_bytes: int) -> None:
    """Have the system refuse more address space, and keep no image of the memory after a crash."""
    disable_core_dumps()
    if sys.platform == "win32":
        from esign_desktop.pdf.walls import windows

        windows.limit_memory(windows.Windows(), size_bytes)
    else:
        _limit("RLIMIT_AS", size_bytes)


def disable_core_dumps() -> None:
    """Have the system write down nothing of this process' memory after a crash.

    Not 0, which only says that the file has no room: a system that pipes the memory to a program of its own does that
    nevertheless. 1 byte is what the kernel takes for "neither".
    """
    if sys.platform == "win32":
        from esign_desktop.pdf.walls.windows import Windows

        disable_crash_reports(Windows())
    else:
        _limit("RLIMIT_CORE", 1)


def disable_crash_reports(windows: Any) -> None:
    """Have Windows make no report of a crash, and no dump of the heap where it makes one nevertheless.

    It does so for what ends a process at once, such as an overrun stack, whatever the error mode is. Children inherit
    the mode.
    """
    windows.kernel32.SetErrorMode(_NO_BOX_AND_NO_REPORT)
    windows.kernel32.WerSetFlags(_REPORT_WITHOUT_HEAP)


def limit_cpu_time(seconds: int) -> None:
    """Have the system end this process when it has computed for so long, as ``set_alarm`` does without waiting."""
    if sys.platform == "win32":
        from esign_desktop.pdf.walls import windows

        windows.limit_cpu_time(windows.Windows(), seconds)
    else:
        _limit("RLIMIT_CPU", seconds)


def forbid_file_writes() -> None:
    """Have the system refuse every byte that is written to a file; pipes are none."""
    limit_file_size(0)


def limit_file_size(size_bytes: int) -> None:
    """Have the system refuse what would make a file longer than this."""
    _limit("RLIMIT_FSIZE", size_bytes)


def _limit(name: str, most: int) -> None:
    if sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (ValueError, OSError):
            # Less is allowed already.
            return


def set_alarm(seconds: float) -> None:
    """Have the kernel end this process after a time; 0 takes it back.

    A hung native call holds the interpreter's lock, so no thread and no Python handler could. Code that took this
    process over can take the alarm back: then the parent ends it, and the parent's own end (``walls.lockdown`` on
    Linux, ``isolated.start`` on Windows).
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
    """Import these, as far as the installed versions of the packages have them."""
    for name in names:
        with suppress(ImportError):
            import_module(name)


def load_encodings(names: Iterable[str] = _ENCODINGS) -> None:
    """Load what texts of documents are written in."""
    for name in names:
        with suppress(LookupError):
            codecs.lookup(name)
