"""Edits that only presets have, beside those of ``domain.contract.edits``. Ids of other presets are ignored."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.contract.edits import add_signer, place, remove_signer
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    FallbackPoint,
    KeywordPlacement,
    Placement,
    PlacementId,
)
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
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.preset.preset import Preset

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


def seal_kind(place: Placement) -> SealKind:
    """Return the method that determines the seal's position."""
    match place:
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
    return add_signer(preset, _role(role_id, kind, "", SigningTerms()))


def with_title(role: Signer, title: str) -> Signer:
    """Return a copy of the role with this title."""
    return replace(role, name=title) if isinstance(role, ApplicationSigner) else replace(role, role=title)


def with_kind(role: Signer, kind: RoleKind) -> Signer:
    """Return a copy of the role with this kind. If the kind changes, the signer is removed from the role."""
    if role_kind(role) is kind:
        return role
    return _role(role.id, kind, own_title(role), replace(role.terms, is_silent=False))


def without_signer(role: Signer) -> Signer:
    """Return a copy of a staff or branch role without its signer, so that a new signer can be chosen."""
    return _role(role.id, role_kind(role), own_title(role), role.terms)


def remove_role(preset: Preset, role_id: SignerId) -> Preset:
    """Remove a role and its seals. Form fields for this role's data are then filled with the first customer's data."""
    documents = tuple(_without_role(document, role_id) for document in preset.documents)
    return remove_signer(replace(preset, documents=documents), role_id)


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


def add_seal(preset: Preset, role_id: SignerId, document_id: DocumentId, kind: SealKind) -> Preset:
    """Add a seal of this kind to a document, for the signer of a role."""
    names = {str(placement.id) for placement in preset.placements}
    keyword = KeywordPlacement(PlacementId(_free("seal", names)), role_id, document_id, "")
    return place(preset, with_place_kind(keyword, kind, _page_count(preset, document_id)))


def with_keyword(seal: Placement, keyword: str) -> Placement:
    """Return the keyword placement with this keyword. The matches of another keyword are not confirmed yet."""
    if not isinstance(seal, KeywordPlacement) or seal.keyword == keyword:
        return seal
    return replace(seal, keyword=keyword, confirmed_hits=None)


def with_place_kind(old: Placement, kind: SealKind, page_count: int) -> Placement:
    """Change the method that determines the seal's position.

    A seal that becomes a keyword seal has no keyword yet. The seal's old position becomes the fallback point.
    """
    if seal_kind(old) is kind:
        return old
    first = _first_point(old, page_count)
    same = (old.id, old.signer_id, old.document_id)
    match kind:
        case SealKind.KEYWORD:
            return KeywordPlacement(*same, "", width_pt=old.width_pt, fallbacks=(first,))
        case SealKind.COORDINATE:
            with_qr_code = isinstance(old, KeywordPlacement) and old.with_qr_code
            return CoordinatePlacement(*same, first.pages, first.center, old.width_pt, with_qr_code)
        case SealKind.CROSS_PAGE:
            pages = PageRanges.all_of(max(1, page_count))
            return CrossPagePlacement(*same, pages, first.center.y_pt, old.width_pt)


# Documents


def with_uncounted_keywords(preset: Preset, document_id: DocumentId) -> Preset:
    """Return a copy of the preset in which the keyword matches of one document are no longer confirmed.

    Call this function when the text of the document has changed.
    """
    return replace(
        preset,
        placements=tuple(
            replace(place, confirmed_hits=None)
            if isinstance(place, KeywordPlacement) and place.document_id == document_id
            else place
            for place in preset.placements
        ),
    )


def _page_count(preset: Preset, document_id: DocumentId) -> int:
    return next((document.page_count for document in preset.documents if document.id == document_id), 1)


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


def _without_role(document: Document, role_id: SignerId) -> Document:
    template = document.template
    if template is None:
        return document
    fields = tuple(
        replace(form_field, role_id=None) if form_field.role_id == role_id else form_field
        for form_field in template.preset_fields
    )
    return replace(document, template=replace(template, preset_fields=fields))


def _first_point(old: Placement, page_count: int) -> FallbackPoint:
    """Return a point near the seal's old position."""
    last = PageRanges.single(max(1, page_count))
    match old:
        case CoordinatePlacement(pages=pages, center=center):
            return FallbackPoint(pages, center)
        case CrossPagePlacement(center_y_pt=y_pt):
            return FallbackPoint(last, PagePoint(_FIRST_POINT.x_pt, y_pt))
        case KeywordPlacement(fallbacks=fallbacks):
            return fallbacks[0] if fallbacks else FallbackPoint(last, _FIRST_POINT)
