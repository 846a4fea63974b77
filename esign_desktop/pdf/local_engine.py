"""A PdfEngine within this process: the child runs it; nothing protects the caller from a file that hangs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.domain.document import PreflightFacts
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.fingerprint import PageDigest
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf import search
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
from esign_desktop.pdf.limits import MAX_TEXT_LINES, Limits
from esign_desktop.pdf.mupdf import MupdfDocument, shrink_store
from esign_desktop.pdf.preflight import StructureFacts, facts_of, look_at_structure
from esign_desktop.pdf.text_digest import DIGESTED_PAGES, digest_of_lines

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placement import KeywordHit
    from esign_desktop.pdf.text_line import TextLine


class _Open:
    """A document with what was read of it so far."""

    def __init__(self, document: MupdfDocument) -> None:
        self.document = document
        self.frames: tuple[PageFrame, ...] = document.frames()
        self.characters = search.CharacterIndex()


class LocalEngine:
    """Implements PdfEngine, and beside it the same work in steps, so that a parent can limit each."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._open: dict[PdfHandle, _Open] = {}

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """See PdfEngine."""
        handle = PdfHandle(uuid4().hex)
        opened, structure = self.open_structure(handle, path, password=password)
        ends_at_s = time.monotonic() + self._limits.facts_budget_s
        with_text, next_index = self.look_for_text(handle, 0, ends_at_s - time.monotonic())
        opened_facts = facts_of(structure, with_text, page_count=len(opened.pages), looked_at=next_index)
        return OpenedPdf(handle, opened.pages, opened_facts, opened.size_bytes, opened.sha256)

    def open_structure(
        self, handle: PdfHandle, path: Path, *, password: str | None = None, expected_sha256: str | None = None
    ) -> tuple[OpenedPdf, StructureFacts]:
        """Open under a given handle, without a look at the text. Raises pdf.changed if the bytes are others."""
        document = MupdfDocument(path, password=password, expected_sha256=expected_sha256)
        opened = _Open(document)
        self._open[handle] = opened
        structure = look_at_structure(document) if expected_sha256 is None else StructureFacts()
        return OpenedPdf(handle, opened.frames, PreflightFacts(), document.size_bytes, document.sha256), structure

    def look_for_text(self, handle: PdfHandle, first_index: int, budget_s: float) -> tuple[tuple[bool, ...], int]:
        """Say of the pages from ``first_index`` on whether they have text, and which page comes next."""
        opened = self._opened(handle)
        ends_at_s = time.monotonic() + budget_s
        found: list[bool] = []
        index = first_index
        while index < len(opened.frames) and (not found or time.monotonic() < ends_at_s):
            try:
                found.append(bool(opened.document.plain_text(index).strip()))
            except PdfError:
                found.append(False)
            index += 1
        return tuple(found), index

    def render(self, request: RenderRequest) -> Pixels:
        """See PdfEngine."""
        opened = self._opened(request.handle)
        rect = pixel_rect(_frame(opened, request.page_number), request, self._limits.tile_pixels)
        buffer = bytearray(rect.size_bytes)
        self.draw(request.handle, request.page_number, request.pixels_per_point, rect, memoryview(buffer))
        stride_bytes = rect.width_px * BYTES_PER_PIXEL
        return Pixels(rect.width_px, rect.height_px, stride_bytes, memoryview(buffer), rect.left_px, rect.top_px)

    def draw(
        self, handle: PdfHandle, page_number: int, pixels_per_point: float, rect: PixelRect, buffer: memoryview
    ) -> None:
        """Draw into memory of the caller."""
        opened = self._opened(handle)
        _frame(opened, page_number)
        opened.document.draw(page_number - 1, pixels_per_point, rect, buffer[: rect.size_bytes])

    def find(self, handle: PdfHandle, keyword: str) -> tuple[KeywordHit, ...]:
        """See PdfEngine."""
        hits: list[KeywordHit] = []
        next_index = 0
        while next_index < len(self._opened(handle).frames):
            more, next_index = self.find_from(handle, keyword, next_index, self._limits.find_step_budget_s)
            hits.extend(more)
            check_hit_count(len(hits))
        return tuple(hits)

    def find_from(
        self, handle: PdfHandle, keyword: str, first_index: int, budget_s: float
    ) -> tuple[tuple[KeywordHit, ...], int]:
        """Search the pages from ``first_index`` on while there is time, and say which page comes next."""
        opened = self._opened(handle)
        wanted = search.Keyword(keyword)
        ends_at_s = time.monotonic() + budget_s
        hits: list[KeywordHit] = []
        index = first_index
        if not wanted.can_match:
            return (), len(opened.frames)
        while index < len(opened.frames) and (index == first_index or time.monotonic() < ends_at_s):
            hits.extend(self._find_on_page(opened, wanted, index))
            index += 1
        return tuple(hits), index

    @staticmethod
    def _find_on_page(opened: _Open, wanted: search.Keyword, page_index: int) -> tuple[KeywordHit, ...]:
        try:
            if not opened.characters.knows(page_index):
                opened.characters.learn(page_index, opened.document.plain_text(page_index))
            if not opened.characters.may_have(page_index, wanted):
                return ()
            lines = opened.document.text_lines(page_index)
        except PdfError as error:
            if error.code == "pdf.page_failed":
                # What can't be drawn has no text to seal; the page itself is reported when it is shown.
                return ()
            raise
        return search.find_on_page(lines, wanted, opened.frames[page_index], page_index + 1)

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
        count = min(len(self._opened(handle).frames), DIGESTED_PAGES)
        while len(digests) < count:
            digests.extend(self.text_digests_from(handle, len(digests), self._limits.find_step_budget_s))
        return tuple(digests)

    def text_digests_from(self, handle: PdfHandle, first_index: int, budget_s: float) -> tuple[PageDigest, ...]:
        """Digest the pages from ``first_index`` on while there is time, one at least; a page that fails has no text."""
        opened = self._opened(handle)
        ends_at_s = time.monotonic() + budget_s
        found: list[PageDigest] = []
        for index in range(first_index, min(len(opened.frames), DIGESTED_PAGES)):
            if found and time.monotonic() >= ends_at_s:
                break
            try:
                found.append(digest_of_lines(opened.document.text_lines(index)))
            except PdfError:
                found.append(PageDigest())
        return tuple(found)

    def list_links_and_fields(self, handle: PdfHandle, page_number: int) -> tuple[int, int]:
        """Count links and form fields of a page the way common programs do."""
        return self._opened(handle).document.list_links_and_fields(page_number - 1)

    def close(self, handle: PdfHandle) -> None:
        """See PdfEngine."""
        self._open.pop(handle, None)
        shrink_store()

    def stop(self) -> None:
        """See PdfEngine."""
        self._open.clear()
        shrink_store()

    def _opened(self, handle: PdfHandle) -> _Open:
        if handle not in self._open:
            raise PdfError("pdf.closed")
        return self._open[handle]


def _frame(opened: _Open, page_number: int) -> PageFrame:
    if not 1 <= page_number <= len(opened.frames):
        raise PdfError("pdf.page_failed", "no such page", page_number=page_number)
    return opened.frames[page_number - 1]


def _extent(line: TextLine, frame: PageFrame) -> DisplayRect | None:
    """Bounding box of the line's visible glyphs, if any are on the page."""
    visible = [glyph for glyph in line.glyphs if not glyph.text.isspace() and glyph.is_within(frame)]
    if not visible:
        return None
    left, top = min(g.left_pt for g in visible), min(g.top_pt for g in visible)
    right, bottom = max(g.right_pt for g in visible), max(g.bottom_pt for g in visible)
    return DisplayRect(left, top, right - left, bottom - top)
