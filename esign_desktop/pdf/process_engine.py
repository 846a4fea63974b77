"""The PdfEngine that the program uses: every file is parsed by a child that can be killed."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.pdf import wire
from esign_desktop.pdf.child_process import remaining
from esign_desktop.pdf.engine import (
    BYTES_PER_PIXEL,
    OpenedPdf,
    PdfHandle,
    PixelRect,
    Pixels,
    RenderRequest,
    check_hit_count,
    pixel_rect,
)
from esign_desktop.pdf.limits import MAX_KEYWORD_CHARACTERS, Limits
from esign_desktop.pdf.preflight import facts_of
from esign_desktop.pdf.process_pool import ProcessPool
from esign_desktop.pdf.segment import SegmentPool
from esign_desktop.pdf.text_digest import DIGESTED_PAGES, read_digests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.fingerprint import PageDigest
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placement import KeywordHit
    from esign_desktop.pdf.child_process import ChildProcess

STRIKES: Final = 2
"""A page that ended the child so often is refused at once: else it would hold up all others again and again."""


@dataclass(slots=True)
class _Record:
    """What is needed to open a document again in another child. The password never leaves memory and the pipe."""

    path: Path
    password: str | None = field(repr=False)
    sha256: str
    pages: tuple[PageFrame, ...]
    strikes: dict[int, int] = field(default_factory=dict)


class ProcessEngine:
    """Implements PdfEngine with child processes, which start when first needed. Thread-safe; calls block."""

    def __init__(self, workers: int = 1, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._pool = ProcessPool(workers, self._limits)
        self._segments = SegmentPool()
        self._records: dict[PdfHandle, _Record] = {}
        self._lock = threading.Lock()

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """Numbers of the running children, for diagnosis."""
        return tuple(child.pid for child in self._pool.children if child.pid is not None)

    def prestart(self) -> None:
        """Start the children without waiting for them: they get ready while the caller does other things."""
        for child in self._pool.children:
            child.start()

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """See PdfEngine."""
        handle = PdfHandle(uuid4().hex)
        path = path.absolute()
        with self._pool.lend(handle) as child:
            answer = self._ask_open(child, handle, path, password, expected_sha256=None)
            with _sound(child):
                opened, structure = wire.read_opened(answer, handle)
        record = _Record(path, password, opened.sha256, opened.pages)
        with self._lock:
            self._records[handle] = record
        with_text = self._look_for_text(handle, record)
        facts = facts_of(structure, with_text, page_count=len(opened.pages), looked_at=len(with_text))
        return OpenedPdf(handle, opened.pages, facts, opened.size_bytes, opened.sha256)

    def _look_for_text(self, handle: PdfHandle, record: _Record) -> tuple[bool, ...]:
        """Say of each page whether it has text, as far as time allows; a page that hangs costs facts only."""
        with_text: list[bool] = []
        ends_at_s = time.monotonic() + self._limits.facts_budget_s
        try:
            while len(with_text) < len(record.pages) and remaining(ends_at_s):
                first_index = len(with_text)
                with self._child_with(handle) as child:
                    answer = child.ask(
                        "look_for_text",
                        self._limits.facts_page_s,
                        handle=handle,
                        first_index=first_index,
                        budget_s=min(remaining(ends_at_s), self._limits.find_step_budget_s),
                    )
                    with _sound(child):
                        flags, _ = wire.read_text_flags(answer, first_index, len(record.pages))
                with_text.extend(flags)
        except PdfError as error:
            if error.code not in {"pdf.too_slow", "pdf.worker_died", "pdf.memory"}:
                self.close(handle)
                raise
        return tuple(with_text)

    def render(self, request: RenderRequest) -> Pixels:
        """See PdfEngine."""
        record = self._record(request.handle)
        rect = pixel_rect(_frame(record, request.page_number), request, self._limits.tile_pixels)
        _refuse_if_struck(record, request.page_number)
        with self._child_with(request.handle) as child, _strikes(record, request.page_number):
            data = self._draw(child, request, rect)
        stride_bytes = rect.width_px * BYTES_PER_PIXEL
        return Pixels(rect.width_px, rect.height_px, stride_bytes, data, rect.left_px, rect.top_px)

    def _draw(self, child: ChildProcess, request: RenderRequest, rect: PixelRect) -> memoryview:
        try:
            memory = self._segments.take(rect.size_bytes)
        except OSError as error:
            raise PdfError("pdf.memory", type(error).__name__, retryable=True) from None
        try:
            child.ask(
                "render",
                self._limits.render_s,
                handle=request.handle,
                page_number=request.page_number,
                pixels_per_point=request.pixels_per_point,
                rect=wire.pixel_rect_items(rect),
                segment=memory.name,
            )
        except BaseException:
            self._segments.give_back(memory)
            raise
        return self._segments.view(memory, rect.size_bytes)

    def find(self, handle: PdfHandle, keyword: str) -> tuple[KeywordHit, ...]:
        """See PdfEngine. The child is lent anew for each step, so that pages are drawn in between."""
        record = self._record(handle)
        hits: list[KeywordHit] = []
        next_index = 0
        ends_at_s = time.monotonic() + self._limits.find_s
        while next_index < len(record.pages):
            if not remaining(ends_at_s):
                raise PdfError("pdf.too_slow", "find", retryable=True)
            with self._child_with(handle) as child:
                answer = child.ask(
                    "find",
                    max(remaining(ends_at_s), self._limits.find_step_budget_s),
                    handle=handle,
                    keyword=keyword[:MAX_KEYWORD_CHARACTERS],
                    first_index=next_index,
                    budget_s=self._limits.find_step_budget_s,
                )
                with _sound(child):
                    more, index = wire.read_hits(answer, len(record.pages))
                    if index <= next_index:
                        raise wire.BadAnswer("next page")
            next_index = index
            hits.extend(more)
            check_hit_count(len(hits))
        return tuple(hits)

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        """See PdfEngine."""
        record = self._record(handle)
        _frame(record, page_number)
        _refuse_if_struck(record, page_number)
        with self._child_with(handle) as child, _strikes(record, page_number):
            answer = child.ask("text_lines", self._limits.text_lines_s, handle=handle, page_number=page_number)
            with _sound(child):
                return wire.read_rects(answer)

    def text_digests(self, handle: PdfHandle) -> tuple[PageDigest, ...]:
        """See PdfEngine. The child is lent anew for each step, as for a search."""
        count = min(len(self._record(handle).pages), DIGESTED_PAGES)
        digests: list[PageDigest] = []
        ends_at_s = time.monotonic() + self._limits.find_s
        while len(digests) < count:
            if not remaining(ends_at_s):
                raise PdfError("pdf.too_slow", "text_digests", retryable=True)
            with self._child_with(handle) as child:
                answer = child.ask(
                    "text_digests",
                    self._limits.facts_page_s,
                    handle=handle,
                    first_index=len(digests),
                    budget_s=self._limits.find_step_budget_s,
                )
                with _sound(child):
                    digests.extend(read_digests(answer, count - len(digests)))
        return tuple(digests)

    def list_links_and_fields(self, handle: PdfHandle, page_number: int) -> None:
        """List links and form fields as common programs do; raises pdf.too_slow for a file on which those hang."""
        _frame(self._record(handle), page_number)
        with self._child_with(handle) as child:
            child.ask("links_and_fields", self._limits.render_s, handle=handle, page_number=page_number)

    def close(self, handle: PdfHandle) -> None:
        """See PdfEngine."""
        with self._lock:
            self._records.pop(handle, None)
        # A child that died or is stopped has nothing open any more.
        with suppress(PdfError, Cancelled):
            while any(handle in child.opened for child in self._pool.children):
                with self._pool.lend(handle) as child:
                    if handle in child.opened:
                        child.opened.discard(handle)
                        child.ask("close", self._limits.open_s, handle=handle)

    def stop(self) -> None:
        """See PdfEngine."""
        self._pool.stop()
        self._segments.close()
        with self._lock:
            self._records.clear()

    @contextmanager
    def _child_with(self, handle: PdfHandle) -> Iterator[ChildProcess]:
        """Lend a child that has the document open."""
        with self._pool.lend(handle) as child:
            # Closed meanwhile?
            record = self._record(handle)
            # The child may have ended while nobody looked, and what it had open with it.
            child.start()
            if handle not in child.opened:
                self._ask_open(child, handle, record.path, record.password, expected_sha256=record.sha256)
            yield child

    def _ask_open(
        self, child: ChildProcess, handle: PdfHandle, path: Path, password: str | None, *, expected_sha256: str | None
    ) -> wire.Message:
        arguments: dict[str, Any] = {"path": str(path), "password": password, "expected_sha256": expected_sha256}
        answer = child.ask("open", self._limits.open_s, handle=handle, **arguments)
        child.opened.add(handle)
        return answer

    def _record(self, handle: PdfHandle) -> _Record:
        with self._lock:
            if handle not in self._records:
                raise PdfError("pdf.closed")
            return self._records[handle]


def _frame(record: _Record, page_number: int) -> PageFrame:
    if not 1 <= page_number <= len(record.pages):
        raise PdfError("pdf.page_failed", "no such page", page_number=page_number)
    return record.pages[page_number - 1]


@contextmanager
def _sound(child: ChildProcess) -> Iterator[None]:
    """End a child whose answer can't be true."""
    try:
        yield
    except wire.BadAnswer as error:
        raise child.discredit(str(error)) from None


def _refuse_if_struck(record: _Record, page_number: int) -> None:
    if record.strikes.get(page_number, 0) >= STRIKES:
        raise PdfError("pdf.too_slow", "refused", page_number=page_number)


@contextmanager
def _strikes(record: _Record, page_number: int) -> Iterator[None]:
    """Count how often a page ended the child."""
    try:
        yield
        record.strikes.pop(page_number, None)
    except PdfError as error:
        if error.code in {"pdf.too_slow", "pdf.worker_died"}:
            record.strikes[page_number] = record.strikes.get(page_number, 0) + 1
        error.params.setdefault("page_number", page_number)
        raise
