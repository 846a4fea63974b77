"""How much memory this process takes, as far as the system tells."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return the memory of this process without what it shares with others; 0 where that is not known.

    Pixels lie in shared memory and are the parent's.
    """
    if sys.platform != "linux":
        return 0
    with suppress(OSError, ValueError, IndexError):
        _, resident, shared, *_ = _STATM.read_text(encoding="ascii").split()
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    return 0


def give_free_memory_back() -> None:
    """Have the C library return to the system what was freed, which it else keeps for later."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
