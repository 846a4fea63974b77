"""Opens PDFs for the desk, draws and searches them, and sees when a file is not the one that was opened any more."""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import Document, new_document_id
from esign_desktop.domain.errors import InputError
from esign_desktop.pdf.engine import Pixels, RenderRequest

if TYPE_CHECKING:
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.fingerprint import PageDigest
    from esign_desktop.domain.geometry import DisplayRect, PageRect
    from esign_desktop.domain.placement import KeywordHit
    from esign_desktop.pdf.engine import OpenedPdf, PdfEngine, PdfHandle

__all__ = ["DocumentService", "Pixels", "sha256_of_file"]

_PIECE_BYTES: Final = 1 << 20


class DocumentService:
    """Documents by their id. Calls block, and may come from several threads; PdfError comes through as the engine's."""

    def __init__(self, engine: PdfEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._handles: dict[DocumentId, PdfHandle] = {}

    def open(self, path: Path, password: str | None = None) -> Document:
        """Open a file as a new document. Raises InputError ``document.missing`` and PdfError."""
        path = path.absolute()
        opened = self._open(path, password)
        document = Document(
            new_document_id(),
            str(path),
            unicodedata.normalize("NFC", path.stem),
            opened.size_bytes,
            opened.sha256,
            opened.pages,
            opened.facts,
        )
        self._hold(document.id, opened.handle)
        return document

    def reopen(self, document: Document, password: str | None = None) -> None:
        """Make a document of an earlier session drawable again.

        Raises InputError ``document.missing`` or ``document.changed``, and PdfError.
        """
        opened = self._open(Path(document.path), password)
        if opened.sha256 != document.sha256:
            self._engine.close(opened.handle)
            raise InputError("document.changed", document_id=document.id)
        self._hold(document.id, opened.handle)

    def is_open(self, document_id: DocumentId) -> bool:
        """Whether the document can be drawn."""
        with self._lock:
            return document_id in self._handles

    def render(
        self, document_id: DocumentId, page_number: int, pixels_per_point: float, clip: DisplayRect | None = None
    ) -> Pixels:
        """Draw a page, or the part of it inside ``clip``. Raises PdfError, and InputError ``document.not_open``."""
        handle = self._handle(document_id)
        return self._engine.render(RenderRequest(handle, page_number, pixels_per_point, clip))

    def text_lines(self, document_id: DocumentId, page_number: int) -> tuple[PageRect, ...]:
        """Return where the lines of text stand, for seals to snap to."""
        return self._engine.text_lines(self._handle(document_id), page_number)

    def find(self, document_id: DocumentId, keyword: str) -> tuple[KeywordHit, ...]:
        """Return every match of a keyword, in page order."""
        return self._engine.find(self._handle(document_id), keyword)

    def text_digests(self, document_id: DocumentId) -> tuple[PageDigest, ...]:
        """Return by what the document's first pages are known again."""
        return self._engine.text_digests(self._handle(document_id))

    def close(self, document_id: DocumentId) -> None:
        """Let a document go; one that is not open is ignored."""
        with self._lock:
            handle = self._handles.pop(document_id, None)
        if handle is not None:
            self._engine.close(handle)

    def current_sha256(self, document: Document) -> str:
        """Return the hash of what lies at the document's path now. Raises InputError ``document.missing``."""
        try:
            return sha256_of_file(Path(document.path))
        except OSError as error:
            raise InputError("document.missing", document_id=document.id) from error

    def _open(self, path: Path, password: str | None) -> OpenedPdf:
        if not path.is_file():
            raise InputError("document.missing")
        return self._engine.open(path, password=password)

    def _hold(self, document_id: DocumentId, handle: PdfHandle) -> None:
        with self._lock:
            before = self._handles.pop(document_id, None)
            self._handles[document_id] = handle
        if before is not None:
            self._engine.close(before)

    def _handle(self, document_id: DocumentId) -> PdfHandle:
        with self._lock:
            try:
                return self._handles[document_id]
            except KeyError:
                raise InputError("document.not_open") from None


def sha256_of_file(path: Path) -> str:
    """Return the hash of a file's bytes, in hex. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
