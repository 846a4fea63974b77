"""Display the pages of PDF files that follow documents made from templates."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from esign_desktop.domain.added_pages import AddedPdf
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.pdf.engine import OpenedPdf, PdfEngine


class AddedPages:
    """The appended pages of documents, and the open copies from which they are drawn. Thread-safe.

    A copy is opened when one of its pages is first drawn, and closed when no document has its pages any more.
    """

    def __init__(self, engine: PdfEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._fileless: set[DocumentId] = set()
        self._sources: dict[DocumentId, dict[int, tuple[AddedPdf, int]]] = {}
        """The PDF file and its page's number, by document and the page's number in the document."""
        self._opened: dict[tuple[str, str], OpenedPdf] = {}
        """The open copies, by path and SHA-256."""

    def show(self, document: Document) -> None:
        """Record which pages follow a document, and whether it has a file. This call does not block."""
        first_number = len(document.own_pages) + 1
        sources = {
            number: source for number, source in enumerate(document.added_sources, first_number) if source is not None
        }
        with self._lock:
            self._sources[document.id] = sources
            (self._fileless.add if document.has_no_file else self._fileless.discard)(document.id)

    def lacks_file(self, document_id: DocumentId) -> bool:
        """Return whether the document had no file at the last ``show``."""
        with self._lock:
            return document_id in self._fileless

    def forget(self, document_id: DocumentId) -> None:
        """Close the copies that only this document needs. This call blocks."""
        with self._lock:
            self._sources.pop(document_id, None)
            self._fileless.discard(document_id)
        self._close_unused()

    def find(self, document_id: DocumentId, page_number: int) -> tuple[OpenedPdf, int] | None:
        """Return the open copy that has a page of a document, and the number of the page in the copy.

        Return None if the page is no page of a PDF file that was appended. This call blocks. Raises PdfError, and
        InputError ``form.block_missing`` if the copy is missing or has changed.
        """
        with self._lock:
            source = self._sources.get(document_id, {}).get(page_number)
        return None if source is None else (self._open(source[0]), source[1])

    def _open(self, block: AddedPdf) -> OpenedPdf:
        key = block.path, block.sha256
        with self._lock:
            opened = self._opened.get(key)
        if opened is not None:
            return opened
        if not Path(block.path).is_file():
            raise InputError("form.block_missing", block=block.name)
        found = self._engine.open_quickly(Path(block.path))
        if self._engine.sha256(found.handle) != block.sha256 or len(found.pages) != len(block.frames):
            self._engine.close(found.handle)
            raise InputError("form.block_missing", block=block.name)
        with self._lock:
            opened = self._opened.setdefault(key, found)
        if opened is not found:
            # Another thread was faster.
            self._engine.close(found.handle)
        self._close_unused()
        return opened

    def _close_unused(self) -> None:
        with self._lock:
            used = {(block.path, block.sha256) for pages in self._sources.values() for block, _number in pages.values()}
            unused = [self._opened.pop(key) for key in tuple(self._opened) if key not in used]
        for opened in unused:
            self._engine.close(opened.handle)
