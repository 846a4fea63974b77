"""Make up for a difference between Wine 10 and Windows that many tests meet. Found by PYTHONPATH, under Wine only.

Windows' ``_locking`` sets errno to EACCES if the region is locked (its documentation); Wine's leaves errno as it was.
"""

from __future__ import annotations

import errno
import msvcrt

_locking = msvcrt.locking


def locking(descriptor: int, mode: int, size_bytes: int) -> None:
    """Lock a region as ``msvcrt.locking`` does, with Windows' error number."""
    try:
        _locking(descriptor, mode, size_bytes)
    except OSError:
        raise PermissionError(errno.EACCES, "Permission denied") from None


msvcrt.locking = locking
