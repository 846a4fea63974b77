"""Makes a preset of a prepared contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.contract.fingerprint import Fingerprint
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.options import SignerParty
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId
from esign_desktop.domain.preset.preset import (
    BranchRole,
    CustomerRole,
    DocumentSource,
    PlatformRole,
    Preset,
    PresetDocument,
    PresetSeal,
    RoleId,
    StaffRole,
    new_preset_id,
    signer_of,
)
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, SignerId

if TYPE_CHECKING:
    from collections.abc import Collection

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import PlatformBehaviour
    from esign_desktop.domain.options import Party
    from esign_desktop.domain.placing.placement import KeywordHit, KeywordHits, Placement
    from esign_desktop.domain.preset.preset import PresetHome, Role
    from esign_desktop.domain.signer import Signer


@dataclass(frozen=True, slots=True)
class DocumentTrait:
    """What a preset is to know about a document: where its bytes come from, and by what it is known again."""

    fingerprint: Fingerprint
    source: DocumentSource


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which role stands for which signer, and which slot for which document."""

    role_ids: Mapping[SignerId, RoleId]
    slots: Mapping[DocumentId, DocumentId]

    def placement(self, placement: Placement, place_id: str) -> Placement:
        return replace(
            placement,
            id=PlacementId(place_id),
            signer_id=signer_of(self.role_ids[placement.signer_id]),
            document_id=self.slots[placement.document_id],
        )

    def party(self, party: Party | None) -> Party | None:
        match party:
            case SignerParty(signer_id=signer_id) if signer_id in self.role_ids:
                return SignerParty(signer_of(self.role_ids[signer_id]))
            case SignerParty():
                return None
            case _:
                return party


def preset_of(
    draft: ContractDraft,
    customers: Collection[SignerId],
    traits: Mapping[DocumentId, DocumentTrait],
    *,
    name: str,
    titles: Mapping[SignerId, str] | None = None,
    hits: KeywordHits | None = None,
    home: PresetHome | None = None,
) -> Preset:
    """Make a preset of a contract. ``customers`` are the persons whose place somebody else takes each time.

    Everybody else stays who they are. ``titles`` say what the paper calls a customer. From ``hits`` come the points
    to fall back to where a keyword is missing. Raises InputError ``preset.not_a_person`` when a customer is no person,
    KeyError when a document has no trait.
    """
    roles = _Roles(
        {signer.id: RoleId(f"role {number}") for number, signer in enumerate(draft.signers, 1)},
        {document.id: DocumentId(f"document {number}") for number, document in enumerate(draft.documents, 1)},
    )
    titles = titles or {}
    options = draft.options
    return Preset(
        id=new_preset_id(),
        name=name,
        documents=tuple(_document(document, roles, traits[document.id]) for document in draft.documents),
        roles=tuple(
            _role(signer, roles.role_ids[signer.id], titles.get(signer.id, ""), is_customer=signer.id in customers)
            for signer in draft.signers
        ),
        seals=tuple(
            _seal(placement, roles, number, (hits or {}).get(_search(placement)), draft.behaviour)
            for number, placement in enumerate(draft.placements, 1)
            if placement.signer_id in roles.role_ids and placement.document_id in roles.slots
        ),
        options=replace(options, initiator=roles.party(options.initiator), payer=roles.party(options.payer)),
        is_ordered=draft.is_ordered,
        home=home,
    )


def only_document(draft: ContractDraft, document_id: DocumentId) -> ContractDraft:
    """Return a contract of one document alone, with those who have a seal on it; everybody where nobody has.

    Raises KeyError.
    """
    placements = tuple(place for place in draft.placements if place.document_id == document_id)
    with_seal = {place.signer_id for place in placements}
    signers = tuple(signer for signer in draft.signers if not with_seal or signer.id in with_seal)
    return replace(draft, documents=(draft.document(document_id),), signers=signers, placements=placements)


def _document(document: Document, roles: _Roles, trait: DocumentTrait) -> PresetDocument:
    return PresetDocument(roles.slots[document.id], document.name, trait.fingerprint, trait.source)


def _role(signer: Signer, role_id: RoleId, title: str, *, is_customer: bool) -> Role:
    if is_customer:
        if not isinstance(signer, PersonSigner):
            raise InputError("preset.not_a_person")
        return CustomerRole(role_id, title, signer.terms)
    match signer:
        case PersonSigner(person=person):
            return StaffRole(role_id, person, title, signer.terms)
        case OrganizationSigner(organization=organization, agent=agent):
            return BranchRole(role_id, organization, agent, title, signer.terms)
        case ApplicationSigner(name=name):
            return PlatformRole(role_id, name, signer.terms)


def _search(placement: Placement) -> tuple[DocumentId, str]:
    return placement.document_id, placement.keyword if isinstance(placement, KeywordPlacement) else ""


def _seal(
    placement: Placement,
    roles: _Roles,
    number: int,
    hits: tuple[KeywordHit, ...] | None,
    behaviour: PlatformBehaviour,
) -> PresetSeal:
    kept = roles.placement(placement, f"seal {number}")
    if isinstance(kept, KeywordPlacement) and hits is not None:
        return counted_seal(kept, hits, behaviour)
    return PresetSeal(kept)


def require_agreed(draft: ContractDraft, hits: KeywordHits) -> None:
    """Raise InputError for a keyword that was found nowhere, or more often than a person agreed to.

    Codes: ``preset.keyword_not_found`` (keyword), ``preset.keyword_unconfirmed`` (keyword, count).
    """
    for place in draft.placements:
        if isinstance(place, KeywordPlacement):
            found = hits.get(_search(place))
            if found is not None:
                require_agreed_seal(PresetSeal(place), len(found))


def require_agreed_seal(seal: PresetSeal, count: int) -> None:
    """Raise as ``require_agreed`` for one seal whose keyword has as many matches."""
    place = seal.placement
    if not isinstance(place, KeywordPlacement):
        return
    if not count and not seal.fallbacks:
        raise InputError("preset.keyword_not_found", keyword=place.keyword)
    if count > 1 and place.confirmed_hits != count:
        raise InputError("preset.keyword_unconfirmed", keyword=place.keyword, count=count)


def counted_seal(place: KeywordPlacement, hits: tuple[KeywordHit, ...], behaviour: PlatformBehaviour) -> PresetSeal:
    """Return a seal that agrees to these matches of its keyword, and falls back to their points.

    Of a keyword that is nowhere it is known by then that only its fallbacks count.
    """
    fallbacks = tuple(
        CoordinatePlacement(
            PlacementId(f"{place.id} at {index}"),
            place.signer_id,
            place.document_id,
            PageRanges.single(hit.page_number),
            hit.origin(behaviour).moved(place.offset_x_pt, place.offset_y_pt),
            place.width_pt,
            place.with_qr_code,
        )
        for index, hit in enumerate(hits, 1)
    )
    return PresetSeal(replace(place, confirmed_hits=len(hits)), fallbacks)
