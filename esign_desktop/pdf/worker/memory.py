"""Measure the memory that this process uses."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Any, Final

_LONGEST: Final = 200


class ProcessMemory:
    """Measures the memory that this process uses.

    The constructor opens the file in which the system reports the memory, because the sandbox forbids opening files
    later.
    """

    def __init__(self) -> None:
        self.descriptor = -1
        if sys.platform == "linux":
            self.descriptor = os.open("/proc/self/statm", os.O_RDONLY)
            self._page_bytes = os.sysconf("SC_PAGE_SIZE")

    def resident_bytes(self) -> int:
        """Return the size of this process's unshared memory in bytes, or 0 if the size is unknown.

        Pixels are not counted, because they are in shared memory that belongs to the parent. macOS reports only the
        highest value so far.
        """
        size_bytes = 0
        if sys.platform == "linux":
            with suppress(OSError, ValueError, IndexError):
                _, resident, shared, *_ = os.pread(self.descriptor, _LONGEST, 0).split()
                size_bytes = (int(resident) - int(shared)) * self._page_bytes
        elif sys.platform == "win32":
            from esign_desktop.pdf.walls.windows import Windows

            size_bytes = private_bytes(Windows())
        elif sys.platform == "darwin":
            import resource

            size_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size_bytes


class MemoryCounters(ctypes.Structure):
    """The Windows structure PROCESS_MEMORY_COUNTERS_EX (psapi.h)."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        *((f"bytes_{number}", ctypes.c_size_t) for number in range(8)),
        ("private_bytes", ctypes.c_size_t),
    )


def private_bytes(windows: Any) -> int:
    """Return the size of this process's private memory in bytes, or 0 if Windows does not report the size."""
    counters = MemoryCounters(size=ctypes.sizeof(MemoryCounters))
    kernel = windows.kernel32
    has_told = kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(counters.private_bytes) if has_told else 0


def trim_heap() -> None:
    """Make the C library return unused memory to the operating system."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
