"""Makes a contract of a preset: real persons and documents in the place of roles and slots.

What has no place in a document that differs from the preset's own (``preset_differences``) is left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.draft import ContractDraft, DraftId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.options import SignerParty
from esign_desktop.domain.placement import CoordinatePlacement, KeywordPlacement, new_placement_id
from esign_desktop.domain.preset import BranchRole, CustomerRole, PlatformRole, RoleId, StaffRole, signer_of
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    new_signer_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esign_desktop.domain.account import Person
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.options import Party
    from esign_desktop.domain.placement import KeywordHits, Placement
    from esign_desktop.domain.preset import Preset, PresetDocument, PresetSeal, Role
    from esign_desktop.domain.signer import Signer


def fill(
    preset: Preset,
    documents: Sequence[Document],
    persons: Mapping[RoleId, Person],
    *,
    hits: KeywordHits | None = None,
) -> ContractDraft:
    """Make a contract with these documents, in the order of the preset's, and these persons as its customers.

    ``hits`` are what a search found in these documents: a keyword that is missing gives way to its points, and one
    whose count is another has to be confirmed anew. Without ``hits`` keywords are taken as they were. Raises InputError
    ``preset.person_missing`` (with ``title``) and ``preset.other_documents``.
    """
    if len(documents) != len(preset.documents):
        raise InputError("preset.other_documents", expected=len(preset.documents), found=len(documents))
    signers = {signer_of(role.id): _signer(role, persons) for role in preset.roles}
    pairs = list(zip(preset.documents, documents, strict=True))
    by_slot = {kept.slot: (kept, document) for kept, document in pairs}
    signer_ids = {role_id: signer.id for role_id, signer in signers.items()}
    placements = tuple(
        replace(place, id=new_placement_id(), signer_id=signer_ids[place.signer_id], document_id=document.id)
        for seal in preset.seals
        for kept, document in [by_slot[seal.placement.document_id]]
        for place in _places(seal, kept, document, hits or {})
    )
    options = preset.options
    return ContractDraft(
        DraftId(ContractDraft.new().id),
        tuple(documents),
        tuple(signers.values()),
        placements,
        replace(
            options,
            business_scene=preset.title,
            initiator=_party(options.initiator, signer_ids),
            payer=_party(options.payer, signer_ids),
        ),
        preset.is_ordered,
    )


def _places(seal: PresetSeal, kept: PresetDocument, document: Document, hits: KeywordHits) -> Iterator[Placement]:
    place = seal.placement
    if isinstance(place, KeywordPlacement):
        found = hits.get((document.id, place.keyword))
        count = place.confirmed_hits if found is None else len(found)
        if count != 0 or not seal.fallbacks:
            # One that is nowhere, and has no points either, stays: the checks tell of it, and nothing is sent.
            agrees = found is None or count == place.confirmed_hits
            yield place if agrees else replace(place, confirmed_hits=None)
            return
        for fallback in seal.fallbacks:
            yield from _within(fallback, document)
    elif isinstance(place, CoordinatePlacement):
        yield from _within(place, document)
    else:
        was_on_all = len(place.pages) == len(kept.fingerprint.pages)
        pages = document.all_pages if was_on_all else place.pages.within(document.page_count)
        if pages is not None:
            yield replace(place, pages=pages)


def _within(place: CoordinatePlacement, document: Document) -> Iterator[CoordinatePlacement]:
    pages = place.pages.within(document.page_count)
    if pages is not None:
        yield replace(place, pages=pages)


def _signer(role: Role, persons: Mapping[RoleId, Person]) -> Signer:
    signer_id: SignerId = new_signer_id()
    match role:
        case CustomerRole(id=role_id, terms=terms):
            if role_id not in persons:
                raise InputError("preset.person_missing", title=role.title)
            return PersonSigner(signer_id, persons[role_id], terms)
        case StaffRole(person=person, terms=terms):
            return PersonSigner(signer_id, person, terms)
        case BranchRole(organization=organization, agent=agent, terms=terms):
            return OrganizationSigner(signer_id, organization, agent, terms)
        case PlatformRole(name=name, terms=terms):
            return ApplicationSigner(signer_id, name, terms)


def _party(party: Party | None, signer_ids: Mapping[SignerId, SignerId]) -> Any:
    if isinstance(party, SignerParty):
        found = signer_ids.get(party.signer_id)
        return None if found is None else SignerParty(found)
    return party
