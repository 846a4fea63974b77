"""How much memory this process takes, as far as the system tells."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Final

_LONGEST: Final = 200


class OwnMemory:
    """How much memory this process takes; asked where nothing can be opened any more."""

    def __init__(self) -> None:
        self.descriptor = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else -1
        self._page_bytes = os.sysconf("SC_PAGE_SIZE") if sys.platform == "linux" else 0

    def resident_bytes(self) -> int:
        """Return the memory of this process without what it shares with others; 0 where that is not known.

        Pixels lie in shared memory and are the parent's.
        """
        if self.descriptor < 0:
            return 0
        with suppress(OSError, ValueError, IndexError):
            _, resident, shared, *_ = os.pread(self.descriptor, _LONGEST, 0).split()
            return (int(resident) - int(shared)) * self._page_bytes
        return 0


def give_free_memory_back() -> None:
    """Have the C library return to the system what was freed, which it else keeps for later."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
