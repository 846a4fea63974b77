"""A preset laid out as a contract, so that its seals can be moved on the pages, and taken back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.edits import own_title
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.preset.making import preset_of, require_agreed
from esign_desktop.domain.preset.preset import CustomerRole, KeptPdf, Preset, Role
from esign_desktop.domain.signer import PersonSigner, SignerId

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.service import PresetService


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A preset as a contract; ``roles`` are whom its signers stand for."""

    preset: Preset
    draft: ContractDraft
    roles: Mapping[SignerId, Role]


class PresetLayout:
    """Calls block for store, disk and the PDF process; PdfError and StoreError come through."""

    def __init__(self, presets: PresetService, documents: DocumentService) -> None:
        self._presets = presets
        self._documents = documents

    def lay_out(self, preset: Preset) -> LaidOut:
        """Make a contract whose customers are called what the paper calls them.

        Raises InputError ``preset.has_no_pages`` for a template, whose pages lie at the platform, and
        ``document.missing``.
        """
        documents = []
        for kept in preset.documents:
            if not isinstance(kept.source, KeptPdf):
                raise InputError("preset.has_no_pages")
            documents.append(self._presets.pdfs.open(kept.source, kept.name))
        persons = {role.id: Person(role.title) for role in preset.customers}
        draft = fill(preset, documents, persons)
        signer_ids = (signer.id for signer in draft.signers)
        return LaidOut(preset, draft, dict(zip(signer_ids, preset.roles, strict=True)))

    def take_back(self, laid_out: LaidOut, draft: ContractDraft, environment: Environment) -> Preset:
        """Keep the contract as the preset that it was made of. Persons whom nobody knows become customers."""
        before, roles = laid_out.preset, laid_out.roles
        customers = {signer.id for signer in draft.signers if _is_customer(signer, roles.get(signer.id))}
        searches = {(p.document_id, p.keyword) for p in draft.placements if isinstance(p, KeywordPlacement)}
        hits = {search: self._documents.find(*search) for search in searches}
        require_agreed(draft, hits)
        made = preset_of(
            draft,
            customers,
            {document.id: self._presets.pdfs.keep(document) for document in draft.documents},
            name=before.name,
            titles={signer.id: _title(signer, roles.get(signer.id)) for signer in draft.signers},
            hits=hits,
            home=before.home,
        )
        return self._presets.save_edited(replace(made, id=before.id, function_key=before.function_key), environment)


def _is_customer(signer: Signer, role: Role | None) -> bool:
    if not isinstance(signer, PersonSigner):
        return False
    person = signer.person
    is_known = bool(person.id_number or person.account_id or person.third_id)
    return isinstance(role, CustomerRole) or (role is None and not is_known)


def _title(signer: Signer, role: Role | None) -> str:
    if isinstance(signer, PersonSigner) and _is_customer(signer, role):
        return signer.person.name
    return own_title(role) if role is not None else ""
