"""Store and open the PDFs of presets, and protect PDFs that an editor or an import still needs from deletion."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.added_pages import MOST_ADDED_BYTES, MOST_ADDED_PAGES, bytes_of, frames_of, pdfs_of
from esign_desktop.domain.disk_errors import disk_error, disk_errors
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.placing.placement import KeywordPlacement, with_matches
from esign_desktop.domain.preset.making import kept_document, require_agreed_seal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from esign_desktop.domain.added_pages import AddedPdf
    from esign_desktop.domain.document import Document, DocumentId, TemplateFilling
    from esign_desktop.domain.environment import PlatformBehaviour
    from esign_desktop.domain.placing.placement import KeywordHit, Placement
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.store.files.preset_files import PresetFiles


class PresetPdfs:
    """The service that stores and opens the PDFs of presets.

    Its calls block while the disk and the PDF process are used. They may raise PdfError or StoreError.
    """

    def __init__(
        self,
        files: PresetFiles,
        documents: DocumentService,
        behaviour: Callable[[], PlatformBehaviour],
        keep_copy: Callable[[bytes], Path] | None = None,
    ) -> None:
        """Create the service. ``keep_copy`` writes a PDF for a contract in Prepare, and returns its path."""
        self._files = files
        self._documents = documents
        self._behaviour = behaviour
        self._keep_copy = keep_copy
        self._lock = threading.Lock()
        self._borrowed: dict[object, set[str]] = {}

    @property
    def borrowed(self) -> frozenset[str]:
        """The hashes of PDFs that are held, and must therefore not be deleted even if no saved preset contains them."""
        with self._lock:
            return frozenset().union(*self._borrowed.values())

    def keep(self, document: Document) -> Document:
        """Store the file of an open document, and return the document in the form in which a preset stores it.

        Raises InputError ``document.missing``, ``document.changed`` or ``preset.too_large``.
        """
        kept = kept_document(document, self._documents.text_digests(document.id))
        self._keep_file(document.path, document.sha256, document.id)
        return kept

    def keep_blocks(self, template: TemplateFilling, document_id: DocumentId) -> TemplateFilling:
        """Store the files that follow a document, and return its template in the form in which a preset stores it.

        Raises InputError ``form.block_missing``, ``preset.too_large``, or ``form.no_room_left`` or
        ``form.files_too_large`` if no contract of the preset could be sent.
        """
        if len(frames_of(template.blocks)) > MOST_ADDED_PAGES:
            raise InputError("form.no_room_left", most=MOST_ADDED_PAGES, left=0)
        if bytes_of(template.blocks) > MOST_ADDED_BYTES:
            raise InputError("form.files_too_large", most=MOST_ADDED_BYTES // 1024**2)
        for block in pdfs_of(template.blocks):
            try:
                self._keep_file(block.path, block.sha256, document_id)
            except InputError as error:
                if error.code == "preset.too_large":
                    raise
                raise InputError("form.block_missing", document_id=document_id, block=block.name) from error
        return template.with_pdf_paths(lambda _block: "")

    def with_kept_blocks(self, template: TemplateFilling) -> TemplateFilling:
        """Return a template with the paths at which its files are stored, except for files that already have a path.

        The files need not exist.
        """
        return template.with_pdf_paths(lambda block: block.path or str(self._files.path(block.sha256)))

    def with_copied_blocks(self, kept: Document) -> Document:
        """Return a preset's document with copies of the files that follow it, for a contract in Prepare.

        The preset may be changed or deleted before the contract is sent. A missing file is not copied. Raises
        StoreError.
        """
        keep = self._keep_copy
        if kept.template is None or keep is None:
            return kept

        def path_of(block: AddedPdf) -> str:
            with disk_errors():
                try:
                    content = self._files.path(block.sha256).read_bytes()
                except FileNotFoundError:
                    return ""
            return str(keep(content))

        return replace(kept, template=kept.template.with_pdf_paths(path_of))

    def require_measured(self, block: AddedPdf) -> None:
        """Raise InputError ``preset.not_a_preset`` if a stored file differs from its description in an imported preset.

        Files that are encrypted or signed, or that have form fields, are also rejected.
        """
        path = self._files.path(block.sha256)
        document = self._documents.open(path)
        try:
            facts = document.facts
            is_plain = not (facts.is_encrypted or facts.is_signed or facts.form_field_count)
            if not is_plain or (document.pages, document.size_bytes) != (block.frames, block.size_bytes):
                raise InputError("preset.not_a_preset", "added pages")
        finally:
            self._documents.close(document.id)

    def _keep_file(self, path: str, sha256: str, document_id: DocumentId) -> None:
        try:
            with Path(path).open("rb") as source:
                self._files.keep(source, sha256, max_bytes=MAX_PDF_BYTES)
        except FileNotFoundError as error:
            raise InputError("document.missing", document_id=document_id) from error
        except StoreError as error:
            if error.code == "store.preset_file_changed":
                raise InputError("document.changed", document_id=document_id) from None
            if error.code == "store.preset_too_large":
                raise InputError("preset.too_large") from None
            raise
        except OSError as error:
            raise disk_error(error) from error

    def hold(self, hashes: Collection[str], owner: object) -> None:
        """Protect the PDFs with these hashes from deletion until ``let_go`` is called with the same owner."""
        with self._lock:
            self._borrowed.setdefault(owner, set()).update(hashes)

    def let_go(self, owner: object) -> None:
        """Release all PDFs that are held for this owner."""
        with self._lock:
            self._borrowed.pop(owner, None)

    def counted(self, preset: Preset) -> Preset:
        """Return a copy of the preset in which each new keyword has been counted in its PDF.

        A single match is confirmed automatically and becomes a fallback point. Raises InputError
        ``preset.keyword_not_found`` for a keyword with neither a match nor a fallback point, and
        ``preset.keyword_unconfirmed`` for a keyword with several matches, which the user has to confirm.
        """
        placements: list[Placement] = []
        for place in preset.placements:
            document = preset.document(place.document_id)
            if isinstance(place, KeywordPlacement) and place.confirmed_hits is None and document.template is None:
                hits = self._find(document, place.keyword)
                require_agreed_seal(place, len(hits))
                found = with_matches(place, hits, self._behaviour())
                placements.append(replace(found, fallbacks=place.fallbacks or found.fallbacks))
            else:
                placements.append(place)
        return replace(preset, placements=tuple(placements))

    def _find(self, kept: Document, keyword: str) -> tuple[KeywordHit, ...]:
        document = self.open(kept)
        try:
            return self._documents.find(document.id, keyword)
        finally:
            self._documents.close(document.id)

    def open(self, kept: Document) -> Document:
        """Open the PDF of a preset's document. Raises InputError ``document.missing``."""
        if not self._files.has(kept.sha256):
            raise InputError("document.missing")
        return replace(self._documents.open(self._files.path(kept.sha256)), name=kept.name)

    def open_copy(self, kept: Document) -> Document:
        """Open a copy of the PDF of a preset's document, for a contract in Prepare.

        The preset may be changed or deleted before the contract is sent. Raises StoreError and InputError
        ``document.missing``.
        """
        keep = self._keep_copy
        if keep is None or not self._files.has(kept.sha256):
            return self.open(kept)
        with disk_errors():
            path = keep(self._files.path(kept.sha256).read_bytes())
        return replace(self._documents.open(path), name=kept.name)


MAX_PDF_BYTES: Final = 100 * 1024 * 1024
