"""Replace a document in a draft, and keep each seal at the position where the user saw it.

The replacement has its own id, so undo can restore the original document. In a *new version*, each seal follows the
words next to it. An *upright copy* has the same pages without rotation, cropping or scaling. For such a copy, points,
widths and offsets are converted through display space to the copy's page space.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PagePoint, PageRect, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_to_page
from esign_desktop.domain.placing.participation import with_documents
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    keyword_origin,
    new_placement_id,
    seal_width_pt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.environment import PlatformBehaviour
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.domain.placing.anchors import FoundWords
    from esign_desktop.domain.placing.placement import KeywordHit, KeywordHits

SLACK_PT: Final = 0.5
"""The maximum shift, in points, of a keyword's seals.

If no single offset keeps all seals of a keyword within this limit, the seals are replaced with fixed seals.
"""


@dataclass(frozen=True, slots=True)
class DocumentReplacement:
    """A draft in which a document has been replaced, and the placements whose kind or side has changed.

    ``divided`` lists keyword placements that were replaced with fixed seals. ``moved`` lists cross-page seals that are
    now on a different side of their pages.
    """

    draft: ContractDraft
    divided: tuple[PlacementId, ...] = ()
    moved: tuple[PlacementId, ...] = ()


def take_version(
    draft: ContractDraft,
    document_id: DocumentId,
    version: Document,
    found: Mapping[PlacementId, FoundWords | None],
) -> ContractDraft:
    """Replace a document with a new version of the document.

    ``found`` has an entry for each fixed seal that must be checked. The entry is the position, in the new version, of
    the words next to the seal. The entry is None if the words were not found. A seal follows its words. If the words
    were not found, the seal keeps its position and is marked as unverified. A cross-page seal on all pages remains on
    all pages.
    """
    document = draft.document(document_id)
    signers = {signer.id: signer for signer in draft.signers}

    def carried(placement: Placement) -> tuple[Placement, ...]:
        match placement:
            case CoordinatePlacement() if placement.id in found:
                moved = _followed(placement, version, found[placement.id])
                signer = signers.get(moved.signer_id)
                if signer is None or moved.is_unverified:
                    return (moved,)
                return (clamped_to_page(moved, version, seal_width_pt(moved, signer, draft.behaviour)),)
            case CrossPagePlacement() if placement.pages == document.all_pages and version.page_count > 1:
                return (replace(placement, document_id=version.id, pages=version.all_pages),)
            case _:
                return (replace(placement, document_id=version.id),)

    return _document_replaced(draft, document_id, replace(version, name=document.name), carried)


def _followed(placement: CoordinatePlacement, version: Document, words: FoundWords | None) -> CoordinatePlacement:
    """Return the seal moved together with the words next to it, or marked as unverified if they were not found."""
    placed = replace(placement, document_id=version.id, anchor=None, unverified_at=None)
    anchor = placement.anchor
    if words is None or anchor is None:
        return replace(placed, unverified_at=placed.center)
    dx_pt = words.rect.left_pt - anchor.rect.left_pt
    dy_pt = words.rect.bottom_pt - anchor.rect.bottom_pt
    return replace(placed, pages=PageRanges.single(words.page_number), center=placement.center.moved(dx_pt, dy_pt))


def take_upright_copy(
    draft: ContractDraft, document_id: DocumentId, copy: Document, hits: KeywordHits
) -> DocumentReplacement:
    """Replace a document with its upright copy. ``hits`` holds the keyword matches in the original document."""
    document = draft.document(document_id)
    divided: list[PlacementId] = []
    moved: list[PlacementId] = []

    def carried(placement: Placement) -> tuple[Placement, ...]:
        match placement:
            case CoordinatePlacement():
                return _fixed(placement, document, copy)
            case KeywordPlacement():
                found = hits.get((document_id, placement.keyword)) or ()
                placements = _keyword(placement, document, copy, found, draft.behaviour)
                if not isinstance(placements[0], KeywordPlacement):
                    divided.append(placement.id)
                return placements
            case CrossPagePlacement():
                if not _is_seen_at_the_right(placement, document):
                    moved.append(placement.id)
                return (_cross_page(placement, document, copy),)

    named = replace(copy, name=document.name)
    return DocumentReplacement(_document_replaced(draft, document_id, named, carried), tuple(divided), tuple(moved))


def _document_replaced(
    draft: ContractDraft,
    document_id: DocumentId,
    replacement: Document,
    carried: Callable[[Placement], tuple[Placement, ...]],
) -> ContractDraft:
    ids = {original.id: original.id for original in draft.documents} | {document_id: replacement.id}
    return replace(
        draft,
        documents=tuple(replacement if d.id == document_id else d for d in draft.documents),
        signers=tuple(replace(signer, terms=with_documents(signer.terms, ids)) for signer in draft.signers),
        placements=tuple(
            carried_over
            for placement in draft.placements
            for carried_over in (carried(placement) if placement.document_id == document_id else (placement,))
        ),
    )


def _fixed(placement: CoordinatePlacement, document: Document, copy: Document) -> tuple[Placement, ...]:
    """Return the seal on those pages where its new position is the same, and further seals for the other pages."""
    groups: dict[tuple[float, float, float | None], list[int]] = {}
    beyond = [number for number in placement.pages if number > document.page_count]
    for number in placement.pages:
        if number <= document.page_count:
            frame, upright = document.frame(number), copy.frame(number)
            center = _point(placement.center, frame, upright)
            key = (round(center.x_pt, 6), round(center.y_pt, 6), _width(placement.width_pt, frame))
            groups.setdefault(key, []).append(number)
    if not groups:
        return (replace(placement, document_id=copy.id),)
    return tuple(
        replace(
            placement,
            id=placement.id if index == 0 else new_placement_id(),
            document_id=copy.id,
            pages=PageRanges.of([*numbers, *(beyond if index == 0 else ())]),
            center=PagePoint(x_pt, y_pt),
            width_pt=width_pt,
        )
        for index, ((x_pt, y_pt, width_pt), numbers) in enumerate(groups.items())
    )


def _keyword(
    placement: KeywordPlacement,
    document: Document,
    copy: Document,
    found: tuple[KeywordHit, ...],
    behaviour: PlatformBehaviour,
) -> tuple[Placement, ...]:
    """Return the keyword placement with an offset that keeps the placement's seals in place.

    If there is no such offset, return fixed seals instead.
    """
    places = [
        (number, *_seal_of_hit(placement, hit, document.frame(number), copy.frame(number), behaviour))
        for hit in found
        for number in [hit.page_number]
        if hit.rects and number <= document.page_count
    ]
    if not places:
        frame, upright = document.frame(1), copy.frame(1)
        start, end = PagePoint(0.0, 0.0), PagePoint(placement.offset_x_pt, placement.offset_y_pt)
        a, b = _point(start, frame, upright), _point(end, frame, upright)
        places = [(1, PagePoint(0.0, 0.0), PagePoint(b.x_pt - a.x_pt, b.y_pt - a.y_pt))]
    _, anchor, center = places[0]
    dx_pt, dy_pt = center.x_pt - anchor.x_pt, center.y_pt - anchor.y_pt
    widths = {_width(placement.width_pt, document.frame(number)) for number, _, _ in places}
    fits = len(widths) == 1 and all(
        abs(c.x_pt - a.x_pt - dx_pt) <= SLACK_PT and abs(c.y_pt - a.y_pt - dy_pt) <= SLACK_PT for _, a, c in places
    )
    if fits:
        width_pt = widths.pop()
        return (replace(placement, document_id=copy.id, offset_x_pt=dx_pt, offset_y_pt=dy_pt, width_pt=width_pt),)
    return tuple(
        CoordinatePlacement(
            placement.id if index == 0 else new_placement_id(),
            placement.signer_id,
            copy.id,
            PageRanges.single(number),
            where,
            _width(placement.width_pt, document.frame(number)),
            placement.with_qr_code,
        )
        for index, (number, _, where) in enumerate(places)
    )


def _seal_of_hit(
    placement: KeywordPlacement, hit: KeywordHit, frame: PageFrame, upright: PageFrame, behaviour: PlatformBehaviour
) -> tuple[PagePoint, PagePoint]:
    """Return two points in the copy's page space: the origin of the keyword's offset, and the center of the seal."""
    origin = keyword_origin(_rect(hit.rects[0], frame, upright), behaviour)
    center = _point(hit.origin(behaviour).moved(placement.offset_x_pt, placement.offset_y_pt), frame, upright)
    return origin, center


def _cross_page(placement: CrossPagePlacement, document: Document, copy: Document) -> Placement:
    """Return the seal at the same height on the page.

    If the pages are rotated, the height is scaled to the page height of the copy.
    """
    numbers = [number for number in placement.pages if number <= document.page_count]
    if not numbers:
        return replace(placement, document_id=copy.id)
    frame, upright = document.frame(numbers[0]), copy.frame(numbers[0])
    if frame.rotation is Rotation.NONE:
        center_y_pt = placement.center_y_pt * frame.user_unit
    else:
        center_y_pt = placement.center_y_pt / frame.height_pt * upright.height_pt
    return replace(placement, document_id=copy.id, center_y_pt=center_y_pt, width_pt=_width(placement.width_pt, frame))


def _is_seen_at_the_right(placement: CrossPagePlacement, document: Document) -> bool:
    frames = [document.frame(number) for number in placement.pages if number <= document.page_count]
    return all(frame.rotation is Rotation.NONE and frame.user_unit == frames[0].user_unit for frame in frames)


def _point(point: PagePoint, frame: PageFrame, upright: PageFrame) -> PagePoint:
    return upright.to_page(frame.to_display(point))


def _rect(rect: PageRect, frame: PageFrame, upright: PageFrame) -> PageRect:
    return upright.rect_to_page(frame.rect_to_display(rect))


def _width(width_pt: float | None, frame: PageFrame) -> float | None:
    """Return the width as displayed, in points, or None if the seal has its own size, which the platform chooses."""
    if width_pt is None:
        return None
    return min(MAX_SEAL_PT, max(MIN_SEAL_PT, width_pt * frame.user_unit))
