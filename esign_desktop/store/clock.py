"""The clock that provides the times of stored records."""

from __future__ import annotations

import time


def system_clock_ms() -> int:
    """Return the current epoch time in milliseconds."""
    return time.time_ns() // 1_000_000
