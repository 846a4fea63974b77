"""Read the text of open documents in the background, in small steps and with one thread for each child process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf.client.pool import Urgency
from esign_desktop.pdf.text.index import TextIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.text.index import Chunk, PageText

LEAVE_S: Final = 10.0
_OF_THE_PAGE: Final = frozenset({"pdf.too_slow", "pdf.worker_died", "pdf.memory"})


ChunkReader: TypeAlias = "Callable[[PdfHandle, Chunk, Urgency], tuple[PageText, ...]]"
"""Reads the first pages of a chunk, at least one. Raises PdfError, and Cancelled after the engine has stopped."""


@dataclass(slots=True)
class _Work:
    index: TextIndex
    may_begin: bool = False
    wanted: int = 0
    """The number of callers that are waiting for the document."""


class BackgroundReader:
    """Reads the text of open documents in the background. Thread-safe."""

    def __init__(self, thread_count: int, read: ChunkReader) -> None:
        self._read = read
        self._works: dict[PdfHandle, _Work] = {}
        self._changed = threading.Condition()
        self._is_stopped = False
        # The threads are kept, because starting them takes longer than drawing a small page.
        self._threads = [
            threading.Thread(target=self._run, name="pdf-reading", daemon=True) for _ in range(thread_count)
        ]
        for thread in self._threads:
            thread.start()

    def add(self, handle: PdfHandle, index: TextIndex) -> None:
        """Add a document whose text is to be read.

        Reading starts only when ``begin`` or ``wait`` is called, because drawing the first page is more urgent.
        """
        with self._changed:
            self._works[handle] = _Work(index)

    def begin(self, handle: PdfHandle) -> None:
        """Start reading a document whose first page has been drawn."""
        with self._changed:
            work = self._works.get(handle)
            if work is not None and not work.may_begin:
                work.may_begin = True
                self._changed.notify_all()

    def wait(self, handle: PdfHandle, index: TextIndex, timeout_s: float | None, *, carefully: bool = False) -> bool:
        """Read a document ahead of all others, and return whether it was read within ``timeout_s`` seconds.

        With ``carefully``, all pages that are not plain are read glyph by glyph as well. Raises PdfError if the
        document cannot be read, and Cancelled if reading is stopped.
        """
        with self._changed:
            work = self._works.setdefault(handle, _Work(index))
            work.wanted += 1
            work.may_begin = True
            self._changed.notify_all()
        try:
            return index.wait(timeout_s, carefully=carefully)
        finally:
            with self._changed:
                work.wanted -= 1

    def drop(self, handle: PdfHandle) -> None:
        """Stop reading a document. Callers that are waiting for the document receive Cancelled."""
        with self._changed:
            work = self._works.pop(handle, None)
        if work is not None:
            work.index.close()

    def stop(self) -> None:
        """Stop reading all documents, and end the threads. Call this method after the process pool has been stopped."""
        with self._changed:
            self._is_stopped = True
            works = tuple(self._works.values())
            self._works.clear()
            self._changed.notify_all()
        for work in works:
            work.index.close()
        for thread in self._threads:
            thread.join(LEAVE_S)

    def _run(self) -> None:
        while (step := self._next()) is not None:
            handle, work, chunk = step
            try:
                urgency = Urgency.SOON if work.wanted else Urgency.LATER
                work.index.put(chunk, self._read(handle, chunk, urgency))
            except Cancelled:
                work.index.give_back(chunk)
                self.drop(handle)
            except PdfError as error:
                if error.code in _OF_THE_PAGE:
                    work.index.give_back(chunk)
                else:
                    with self._changed:
                        self._works.pop(handle, None)
                    work.index.fail(chunk, error)

    def _next(self) -> tuple[PdfHandle, _Work, Chunk] | None:
        """Wait for the next chunk of pages to read, and return it with its document, or None after ``stop``.

        Documents that a caller is waiting for come first.
        """
        with self._changed:
            while not self._is_stopped:
                for handle, work in sorted(self._works.items(), key=lambda item: item[1].wanted == 0):
                    if work.may_begin and (chunk := work.index.take()) is not None:
                        return handle, work, chunk
                self._changed.wait()
            return None
