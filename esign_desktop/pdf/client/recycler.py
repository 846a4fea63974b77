"""Replaces a child that takes too much memory by a fresh one, which is ready before it takes over: nobody waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf.client.child import ChildProcess

if TYPE_CHECKING:
    from esign_desktop.pdf.client.pool import ProcessPool
    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.limits import Limits

PAUSE_S: Final = 5.0
"""A document that needs more memory than a child should take would else have children replaced without end."""
LEAVE_S: Final = 10.0


class DocumentOpener(Protocol):
    """Opens a document in a child that nobody else uses yet. Raises PdfError."""

    def __call__(self, child: ChildProcess, handle: PdfHandle, /) -> None: ...


class Renewal:
    """Replaces one child at a time, in a thread of its own."""

    def __init__(self, pool: ProcessPool, limits: Limits, open_in: DocumentOpener) -> None:
        self._pool = pool
        self._limits = limits
        self._open_in = open_in
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._new: ChildProcess | None = None
        self._next_at_s = 0.0
        self._is_stopped = False

    def begin(self, worn: ChildProcess) -> None:
        """Prepare a new child, unless one is being prepared or just was."""
        with self._lock:
            is_busy = self._thread is not None and self._thread.is_alive()
            if self._is_stopped or is_busy or time.monotonic() < self._next_at_s or worn not in self._pool.children:
                return
            self._new = ChildProcess(self._limits)
            self._thread = threading.Thread(target=self._replace, args=(worn, self._new), name="renewal", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End what is being prepared; after the pool was stopped."""
        with self._lock:
            self._is_stopped = True
            if self._new is not None:
                self._new.interrupt()
        if self._thread is not None:
            self._thread.join(LEAVE_S)

    def _replace(self, worn: ChildProcess, new: ChildProcess) -> None:
        spare = new
        try:
            for handle in tuple(worn.opened):
                try:
                    self._open_in(new, handle)
                except PdfError:
                    # Closed, changed or gone meanwhile: whoever needs it is told.
                    continue
            new.start()
            self._pool.replace(worn, new)
            spare = worn
        except Cancelled:
            pass
        finally:
            with self._lock:
                self._new = None
                self._next_at_s = time.monotonic() + PAUSE_S
            spare.interrupt()
            spare.release()
