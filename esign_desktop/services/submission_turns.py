"""Who is sending what, for services that send side by side: a send that one has in hand is left alone by the others."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.store.journal import SubmissionId


class Turns:
    """Shared by the submission services of one installation. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[SubmissionId] = set()
        self.taking_stock = threading.Lock()
        """Held while a send is taken on, and while what no send needs is swept away: never both at once."""

    def is_held(self, submission_id: SubmissionId) -> bool:
        """Whether somebody has the send in hand."""
        with self._lock:
            return submission_id in self._held

    @contextmanager
    def hold(self, submission_id: SubmissionId) -> Iterator[None]:
        """Have a send to oneself. Raises InputError ``submission.busy`` when somebody else has it."""
        with self._lock:
            if submission_id in self._held:
                raise InputError("submission.busy", retryable=True)
            self._held.add(submission_id)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(submission_id)
