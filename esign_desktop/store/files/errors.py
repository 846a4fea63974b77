"""Failures of the disk as codes."""

from __future__ import annotations

import errno
from typing import Final

from esign_desktop.domain.errors import StoreError

_FULL: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def disk_error(error: OSError) -> StoreError:
    """Return ``store.disk_full`` or ``store.unwritable``; the detail is the error's symbol, never a path."""
    code = "store.disk_full" if error.errno in _FULL else "store.unwritable"
    symbol = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return StoreError(code, symbol, retryable=code == "store.disk_full")
