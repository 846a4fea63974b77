"""Functions that return an edited copy of a preset. An id that the preset does not contain has no effect."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import SignerParty
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
)
from esign_desktop.domain.preset.preset import PlatformTemplate, Preset, PresetDocument, PresetSeal
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
    SigningTerms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.options import Party

_FIRST_POINT: Final = PagePoint(300.0, 200.0)


class RoleKind(StrEnum):
    """The kind of signer that a role represents."""

    CUSTOMER = "customer"
    CUSTOMER_ORGANIZATION = "customer_organization"
    STAFF = "staff"
    BRANCH = "branch"
    PLATFORM = "platform"


class SealKind(StrEnum):
    """The method that determines a seal's position."""

    KEYWORD = "keyword"
    COORDINATE = "coordinate"
    CROSS_PAGE = "cross_page"


def role_kind(role: Signer) -> RoleKind:
    """Return the kind of signer that a role represents."""
    match role:
        case OpenSigner(kind=AccountKind.PERSON):
            return RoleKind.CUSTOMER
        case OpenSigner():
            return RoleKind.CUSTOMER_ORGANIZATION
        case PersonSigner():
            return RoleKind.STAFF
        case OrganizationSigner():
            return RoleKind.BRANCH
        case ApplicationSigner():
            return RoleKind.PLATFORM


def seal_kind(seal: PresetSeal) -> SealKind:
    """Return the method that determines the seal's position."""
    match seal.placement:
        case KeywordPlacement():
            return SealKind.KEYWORD
        case CoordinatePlacement():
            return SealKind.COORDINATE
        case CrossPagePlacement():
            return SealKind.CROSS_PAGE


def own_title(role: Signer) -> str:
    """Return the title entered for a role.

    If no title was entered, return an empty string, not the name of the signer.
    """
    return role.name if isinstance(role, ApplicationSigner) else role.role


# Roles


def add_role(preset: Preset, kind: RoleKind) -> Preset:
    """Add a role that has no signer yet. The new role signs after all other roles."""
    role_id = SignerId(_free("role", {str(role.id) for role in preset.signers}))
    step = max((role.terms.step for role in preset.signers), default=0) + 1
    return replace(preset, signers=(*preset.signers, _role(role_id, kind, "", SigningTerms(step))))


def with_title(role: Signer, title: str) -> Signer:
    """Return a copy of the role with this title."""
    return replace(role, name=title) if isinstance(role, ApplicationSigner) else replace(role, role=title)


def with_kind(role: Signer, kind: RoleKind) -> Signer:
    """Return a copy of the role with this kind. If the kind changes, the signer is removed from the role."""
    if role_kind(role) is kind:
        return role
    return _role(role.id, kind, own_title(role), replace(role.terms, is_silent=False))


def with_somebody_else(role: Signer) -> Signer:
    """Return a copy of a staff or branch role without its signer, so that a new signer can be chosen."""
    return _role(role.id, role_kind(role), own_title(role), role.terms)


def remove_role(preset: Preset, role_id: SignerId) -> Preset:
    """Remove a role and its seals. Form fields for this role's data are then filled with the first customer's data."""
    options = preset.options
    return replace(
        preset,
        signers=tuple(role for role in preset.signers if role.id != role_id),
        seals=tuple(seal for seal in preset.seals if seal.placement.signer_id != role_id),
        options=replace(
            options,
            initiator=_without(options.initiator, role_id),
            payer=_without(options.payer, role_id),
        ),
        documents=tuple(_without_role(document, role_id) for document in preset.documents),
    )


def move_role(preset: Preset, role_id: SignerId, offset: int) -> Preset:
    """Swap a role with the role ``offset`` positions away in the list, and swap their steps in the signing order.

    If there is no role at that position, the preset is unchanged.
    """
    roles = list(preset.signers)
    index = next((at for at, role in enumerate(roles) if role.id == role_id), None)
    if index is None or not 0 <= index + offset < len(roles):
        return preset
    moved, other = roles[index], roles[index + offset]
    roles[index + offset] = replace(moved, terms=replace(moved.terms, step=other.terms.step))
    roles[index] = replace(other, terms=replace(other.terms, step=moved.terms.step))
    return replace(preset, signers=tuple(roles))


# Seals


def add_seal(preset: Preset, role_id: SignerId, slot: DocumentId, kind: SealKind) -> Preset:
    """Add a seal of this kind to a document, for the signer of a role."""
    names = {str(place.id) for seal in preset.seals for place in (seal.placement, *seal.fallbacks)}
    place = KeywordPlacement(PlacementId(_free("seal", names)), role_id, slot, "")
    seal = PresetSeal(place)
    added = replace(preset, seals=(*preset.seals, seal))
    return change_seal(added, place.id, lambda new_seal: with_place_kind(new_seal, kind, _page_count(preset, slot)))


def change_seal(preset: Preset, seal_id: PlacementId, change: Callable[[PresetSeal], PresetSeal]) -> Preset:
    """Apply ``change`` to one seal. The fallback points then adopt the role, document and size of the changed seal."""
    return replace(
        preset,
        seals=tuple(_aligned(change(seal)) if seal.placement.id == seal_id else seal for seal in preset.seals),
    )


def remove_seal(preset: Preset, seal_id: PlacementId) -> Preset:
    """Remove a seal from the preset."""
    return replace(preset, seals=tuple(seal for seal in preset.seals if seal.placement.id != seal_id))


def with_place(seal: PresetSeal, place: Placement) -> PresetSeal:
    """Return a copy of the seal with this placement. If the keyword changes, the confirmed match count is removed."""
    before = seal.placement
    if isinstance(place, KeywordPlacement) and isinstance(before, KeywordPlacement) and place.keyword != before.keyword:
        place = replace(place, confirmed_hits=None)
    return replace(seal, placement=place)


def with_place_kind(seal: PresetSeal, kind: SealKind, page_count: int) -> PresetSeal:
    """Change the method that determines the seal's position.

    A seal that becomes a keyword seal has no keyword yet. The seal's old position becomes the fallback point.
    """
    if seal_kind(seal) is kind:
        return seal
    old = seal.placement
    first = _first_point(seal, page_count)
    same = (old.id, old.signer_id, old.document_id)
    match kind:
        case SealKind.KEYWORD:
            fallback = replace(first, id=PlacementId(f"{old.id} at 1"))
            keyword = KeywordPlacement(*same, "", width_pt=old.width_pt)
            return PresetSeal(keyword, (fallback,))
        case SealKind.COORDINATE:
            return PresetSeal(replace(first, id=old.id))
        case SealKind.CROSS_PAGE:
            pages = PageRanges.all_of(max(1, page_count))
            return PresetSeal(CrossPagePlacement(*same, pages, first.center.y_pt, old.width_pt))


def with_fallbacks(seal: PresetSeal, points: Iterable[tuple[int, PagePoint]]) -> PresetSeal:
    """Set the fallback points of a keyword seal. ``points`` contains page numbers, each with a point in page space."""
    same = seal.placement.signer_id, seal.placement.document_id
    fallbacks = tuple(
        CoordinatePlacement(PlacementId(f"{seal.placement.id} at {number}"), *same, PageRanges.single(page), point)
        for number, (page, point) in enumerate(points, 1)
    )
    return replace(seal, fallbacks=fallbacks)


# Documents


def change_document(preset: Preset, slot: DocumentId, change: Callable[[PresetDocument], PresetDocument]) -> Preset:
    """Apply ``change`` to one document. The positions of seals are not adjusted."""
    documents = tuple(change(document) if document.slot == slot else document for document in preset.documents)
    return replace(preset, documents=documents)


def with_uncounted_keywords(preset: Preset, slot: DocumentId) -> Preset:
    """Return a copy of the preset in which the keyword matches of one document are no longer confirmed.

    Call this function when the text of the document has changed.
    """

    def uncounted(seal: PresetSeal) -> PresetSeal:
        place = seal.placement
        if isinstance(place, KeywordPlacement) and place.document_id == slot:
            return replace(seal, placement=replace(place, confirmed_hits=None))
        return seal

    return replace(preset, seals=tuple(map(uncounted, preset.seals)))


def _page_count(preset: Preset, slot: DocumentId) -> int:
    found = (len(document.fingerprint.pages) for document in preset.documents if document.slot == slot)
    return next(found, 1)


def _free(word: str, taken: set[str]) -> str:
    number = len(taken) + 1
    while f"{word} {number}" in taken:
        number += 1
    return f"{word} {number}"


def _role(role_id: SignerId, kind: RoleKind, title: str, terms: SigningTerms) -> Signer:
    match kind:
        case RoleKind.CUSTOMER:
            return OpenSigner(role_id, title, terms)
        case RoleKind.CUSTOMER_ORGANIZATION:
            return OpenSigner(role_id, title, terms, AccountKind.ORGANIZATION)
        case RoleKind.STAFF:
            return PersonSigner(role_id, Person(""), terms, title)
        case RoleKind.BRANCH:
            return OrganizationSigner(role_id, Organization(""), Person(""), terms, title)
        case RoleKind.PLATFORM:
            return ApplicationSigner(role_id, title, replace(terms, is_silent=True))


def _without(party: Party | None, signer_id: SignerId) -> Party | None:
    return None if isinstance(party, SignerParty) and party.signer_id == signer_id else party


def _without_role(document: PresetDocument, role_id: SignerId) -> PresetDocument:
    source = document.source
    if not isinstance(source, PlatformTemplate):
        return document
    fields = tuple(
        replace(form_field, role_id=None) if form_field.role_id == role_id else form_field
        for form_field in source.fields
    )
    return replace(document, source=replace(source, fields=fields))


def _aligned(seal: PresetSeal) -> PresetSeal:
    place = seal.placement
    if not isinstance(place, KeywordPlacement):
        return replace(seal, fallbacks=())
    same = {name: getattr(place, name) for name in ("signer_id", "document_id", "width_pt", "with_qr_code")}
    return replace(seal, fallbacks=tuple(replace(fallback, **same) for fallback in seal.fallbacks))


def _first_point(seal: PresetSeal, page_count: int) -> CoordinatePlacement:
    """Return a point near the seal's old position."""
    old = seal.placement
    if isinstance(old, CoordinatePlacement):
        return old
    if seal.fallbacks:
        return seal.fallbacks[0]
    last = PageRanges.single(max(1, page_count))
    center = PagePoint(_FIRST_POINT.x_pt, old.center_y_pt) if isinstance(old, CrossPagePlacement) else _FIRST_POINT
    return CoordinatePlacement(old.id, old.signer_id, old.document_id, last, center, old.width_pt)
