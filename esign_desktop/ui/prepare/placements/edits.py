"""What the table and the property fields change of a placement, so that both do it alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    new_placement_id,
)
from esign_desktop.services.editing.session import ContractSession, EditName

if TYPE_CHECKING:
    from collections.abc import Set

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import Placement, PlacementId


def horizontal_pt(placement: Placement) -> float | None:
    """Return the centre's x, or a keyword's offset to the right; a cross-page seal has none."""
    match placement:
        case CoordinatePlacement(center=center):
            return center.x_pt
        case KeywordPlacement(offset_x_pt=x):
            return x
        case CrossPagePlacement():
            return None


def vertical_pt(placement: Placement) -> float:
    """Return the centre's y from the page's bottom, or a keyword's offset upwards."""
    match placement:
        case CoordinatePlacement(center=center):
            return center.y_pt
        case KeywordPlacement(offset_y_pt=y):
            return y
        case CrossPagePlacement(center_y_pt=y):
            return y


def move_to(
    session: ContractSession,
    placement: Placement,
    *,
    x_pt: float | None = None,
    y_pt: float | None = None,
    origin: object,
) -> None:
    """Set one or both of the numbers that say where a placement is."""
    x = horizontal_pt(placement) if x_pt is None else x_pt
    y = vertical_pt(placement) if y_pt is None else y_pt
    changed: Placement
    match placement:
        case CoordinatePlacement():
            changed = replace(placement, center=PagePoint(x or 0.0, y))
        case KeywordPlacement():
            changed = replace(placement, offset_x_pt=x or 0.0, offset_y_pt=y)
        case CrossPagePlacement():
            changed = replace(placement, center_y_pt=y)
    session.apply(EditName.MOVE_SEALS, lambda draft: edits.update_placement(draft, changed), origin=origin)


def set_keyword(session: ContractSession, placement: KeywordPlacement, keyword: str, *, origin: object) -> None:
    """Look for another text; what was confirmed for the old one counts no more."""
    changed = replace(placement, keyword=keyword, confirmed_hits=None)
    session.apply(EditName.CHANGE_SEALS, lambda draft: edits.update_placement(draft, changed), origin=origin)


def confirm(session: ContractSession, placement: KeywordPlacement, *, origin: object) -> None:
    """Agree to as many seals as there are matches now."""
    found = session.hits.get((placement.document_id, placement.keyword))
    if found:
        count = len(found)
        session.apply(
            EditName.CONFIRM_HITS, lambda draft: edits.confirm_hits(draft, {placement.id: count}), origin=origin
        )


def turn_into_coordinates(
    session: ContractSession, placement: KeywordPlacement, *, origin: object, dropped: Set[int] = frozenset()
) -> tuple[PlacementId, ...]:
    """Replace a keyword by a coordinate seal at each of its matches, which then can be moved and dropped one by one.

    ``dropped`` holds the indices of matches that get none. Returns the ids of the seals.
    """
    found = session.hits.get((placement.document_id, placement.keyword)) or ()
    seals = tuple(
        CoordinatePlacement(
            new_placement_id(),
            placement.signer_id,
            placement.document_id,
            PageRanges.single(hit.page_number),
            hit.origin(session.draft.behaviour).moved(placement.offset_x_pt, placement.offset_y_pt),
            placement.width_pt,
            placement.with_qr_code,
        )
        for index, hit in enumerate(found)
        if index not in dropped
    )

    def turned(draft: ContractDraft) -> ContractDraft:
        without = edits.remove_placements(draft, {placement.id})
        return replace(without, placements=(*without.placements, *seals))

    if seals:
        session.apply(EditName.CHANGE_SEALS, turned, origin=origin)
    return tuple(seal.id for seal in seals)


def set_width(
    session: ContractSession, placement_ids: frozenset[PlacementId], width_pt: float | None, *, origin: object
) -> None:
    """Set the shown width of seals; None is the seal's own size."""
    session.apply(
        EditName.RESIZE_SEALS, lambda draft: edits.resize_placements(draft, placement_ids, width_pt), origin=origin
    )
