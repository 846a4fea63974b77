"""Lends children to callers: first come, first served, preferably one that has the document open."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import Cancelled
from esign_desktop.pdf.child_process import ChildProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.limits import Limits

LEAVE_S: Final = 10.0


class ProcessPool:
    """Some children, each used by one caller at a time."""

    def __init__(self, count: int, limits: Limits) -> None:
        self.children = tuple(ChildProcess(limits) for _ in range(count))
        self._free = list(self.children)
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()
        self._is_stopped = False

    @contextmanager
    def lend(self, handle: PdfHandle) -> Iterator[ChildProcess]:
        """Wait for a child and keep it for the block. Raises Cancelled once stopped."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                self._changed.wait_for(lambda: self._is_stopped or (self._free and self._queue[0] is ticket))
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
            if self._is_stopped:
                raise Cancelled
            child = next((c for c in self._free if handle in c.opened), self._free[0])
            self._free.remove(child)
        try:
            yield child
        finally:
            with self._changed:
                self._free.append(child)
                self._changed.notify_all()

    def stop(self) -> None:
        """End all children; callers that wait or ask get Cancelled."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        for child in self.children:
            child.interrupt()
        with self._changed:
            self._changed.wait_for(lambda: len(self._free) == len(self.children), LEAVE_S)
        for child in self.children:
            child.release()
