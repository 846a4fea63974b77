"""One search of many pages, shared by several children, the pages that come first in the list first."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.child_process import remaining
from esign_desktop.pdf.engine import check_hit_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.placement import KeywordHit

CHUNK_PAGES: Final = 16


class PageStep(Protocol):
    """Searches some first pages of a list, and says how many; killed after the time limit."""

    def __call__(self, page_numbers: Sequence[int], limit_s: float, /) -> tuple[tuple[KeywordHit, ...], int]: ...


class PageSearch:
    """Used once."""

    def __init__(self, page_numbers: Sequence[int], limit_s: float) -> None:
        self._order = {number: position for position, number in enumerate(page_numbers)}
        numbers = list(self._order)
        self._chunks = deque(numbers[start : start + CHUNK_PAGES] for start in range(0, len(numbers), CHUNK_PAGES))
        self._ends_at_s = time.monotonic() + limit_s
        self._hits: list[KeywordHit] = []
        self._lock = threading.Lock()
        self._error: Exception | None = None

    def run(self, step: PageStep, hands: int) -> None:
        """Search with so many steps at once, one of them in the calling thread.

        Raises PdfError, Cancelled, and whatever else ended one of the steps: hits of some pages only are none.
        """
        helpers = [
            threading.Thread(target=self._work, args=(step,), name="pdf-search", daemon=True)
            for _ in range(min(hands, len(self._chunks)) - 1)
        ]
        for thread in helpers:
            thread.start()
        self._work(step)
        for thread in helpers:
            thread.join()
        if self._error is not None:
            raise self._error

    def hits(self) -> tuple[KeywordHit, ...]:
        """Return what was found, in the order of the pages."""
        return tuple(sorted(self._hits, key=lambda hit: self._order[hit.page_number]))

    def _work(self, step: PageStep) -> None:
        try:
            while (chunk := self._take()) is not None:
                more, done = step(chunk, remaining(self._ends_at_s))
                with self._lock:
                    if chunk[done:]:
                        self._chunks.appendleft(chunk[done:])
                    self._hits.extend(more)
                    check_hit_count(len(self._hits))
        except Exception as error:  # noqa: BLE001  ``run`` raises it
            self._error = self._error or error

    def _take(self) -> list[int] | None:
        with self._lock:
            if self._error is not None or not self._chunks:
                return None
            if not remaining(self._ends_at_s):
                raise PdfError("pdf.too_slow", "find", retryable=True)
            return self._chunks.popleft()
