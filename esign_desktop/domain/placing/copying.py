"""Copy seals: next to the original, to other pages, or through the clipboard.

A copy is never placed exactly on a duplicate (a seal with the same signer, kind, size and position), because only one
of the two would be visible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, DocumentId, by_id
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.page_ranges import PageChoice, PageRanges, chosen_pages
from esign_desktop.domain.placing.clamping import clamped_to_page, shift_on_page
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    new_placement_id,
    seal_width_pt,
)
from esign_desktop.domain.signer import SignerId

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence, Set


_DECIMALS: Final = 2
"""The number of decimal places to which positions in points are compared."""


class DuplicateIndex:
    """An index of placements that is searched for duplicates before a seal is placed."""

    def __init__(self, placements: Iterable[Placement]) -> None:
        self._pages_by_place: dict[Hashable, list[PageRanges | None]] = {}
        for placement in placements:
            self.add(placement)

    def add(self, placement: Placement) -> None:
        """Add a placement to the index."""
        self._pages_by_place.setdefault(_place(placement), []).append(_pages(placement))

    def has_duplicate(self, placement: Placement) -> bool:
        """Return whether the index contains a duplicate on one of the placement's pages.

        For a keyword placement, return whether the index contains any duplicate.
        """
        pages = _pages(placement)
        return any(
            taken is None or pages is None or any(number in taken for number in pages)
            for taken in self._pages_by_place.get(_place(placement), ())
        )

    def has_duplicate_on(self, placement: CoordinatePlacement, page_number: int) -> bool:
        """Return whether the index contains a duplicate of the placement, or the placement itself, on this page."""
        return any(taken and page_number in taken for taken in self._pages_by_place.get(_place(placement), ()))


def _pages(placement: Placement) -> PageRanges | None:
    return None if isinstance(placement, KeywordPlacement) else placement.pages


def _place(placement: Placement) -> Hashable:
    seal = (placement.signer_id, placement.document_id, placement.width_pt)
    match placement:
        case CoordinatePlacement(center=center):
            return (*seal, "coordinate", round(center.x_pt, _DECIMALS), round(center.y_pt, _DECIMALS))
        case KeywordPlacement(keyword=keyword, offset_x_pt=x, offset_y_pt=y):
            return (*seal, "keyword", keyword, round(x, _DECIMALS), round(y, _DECIMALS))
        case CrossPagePlacement(center_y_pt=y):
            return (*seal, "cross_page", round(y, _DECIMALS))


COPY_OFFSET_PT: Final = 12.0
"""The displacement of a copy from its original, in points, to the right and downwards as displayed."""

_MAX_STEPS: Final = 200


class LeftOutReason(StrEnum):
    """The reason why a seal was not copied to pages that the user selected."""

    LEAVES_THE_PAGE = "leaves_the_page"
    NO_SUCH_PAGE = "no_such_page"
    NO_SUCH_DOCUMENT = "no_such_document"
    NO_SUCH_SIGNER = "no_such_signer"
    ONE_PAGE = "one_page"
    """A cross-page seal needs two pages, but the document has only one."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A copy, or a part of a copy, that was not made. ``placement_id`` is the id of the original seal.

    ``pages`` lists the pages that were omitted; None means that the whole copy was omitted.
    """

    placement_id: PlacementId
    document_id: DocumentId
    reason: LeftOutReason
    pages: PageRanges | None = None


@dataclass(frozen=True, slots=True)
class Copies:
    """The result of copying: the changed draft, the placements to select, and the parts that were not copied."""

    draft: ContractDraft
    placement_ids: tuple[PlacementId, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def duplicate(draft: ContractDraft, placement_ids: Set[PlacementId]) -> Copies:
    """Add a copy next to each of these seals.

    The matches of a copied keyword seal must be confirmed again. Seals without a document or signer are ignored.
    """
    duplicates, copies = DuplicateIndex(draft.placements), list[Placement]()
    for placement in draft.placements:
        if placement.id in placement_ids and _is_complete(draft, placement):
            copy = _beside_duplicates(draft, _unconfirmed(replace(placement, id=new_placement_id())), duplicates)
            duplicates.add(copy)
            copies.append(copy)
    return _with_copies(draft, copies)


def copy_to_pages(
    draft: ContractDraft,
    placement_ids: Set[PlacementId],
    choice: PageChoice,
    *,
    skips_cover: bool = False,
) -> Copies:
    """Add fixed seals to further pages of their documents, at the same point.

    The pages are added to the placement itself. Pages that already have a duplicate are skipped. Pages on which the
    seal does not fit, and selected pages that do not exist, are reported as left out. Keyword and cross-page placements
    are ignored.
    """
    placements, duplicates = list(draft.placements), DuplicateIndex(draft.placements)
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
        wanted = [number for number in fitting if not duplicates.has_duplicate_on(placement, number)]
        selected.append(placement.id)
        if wanted:
            placements[index] = replace(placement, pages=PageRanges.of([*placement.pages, *wanted]))
            duplicates.add(replace(placement, pages=PageRanges.of(wanted)))
    return Copies(replace(draft, placements=tuple(placements)), tuple(selected), tuple(left_out))


def _with_copies(draft: ContractDraft, copies: Sequence[Placement], left_out: Iterable[LeftOut] = ()) -> Copies:
    placements = (*draft.placements, *copies)
    return Copies(replace(draft, placements=placements), tuple(copy.id for copy in copies), tuple(left_out))


def _beside_duplicates(draft: ContractDraft, placement: Placement, duplicates: DuplicateIndex) -> Placement:
    """Return the placement moved away from all duplicates.

    The placement is moved to the right and down as displayed, or else up and to the left. If there is no room, the
    placement is returned unchanged. The draft must contain the placement's document and signer.
    """
    if not duplicates.has_duplicate(placement):
        return placement
    for direction in (1, -1):
        before = placement
        for step in range(1, _MAX_STEPS):
            moved = _shifted(draft, placement, direction * step * COPY_OFFSET_PT)
            if not duplicates.has_duplicate(moved):
                return moved
            if moved == before:
                break
            before = moved
    return placement


def _kept_on_page(draft: ContractDraft, placement: Placement) -> Placement:
    """Return the placement with its seals moved onto their pages.

    Raises KeyError if the draft does not contain the placement's document or signer.
    """
    width = seal_width_pt(placement, draft.signer(placement.signer_id), draft.behaviour)
    return clamped_to_page(placement, draft.document(placement.document_id), width)


def _unconfirmed(placement: Placement) -> Placement:
    """Return the placement without the user's confirmation, which applied only to the original's seals."""
    return replace(placement, confirmed_hits=None) if isinstance(placement, KeywordPlacement) else placement


def _shifted(draft: ContractDraft, placement: Placement, by_pt: float) -> Placement:
    dx_pt, dy_pt = by_pt, -by_pt
    document = draft.document(placement.document_id)
    if not isinstance(placement, KeywordPlacement) and placement.pages.first <= document.page_count:
        dx_pt, dy_pt = shift_on_page(document.frame(placement.pages.first), by_pt, by_pt)
    match placement:
        case CoordinatePlacement(center=center):
            return _kept_on_page(draft, replace(placement, center=center.moved(dx_pt, dy_pt)))
        case KeywordPlacement(offset_x_pt=x, offset_y_pt=y):
            return replace(placement, offset_x_pt=x + dx_pt, offset_y_pt=y + dy_pt)
        case CrossPagePlacement(center_y_pt=y):
            return _kept_on_page(draft, replace(placement, center_y_pt=y + dy_pt))


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
    return placement.document_id in by_id(draft.documents) and any(s.id == placement.signer_id for s in draft.signers)


@dataclass(frozen=True, slots=True)
class ClippedSeal:
    """A placement on the clipboard.

    ``covers_document`` means that the original placement was on all pages of its document.
    """

    placement: Placement
    covers_document: bool


@dataclass(frozen=True, slots=True)
class SealClipboard:
    """Placements on the clipboard, in the order of the draft from which they were copied.

    The placements remain available after the draft or document has been closed.
    """

    seals: tuple[ClippedSeal, ...] = ()

    @classmethod
    def of(cls, draft: ContractDraft, placement_ids: Set[PlacementId]) -> SealClipboard:
        """Return a clipboard that contains these placements of a draft."""
        documents = by_id(draft.documents)
        return cls(
            tuple(
                ClippedSeal(p, covers_document=_covers(p, documents.get(p.document_id)))
                for p in draft.placements
                if p.id in placement_ids
            )
        )

    @property
    def is_empty(self) -> bool:
        """Whether the clipboard contains no seals."""
        return not self.seals


def _covers(placement: Placement, document: Document | None) -> bool:
    if document is None or isinstance(placement, KeywordPlacement):
        return False
    return placement.pages.within(document.page_count) == document.all_pages


@dataclass(frozen=True, slots=True)
class PasteTarget:
    """The destination of a paste. If a value is None, each copy keeps the value of its original.

    ``page_number`` becomes the page of the first fixed seal, and the page numbers of the other seals are changed by the
    same amount. ``signer_id`` is used for seals whose own signer is not in the contract.
    """

    document_id: DocumentId | None = None
    page_number: int | None = None
    signer_id: SignerId | None = None


def paste(draft: ContractDraft, clipboard: SealClipboard, target: PasteTarget | None = None) -> Copies:
    """Paste seals from the clipboard into the same or another document, at the same positions.

    If necessary, seals are moved to fit on their pages. A seal that would cover a duplicate is placed next to the
    duplicate. A cross-page seal that covered a whole document covers all pages of the target document. The matches of a
    keyword seal must be confirmed again.
    """
    target = target or PasteTarget()
    duplicates, copies, left_out = DuplicateIndex(draft.placements), list[Placement](), list[LeftOut]()
    coordinates = [seal.placement for seal in clipboard.seals if isinstance(seal.placement, CoordinatePlacement)]
    shift = 0
    if target.page_number is not None and coordinates:
        shift = target.page_number - min(placement.pages.first for placement in coordinates)
    for seal in clipboard.seals:
        copy, missing = _pasted(draft, seal, target, shift)
        left_out.extend(missing)
        if copy is not None:
            copy = _beside_duplicates(draft, _kept_on_page(draft, copy), duplicates)
            duplicates.add(copy)
            copies.append(copy)
    return _with_copies(draft, copies, left_out)


def _pasted(
    draft: ContractDraft, seal: ClippedSeal, target: PasteTarget, shift: int
) -> tuple[Placement | None, list[LeftOut]]:
    """Return the copy with its document, signer and pages, and the parts that cannot be pasted.

    The copy has not been moved onto its page yet. If nothing can be pasted, the copy is None.
    """
    source = seal.placement
    document_id = target.document_id or source.document_id

    def left_out(reason: LeftOutReason, pages: PageRanges | None = None) -> list[LeftOut]:
        return [LeftOut(source.id, document_id, reason, pages)]

    document = by_id(draft.documents).get(document_id)
    if document is None:
        return None, left_out(LeftOutReason.NO_SUCH_DOCUMENT)
    known = {signer.id for signer in draft.signers}
    signer_id = next((s for s in (source.signer_id, target.signer_id) if s in known), None)
    if signer_id is None:
        return None, left_out(LeftOutReason.NO_SUCH_SIGNER)
    copy = replace(source, id=new_placement_id(), document_id=document_id, signer_id=signer_id)
    if isinstance(copy, KeywordPlacement):
        return _unconfirmed(copy), []
    wanted = _wanted_pages(copy, document, shift, covers_document=seal.covers_document)
    pages = wanted.within(document.page_count)
    beyond = [number for number in wanted if number > document.page_count]
    missing = left_out(LeftOutReason.NO_SUCH_PAGE, PageRanges.of(beyond)) if beyond else []
    if pages is None:
        return None, left_out(LeftOutReason.NO_SUCH_PAGE)
    if isinstance(copy, CrossPagePlacement) and len(pages) < 2:
        return None, left_out(LeftOutReason.ONE_PAGE)
    return replace(copy, pages=pages), missing


def _wanted_pages(
    copy: CoordinatePlacement | CrossPagePlacement, document: Document, shift: int, *, covers_document: bool
) -> PageRanges:
    if isinstance(copy, CrossPagePlacement):
        return document.all_pages if covers_document and document.page_count else copy.pages
    return PageRanges.of(number + shift for number in copy.pages)
