"""A PdfEngine within this process: the child runs it; nothing protects the caller from a file that hangs."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.domain.contract.fingerprint import PageDigest
from esign_desktop.domain.document import Pixels, PreflightFacts
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.engine import CopyProgress, OpenedPdf, PdfHandle, RenderRequest, check_hit_count
from esign_desktop.pdf.files import open_target, written_aside
from esign_desktop.pdf.limits import MAX_TEXT_LINES, Limits
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL, PixelRect, pixel_rect
from esign_desktop.pdf.text import search
from esign_desktop.pdf.text.digest import DIGESTED_PAGES, digest_of_lines
from esign_desktop.pdf.text.index import TextIndex
from esign_desktop.pdf.worker.document import MupdfDocument, shrink_store
from esign_desktop.pdf.worker.memory import give_free_memory_back
from esign_desktop.pdf.worker.page_reader import find_on_page, read_page
from esign_desktop.pdf.worker.preflight import StructureFacts, facts_of, look_at_structure
from esign_desktop.pdf.worker.upright import check_same, write_upright_copy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.pdf.files import FileState, SourceFile
    from esign_desktop.pdf.text.index import PageText
    from esign_desktop.pdf.text.lines import TextLine

_WHOLE_SHARE = 0.9


class _Open:
    """A document with what was read of it so far."""

    def __init__(self, document: MupdfDocument, password: str | None) -> None:
        self.document = document
        self.password = password
        self.index = TextIndex(document.page_count)


class LocalEngine:
    """Implements PdfEngine, and beside it the same work in steps, so that a parent can limit each."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._open: dict[PdfHandle, _Open] = {}

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """See PdfEngine."""
        return self.complete(self.open_quickly(path, password=password))

    def open_quickly(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """See PdfEngine."""
        handle = PdfHandle(uuid4().hex)
        opened, _ = self.open_frames(handle, path, password=password)
        return opened

    def complete(self, opened: OpenedPdf) -> OpenedPdf:
        """See PdfEngine."""
        document = self._opened(opened.handle)
        self._read_all(document, opened.handle, time.monotonic() + self._limits.facts_budget_s)
        with_text = document.index.text_flags()
        facts = facts_of(
            self.structure(opened.handle), with_text, page_count=len(opened.pages), looked_at=len(with_text)
        )
        return replace(opened, facts=facts, sha256=document.document.sum.wait())

    def _read_all(self, document: _Open, handle: PdfHandle, ends_at_s: float) -> None:
        while time.monotonic() < ends_at_s and (chunk := document.index.take()) is not None:
            document.index.put(
                chunk,
                self.read_pages(handle, chunk.page_indices, ends_at_s - time.monotonic(), carefully=chunk.careful),
            )

    def open_frames(
        self,
        handle: PdfHandle,
        file: Path | SourceFile,
        *,
        password: str | None = None,
        expected: FileState | None = None,
    ) -> tuple[OpenedPdf, FileState]:
        """Open under a given handle, without a closer look.

        With an ``expected`` state, which raises pdf.changed if the bytes are others, the answer tells no pages.
        """
        document = MupdfDocument(file, password=password, expected=expected)
        opened = _Open(document, password)
        self._open[handle] = opened
        if document.sum.is_at_once:
            document.sum.start()
        state = replace(document.state, sha256=document.sum.known())
        facts = PreflightFacts(facts_are_partial=True)
        # Who opens it again knows them.
        pages = document.frames() if expected is None else ()
        return OpenedPdf(handle, pages, facts, state.size_bytes, state.sha256), state

    def structure(self, handle: PdfHandle) -> StructureFacts:
        """Say what the document's objects tell, without its text."""
        return look_at_structure(self._opened(handle).document)

    def sha256(self, handle: PdfHandle) -> str:
        """See PdfEngine."""
        return self._opened(handle).document.sum.wait()

    def known_sum(self, handle: PdfHandle) -> str:
        """Return the sum of the document's bytes; empty if it is not known yet, and then it soon will be."""
        opened = self._opened(handle).document
        opened.sum.start()
        return opened.sum.known()

    def read_pages(
        self, handle: PdfHandle, page_indices: Sequence[int], budget_s: float, *, carefully: bool
    ) -> tuple[PageText, ...]:
        """Read as many of the pages as there is time for, at least one."""
        opened = self._opened(handle)
        ends_at_s = time.monotonic() + budget_s
        texts: list[PageText] = []
        for page_index in page_indices:
            if texts and time.monotonic() >= ends_at_s:
                break
            texts.append(read_page(opened.document, page_index, opened.document.frame(page_index), carefully=carefully))
        return tuple(texts)

    def render(self, request: RenderRequest) -> Pixels:
        """See PdfEngine."""
        opened = self._opened(request.handle)
        rect = pixel_rect(
            _frame(opened, request.page_number),
            request.pixels_per_point,
            request.clip,
            page_number=request.page_number,
            most_pixels=self._limits.tile_pixels,
        )
        buffer = bytearray(rect.size_bytes)
        self.draw(request.handle, request.page_number, request.pixels_per_point, rect, memoryview(buffer))
        stride_bytes = rect.width_px * BYTES_PER_PIXEL
        return Pixels(rect.width_px, rect.height_px, stride_bytes, memoryview(buffer), rect.left_px, rect.top_px)

    def draw(
        self, handle: PdfHandle, page_number: int, pixels_per_point: float, rect: PixelRect, buffer: memoryview
    ) -> None:
        """Draw into memory of the caller."""
        opened = self._opened(handle)
        frame = _frame(opened, page_number)
        whole_px = frame.display_width_pt * frame.display_height_pt * pixels_per_point**2
        is_part = rect.width_px * rect.height_px < _WHOLE_SHARE * whole_px
        opened.document.draw(page_number - 1, pixels_per_point, rect, buffer[: rect.size_bytes], is_part=is_part)

    def count(self, handle: PdfHandle, keyword: str) -> tuple[int, ...]:
        """See PdfEngine."""
        opened = self._opened(handle)
        self._read_all(opened, handle, math.inf)
        wanted = search.Keyword(keyword)
        counts = opened.index.counts(wanted.folded)
        return tuple(
            len(find_on_page(opened.document, index, opened.document.frame(index), wanted)) if count is None else count
            for index, count in enumerate(counts)
        )

    def find(
        self,
        handle: PdfHandle,
        keyword: str,
        *,
        near_page: int | None = None,  # noqa: ARG002  the answer is the same, and nobody sees it earlier
    ) -> tuple[KeywordHit, ...]:
        """See PdfEngine."""
        opened = self._opened(handle)
        self._read_all(opened, handle, math.inf)
        counts = opened.index.counts(search.Keyword(keyword).folded)
        return self.find_on_pages(handle, keyword, [number for number, count in enumerate(counts, 1) if count != 0])

    def find_on_pages(self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int]) -> tuple[KeywordHit, ...]:
        """See PdfEngine."""
        hits: list[KeywordHit] = []
        for page_number in page_numbers:
            more, _ = self.find_some(handle, keyword, [page_number], 0.0)
            hits.extend(more)
            check_hit_count(len(hits))
        return tuple(hits)

    def find_some(
        self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int], budget_s: float
    ) -> tuple[tuple[KeywordHit, ...], int]:
        """Search as many of the pages as there is time for, at least one, and say how many."""
        opened = self._opened(handle)
        wanted = search.Keyword(keyword)
        ends_at_s = time.monotonic() + budget_s
        hits: list[KeywordHit] = []
        done = 0
        for page_number in page_numbers:
            if done and time.monotonic() >= ends_at_s:
                break
            frame = _frame(opened, page_number)
            hits.extend(find_on_page(opened.document, page_number - 1, frame, wanted))
            done += 1
        return tuple(hits), done

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        """See PdfEngine."""
        opened = self._opened(handle)
        frame = _frame(opened, page_number)
        lines = opened.document.text_lines(page_number - 1)[:MAX_TEXT_LINES]
        rects = (_extent(line, frame) for line in lines)
        return tuple(frame.rect_to_page(rect) for rect in rects if rect is not None)

    def text_digests(self, handle: PdfHandle) -> tuple[PageDigest, ...]:
        """See PdfEngine."""
        digests: list[PageDigest] = []
        count = min(self._opened(handle).document.page_count, DIGESTED_PAGES)
        while len(digests) < count:
            digests.extend(self.text_digests_from(handle, len(digests), self._limits.find_step_budget_s))
        return tuple(digests)

    def text_digests_from(self, handle: PdfHandle, first_index: int, budget_s: float) -> tuple[PageDigest, ...]:
        """Digest the pages from ``first_index`` on while there is time, one at least; a page that fails has no text."""
        opened = self._opened(handle)
        ends_at_s = time.monotonic() + budget_s
        found: list[PageDigest] = []
        for index in range(first_index, min(opened.document.page_count, DIGESTED_PAGES)):
            if found and time.monotonic() >= ends_at_s:
                break
            try:
                found.append(digest_of_lines(opened.document.text_lines(index)))
            except PdfError:
                found.append(PageDigest())
        return tuple(found)

    def normalise(self, handle: PdfHandle, target: Path, on_progress: CopyProgress | None = None) -> OpenedPdf:
        """See PdfEngine."""
        password = self._opened(handle).password
        with written_aside(target) as aside:
            with open_target(aside) as descriptor:
                self.write_copy(handle, descriptor)
            copy = self.open_quickly(aside, password=password)
            next_index, page_count = 0, len(copy.pages)
            try:
                while next_index < page_count:
                    if on_progress is not None:
                        on_progress(next_index, page_count)
                    next_index = self.compare_from(handle, copy.handle, next_index, 0.0)
            finally:
                self.close(copy.handle)
        return self.open(target, password=password)

    def write_copy(self, handle: PdfHandle, target: int) -> None:
        """Write the upright copy to an open file, without comparing it."""
        opened = self._opened(handle)
        write_upright_copy(opened.document.data, opened.password, opened.document.frames(), target)

    def compare_from(self, handle: PdfHandle, copy_handle: PdfHandle, first_index: int, budget_s: float) -> int:
        """Compare pages from ``first_index`` on while there is time, and say which comes next."""
        opened, copy = self._opened(handle), self._opened(copy_handle)
        if copy.document.page_count != opened.document.page_count:
            raise PdfError("pdf.normalise_failed", "pages")
        ends_at_s = time.monotonic() + budget_s
        index = first_index
        while index < opened.document.page_count and (index == first_index or time.monotonic() < ends_at_s):
            check_same(opened.document, copy.document, index, opened.document.frame(index), copy.document.frame(index))
            index += 1
        return index

    def list_links_and_fields(self, handle: PdfHandle, page_number: int) -> tuple[int, int]:
        """Count links and form fields of a page the way common programs do."""
        return self._opened(handle).document.list_links_and_fields(page_number - 1)

    def close(self, handle: PdfHandle) -> None:
        """See PdfEngine."""
        self._open.pop(handle, None)

    def stop(self) -> None:
        """See PdfEngine."""
        self._open.clear()
        shrink_store()

    def rest(self) -> None:
        """Give back the memory that only makes later work quicker."""
        for opened in self._open.values():
            opened.document.forget_drawn()
        shrink_store()
        give_free_memory_back()

    def _opened(self, handle: PdfHandle) -> _Open:
        if handle not in self._open:
            raise PdfError("pdf.closed")
        return self._open[handle]


def _frame(opened: _Open, page_number: int) -> PageFrame:
    if not 1 <= page_number <= opened.document.page_count:
        raise PdfError("pdf.page_failed", "no such page", page_number=page_number)
    return opened.document.frame(page_number - 1)


def _extent(line: TextLine, frame: PageFrame) -> DisplayRect | None:
    """Bounding box of the line's visible glyphs, if any are on the page."""
    visible = [glyph for glyph in line.glyphs if not glyph.text.isspace() and glyph.is_within(frame)]
    if not visible:
        return None
    left, top = min(g.left_pt for g in visible), min(g.top_pt for g in visible)
    right, bottom = max(g.right_pt for g in visible), max(g.bottom_pt for g in visible)
    return DisplayRect(left, top, right - left, bottom - top)
