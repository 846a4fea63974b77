"""Execute the jobs of the PDF process. Each job is a method.

This module does not interrupt a job that takes too long; the parent process kills the whole process instead. Long jobs
are split into short steps so that other requests can be served in between.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.blanks import Blank
from esign_desktop.domain.contract.fingerprint import PageDigest
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.anchors import PageLabel
from esign_desktop.pdf.files import on_own_thread
from esign_desktop.pdf.limits import MAX_TEXT_LINES
from esign_desktop.pdf.proposing.blanks import find_blanks
from esign_desktop.pdf.proposing.drawn_lines import MOST_LINES
from esign_desktop.pdf.proposing.parties import propose, proposed_pages
from esign_desktop.pdf.proposing.segments import read_rows
from esign_desktop.pdf.text.index import DIGESTED_PAGES, digest_of_lines
from esign_desktop.pdf.text.recognised import NO_WORDS, lines_of
from esign_desktop.pdf.text.search import Keyword
from esign_desktop.pdf.wire import OpenedFile
from esign_desktop.pdf.worker.document import MupdfDocument, shrink_store
from esign_desktop.pdf.worker.form_writing import write_form
from esign_desktop.pdf.worker.memory import trim_heap
from esign_desktop.pdf.worker.page_reader import find_on_page, read_page
from esign_desktop.pdf.worker.preflight import StructureFacts, is_dynamic_form, look_at_structure
from esign_desktop.pdf.worker.upright import check_same, write_upright_copy, write_upright_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.files import FileState, SourceFile
    from esign_desktop.pdf.form_fields import DrawnField, MissingGlyphs
    from esign_desktop.pdf.pixel_grid import PixelRect
    from esign_desktop.pdf.proposing.segments import PageRow
    from esign_desktop.pdf.text.index import PageText
    from esign_desktop.pdf.text.layout import TextLine
    from esign_desktop.pdf.text.recognised import PagesOfWords

_WHOLE_SHARE: Final = 0.9
"""A request for a smaller share of the page is a tile, and other tiles will follow."""


class Jobs:
    """Keeps documents open by handle, and executes jobs on them.

    The methods may raise PdfError, with the code ``pdf.closed`` if the handle is unknown. Page numbers start at 1, and
    page indices at 0.
    """

    def __init__(self, run_aside: Callable[[Callable[[], None]], object] = on_own_thread) -> None:
        """Create an object without open documents. ``run_aside`` runs a function on another thread."""
        self._open: dict[PdfHandle, MupdfDocument] = {}
        self._run_aside = run_aside

    def open(
        self,
        handle: PdfHandle,
        file: Path | SourceFile,
        *,
        password: str | None = None,
        expected: FileState | None = None,
    ) -> OpenedFile:
        """Open a file under a handle.

        If ``expected`` is given, the pages are already known and are not returned. PdfError ``pdf.changed`` is then
        raised if the bytes of the file have changed.
        """
        document = self._open[handle] = MupdfDocument(file, password=password, expected=expected)
        if document.sum.is_at_once:
            document.sum.start()
        state = replace(document.state, sha256=document.sum.known())
        return OpenedFile.of(state, document.frames() if expected is None else ())

    def structure(self, handle: PdfHandle) -> StructureFacts:
        """Return the facts about the document that can be determined without reading its text."""
        return look_at_structure(self._opened(handle))

    def known_sum(self, handle: PdfHandle) -> str:
        """Return the SHA-256 digest of the document's bytes, or an empty string while it is being computed."""
        byte_sum = self._opened(handle).sum
        byte_sum.start(self._run_aside)
        return byte_sum.known()

    def read_pages(
        self, handle: PdfHandle, page_indices: Sequence[int], budget_s: float, *, carefully: bool
    ) -> tuple[PageText, ...]:
        """Return the text of as many of the pages as the time budget permits, but of at least one page."""
        document = self._opened(handle)
        return tuple(
            read_page(document, index, document.frame(index), carefully=carefully)
            for index in _within_budget(page_indices, budget_s)
        )

    def draw(
        self, handle: PdfHandle, page_number: int, pixels_per_point: float, rect: PixelRect, buffer: memoryview
    ) -> None:
        """Draw a part of a page into the caller's buffer, in the format of ``Pixels``."""
        document = self._opened(handle)
        frame = _frame(document, page_number)
        whole_px = frame.display_width_pt * frame.display_height_pt * pixels_per_point**2
        is_part = rect.width_px * rect.height_px < _WHOLE_SHARE * whole_px
        document.draw(page_number - 1, pixels_per_point, rect, buffer[: rect.size_bytes], is_part=is_part)

    def find(
        self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int], budget_s: float
    ) -> tuple[tuple[KeywordHit, ...], int]:
        """Search as many of the pages as the time budget permits, but at least one page.

        Return the matches and the number of pages searched.
        """
        document = self._opened(handle)
        wanted = Keyword(keyword)
        found = [
            find_on_page(document, number - 1, _frame(document, number), wanted)
            for number in _within_budget(page_numbers, budget_s)
        ]
        return tuple(hit for hits in found for hit in hits), len(found)

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        """Return the rectangles of a page's text lines in page space."""
        document = self._opened(handle)
        frame = _frame(document, page_number)
        lines = document.text_lines(page_number - 1)[:MAX_TEXT_LINES]
        rects = (_extent(line, frame) for line in lines)
        return tuple(frame.rect_to_page(rect) for rect in rects if rect is not None)

    def labels(self, handle: PdfHandle, page_number: int, words: PagesOfWords = NO_WORDS) -> tuple[PageLabel, ...]:
        """Return the segments of a page's rows with their boxes in page space.

        ``words`` contains the words recognized on pages without text, keyed by page number.
        """
        document = self._opened(handle)
        frame = _frame(document, page_number)
        lines = document.text_lines(page_number - 1) or tuple(lines_of(words.get(page_number, ())))
        segments = [segment for row in read_rows(lines[:MAX_TEXT_LINES], page_number) for segment in row.segments]
        return tuple(
            PageLabel(segment.printed(0), frame.rect_to_page(segment.rect())) for segment in segments if segment.letters
        )

    def blanks(self, handle: PdfHandle, page_number: int) -> tuple[Blank, ...]:
        """Return the blanks of a page with their boxes in page space."""
        document = self._opened(handle)
        frame = _frame(document, page_number)
        lines, rects = document.text_lines(page_number - 1), document.drawn_rects(page_number - 1, MOST_LINES + 1)
        found = find_blanks(lines[:MAX_TEXT_LINES], frame.display_width_pt, rects)
        return tuple(Blank(frame.rect_to_page(blank.rect), blank.label, blank.kind) for blank in found)

    def text_digests(self, handle: PdfHandle, first_index: int, budget_s: float) -> tuple[PageDigest, ...]:
        """Return the digests of as many pages as the time budget permits, but of at least one page.

        The first of these pages has the zero-based index ``first_index``. A page that cannot be read counts as a page
        without text.
        """
        document = self._opened(handle)
        found: list[PageDigest] = []
        for index in _within_budget(range(first_index, min(document.page_count, DIGESTED_PAGES)), budget_s):
            try:
                found.append(digest_of_lines(document.text_lines(index)))
            except PdfError:
                found.append(PageDigest())
        return tuple(found)

    def propose(self, handle: PdfHandle, words: PagesOfWords = NO_WORDS) -> Proposal:
        """Propose the document's parties and the places of their marks. Pages that cannot be read are skipped.

        ``words`` contains the words recognized on pages without text, keyed by page number.
        """
        document = self._opened(handle)
        pages: list[list[PageRow]] = []
        for index in proposed_pages(document.page_count):
            try:
                lines = document.text_lines(index) or tuple(lines_of(words.get(index + 1, ())))
                pages.append(read_rows(lines[:MAX_TEXT_LINES], index + 1))
            except PdfError:
                continue
        return propose(pages)

    def write_copy(self, handle: PdfHandle, target: int) -> None:
        """Write an upright copy of the document to the open file ``target``. The copy is not checked."""
        document = self._opened(handle)
        write_upright_copy(document.data, document.password, document.frames(), target)

    def write_pages(self, handle: PdfHandle, page_numbers: Sequence[int], target: int) -> None:
        """Write an upright copy of these pages to the open file ``target``. The copy is not checked.

        Raises PdfError ``pdf.dynamic_form`` and the errors of ``write_upright_pages``.
        """
        document = self._opened(handle)
        frames = document.frames()
        if not page_numbers or any(not 1 <= number <= len(frames) for number in page_numbers):
            raise PdfError("pdf.page_failed", "no such page")
        if is_dynamic_form(document):
            raise PdfError("pdf.dynamic_form")
        indices = [number - 1 for number in page_numbers]
        write_upright_pages(document.data, document.password, frames, indices, target)

    def write_original(self, handle: PdfHandle, target: int) -> None:
        """Write the document's original bytes to the open file ``target``. Raises PdfError ``pdf.write_failed``."""
        try:
            with open(target, "wb", closefd=False) as file:
                file.write(self._opened(handle).data)
        except OSError as error:
            raise PdfError("pdf.write_failed", type(error).__name__) from None

    def write_form(self, handle: PdfHandle, fields: tuple[DrawnField, ...], target: int) -> tuple[MissingGlyphs, ...]:
        """Write a copy of the document with these fields to the open file ``target``.

        Return the characters that the font lacks. If any characters are missing, nothing is written.
        """
        document = self._opened(handle)
        frames = document.frames()
        if any(not 1 <= field.page_number <= len(frames) for field in fields):
            raise PdfError("pdf.form_failed", "page number out of range")
        return write_form(document.data, document.password, frames, fields, target)

    def compare(
        self,
        handle: PdfHandle,
        copy: PdfHandle,
        first_index: int,
        budget_s: float,
        page_numbers: Sequence[int] | None = None,
    ) -> int:
        """Compare pages with those of an upright copy until the time budget is used up.

        ``page_numbers`` are the pages that the copy has, by default all pages. Return the zero-based index of the
        copy's next page to compare. Raises PdfError ``pdf.normalise_failed`` if a page differs.
        """
        document, other = self._opened(handle), self._opened(copy)
        numbers = range(1, document.page_count + 1) if page_numbers is None else page_numbers
        if other.page_count != len(numbers):
            raise PdfError("pdf.normalise_failed", "page counts differ")
        next_index = first_index
        for index in _within_budget(range(first_index, len(numbers)), budget_s):
            _frame(document, numbers[index])
            check_same(document, other, numbers[index] - 1, index)
            next_index = index + 1
        return next_index

    def links_and_fields(self, handle: PdfHandle, page_number: int) -> tuple[int, int]:
        """Count the links and form fields of a page as other PDF programs do."""
        return self._opened(handle).list_links_and_fields(page_number - 1)

    def close(self, handle: PdfHandle) -> None:
        """Close a document. An unknown handle is ignored."""
        self._open.pop(handle, None)

    def release_caches(self) -> None:
        """Release the memory that the caches use."""
        for document in self._open.values():
            document.drop_caches()
        shrink_store()
        trim_heap()

    def _opened(self, handle: PdfHandle) -> MupdfDocument:
        if handle not in self._open:
            raise PdfError("pdf.closed")
        return self._open[handle]


def _within_budget(numbers: Sequence[int], budget_s: float) -> Iterator[int]:
    """Yield the numbers one by one until the time budget is used up, but at least one."""
    ends_at_s = time.monotonic() + budget_s
    for position, number in enumerate(numbers):
        if position and time.monotonic() >= ends_at_s:
            return
        yield number


def _frame(document: MupdfDocument, page_number: int) -> PageFrame:
    if not 1 <= page_number <= document.page_count:
        raise PdfError("pdf.page_failed", "no such page", page_number=page_number)
    return document.frame(page_number - 1)


def _extent(line: TextLine, frame: PageFrame) -> DisplayRect | None:
    """Return the bounding box of the line's visible glyphs on the page, or None if no glyph is visible."""
    visible = [glyph for glyph in line.glyphs if not glyph.text.isspace() and glyph.is_within(frame)]
    if not visible:
        return None
    left, top = min(g.left_pt for g in visible), min(g.top_pt for g in visible)
    right, bottom = max(g.right_pt for g in visible), max(g.bottom_pt for g in visible)
    return DisplayRect(left, top, right - left, bottom - top)
