"""Copies of seals beside themselves and on other pages. The seals that are copied stay where they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.draft import ContractDraft
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.page_choice import PageChoice, chosen_pages
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    new_placement_id,
    seal_width_pt,
)
from esign_desktop.domain.seal_twins import SealTwins
from esign_desktop.domain.settling import settled, shift_on_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

COPY_OFFSET_PT: Final = 12.0
"""How far to the right and down, as shown, a copy lies from what it is a copy of."""

_MAX_STEPS: Final = 200


class LeftOutReason(StrEnum):
    """Why a seal did not come to stand on pages that were asked for."""

    LEAVES_THE_PAGE = "leaves_the_page"
    NO_SUCH_PAGE = "no_such_page"
    NO_SUCH_DOCUMENT = "no_such_document"
    NO_SUCH_SIGNER = "no_such_signer"
    ONE_PAGE = "one_page"
    """A cross-page seal needs two."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A copy, or the part of it on some pages, that was not made. ``placement_id`` is that of the copied seal.

    ``pages`` is None when nothing of the copy was made.
    """

    placement_id: PlacementId
    document_id: DocumentId
    reason: LeftOutReason
    pages: PageRanges | None = None


@dataclass(frozen=True, slots=True)
class Copies:
    """A draft with copies, the placements to select in it, and what could not be copied."""

    draft: ContractDraft
    placement_ids: tuple[PlacementId, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def duplicate(draft: ContractDraft, placement_ids: Set[PlacementId]) -> Copies:
    """Put a copy of each seal beside it; the copy of a keyword's seals has to be confirmed anew.

    Seals whose document or signer is gone are ignored.
    """
    twins, copies = SealTwins(draft.placements), list[Placement]()
    for placement in draft.placements:
        if placement.id in placement_ids and _is_complete(draft, placement):
            copy = beside_twins(draft, unconfirmed(replace(placement, id=new_placement_id())), twins)
            twins.add(copy)
            copies.append(copy)
    return with_copies(draft, copies)


def copy_to_pages(
    draft: ContractDraft,
    placement_ids: Set[PlacementId],
    choice: PageChoice,
    *,
    skips_cover: bool = False,
    as_separate: bool = False,
) -> Copies:
    """Put coordinate seals on more pages of their documents, at the same point.

    The pages join those that the placement has, or, ``as_separate``, become placements of their own that can be moved
    one by one. A page where an equal seal stands already gets no second one. Pages that the seal would leave are left
    out, and so are chosen numbers that the document does not have. Other placements are ignored.
    """
    placements, twins = list(draft.placements), SealTwins(draft.placements)
    left_out, selected = list[LeftOut](), list[PlacementId]()
    for index, placement in enumerate(draft.placements):
        if (
            placement.id not in placement_ids
            or not isinstance(placement, CoordinatePlacement)
            or not _is_complete(draft, placement)
        ):
            continue
        fitting, not_fitting = _fitting_pages(draft, placement, choice, skips_cover=skips_cover)
        left_out.extend(not_fitting)
        wanted = [number for number in fitting if not twins.has_twin_on(placement, number)]
        selected.append(placement.id)
        if as_separate:
            copies = [replace(placement, id=new_placement_id(), pages=PageRanges.single(number)) for number in wanted]
            placements.extend(copies)
            selected.extend(copy.id for copy in copies)
        elif wanted:
            placements[index] = replace(placement, pages=PageRanges.of([*placement.pages, *wanted]))
        if wanted:
            twins.add(replace(placement, pages=PageRanges.of(wanted)))
    return Copies(replace(draft, placements=tuple(placements)), tuple(selected), tuple(left_out))


def with_copies(draft: ContractDraft, copies: Iterable[Placement], left_out: Iterable[LeftOut] = ()) -> Copies:
    """Return the draft with the copies on top of the others, to be selected."""
    copies = tuple(copies)
    return Copies(
        replace(draft, placements=(*draft.placements, *copies)), tuple(copy.id for copy in copies), tuple(left_out)
    )


def beside_twins(draft: ContractDraft, placement: Placement, twins: SealTwins) -> Placement:
    """Return the placement where it covers no equal seal: moved to the right and down as shown, or up and to the left.

    Its document and its signer have to be those of the draft. Where there is no room at all it stays where it is.
    """
    if not twins.has_twin(placement):
        return placement
    for direction in (1, -1):
        before = placement
        for step in range(1, _MAX_STEPS):
            moved = _shifted(draft, placement, direction * step * COPY_OFFSET_PT)
            if not twins.has_twin(moved):
                return moved
            if moved == before:
                break
            before = moved
    return placement


def kept_on_page(draft: ContractDraft, placement: Placement) -> Placement:
    """Return the placement with its seals wholly on their pages. Raises KeyError without its document or signer."""
    width = seal_width_pt(placement, draft.signer(placement.signer_id), draft.behaviour)
    return settled(placement, draft.document(placement.document_id), width)


def unconfirmed(placement: Placement) -> Placement:
    """Return the placement as one that nobody agreed to yet: what was confirmed was the seals there were before."""
    return replace(placement, confirmed_hits=None) if isinstance(placement, KeywordPlacement) else placement


def _shifted(draft: ContractDraft, placement: Placement, by_pt: float) -> Placement:
    dx_pt, dy_pt = by_pt, -by_pt
    document = draft.document(placement.document_id)
    if not isinstance(placement, KeywordPlacement) and placement.pages.first <= document.page_count:
        dx_pt, dy_pt = shift_on_page(document.frame(placement.pages.first), by_pt, by_pt)
    match placement:
        case CoordinatePlacement(center=center):
            return kept_on_page(draft, replace(placement, center=center.moved(dx_pt, dy_pt)))
        case KeywordPlacement(offset_x_pt=x, offset_y_pt=y):
            return replace(placement, offset_x_pt=x + dx_pt, offset_y_pt=y + dy_pt)
        case CrossPagePlacement(center_y_pt=y):
            return kept_on_page(draft, replace(placement, center_y_pt=y + dy_pt))


def _fitting_pages(
    draft: ContractDraft, placement: CoordinatePlacement, choice: PageChoice, *, skips_cover: bool
) -> tuple[list[int], list[LeftOut]]:
    document = draft.document(placement.document_id)
    width = seal_width_pt(placement, draft.signer(placement.signer_id), draft.behaviour)
    rect = PageRect.around(placement.center, width, width)
    chosen = chosen_pages(choice, document.page_count, skips_cover=skips_cover) or ()
    fitting = [number for number in chosen if document.frame(number).bounds.contains(rect)]
    fits = set(fitting)
    tight = [number for number in chosen if number not in fits and number not in placement.pages]
    beyond = [number for number in choice if number > document.page_count] if isinstance(choice, PageRanges) else []
    return fitting, [
        LeftOut(placement.id, document.id, reason, PageRanges.of(numbers))
        for reason, numbers in ((LeftOutReason.LEAVES_THE_PAGE, tight), (LeftOutReason.NO_SUCH_PAGE, beyond))
        if numbers
    ]


def _is_complete(draft: ContractDraft, placement: Placement) -> bool:
    return any(d.id == placement.document_id for d in draft.documents) and any(
        s.id == placement.signer_id for s in draft.signers
    )
