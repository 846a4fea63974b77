"""Exceptions for expected failures, and ``CancelToken``, which requests the cancellation of a running operation.

The exceptions contain no user-visible text. ``code`` identifies the kind of failure, ``params`` holds values to insert,
and the user interface creates the message from both. ``code`` and ``params`` never contain secrets or personal data,
because they may be logged.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class AppError(Exception):
    """An expected failure.

    ``code`` is a dotted name such as ``pdf.damaged``. ``detail`` is technical text for the log and for support.
    ``retryable`` means that the same call may succeed later. ``params`` holds the values to insert into the message.
    """

    def __init__(self, code: str, detail: str = "", *, retryable: bool = False, **params: str | float) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.params: dict[str, str | float] = params


class PdfError(AppError):
    """A document could not be opened, drawn or searched."""


class ApiError(AppError):
    """The platform could not be reached, or its response could not be used."""


class StoreError(AppError):
    """An operation on the database, the keyring or the disk failed."""


class InputError(AppError):
    """The user's input is invalid.

    ``params["position"]``, if present, is the zero-based index of the invalid character.
    """


class Cancelled(Exception):
    """The user canceled the operation. This exception is never reported to the user as an error."""


class CancelToken:
    """A token that lets any thread cancel an operation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        return self._is_cancelled

    def cancel(self) -> None:
        """Request cancellation, and call the listeners on the current thread. Later calls have no effect."""
        with self._lock:
            listeners, self._listeners = self._listeners, []
            self._is_cancelled = True
        for listener in listeners:
            listener()

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled if cancellation was requested."""
        if self._is_cancelled:
            raise Cancelled

    def listen(self, listener: Callable[[], None]) -> None:
        """Register a function to call on cancellation.

        If cancellation was already requested, call the function immediately.
        """
        with self._lock:
            if not self._is_cancelled:
                self._listeners.append(listener)
                return
        listener()

    def forget(self, listener: Callable[[], None]) -> None:
        """Unregister a listener. A function that is not registered is ignored."""
        with self._lock, suppress(ValueError):
            self._listeners.remove(listener)
