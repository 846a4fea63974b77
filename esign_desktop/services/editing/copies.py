"""Store the documents created by this program in a folder, and delete documents that are no longer used."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.added_pages import MOST_ADDED_BYTES, AddedPdf
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import InputError, PdfError, StoreError
from esign_desktop.domain.file_names import safe_stem
from esign_desktop.domain.placing.placement import KeywordHits, KeywordPlacement
from esign_desktop.services.file_digest import sha256_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.pdf.engine import CopyProgress
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.drafts import DraftService

KEPT_MS: Final = 14 * 24 * 3600 * 1000
"""How long a document that no draft uses is kept, so that a deleted contract can be restored, in milliseconds."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UprightCopy:
    """A document, its upright copy, and the matches of the seals' keywords in the original document."""

    original: Document
    document: Document
    hits: KeywordHits


class DocumentCopies:
    """The service that writes copies of documents to a folder of the program. Calls block on the disk."""

    def __init__(
        self, documents: DocumentService, drafts: DraftService, folder: Path, *, clock_ms: Callable[[], int]
    ) -> None:
        self._documents = documents
        self._drafts = drafts
        self._folder = folder
        self._clock_ms = clock_ms

    def make_upright(
        self,
        draft: ContractDraft,
        document: Document,
        *,
        target: Path | None = None,
        on_progress: CopyProgress | None = None,
    ) -> UprightCopy:
        """Write an upright copy of a document, open the copy, and return the document with its copy.

        ``target`` is the path of the copy, by default in the program's folder. Raises the errors of
        ``DocumentService.normalise``, and PdfError ``pdf.write_failed`` if ``target`` is the document's own file.
        """
        path = target or self._folder / f"{uuid4().hex}.pdf"
        if path.absolute() == Path(document.path).absolute():
            raise PdfError("pdf.write_failed", "the same file")
        hits = {
            (document.id, placement.keyword): self._documents.find(document.id, placement.keyword)
            for placement in draft.placements
            if isinstance(placement, KeywordPlacement)
            and placement.document_id == document.id
            and placement.keyword.strip()
        }
        return UprightCopy(document, self._documents.normalise(document.id, path, on_progress), hits)

    def keep_original(self, document: Document) -> Path:
        """Save the original bytes of an open document whose file another program has changed, and return the new path.

        Raises the PdfErrors of ``DocumentService.write_original``, StoreError, and InputError ``document.changed`` if
        the original bytes are no longer available.
        """
        path = self._folder / f"{uuid4().hex}.pdf"
        self._documents.write_original(document.id, path)
        with disk_errors():
            if sha256_of_file(path) != document.sha256:
                path.unlink()
                raise InputError("document.changed", document_id=document.id)
        return path

    def keep_pages(self, document: Document, page_numbers: Sequence[int], name: str, *, most_bytes: int) -> AddedPdf:
        """Copy pages of an open document, so that they can follow a template's document, and return the block.

        ``document`` is complete, and ``name`` is the name of its file. Raises PdfError ``pdf.signed``, the errors of
        ``DocumentService.write_pages``, and InputError ``form.files_too_large`` if the copy has more than
        ``most_bytes``.
        """
        if document.facts.is_signed:
            raise PdfError("pdf.signed")
        path = self._folder / f"{uuid4().hex}.pdf"
        copy = self._documents.write_pages(document.id, page_numbers, path)
        self._documents.close(copy.id)
        if copy.size_bytes > most_bytes:
            with disk_errors():
                path.unlink()
            raise InputError("form.files_too_large", most=MOST_ADDED_BYTES // 1024**2)
        return AddedPdf(name, copy.sha256, copy.size_bytes, copy.pages, str(path))

    def keep(self, name: str, content: bytes) -> Path:
        """Write a PDF created by this program, and return its path. Raises StoreError.

        The file name is derived from ``name``, with a number added if the name is already taken. An existing file with
        the same content is reused.
        """
        stem = safe_stem(name, fallback="")
        with disk_errors():
            path = self._folder / f"{stem}.pdf"
            for number in count(2):
                if not path.exists():
                    break
                if path.read_bytes() == content:
                    # Update the file's time, so that the file is not deleted before its contract is saved.
                    path.touch()
                    return path
                path = self._folder / f"{stem} ({number}).pdf"
            with atomic_target(path) as scratch:
                scratch.write_bytes(content)
        return path

    def keep_apart(self, content: bytes) -> Path:
        """Write a PDF that only one contract uses, and return its path. Raises StoreError.

        Contracts with the same content have a file each, so the file of one can be deleted with its person's data.
        """
        path = self._folder / f"{uuid4().hex}.pdf"
        with disk_errors(), atomic_target(path) as scratch:
            scratch.write_bytes(content)
        return path

    def is_own(self, path: Path) -> bool:
        """Return whether a file is in the program's folder for copies."""
        return path.parent == self._folder

    def sweep(self) -> None:
        """Delete old copies that no draft uses. Raises StoreError.

        If any draft is unreadable, all copies are kept.
        """
        try:
            old = [path for path in self._folder.glob("*.pdf") if self._is_old(path)]
        except OSError:
            return
        if not old:
            return
        try:
            used = {
                Path(file.path)
                for summary in self._drafts.list()
                for document in self._drafts.documents(summary.id)
                for file in document.files
            }
        except StoreError as error:
            if error.code != "store.bad_draft":
                raise
            return
        for path in old:
            if path not in used:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    _log.info("a copy could not be removed: %s", type(error).__name__)

    def _is_old(self, path: Path) -> bool:
        return path.stat().st_mtime * 1000 < self._clock_ms() - KEPT_MS
