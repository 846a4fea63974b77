"""How much memory this process takes, as far as the system tells."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Any, Final

_LONGEST: Final = 200


class ProcessMemory:
    """How much memory this process takes; asked where nothing can be opened any more."""

    def __init__(self) -> None:
        self.descriptor = -1
        if sys.platform == "linux":
            self.descriptor = os.open("/proc/self/statm", os.O_RDONLY)
            self._page_bytes = os.sysconf("SC_PAGE_SIZE")

    def resident_bytes(self) -> int:
        """Return the memory of this process without what it shares with others; 0 where that is not known.

        Pixels lie in shared memory and are the parent's. macOS only tells the most that it was.
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
    """PROCESS_MEMORY_COUNTERS_EX (psapi.h)."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        *((f"bytes_{number}", ctypes.c_size_t) for number in range(8)),
        ("private_bytes", ctypes.c_size_t),
    )


def private_bytes(windows: Any) -> int:
    """Return what this process has for itself; 0 where Windows does not tell."""
    counters = MemoryCounters(size=ctypes.sizeof(MemoryCounters))
    kernel = windows.kernel32
    has_told = kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(counters.private_bytes) if has_told else 0


def trim_heap() -> None:
    """Have the C library return to the system what was freed, which it else keeps for later."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
