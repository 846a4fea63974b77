"""Arranging seals on a page: edits that align and distribute the coordinate seals standing there.

Left, right, top and bottom are those of the page as it is shown, also where it is rotated. Every other placement is
ignored. A seal that stands on several pages moves on all of them, and no further than all of them have room for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import DisplayPoint, DisplayRect, PageFrame, PagePoint
from esign_desktop.domain.placing.clamping import clamped_to_page
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId, seal_width_pt

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from esign_desktop.domain.contract.draft import ContractDraft


_NOISE_PT: Final = 1e-6
"""Less than this is rounding on the way to display space and back, not a movement."""


class Alignment(StrEnum):
    """What the seals get in common; the outermost of them says where it lies."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Direction(StrEnum):
    """Along what seals are distributed."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


@dataclass(frozen=True, slots=True)
class PageSpot:
    """A page of a document; ``page_number`` counts from 1."""

    document_id: DocumentId
    page_number: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """A seal as it is shown on the page, in display space."""

    placement: CoordinatePlacement
    x_pt: float
    y_pt: float
    half_pt: float


def shared_page(draft: ContractDraft, placement_ids: Set[PlacementId]) -> PageSpot | None:
    """Return the page where most of the coordinate seals stand, the first of equals; None if no two stand together."""
    counts = Counter(
        PageSpot(p.document_id, number)
        for p in _coordinate_seals(draft, placement_ids)
        for number in p.pages
        if number <= draft.document(p.document_id).page_count
    )
    order = {document.id: index for index, document in enumerate(draft.documents)}
    best = min(counts, key=lambda s: (-counts[s], order[s.document_id], s.page_number), default=None)
    return best if best is not None and counts[best] > 1 else None


def seals_on(draft: ContractDraft, placement_ids: Set[PlacementId], spot: PageSpot) -> tuple[PlacementId, ...]:
    """Return those of the placements that ``align`` and ``distribute`` move on this page."""
    return tuple(seal.placement.id for seal in _shown(draft, placement_ids, spot))


def align(
    draft: ContractDraft, placement_ids: Set[PlacementId], alignment: Alignment, *, spot: PageSpot | None = None
) -> ContractDraft:
    """Line up the seals that stand on one page: ``spot``, or the one they share. A single seal stays where it is."""
    spot = spot or shared_page(draft, placement_ids)
    seals = _shown(draft, placement_ids, spot)
    if spot is None or len(seals) < 2:
        return draft
    target = _alignments[alignment]
    left, right = min(s.x_pt - s.half_pt for s in seals), max(s.x_pt + s.half_pt for s in seals)
    top, bottom = min(s.y_pt - s.half_pt for s in seals), max(s.y_pt + s.half_pt for s in seals)
    box = DisplayRect(left, top, right - left, bottom - top)
    return _moved(draft, spot, {s.placement.id: target(s, box) for s in seals})


def distribute(
    draft: ContractDraft, placement_ids: Set[PlacementId], direction: Direction, *, spot: PageSpot | None = None
) -> ContractDraft:
    """Make the gaps between neighbours equal; the two outermost of at least three seals stay where they are.

    Where there is not room enough for all of them side by side, their centres get equal distances instead, as far as
    they stay on the page.
    """
    spot = spot or shared_page(draft, placement_ids)
    seals = _shown(draft, placement_ids, spot)
    if spot is None or len(seals) < 3:
        return draft
    is_horizontal = direction is Direction.HORIZONTAL

    def along(seal: _Shown) -> float:
        return seal.x_pt if is_horizontal else seal.y_pt

    row = sorted(seals, key=along)
    span = along(row[-1]) - along(row[0])
    # From centre to centre: half of each neighbour, and the gap between them.
    gap = (span - sum(a.half_pt + b.half_pt for a, b in pairwise(row))) / (len(row) - 1)
    centers = {}
    position = along(row[0])
    for before, seal in pairwise(row[:-1]):
        position += before.half_pt + gap + seal.half_pt if gap >= 0 else span / (len(row) - 1)
        centers[seal.placement.id] = (
            DisplayPoint(position, seal.y_pt) if is_horizontal else DisplayPoint(seal.x_pt, position)
        )
    return _moved(draft, spot, centers)


_alignments: dict[Alignment, Callable[[_Shown, DisplayRect], DisplayPoint]] = {
    Alignment.LEFT: lambda s, box: DisplayPoint(box.left_pt + s.half_pt, s.y_pt),
    Alignment.CENTER: lambda s, box: DisplayPoint(box.center.x_pt, s.y_pt),
    Alignment.RIGHT: lambda s, box: DisplayPoint(box.left_pt + box.width_pt - s.half_pt, s.y_pt),
    Alignment.TOP: lambda s, box: DisplayPoint(s.x_pt, box.top_pt + s.half_pt),
    Alignment.MIDDLE: lambda s, box: DisplayPoint(s.x_pt, box.center.y_pt),
    Alignment.BOTTOM: lambda s, box: DisplayPoint(s.x_pt, box.top_pt + box.height_pt - s.half_pt),
}
"""Where each brings a seal within the box around all of them."""


def _coordinate_seals(draft: ContractDraft, placement_ids: Set[PlacementId]) -> list[CoordinatePlacement]:
    documents, signers = {d.id for d in draft.documents}, {s.id for s in draft.signers}
    return [
        p
        for p in draft.placements
        if isinstance(p, CoordinatePlacement)
        and p.id in placement_ids
        and p.document_id in documents
        and p.signer_id in signers
    ]


def _shown(draft: ContractDraft, placement_ids: Set[PlacementId], spot: PageSpot | None) -> list[_Shown]:
    frame = _frame(draft, spot)
    if spot is None or frame is None:
        return []
    seals = []
    for placement in _coordinate_seals(draft, placement_ids):
        if placement.document_id == spot.document_id and spot.page_number in placement.pages:
            point = frame.to_display(placement.center)
            width = seal_width_pt(placement, draft.signer(placement.signer_id), draft.behaviour) * frame.user_unit
            seals.append(_Shown(placement, point.x_pt, point.y_pt, width / 2))
    return seals


def _frame(draft: ContractDraft, spot: PageSpot | None) -> PageFrame | None:
    for document in draft.documents:
        if spot is not None and document.id == spot.document_id and 1 <= spot.page_number <= document.page_count:
            return document.frame(spot.page_number)
    return None


def _moved(draft: ContractDraft, spot: PageSpot, centers: dict[PlacementId, DisplayPoint]) -> ContractDraft:
    document = draft.document(spot.document_id)
    frame = document.frame(spot.page_number)
    placements = []
    for placement in draft.placements:
        center = centers.get(placement.id)
        if center is not None and isinstance(placement, CoordinatePlacement):
            moved = replace(placement, center=_without_noise(frame.to_page(center), placement.center))
            width = seal_width_pt(moved, draft.signer(moved.signer_id), draft.behaviour)
            placements.append(clamped_to_page(moved, document, width))
        else:
            placements.append(placement)
    return replace(draft, placements=tuple(placements))


def _without_noise(point: PagePoint, before: PagePoint) -> PagePoint:
    return PagePoint(
        before.x_pt if abs(point.x_pt - before.x_pt) < _NOISE_PT else point.x_pt,
        before.y_pt if abs(point.y_pt - before.y_pt) < _NOISE_PT else point.y_pt,
    )
