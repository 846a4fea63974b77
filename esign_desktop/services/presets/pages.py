"""Find names that are printed on a preset's pages where each contract must name its own customer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.added_pages import AddedPdf, frames_of
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.doubts.doubt import Doubt
from esign_desktop.domain.doubts.paper import Paper
from esign_desktop.domain.doubts.spelling import is_same
from esign_desktop.domain.preset.named_pages import named_places, names_of_customers, require_settled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.pdfs import PresetPdfs


@dataclass(frozen=True, slots=True)
class OpenPages:
    """The PDFs of a preset, opened for display as the documents of ``draft``, and the doubts about names in these PDFs.

    PDFs that follow a document made from a template are documents of their own here. ``doubts`` includes the doubts
    that the user has already settled.
    """

    draft: ContractDraft
    doubts: tuple[Doubt, ...] = ()


class PresetPages:
    """The service that searches the pages of presets for names.

    Its calls block while the disk and the PDF process are used. They may raise PdfError or InputError
    ``document.missing``.
    """

    def __init__(self, pdfs: PresetPdfs, documents: DocumentService) -> None:
        self._pdfs = pdfs
        self._documents = documents
        self._lock = threading.Lock()
        self._read: dict[str, Paper] = {}
        """The pages that have been read, keyed by the SHA-256 of the file."""

    def unsettled(self, preset: Preset) -> tuple[Doubt, ...]:
        """Return the doubts about names on the preset's pages that the user has not settled yet.

        The result is empty for a preset without customers.
        """
        return named_places(preset, self._papers(preset)) if preset.customers else ()

    def require_settled(self, preset: Preset) -> None:
        """Raise InputError ``preset.names_someone`` if the user has not settled all doubts about the preset's pages."""
        require_settled(self.unsettled(preset))

    def named_in(self, preset: Preset, documents: Collection[Document]) -> tuple[Doubt, ...]:
        """Return the doubts about the pages of a preset that is being made from these open documents."""
        papers: dict[DocumentId, Paper] = {}
        places: dict[DocumentId, _Place] = {}
        for kept, document in zip(preset.documents, documents, strict=True):
            if kept.template is None:
                papers[kept.id], places[kept.id] = self._documents.paper(document.id), _Place(document.id)
            pages_before = len(document.own_pages)
            for number, block in enumerate(document.template.blocks if document.template is not None else ()):
                if isinstance(block, AddedPdf):
                    part = _part(kept, number, block)
                    papers[part.id], places[part.id] = self._paper(part), _Place(document.id, pages_before)
                pages_before += len(frames_of((block,)))
        return _with_places(named_places(preset, papers), places)

    def names_in(self, preset: Preset, document_ids: Iterable[DocumentId]) -> Mapping[SignerId, str]:
        """Return the names that open documents contain for the preset's customers. Raises PdfError.

        A customer is given the name in the first document that names the customer.
        """
        names: dict[SignerId, str] = {}
        for document_id in document_ids:
            found = names_of_customers(preset, self._documents.propose(document_id).parties)
            known = tuple(names.values())
            names = {one: name for one, name in found.items() if not any(is_same(name, old) for old in known)} | names
        return names

    def open(self, preset: Preset) -> OpenPages:
        """Open the preset's PDFs for display. Call ``close`` to close the PDFs."""
        opened = {kept.id: self._pdfs.open(kept) for kept in _stored(preset)}
        papers = {kept_id: self._documents.paper(document.id) for kept_id, document in opened.items()}
        doubts = named_places(replace(preset, settled=()), papers) if preset.customers else ()
        places = {kept_id: _Place(document.id) for kept_id, document in opened.items()}
        draft = replace(ContractDraft.new(), documents=tuple(opened.values()))
        return OpenPages(draft, _with_places(doubts, places))

    def close(self, pages: OpenPages) -> None:
        """Close the PDFs that ``open`` has opened."""
        for document in pages.draft.documents:
            self._documents.close(document.id)

    def _papers(self, preset: Preset) -> Mapping[DocumentId, Paper]:
        return {kept.id: self._paper(kept) for kept in _stored(preset)}

    def _paper(self, kept: Document) -> Paper:
        with self._lock:
            known = self._read.get(kept.sha256)
        if known is None:
            document = self._pdfs.open(kept)
            try:
                # The text of the pages is not needed to find names in open places.
                known = Paper(self._documents.propose(document.id))
            finally:
                self._documents.close(document.id)
            with self._lock:
                self._read[kept.sha256] = known
        return known


class _Place(NamedTuple):
    """An open document, and the number of pages that precede a stored PDF in this document."""

    document_id: DocumentId
    pages_before: int = 0


def _stored(preset: Preset) -> Iterator[Document]:
    """Yield the documents of a preset that are PDFs, and the PDFs that follow its other documents, as documents."""
    for document in preset.documents:
        if document.template is None:
            yield document
        for number, block in enumerate(document.added_pdfs):
            yield _part(document, number, block)


def _part(document: Document, number: int, block: AddedPdf) -> Document:
    part_id = DocumentId(f"{document.id} {number}")
    return Document(part_id, "", block.name, block.size_bytes, block.sha256, block.frames)


def _with_places(doubts: Collection[Doubt], places: Mapping[DocumentId, _Place]) -> tuple[Doubt, ...]:
    return tuple(_with_place(doubt, places[doubt.document_id]) for doubt in doubts if doubt.document_id is not None)


def _with_place(doubt: Doubt, place: _Place) -> Doubt:
    on_page = doubt.place
    if on_page is not None:
        on_page = replace(on_page, page_number=on_page.page_number + place.pages_before)
    return replace(doubt, document_id=place.document_id, place=on_page)
