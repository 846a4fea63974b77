"""The interface through which the application uses PDF files, and the types of its arguments and results."""

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

    from esign_desktop.domain.blanks import Blank
    from esign_desktop.domain.contract.fingerprint import PageDigest
    from esign_desktop.domain.doubts.paper import PaperPage
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placing.anchors import PageLabel
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.pdf.text.recognised import RecognisedPage

PdfHandle = NewType("PdfHandle", str)

CopyProgress: TypeAlias = "Callable[[int, int], None]"
"""A callback that receives the number of compared pages and the page count on the thread that waits for the copy."""


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """A document that the engine keeps open until ``close`` is called.

    ``sha256`` is the digest of the bytes that were read. While the digest is being computed, ``sha256`` is empty and
    ``facts.facts_are_partial`` is true.
    """

    handle: PdfHandle
    pages: tuple[PageFrame, ...]
    facts: PreflightFacts
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """A request to draw a page at a given scale. If ``clip`` is given, only that part of the page is drawn.

    ``pixels_per_point`` is the number of pixels per displayed point, that is, the zoom multiplied by the device pixel
    ratio.
    """

    handle: PdfHandle
    page_number: int
    pixels_per_point: float
    clip: DisplayRect | None = None


class PdfEngine(Protocol):
    """Opens, draws and searches PDFs. The methods block, may be called from any thread, and raise PdfError."""

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """Open a file and return the document.

        Raises PdfError ``pdf.missing``, ``pdf.unreadable``, ``pdf.empty``, ``pdf.not_a_pdf``, ``pdf.damaged``,
        ``pdf.no_pages``, ``pdf.password_needed``, ``pdf.password_wrong``, ``pdf.memory``, ``pdf.too_slow`` or
        ``pdf.worker_died``.
        """
        ...

    def open_quickly(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """Open a file without waiting for its text and digest. Raises the errors of ``open``."""
        ...

    def complete(self, opened: OpenedPdf) -> OpenedPdf:
        """Wait for the text and digest of a document opened with ``open_quickly``, and return the completed document.

        Raises the errors of ``open``.
        """
        ...

    def sha256(self, handle: PdfHandle) -> str:
        """Wait for the SHA-256 digest of the bytes that were opened, and return the digest in hexadecimal."""
        ...

    def render(self, request: RenderRequest) -> Pixels:
        """Draw a page or a part of a page, and return the pixels.

        Raises PdfError ``pdf.page_failed``, ``pdf.tile_too_large``, ``pdf.memory``, ``pdf.too_slow`` or
        ``pdf.worker_died``. Also raises ``pdf.changed`` and the errors of ``open`` if the file has to be read again.
        """
        ...

    def count(self, handle: PdfHandle, keyword: str) -> tuple[int, ...]:
        """Return the number of matches of a keyword on each page."""
        ...

    def find(self, handle: PdfHandle, keyword: str, *, near_page: int | None = None) -> tuple[KeywordHit, ...]:
        """Return every match in the document, sorted by page, and from top to bottom within each page.

        If ``near_page`` is given, the search begins at that page and proceeds outward.
        """
        ...

    def find_on_pages(self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int]) -> tuple[KeywordHit, ...]:
        """Return the matches of a keyword on the given pages, in the order of ``page_numbers``."""
        ...

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        """Return the rectangles of a page's text lines in page space. Dragged marks snap to these lines."""
        ...

    def labels(self, handle: PdfHandle, page_number: int, words: PagesOfWords = NO_WORDS) -> tuple[PageLabel, ...]:
        """Return the labels and other short runs of text on a page, with their rectangles in page space.

        ``words`` contains the words recognized by OCR on pages without a text layer.
        """
        ...

    def blanks(self, handle: PdfHandle, page_number: int) -> tuple[Blank, ...]:
        """Return the blanks on a page of text, from top to bottom. A page without a text layer has none."""
        ...

    def text_digests(self, handle: PdfHandle) -> tuple[PageDigest, ...]:
        """Return the digests of the text on the first pages. A reopened document is recognized by these digests."""
        ...

    def recognise(
        self, handle: PdfHandle, page_numbers: Sequence[int], check_cancelled: Callable[[], None] | None = None
    ) -> Iterator[RecognisedPage]:
        """Recognize the text of image-only pages by OCR, and yield each page as soon as it has been read.

        The pages are yielded in the given order. ``check_cancelled`` is called many times a second. If it raises an
        exception, recognition ends and the exception propagates. Raises PdfError ``pdf.no_recogniser``,
        ``pdf.changed``, ``pdf.memory``, ``pdf.too_slow`` or ``pdf.worker_died``.
        """
        ...

    def propose(self, handle: PdfHandle, words: PagesOfWords = NO_WORDS) -> Proposal:
        """Propose the document's parties and the places of their marks from the text on its pages.

        ``words`` contains the words recognized by OCR on pages without a text layer.
        """
        ...

    def page_texts(self, handle: PdfHandle) -> tuple[PaperPage, ...]:
        """Return the folded text of every page, as far as it could be read.

        Raises PdfError ``pdf.changed``, ``pdf.memory`` or ``pdf.worker_died``.
        """
        ...

    def normalise(self, handle: PdfHandle, target: Path, on_progress: CopyProgress | None = None) -> OpenedPdf:
        """Write an upright copy of the document to ``target``, and open the copy.

        Each page of the copy has rotation 0, its origin at (0, 0) and points as its unit. ``target`` is created only if
        every page of the copy looks the same as in the original. ``on_progress`` receives the number of pages compared
        so far and the page count. If ``on_progress`` raises an exception, the comparison ends and the exception
        propagates. Raises PdfError ``pdf.signed``, ``pdf.write_failed``, ``pdf.normalise_failed`` and the errors of
        ``open`` and ``render``.
        """
        ...

    def write_pages(self, handle: PdfHandle, page_numbers: Sequence[int], target: Path) -> OpenedPdf:
        """Write an upright copy of these pages to ``target``, without encryption, and open the copy.

        The pages of the copy are like those of ``normalise``. Form fields and comments become part of the pages; links,
        scripts, attachments and metadata are omitted. Raises PdfError ``pdf.dynamic_form`` if the pages are created by
        a form program (XFA), and the errors of ``normalise``.
        """
        ...

    def write_original(self, handle: PdfHandle, target: Path) -> None:
        """Write the document's original bytes to ``target``.

        The bytes of a large file are memory-mapped and may have changed since the file was opened, so the caller must
        compare the digest. Raises PdfError ``pdf.changed`` if the file had to be read again and has changed,
        ``pdf.write_failed``, ``pdf.too_slow`` or ``pdf.worker_died``.
        """
        ...

    def write_form(self, handle: PdfHandle, fields: Sequence[TemplateField], target: Path) -> OpenedPdf:
        """Write a copy of the document to ``target`` with these text fields in its form, and open the copy.

        Each field must have a place on a page. Raises PdfError ``pdf.no_glyphs`` if the font of the form lacks
        characters of a label or an example. The error's parameters are ``index`` and ``characters``. Also raises
        ``pdf.signed``, ``pdf.write_failed``, ``pdf.form_failed`` and the errors of ``open``.
        """
        ...

    def close(self, handle: PdfHandle) -> None:
        """Close the document. An unknown handle is ignored."""
        ...

    def stop(self) -> None:
        """Stop all child processes. Later calls raise Cancelled."""
        ...


def check_hit_count(count: int) -> None:
    """Raise PdfError ``pdf.too_many_hits`` if there are more than MAX_HITS matches.

    An incomplete list of matches would mislead the user.
    """
    if count > MAX_HITS:
        raise PdfError("pdf.too_many_hits", count=count)
