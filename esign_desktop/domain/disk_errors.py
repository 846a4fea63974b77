"""Convert disk errors reported by the operating system to StoreError."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def disk_error(error: OSError) -> StoreError:
    """Return the StoreError for this error: ``store.disk_full`` or ``store.unwritable``.

    The detail is only the errno symbol, so that no path is revealed. A full disk is marked as retryable.
    """
    code = "store.disk_full" if error.errno in FULL else "store.unwritable"
    symbol = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return StoreError(code, symbol, retryable=code == "store.disk_full")


@contextmanager
def disk_errors() -> Iterator[None]:
    """Convert an OSError raised in the block to a StoreError.

    This function can be used as a context manager or as a decorator.
    """
    try:
        yield
    except OSError as error:
        raise disk_error(error) from error
