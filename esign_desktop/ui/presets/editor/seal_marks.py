"""Where a preset's seals show on a page of its own document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.document import Document
from esign_desktop.domain.placement import CoordinatePlacement, KeywordPlacement, marks_of
from esign_desktop.domain.preset import CustomerRole, Role, StaffRole, signer_of
from esign_desktop.domain.signer import ApplicationSigner, PersonSigner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placement import KeywordHit, Placement
    from esign_desktop.domain.preset import Preset, PresetDocument, PresetSeal
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.presets.editor.kept_pages import KeptPages


def page_of(seal: PresetSeal, hits: Sequence[KeywordHit] | None, fallback_page: int | None) -> int:
    """Return the page to look at for a seal: where its keyword is, else where the chosen point is."""
    place = seal.placement
    if not isinstance(place, KeywordPlacement):
        return place.pages.first
    if hits:
        return hits[0].page_number
    return fallback_page or 1


def preset_marks(
    preset: Preset, document: PresetDocument, page_number: int, chosen: PresetSeal, pages: KeptPages
) -> tuple[tuple[PageRect, int, bool], ...]:
    """Return the marks on one page: where, of which role (its number from 1), and whether of the chosen seal."""
    numbers = {signer_of(role.id): number for number, role in enumerate(preset.roles, 1)}
    roles = {signer_of(role.id): role for role in preset.roles}
    standing = Document(document.slot, "", document.name, 0, "", document.fingerprint.pages)
    return tuple(
        (mark.rect, numbers[place.signer_id], seal is chosen)
        for seal in preset.seals
        if seal.placement.document_id == document.slot
        for place, hits in _places(seal, document, pages)
        for mark in marks_of(place, _signer(roles[place.signer_id]), standing, pages.behaviour, hits)
        if mark.page_number == page_number
    )


def _places(
    seal: PresetSeal, document: PresetDocument, pages: KeptPages
) -> Iterator[tuple[Placement, tuple[KeywordHit, ...]]]:
    place = seal.placement
    if not isinstance(place, KeywordPlacement):
        yield place, ()
        return
    hits = pages.hits(document, place.keyword)
    if hits:
        yield place, hits
        return
    fallbacks: tuple[CoordinatePlacement, ...] = seal.fallbacks
    for fallback in fallbacks:
        yield fallback, ()


def _signer(role: Role) -> Signer:
    """Return somebody with a seal of the role's kind; only its size matters."""
    from esign_desktop.domain.account import Person

    signer_id = signer_of(role.id)
    return (
        PersonSigner(signer_id, Person(""))
        if isinstance(role, (CustomerRole, StaffRole))
        else ApplicationSigner(signer_id)
    )
