"""Lay presets out as contracts in Prepare, for a new contract or to be edited, and save the edited presets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.added_pages import frames_of
from esign_desktop.domain.document import Document, TemplateFilling, new_document_id
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.checks import require_usable
from esign_desktop.domain.preset.fields import FormField
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.preset.making import LaidOut, kept_document, require_agreed
from esign_desktop.domain.signer import unknown_party
from esign_desktop.services.presets.exchange import kept_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.placing.placement import KeywordHits
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.store.files.preset_files import PresetFiles


class PresetLayouts:
    """A service that makes new contracts from presets, and converts presets to contracts for editing and back.

    Its calls block while the database, the disk and the PDF process are used. They may raise StoreError or PdfError.
    """

    def __init__(self, presets: PresetService, files: PresetFiles, documents: DocumentService) -> None:
        self._presets = presets
        self._files = files
        self._documents = documents

    def contract(self, preset: Preset, environment: Callable[[], Environment]) -> ContractDraft:
        """Return a new contract with copies of the preset's PDFs. Its customers have no names yet.

        The PDFs are open. Raises the errors of ``require_usable``, except that staff may be unknown, and InputError
        ``document.missing``.
        """
        require_usable(preset, environment(), preset.roles_without_signer)
        documents: list[Document] = []
        hits: KeywordHits = {}
        try:
            for kept in preset.documents:
                document = self._for_contract(kept)
                documents.append(document)
                hits = {**hits, **self._presets.hits_of(preset, kept, document)} if kept.template is None else hits
        except Exception:
            self.close(documents)
            raise
        parties = {role.id: unknown_party(role.kind, "") for role in preset.customers}
        return fill(preset, documents, parties, hits=hits, naming=self._presets.naming())

    def close(self, documents: Iterable[Document]) -> None:
        """Close those documents that are open. Call this for a contract that is not going to be shown."""
        for document in documents:
            if self._documents.is_open(document.id):
                self._documents.close(document.id)

    def lay_out(self, preset: Preset) -> LaidOut:
        """Convert a preset to a contract with open signers that can be edited in Prepare.

        Its PDFs are held until ``end`` is called. A PDF that no longer exists is not opened, and the user can choose
        another file.
        """
        draft = fill(preset, tuple(map(self._opened, preset.documents)), None)
        self._presets.pdfs.hold(kept_hashes(preset), owner=draft.id)
        return LaidOut(preset, draft, next((kept for kept in self._presets.list() if kept.id == preset.id), None))

    def end(self, laid_out: LaidOut) -> None:
        """Release the PDFs of a preset that is no longer edited in Prepare."""
        self._presets.pdfs.let_go(laid_out.draft.id)

    def save(self, laid_out: LaidOut, draft: ContractDraft, environment: Environment) -> Preset:
        """Save a contract that was edited in Prepare as the preset from which it was made, and return the preset.

        Raises the errors of ``PresetService.make`` and ``PresetService.save_edited``.
        """
        # A PDF that was stored now must not be swept before its preset is saved.
        with self._presets.lock:
            return self._saved(laid_out, draft, environment)

    def _saved(self, laid_out: LaidOut, draft: ContractDraft, environment: Environment) -> Preset:
        files = {document.id for document in draft.documents if document.template is None}
        for document_id in files:
            if not self._documents.is_open(document_id):
                raise InputError("document.missing", document_id=document_id)
        # The platform searches for the keywords of the documents that it creates.
        searched = replace(draft, placements=tuple(one for one in draft.placements if one.document_id in files))
        hits = self._presets.hits_in(searched)
        require_agreed(searched, hits)
        kept = {document.id: self._kept(laid_out, document) for document in draft.documents}
        return self._presets.save_edited(laid_out.edited(draft, kept, hits), environment, laid_out.base)

    def _for_contract(self, kept: Document) -> Document:
        pdfs = self._presets.pdfs
        if kept.template is None:
            return pdfs.open_copy(kept)
        plain = replace(kept, id=new_document_id(), template=None, pages=kept.own_pages, digests=())
        return self._presets.filled_without_customer(pdfs.with_copied_blocks(kept), plain)

    def _opened(self, kept: Document) -> Document:
        pdfs = self._presets.pdfs
        if kept.template is None:
            if self._files.has(kept.sha256):
                return pdfs.open(kept)
            return replace(kept, id=new_document_id(), path=str(self._files.path(kept.sha256)), digests=())
        template = pdfs.with_kept_blocks(kept.template)
        template = replace(template, added_pages=len(frames_of(template.blocks)))
        return replace(kept, id=new_document_id(), template=template, digests=())

    def _kept(self, laid_out: LaidOut, document: Document) -> Document:
        """Return a document of an edited preset in the form in which the preset stores it."""
        pdfs, filling = self._presets.pdfs, document.template
        if filling is None:
            return pdfs.keep(document)
        filling = pdfs.keep_blocks(filling, document.id)
        # A value that was typed in Prepare is fixed text.
        typed = tuple(FormField(name, text=value) for name, value in filling.fields)
        names = {one.name for one in typed}
        fields = (*(one for one in filling.preset_fields if one.name not in names), *typed)
        template = TemplateFilling(filling.template_id, blocks=filling.blocks, preset_fields=fields)
        before = next((one for one in laid_out.preset.documents if one.id == laid_out.ids.get(document.id)), None)
        if before is not None and before.own_pages == document.own_pages:
            return kept_document(document, before.digests, template)
        if not self._documents.is_open(document.id):
            return kept_document(document, (), template)
        kept = kept_document(document, self._documents.text_digests(document.id), template)
        self._presets.forms.keep(kept, document.id)
        return kept
