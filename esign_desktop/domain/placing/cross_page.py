"""Dividing a cross-page seal into several, so that no page's slice gets too thin."""

from __future__ import annotations

from dataclasses import dataclass, replace

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CrossPagePlacement,
    PlacementId,
    is_thin_slice,
    new_placement_id,
    seal_width_pt,
)


@dataclass(frozen=True, slots=True)
class SplitSeal:
    """A draft in which a cross-page seal was divided; the first of ``placement_ids`` is the old one."""

    draft: ContractDraft
    placement_ids: tuple[PlacementId, ...]


def page_groups(pages: PageRanges, width_pt: float) -> tuple[PageRanges, ...]:
    """Return the pages in as few groups as have no thin slices, no group larger than another by more than a page.

    A group follows the order of the pages and has at least two of them, since one page can't have such a seal. Returns
    nothing where that can't be.
    """
    numbers = list(pages)
    group_count = next(
        (count for count in range(1, len(numbers) // 2 + 1) if not is_thin_slice(width_pt / -(-len(numbers) // count))),
        0,
    )
    if not group_count:
        return ()
    size, larger_count = divmod(len(numbers), group_count)
    groups = []
    start = 0
    for index in range(group_count):
        end = start + size + (1 if index < larger_count else 0)
        groups.append(PageRanges.of(numbers[start:end]))
        start = end
    return tuple(groups)


def split_cross_page(draft: ContractDraft, placement_id: PlacementId) -> SplitSeal:
    """Divide a cross-page seal into one a group of its pages; pages behind the document's end are given up.

    A seal whose slices are wide enough, one that can't be divided, and any other placement stay as they are.
    """
    placement = next((p for p in draft.placements if p.id == placement_id), None)
    document = next((d for d in draft.documents if placement and d.id == placement.document_id), None)
    signer = next((s for s in draft.signers if placement and s.id == placement.signer_id), None)
    if not isinstance(placement, CrossPagePlacement) or document is None or signer is None:
        return SplitSeal(draft, ())
    pages = placement.pages.within(document.page_count)
    groups = page_groups(pages, seal_width_pt(placement, signer, draft.behaviour)) if pages else ()
    if len(groups) < 2:
        return SplitSeal(draft, ())
    parts = [
        replace(placement, id=placement.id if index == 0 else new_placement_id(), pages=group)
        for index, group in enumerate(groups)
    ]
    index = draft.placements.index(placement)
    return SplitSeal(
        replace(draft, placements=(*draft.placements[:index], *parts, *draft.placements[index + 1 :])),
        tuple(part.id for part in parts),
    )
