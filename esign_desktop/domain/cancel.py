"""A wish to stop a piece of work, handed to it from any thread."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable


class CancelToken:
    """A wish to stop, given from any thread; it breaks the call that it was handed to at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        return self._is_cancelled

    def cancel(self) -> None:
        """Stop. What listens is called on this thread; a second call does nothing."""
        with self._lock:
            listeners, self._listeners = self._listeners, []
            self._is_cancelled = True
        for listener in listeners:
            listener()

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled if somebody wished to stop."""
        if self._is_cancelled:
            raise Cancelled

    def listen(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called on ``cancel``, or now if that has been."""
        with self._lock:
            if not self._is_cancelled:
                self._listeners.append(listener)
                return
        listener()

    def forget(self, listener: Callable[[], None]) -> None:
        """Stop calling ``listener``."""
        with self._lock, suppress(ValueError):
            self._listeners.remove(listener)
