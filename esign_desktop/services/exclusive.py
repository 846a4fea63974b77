"""A lock that rejects a second caller instead of making it wait."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Exclusive:
    """A lock that admits one caller at a time, used as ``with exclusive():``.

    Raises InputError with ``code`` if the lock cannot be acquired within ``wait_s`` seconds.
    """

    def __init__(self, code: str, *, wait_s: float = 0.0) -> None:
        self._code = code
        self._wait_s = wait_s
        self._lock = threading.Lock()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the lock within the context."""
        if not self._lock.acquire(timeout=self._wait_s):
            raise InputError(self._code, retryable=True)
        try:
            yield
        finally:
            self._lock.release()
