"""Assign child processes to callers, the most urgent caller first.

If possible, a caller gets a child that already has the caller's document open.

A child that uses too much memory is replaced with a new one. The new child is made ready before the old child is
removed, so that callers need not wait.
"""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf.client.child import ChildProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.limits import Limits

LEAVE_S: Final = 10.0
SLOW_STEP_S: Final = 0.2
"""The time in seconds after which a background step counts as slow.

During a slow step, other background work leaves the last free child to urgent requests.
"""
STARVING_S: Final = 0.05
"""The time in seconds after which waiting background work gets its turn, even during endless scrolling."""
PAUSE_S: Final = 5.0
"""The pause in seconds between replacements, which keeps a document that needs too much memory from causing many."""


class Urgency(IntEnum):
    """How urgently a caller needs a child process. The most urgent value comes first."""

    NOW = 0
    """The user is looking at the place where the result will appear."""
    SOON = 1
    """A caller is waiting for the result. The work is done in short steps."""
    LATER = 2
    """Work in the background, which is done in short steps."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    urgency: Urgency
    number: int
    since_s: float
    only: ChildProcess | None = None

    def rank(self, now_s: float) -> tuple[Urgency, int]:
        """Return the sort key at the time ``now_s``. The ticket with the smallest key is served first."""
        return (Urgency.NOW if now_s - self.since_s > STARVING_S else self.urgency), self.number


class ProcessPool:
    """A fixed number of child processes, each of which is used by one caller at a time."""

    def __init__(
        self, count: int, limits: Limits, on_over_memory: Callable[[ChildProcess], None] | None = None
    ) -> None:
        self.children = tuple(ChildProcess(limits) for _ in range(count))
        self._free = list(self.children)
        self._waiting: list[_Ticket] = []
        self._numbers = itertools.count()
        # Start times of background work, by child.
        self._patient_since_s: dict[ChildProcess, float] = {}
        self._changed = threading.Condition()
        self._is_stopped = False
        self._on_over_memory = on_over_memory

    @contextmanager
    def checkout(
        self, handle: PdfHandle, urgency: Urgency = Urgency.NOW, *, only: ChildProcess | None = None
    ) -> Iterator[ChildProcess]:
        """Wait for a free child, and reserve it for the duration of the ``with`` block.

        If ``only`` is given, wait for that child, or for any child if ``only`` has been replaced. Raises Cancelled once
        the pool has been stopped.
        """
        child = self._take(handle, urgency, only)
        try:
            yield child
        finally:
            with self._changed:
                self._patient_since_s.pop(child, None)
                self._free.append(child)
                self._changed.notify_all()
            if child.is_over_memory and self._on_over_memory is not None and not self._is_stopped:
                self._on_over_memory(child)

    def replace(self, old: ChildProcess, new: ChildProcess) -> None:
        """Replace ``old`` with ``new`` as soon as ``old`` is free. Raises Cancelled once the pool has been stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or old in self._free)
            if self._is_stopped:
                raise Cancelled
            self._free[self._free.index(old)] = new
            self.children = tuple(new if child is old else child for child in self.children)
            self._changed.notify_all()

    def stop(self) -> None:
        """End all children. Callers that are waiting for a child or for an answer receive Cancelled."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        for child in self.children:
            child.interrupt()
        with self._changed:
            self._changed.wait_for(lambda: len(self._free) == len(self.children), LEAVE_S)
        for child in self.children:
            child.release()

    def _take(self, handle: PdfHandle, urgency: Urgency, only: ChildProcess | None) -> ChildProcess:
        ticket = _Ticket(urgency, next(self._numbers), time.monotonic(), only)
        with self._changed:
            self._waiting.append(ticket)
            try:
                self._changed.wait_for(lambda: self._is_stopped or self._may_take(ticket))
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
            if self._is_stopped:
                raise Cancelled
            able = [child for child in self._free if self._suits(child, ticket)]
            child = next((child for child in able if handle in child.opened), able[0])
            self._free.remove(child)
            if urgency is not Urgency.NOW:
                self._patient_since_s[child] = time.monotonic()
            return child

    def _may_take(self, ticket: _Ticket) -> bool:
        now_s = time.monotonic()
        # A caller that waits for a busy child must not block callers that can use another.
        able = [other for other in self._waiting if any(self._suits(child, other) for child in self._free)]
        if ticket not in able or min(able, key=lambda other: other.rank(now_s)) is not ticket:
            return False
        if ticket.urgency is Urgency.NOW or len(self._free) > 1:
            return True
        return all(now_s - since_s < SLOW_STEP_S for since_s in self._patient_since_s.values())

    def _suits(self, child: ChildProcess, ticket: _Ticket) -> bool:
        return ticket.only in {None, child} or ticket.only not in self.children


class WorkerRecycler:
    """Replaces child processes with new ones, one at a time, on a separate thread.

    ``open_in`` opens a document in the new child, and may raise PdfError.
    """

    def __init__(self, pool: ProcessPool, limits: Limits, open_in: Callable[[ChildProcess, PdfHandle], None]) -> None:
        self._pool = pool
        self._limits = limits
        self._open_in = open_in
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._new: ChildProcess | None = None
        self._next_at_s = 0.0
        self._is_stopped = False

    def begin(self, old: ChildProcess) -> None:
        """Start replacing ``old``, unless a replacement is in progress or a child has just been replaced."""
        with self._lock:
            is_busy = self._thread is not None and self._thread.is_alive()
            if self._is_stopped or is_busy or time.monotonic() < self._next_at_s or old not in self._pool.children:
                return
            self._new = ChildProcess(self._limits)
            self._thread = threading.Thread(target=self._replace, args=(old, self._new), name="recycler", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Cancel any replacement in progress. Call this method after the pool has been stopped."""
        with self._lock:
            self._is_stopped = True
            if self._new is not None:
                self._new.interrupt()
        if self._thread is not None:
            self._thread.join(LEAVE_S)

    def _replace(self, old: ChildProcess, new: ChildProcess) -> None:
        spare = new
        try:
            for handle in tuple(old.opened):
                try:
                    self._open_in(new, handle)
                except PdfError:
                    # Closed, changed or gone missing in the meantime. A later request reports it.
                    continue
            new.start()
            self._pool.replace(old, new)
            spare = old
        except Cancelled:
            pass
        finally:
            with self._lock:
                self._new = None
                self._next_at_s = time.monotonic() + PAUSE_S
            spare.interrupt()
            spare.release()
