"""Open, render and search PDFs, and detect files that have changed."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.added_pages import FRAME
from esign_desktop.domain.document import Document, Pixels, new_document_id
from esign_desktop.domain.doubts.paper import Paper, PaperPage
from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.limits import Limits
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL, pixel_rect
from esign_desktop.pdf.text.recognised import NO_WORDS
from esign_desktop.services.editing.added_pages import AddedPages
from esign_desktop.services.editing.recognised import RecognisedPages
from esign_desktop.services.file_digest import sha256_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.blanks import Blank
    from esign_desktop.domain.contract.fingerprint import PageDigest
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import DisplayRect, PageRect
    from esign_desktop.domain.placing.anchors import PageLabel
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.pdf.engine import CopyProgress, OpenedPdf, PdfEngine, PdfHandle


class FileStamp(NamedTuple):
    """File properties that are compared to detect a possible change without reading the file."""

    modified_ns: int
    size_bytes: int
    inode: int


class DocumentService:
    """The service for open documents, which are identified by their ids.

    Calls block, may come from several threads, and raise the PdfErrors of the engine.
    """

    def __init__(self, engine: PdfEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._opened: dict[DocumentId, OpenedPdf] = {}
        self._added = AddedPages(engine)
        self._recognised = RecognisedPages()
        self._proposals: dict[tuple[DocumentId, int], Proposal] = {}
        """Proposals, keyed by document id and number of pages with recognized text."""

    def open(self, path: Path, password: str | None = None) -> Document:
        """Open a file as a new document and return the document. Raises InputError ``document.missing`` or PdfError."""
        return self.complete(self.open_quickly(path, password))

    def open_quickly(self, path: Path, password: str | None = None) -> Document:
        """Open a file for rendering only, and return the document without its SHA-256 and text facts.

        ``complete`` adds both. Raises the errors of ``open``.
        """
        path = path.absolute()
        opened = self._open(path, password)
        document = _document(path, opened)
        self._hold(document.id, opened)
        return document

    def complete(self, document: Document) -> Document:
        """Wait until the document's SHA-256 and text facts are known, and return the document with both.

        Raises PdfError or InputError ``document.not_open``.
        """
        opened = self._engine.complete(self._held(document.id))
        return replace(document, sha256=opened.sha256, facts=opened.facts)

    def reopen(self, document: Document, password: str | None = None) -> None:
        """Open the file of a document that was saved in an earlier session.

        Raises InputError ``document.missing`` or ``document.changed``, and PdfError.
        """
        opened = self._open(Path(document.path), password)
        try:
            # If a document was saved before its hash was known, the current file is accepted.
            is_same = not document.sha256 or self._engine.sha256(opened.handle) == document.sha256
        except PdfError:
            self._engine.close(opened.handle)
            raise
        if not is_same:
            self._engine.close(opened.handle)
            raise InputError("document.changed", document_id=document.id)
        self._hold(document.id, opened)

    def check(self, path: Path) -> None:
        """Check that a file is a PDF that can be opened for rendering. Raises the errors of ``open``."""
        self._engine.close(self._open(path, None).handle)

    def is_open(self, document_id: DocumentId) -> bool:
        """Return whether the document is open."""
        with self._lock:
            return document_id in self._opened

    def show_added(self, document: Document) -> None:
        """Draw the pages of PDF files at the end of a document as this document has them. This call does not block.

        If the document has no file and is not open, ``render`` raises another error.
        """
        self._added.show(document)

    def render(
        self, document_id: DocumentId, page_number: int, pixels_per_point: float, clip: DisplayRect | None = None
    ) -> Pixels:
        """Render a page, or only the part of it inside ``clip``.

        Raises PdfError or InputError ``document.not_open``, or ``template.no_pdf`` if the template's PDF is missing.

        Pages of PDF files that follow a template's document are those of the last ``show_added``; InputError
        ``form.block_missing`` is raised if such a file is missing or has changed. Other pages after the last page of
        the file are blank. They represent tables.
        """
        try:
            found = self._page(document_id, page_number)
        except InputError as error:
            if error.code == "document.not_open" and self._added.lacks_file(document_id):
                raise InputError("template.no_pdf") from error
            raise
        if found is None:
            return _blank(page_number, pixels_per_point, clip)
        return self._engine.render(RenderRequest(found[0].handle, found[1], pixels_per_point, clip))

    def text_lines(self, document_id: DocumentId, page_number: int) -> tuple[PageRect, ...]:
        """Return the positions of the lines of text on a page. Seals snap to these lines.

        Raises the errors of ``render``.
        """
        found = self._page(document_id, page_number)
        return () if found is None else self._engine.text_lines(found[0].handle, found[1])

    def labels(self, document_id: DocumentId, page_number: int) -> tuple[PageLabel, ...]:
        """Return the labels and other short runs of text on a page, including recognized text.

        Raises the errors of ``render``.
        """
        found = self._page(document_id, page_number)
        if found is None:
            return ()
        opened, number = found
        words = NO_WORDS if self._recognised.is_empty else self._recognised.words(self._sha256(opened))
        return self._engine.labels(opened.handle, number, words)

    def blanks(self, document_id: DocumentId, page_number: int) -> tuple[Blank, ...]:
        """Return the blanks on a page that a person would fill in. Raises the errors of ``render``."""
        found = self._page(document_id, page_number)
        return () if found is None else self._engine.blanks(found[0].handle, found[1])

    def count(self, document_id: DocumentId, keyword: str) -> tuple[int, ...]:
        """Return the number of keyword matches on each page, in the file's text and in recognized text."""
        counts = list(self._engine.count(self._handle(document_id), keyword))
        for hit in self._find_recognised(document_id, keyword):
            counts[hit.page_number - 1] += 1
        return tuple(counts)

    def find(self, document_id: DocumentId, keyword: str, near_page: int | None = None) -> tuple[KeywordHit, ...]:
        """Return all keyword matches in the file's own text. The platform can find only these matches.

        Pages near ``near_page`` come first.
        """
        return self._engine.find(self._handle(document_id), keyword, near_page=near_page)

    def find_everywhere(
        self, document_id: DocumentId, keyword: str, near_page: int | None = None
    ) -> tuple[KeywordHit, ...]:
        """Return the keyword matches in the file's text and in recognized text, in page order."""
        hits = (*self.find(document_id, keyword, near_page), *self._find_recognised(document_id, keyword))
        return tuple(sorted(hits, key=lambda hit: hit.page_number))

    def find_on_pages(
        self, document_id: DocumentId, keyword: str, page_numbers: Sequence[int]
    ) -> tuple[KeywordHit, ...]:
        """Return the keyword matches on the given pages, in the file's text and in recognized text."""
        opened = self._held(document_id)
        own = [number for number in page_numbers if number <= len(opened.pages)]
        hits = self._engine.find_on_pages(opened.handle, keyword, own)
        return (*hits, *(hit for hit in self._find_recognised(document_id, keyword) if hit.page_number in own))

    def _find_recognised(self, document_id: DocumentId, keyword: str) -> tuple[KeywordHit, ...]:
        opened = self._held(document_id)
        if self._recognised.is_empty:
            return ()
        return self._recognised.find(self._sha256(opened), opened.pages, keyword)

    def can_recognise(self) -> bool:
        """Return whether this computer can recognize text on scanned pages."""
        # Imported here, because few documents are scans.
        from esign_desktop.pdf.isolated.recognition import can_recognise

        return can_recognise()

    def unread_pages(self, document: Document) -> tuple[int, ...]:
        """Return the numbers of pages without a text layer that have not been recognized in this session."""
        known = self._recognised.words(document.sha256)
        return tuple(number for number in document.facts.pages_without_text if number not in known)

    def recognise(
        self,
        document_id: DocumentId,
        page_numbers: Sequence[int],
        on_read: Callable[[int], None],
        check_cancelled: Callable[[], None],
    ) -> None:
        """Recognize text on pages, in the given order.

        Results are kept until the program ends, even if a later page fails. ``on_read`` receives the number of pages
        completed so far. ``check_cancelled`` is called many times a second and stops the work by raising an exception.
        Raises the PdfErrors of ``PdfEngine.recognise``, and InputError ``document.not_open``.
        """
        opened = self._held(document_id)
        sha256 = self._sha256(opened)
        for count, page in enumerate(self._engine.recognise(opened.handle, page_numbers, check_cancelled), 1):
            self._recognised.add(sha256, page)
            on_read(count)

    def _sha256(self, opened: OpenedPdf) -> str:
        """Return the file's SHA-256, which is the key of its recognized text. The call may wait for the hash."""
        return opened.sha256 or self._engine.sha256(opened.handle)

    def normalise(self, document_id: DocumentId, target: Path, on_progress: CopyProgress | None = None) -> Document:
        """Write a copy that looks the same but has upright pages, and open the copy as a new document.

        ``on_progress`` receives the number of pages compared so far and the total number of pages. Exceptions that it
        raises are passed on. Raises PdfError ``pdf.signed``, ``pdf.write_failed`` or ``pdf.normalise_failed``, and
        InputError ``document.not_open``.
        """
        opened = self._engine.normalise(self._handle(document_id), target, on_progress)
        document = _document(target.absolute(), opened)
        self._hold(document.id, opened)
        return document

    def write_pages(self, document_id: DocumentId, page_numbers: Sequence[int], target: Path) -> Document:
        """Write an upright copy of these pages, and open the copy as a new document.

        Raises the errors of ``PdfEngine.write_pages``, and InputError ``document.not_open``.
        """
        opened = self._engine.write_pages(self._handle(document_id), page_numbers, target)
        document = _document(target.absolute(), opened)
        self._hold(document.id, opened)
        return document

    def write_original(self, document_id: DocumentId, target: Path) -> None:
        """Write the bytes of an open document to ``target``. Raises the errors of ``PdfEngine.write_original``."""
        self._engine.write_original(self._handle(document_id), target)

    def write_form(self, document_id: DocumentId, fields: Sequence[TemplateField], target: Path) -> Document:
        """Write a copy of a document with these form fields, and open the copy as a new document.

        Raises PdfError ``pdf.signed``, ``pdf.no_glyphs``, ``pdf.write_failed`` or ``pdf.form_failed``, and InputError
        ``document.not_open``.
        """
        opened = self._engine.write_form(self._handle(document_id), fields, target)
        document = _document(target.absolute(), opened)
        self._hold(document.id, opened)
        return document

    def text_digests(self, document_id: DocumentId) -> tuple[PageDigest, ...]:
        """Return digests of the text on the first pages, by which the document can be recognized later."""
        return self._engine.text_digests(self._handle(document_id))

    def propose(self, document_id: DocumentId) -> Proposal:
        """Return the parties named in the document and the proposed positions of their signatures.

        Raises the errors of ``render``.
        """
        opened = self._held(document_id)
        words = NO_WORDS if self._recognised.is_empty else self._recognised.words(self._sha256(opened))
        with self._lock:
            known = self._proposals.get((document_id, len(words)))
        if known is None:
            known = self._engine.propose(opened.handle, words)
            with self._lock:
                self._proposals[document_id, len(words)] = known
        return known

    def paper(self, document_id: DocumentId) -> Paper:
        """Return the text of all pages, including recognized text, and the parties found in the text.

        Raises the errors of ``render``.
        """
        opened = self._held(document_id)
        proposal = self.propose(document_id)
        words = NO_WORDS if self._recognised.is_empty else self._recognised.words(self._sha256(opened))
        pages = tuple(
            PaperPage(" ".join(word.text for word in words[number])) if number in words else page
            for number, page in enumerate(self._engine.page_texts(opened.handle), 1)
        )
        return Paper(proposal, pages)

    def close(self, document_id: DocumentId) -> None:
        """Close a document. Closing a document that is not open has no effect."""
        with self._lock:
            opened = self._opened.pop(document_id, None)
            self._proposals = {key: proposal for key, proposal in self._proposals.items() if key[0] != document_id}
        if opened is not None:
            self._engine.close(opened.handle)
        self._added.forget(document_id)

    def verify(self, document: Document, known: FileStamp | None) -> FileStamp:
        """Check that a document's file still has the bytes that were opened, and return the file's current stamp.

        The file is read only if its stamp differs from ``known``. Raises InputError ``document.missing`` or
        ``document.changed``.
        """
        try:
            status = Path(document.path).stat()
        except OSError as error:
            raise InputError("document.missing", document_id=document.id) from error
        stamp = FileStamp(status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != known and self.current_sha256(document) != document.sha256:
            raise InputError("document.changed", document_id=document.id)
        return stamp

    def current_sha256(self, document: Document) -> str:
        """Return the SHA-256 of the file now at the document's path. Raises InputError ``document.missing``."""
        try:
            return sha256_of_file(Path(document.path))
        except OSError as error:
            raise InputError("document.missing", document_id=document.id) from error

    def _open(self, path: Path, password: str | None) -> OpenedPdf:
        try:
            is_there = path.is_file()
        except OSError as error:
            # The name is too long for the disk, or reading the folder is not permitted.
            raise InputError("document.missing") from error
        if not is_there:
            raise InputError("document.missing")
        return self._engine.open_quickly(path, password=password)

    def _hold(self, document_id: DocumentId, opened: OpenedPdf) -> None:
        with self._lock:
            before = self._opened.pop(document_id, None)
            self._opened[document_id] = opened
        if before is not None:
            self._engine.close(before.handle)

    def _page(self, document_id: DocumentId, page_number: int) -> tuple[OpenedPdf, int] | None:
        """Return the open file that has a page, and the page's number in the file, or None for a page of a table."""
        added = self._added.find(document_id, page_number)
        if added is not None:
            return added
        opened = self._held(document_id)
        return (opened, page_number) if page_number <= len(opened.pages) else None

    def _handle(self, document_id: DocumentId) -> PdfHandle:
        return self._held(document_id).handle

    def _held(self, document_id: DocumentId) -> OpenedPdf:
        with self._lock:
            try:
                return self._opened[document_id]
            except KeyError:
                raise InputError("document.not_open") from None


def _blank(page_number: int, pixels_per_point: float, clip: DisplayRect | None) -> Pixels:
    rect = pixel_rect(FRAME, pixels_per_point, clip, page_number=page_number, most_pixels=Limits().tile_pixels)
    stride_bytes = rect.width_px * BYTES_PER_PIXEL
    return Pixels(*(rect.width_px, rect.height_px, stride_bytes, b"\xff" * rect.size_bytes), rect.left_px, rect.top_px)


def _document(path: Path, opened: OpenedPdf) -> Document:
    return Document(
        new_document_id(),
        str(path),
        unicodedata.normalize("NFC", path.stem),
        opened.size_bytes,
        opened.sha256,
        opened.pages,
        opened.facts,
    )
