"""Align rectangles, align and distribute fixed seals, and split a cross-page seal into several cross-page seals.

Left, right, top and bottom refer to the page as displayed, including its rotation. A fixed seal on several pages moves
on all of these pages, within the limits of each page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeVar

from esign_desktop.domain.document import by_id
from esign_desktop.domain.geometry import DisplayPoint, DisplayRect, PageFrame, PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_to_page
from esign_desktop.domain.placing.copying import Copies
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    Placement,
    PlacementId,
    is_thin_slice,
    new_placement_id,
    seal_width_pt,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from esign_desktop.domain.contract.draft import ContractDraft


K = TypeVar("K")
_NOISE_PT: Final = 1e-6
"""Smaller differences are rounding errors from the conversion to display space and back."""


class Alignment(StrEnum):
    """The edge or axis on which seals or fields are aligned. The outermost one determines the position of an edge."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Direction(StrEnum):
    """The axis along which seals are distributed, as displayed."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A seal in display space."""

    placement: CoordinatePlacement
    rect: DisplayRect


def aligned(rects: Mapping[K, DisplayRect], alignment: Alignment) -> dict[K, DisplayRect]:
    """Return the rectangles, of which there must be one at least, moved to an edge or axis of their bounding box."""
    left, right = min(r.left_pt for r in rects.values()), max(r.left_pt + r.width_pt for r in rects.values())
    top, bottom = min(r.top_pt for r in rects.values()), max(r.top_pt + r.height_pt for r in rects.values())

    def moved(rect: DisplayRect) -> DisplayRect:
        match alignment:
            case Alignment.LEFT:
                return replace(rect, left_pt=left)
            case Alignment.CENTER:
                return replace(rect, left_pt=(left + right - rect.width_pt) / 2)
            case Alignment.RIGHT:
                return replace(rect, left_pt=right - rect.width_pt)
            case Alignment.TOP:
                return replace(rect, top_pt=top)
            case Alignment.MIDDLE:
                return replace(rect, top_pt=(top + bottom - rect.height_pt) / 2)
            case Alignment.BOTTOM:
                return replace(rect, top_pt=bottom - rect.height_pt)

    return {key: moved(rect) for key, rect in rects.items()}


def arrangeable(draft: ContractDraft, placement_ids: Set[PlacementId]) -> tuple[PlacementId, ...]:
    """Return the ids of the placements that ``align`` and ``distribute`` would move.

    These are the given seals on a single page: the page that contains the most of the given seals, or the first such
    page. If no page contains two of the given seals, the result is empty.
    """
    return tuple(seal.placement.id for seal in _arrangeable(draft, placement_ids)[1])


def align(draft: ContractDraft, placement_ids: Set[PlacementId], alignment: Alignment) -> ContractDraft:
    """Align the given seals that are on the same page (see ``arrangeable``). The other seals are not moved."""
    frame, seals = _arrangeable(draft, placement_ids)
    if frame is None:
        return draft
    rects = aligned({seal.placement.id: seal.rect for seal in seals}, alignment)
    return _moved(draft, frame, {placement_id: rect.center for placement_id, rect in rects.items()})


def distribute(draft: ContractDraft, placement_ids: Set[PlacementId], direction: Direction) -> ContractDraft:
    """Make the gaps between three or more neighboring seals equal. The two outer seals stay in place.

    If there is not enough room for gaps, the distances between the centers are made equal instead, and the seals stay
    within the page.
    """
    frame, seals = _arrangeable(draft, placement_ids)
    if frame is None or len(seals) < 3:
        return draft
    is_horizontal = direction is Direction.HORIZONTAL

    def along(seal: _Shown) -> float:
        return seal.rect.center.x_pt if is_horizontal else seal.rect.center.y_pt

    row = sorted(seals, key=along)
    span = along(row[-1]) - along(row[0])
    # The distance between two centers is half of each seal, which is a square, plus the gap.
    gap = (span - sum((a.rect.width_pt + b.rect.width_pt) / 2 for a, b in pairwise(row))) / (len(row) - 1)
    centers = {}
    position = along(row[0])
    for before, seal in pairwise(row[:-1]):
        position += (before.rect.width_pt + seal.rect.width_pt) / 2 + gap if gap >= 0 else span / (len(row) - 1)
        at = seal.rect.center
        centers[seal.placement.id] = replace(at, x_pt=position) if is_horizontal else replace(at, y_pt=position)
    return _moved(draft, frame, centers)


def _arrangeable(draft: ContractDraft, placement_ids: Set[PlacementId]) -> tuple[PageFrame | None, list[_Shown]]:
    documents, signers = by_id(draft.documents), {signer.id: signer for signer in draft.signers}
    candidates = [
        p
        for p in draft.placements
        if isinstance(p, CoordinatePlacement)
        and p.id in placement_ids
        and p.document_id in documents
        and p.signer_id in signers
    ]
    pages = Counter(
        (p.document_id, number)
        for p in candidates
        for number in p.pages
        if number <= documents[p.document_id].page_count
    )
    order = list(documents)
    page = min(pages, key=lambda page: (-pages[page], order.index(page[0]), page[1]), default=None)
    if page is None or pages[page] < 2:
        return None, []
    document_id, page_number = page
    frame = documents[document_id].frame(page_number)
    seals = []
    for placement in candidates:
        if placement.document_id == document_id and page_number in placement.pages:
            point = frame.to_display(placement.center)
            width = seal_width_pt(placement, signers[placement.signer_id], draft.behaviour) * frame.user_unit
            rect = DisplayRect(point.x_pt - width / 2, point.y_pt - width / 2, width, width)
            seals.append(_Shown(placement, rect))
    return frame, seals


def _moved(draft: ContractDraft, frame: PageFrame, centers: dict[PlacementId, DisplayPoint]) -> ContractDraft:
    placements: list[Placement] = []
    for placement in draft.placements:
        center = centers.get(placement.id)
        if center is not None and isinstance(placement, CoordinatePlacement):
            moved = replace(placement, center=_without_noise(frame.to_page(center), placement.center))
            width = seal_width_pt(moved, draft.signer(moved.signer_id), draft.behaviour)
            placements.append(clamped_to_page(moved, draft.document(moved.document_id), width))
        else:
            placements.append(placement)
    return replace(draft, placements=tuple(placements))


def _without_noise(point: PagePoint, before: PagePoint) -> PagePoint:
    return PagePoint(
        before.x_pt if abs(point.x_pt - before.x_pt) < _NOISE_PT else point.x_pt,
        before.y_pt if abs(point.y_pt - before.y_pt) < _NOISE_PT else point.y_pt,
    )


def page_groups(pages: PageRanges, width_pt: float) -> tuple[PageRanges, ...]:
    """Divide the pages into the smallest number of groups for which a cross-page seal has no thin slices.

    ``width_pt`` is the seal's width. The groups follow the page order, and their sizes differ by at most one page. Each
    group has at least two pages, because a cross-page seal needs two pages. If no such division exists, the result is
    empty.
    """
    numbers = list(pages)
    for group_count in range(1, len(numbers) // 2 + 1):
        if not is_thin_slice(width_pt / -(-len(numbers) // group_count)):
            size, larger_count = divmod(len(numbers), group_count)
            starts = [index * size + min(index, larger_count) for index in range(group_count + 1)]
            return tuple(PageRanges.of(numbers[start:end]) for start, end in pairwise(starts))
    return ()


def split_cross_page(draft: ContractDraft, placement_id: PlacementId) -> Copies:
    """Split a cross-page seal whose slices are too thin into several seals, one for each group of pages.

    Return the draft with the new seals. Pages beyond the document's end are dropped. The first new seal keeps the
    placement's id. The draft is unchanged if the slices are already wide enough, if the pages cannot be divided into
    suitable groups, or if the placement is not a cross-page seal.
    """
    index, placement = next(((i, p) for i, p in enumerate(draft.placements) if p.id == placement_id), (0, None))
    signer = next((s for s in draft.signers if placement and s.id == placement.signer_id), None)
    if (
        not isinstance(placement, CrossPagePlacement)
        or placement.document_id not in by_id(draft.documents)
        or not signer
    ):
        return Copies(draft)
    pages = placement.pages.within(draft.document(placement.document_id).page_count)
    groups = page_groups(pages, seal_width_pt(placement, signer, draft.behaviour)) if pages else ()
    if len(groups) < 2:
        return Copies(draft)
    first = replace(placement, pages=groups[0])
    parts = (first, *(replace(placement, id=new_placement_id(), pages=group) for group in groups[1:]))
    placements = (*draft.placements[:index], *parts, *draft.placements[index + 1 :])
    return Copies(replace(draft, placements=placements), tuple(part.id for part in parts))
