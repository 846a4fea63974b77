"""What the rest of the program can ask of a PDF, and the values it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType, Protocol, TypeAlias

from esign_desktop.domain.document import Pixels, PreflightFacts
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect, PageFrame
from esign_desktop.pdf.limits import MAX_HITS
from esign_desktop.pdf.text.recognised import NO_WORDS, PagesOfWords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.domain.contract.fingerprint import PageDigest
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.pdf.text.recognised import RecognisedPage

PdfHandle = NewType("PdfHandle", str)

CopyProgress: TypeAlias = "Callable[[int, int], None]"
"""Hears how many pages of a copy were compared, of how many; called on the thread that waits for the copy."""


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """A document that the engine keeps open until ``close``; ``sha256`` is that of the bytes that were read.

    As long as they are not known, ``sha256`` is empty and ``facts.facts_are_partial``.
    """

    handle: PdfHandle
    pages: tuple[PageFrame, ...]
    facts: PreflightFacts
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """A page, or the part of it within ``clip``, at so many pixels per displayed point (zoom × device ratio)."""

    handle: PdfHandle
    page_number: int
    pixels_per_point: float
    clip: DisplayRect | None = None


class PdfEngine(Protocol):
    """Opens, draws and searches PDFs. Calls block and may come from any thread; they raise PdfError."""

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """Open a file.

        Raises pdf.missing, pdf.unreadable, pdf.empty, pdf.not_a_pdf, pdf.damaged, pdf.no_pages, pdf.password_needed,
        pdf.password_wrong, pdf.memory, pdf.too_slow, pdf.worker_died.
        """
        ...

    def open_quickly(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """Open a file, and read its text and sum its bytes afterwards; raises as ``open``."""
        ...

    def complete(self, opened: OpenedPdf) -> OpenedPdf:
        """Wait until text and sum of a document opened quickly are known; raises as ``open``."""
        ...

    def sha256(self, handle: PdfHandle) -> str:
        """Wait for the sum of the bytes that were opened."""
        ...

    def render(self, request: RenderRequest) -> Pixels:
        """Draw a page or a part of it.

        Raises pdf.page_failed, pdf.tile_too_large, pdf.memory, pdf.too_slow, pdf.worker_died, and pdf.changed or any
        of ``open`` if the file had to be read again.
        """
        ...

    def count(self, handle: PdfHandle, keyword: str) -> tuple[int, ...]:
        """Return how many matches each page has."""
        ...

    def find(self, handle: PdfHandle, keyword: str, *, near_page: int | None = None) -> tuple[KeywordHit, ...]:
        """Return every match in the whole document, in page order and on a page from top to bottom.

        Pages are searched from ``near_page`` on outwards.
        """
        ...

    def find_on_pages(self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int]) -> tuple[KeywordHit, ...]:
        """Return the matches on some pages, in the order of these."""
        ...

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        """Return the lines of text on a page, to snap to; in page space."""
        ...

    def text_digests(self, handle: PdfHandle) -> tuple[PageDigest, ...]:
        """Return the digests of the first pages' texts, by which a document is known again."""
        ...

    def recognise(
        self, handle: PdfHandle, page_numbers: Sequence[int], check_cancelled: Callable[[], None] | None = None
    ) -> Iterator[RecognisedPage]:
        """Read pages that are pictures by machine; they come in this order, each as soon as it was read.

        ``check_cancelled`` is called many times a second; what it raises ends the work. Raises pdf.no_recogniser,
        pdf.changed, pdf.memory, pdf.too_slow, pdf.worker_died.
        """
        ...

    def propose(self, handle: PdfHandle, words: PagesOfWords = NO_WORDS) -> Proposal:
        """Propose the document's parties and the places of their marks, by what stands on its pages.

        ``words`` are what was recognised on pages without text.
        """
        ...

    def normalise(self, handle: PdfHandle, target: Path, on_progress: CopyProgress | None = None) -> OpenedPdf:
        """Write a copy of which every page is upright, begins at the origin and counts in points, and open it.

        Nothing is at ``target`` before the copy was found to look the same page by page. ``on_progress`` hears how many
        pages were compared, of how many; what it raises ends the work. Raises pdf.signed, pdf.write_failed,
        pdf.normalise_failed, and as ``open`` and ``render``.
        """
        ...

    def write_form(self, handle: PdfHandle, fields: Sequence[TemplateField], target: Path) -> OpenedPdf:
        """Write a copy with these text fields in its form, and open it; each has a place on a page.

        Raises PdfError pdf.no_glyphs with ``index`` and ``characters`` where a label or an example can't be shown in
        the form's font, pdf.signed, pdf.write_failed, pdf.form_failed, and as ``open``.
        """
        ...

    def close(self, handle: PdfHandle) -> None:
        """Forget the document; a handle that is not open is ignored."""
        ...

    def stop(self) -> None:
        """End everything; later calls raise Cancelled."""
        ...


def check_hit_count(count: int) -> None:
    """Raise PdfError pdf.too_many_hits rather than show some matches as if they were all."""
    if count > MAX_HITS:
        raise PdfError("pdf.too_many_hits", count=count)
