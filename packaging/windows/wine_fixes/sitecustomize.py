"""Compensate for a difference between Wine 10 and Windows that affects many tests.

Python finds this module through PYTHONPATH, under Wine only. If a region is locked, the function ``_locking`` of
Windows sets errno to EACCES (according to its documentation). Wine's function leaves errno unchanged.
"""

from __future__ import annotations

import errno
import msvcrt

_locking = msvcrt.locking


def locking(descriptor: int, mode: int, size_bytes: int) -> None:
    """Lock a region as ``msvcrt.locking`` does, with the error number of Windows."""
    try:
        _locking(descriptor, mode, size_bytes)
    except OSError:
        raise PermissionError(errno.EACCES, "Permission denied") from None


msvcrt.locking = locking
