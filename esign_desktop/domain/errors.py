"""What an outside thing did wrong, as a code that the window turns into a sentence.

No sentence for a person stands here: ``code`` names the kind, ``params`` the values its sentence needs. Nothing secret
or personal is ever put into either, since both reach logs. ``CancelToken`` is the wish to stop a piece of work.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class AppError(Exception):
    """A failure that was foreseen.

    ``code`` is a dotted name such as ``pdf.damaged``; ``detail`` is technical text for the log and for support;
    ``retryable`` says that the same call may succeed later.
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
    """The platform could not be asked, or its answer can't be used."""


class StoreError(AppError):
    """The database, the keyring or the disk failed."""


class InputError(AppError):
    """What a person put in can't be used; ``params["position"]`` counts from 0 where there is one."""


class Cancelled(Exception):
    """The person stopped the work; it is never reported."""


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
