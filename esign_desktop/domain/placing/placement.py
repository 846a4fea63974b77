"""Seal placements: at fixed positions, at keywords, or across pages. All points and sizes are in page space.

``width_pt`` is the displayed width (``scale`` in the API), and the height is proportional to the width. None means the
seal's own size, which the platform does not report. Seals are assumed to be square.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Final, NewType
from uuid import uuid4

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.environment import CrossPageSplit, KeywordOrigin, PlatformBehaviour
from esign_desktop.domain.geometry import PagePoint, PageRect, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.anchors import WordAnchor
from esign_desktop.domain.signer import Signer, SignerId, natural_seal_width_pt

PlacementId = NewType("PlacementId", str)

MIN_SEAL_PT: Final = 10.0
MAX_SEAL_PT: Final = 600.0
MIN_SLICE_PT: Final = mm_to_pt(2.0)
MAX_KEYWORD_CHARACTERS: Final = 30


def new_placement_id() -> PlacementId:
    """Return a new, unique placement id."""
    return PlacementId(uuid4().hex)


@dataclass(frozen=True, slots=True)
class CoordinatePlacement:
    """A fixed seal: a seal at the same point on one or more pages (signType 2).

    ``with_qr_code`` applies only to a seal on a single page. ``anchor`` holds the words next to a seal on a single
    page; the anchor is derived from the page and ignored in comparisons. If the words were not found in a new version
    of the document, the seal keeps its position, and ``unverified_at`` is this position. A seal that is moved after
    that counts as verified.
    """

    id: PlacementId
    signer_id: SignerId
    document_id: DocumentId
    pages: PageRanges
    center: PagePoint
    width_pt: float | None = None
    with_qr_code: bool = False
    anchor: WordAnchor | None = field(default=None, compare=False)
    unverified_at: PagePoint | None = None

    @property
    def is_unverified(self) -> bool:
        """Whether the user still has to check the seal's position in a new version of the document."""
        return self.unverified_at == self.center

    @property
    def needs_anchor(self) -> bool:
        """Whether the words next to the seal must be read because the seal is new or has been moved."""
        if len(self.pages) > 1:
            return False
        anchor = self.anchor
        seal = self.document_id, self.pages.first, self.center
        return anchor is None or (anchor.document_id, anchor.page_number, anchor.center) != seal


@dataclass(frozen=True, slots=True)
class FallbackPoint:
    """The pages, and the point in page space, where a preset's seal goes if its keyword is not found."""

    pages: PageRanges
    center: PagePoint


@dataclass(frozen=True, slots=True)
class KeywordPlacement:
    """A seal at every match of a keyword in one document (signType 1).

    The offset, to the right and upwards, leads from the platform's reference point of a match (``keyword_origin``) to
    the seal's center. Platforms with different reference points place the seal differently. ``confirmed_hits`` is the
    number of matches that the user confirmed. If the number of matches changes, the user must confirm the matches
    again. Only presets have ``fallbacks``, which are used for documents without the keyword. In a contract for editing
    a preset, they are those of the preset.
    """

    id: PlacementId
    signer_id: SignerId
    document_id: DocumentId
    keyword: str
    offset_x_pt: float = 0.0
    offset_y_pt: float = 0.0
    width_pt: float | None = None
    confirmed_hits: int | None = None
    with_qr_code: bool = False
    fallbacks: tuple[FallbackPoint, ...] = ()

    @property
    def fallback_placements(self) -> tuple[CoordinatePlacement, ...]:
        """The seal as fixed seals at its fallback points, each with an id derived from the seal's id."""
        return tuple(
            CoordinatePlacement(
                PlacementId(f"{self.id} at {number}"),
                self.signer_id,
                self.document_id,
                point.pages,
                point.center,
                self.width_pt,
                self.with_qr_code,
            )
            for number, point in enumerate(self.fallbacks, 1)
        )


@dataclass(frozen=True, slots=True)
class CrossPagePlacement:
    """One seal that is divided across the right edges of several pages (骑缝章, signType 3).

    Each of ``pages`` shows an equal slice of the seal, from left to right or from right to left, depending on the
    platform's ``cross_page_split``. ``center_y_pt`` is measured from the bottom of the page.
    """

    id: PlacementId
    signer_id: SignerId
    document_id: DocumentId
    pages: PageRanges
    center_y_pt: float
    width_pt: float | None = None


Placement = CoordinatePlacement | KeywordPlacement | CrossPagePlacement


def horizontal_pt(placement: Placement) -> float | None:
    """Return the x coordinate of the seal's center, or a keyword's offset to the right.

    For a cross-page seal, the result is None.
    """
    match placement:
        case CoordinatePlacement(center=center):
            return center.x_pt
        case KeywordPlacement(offset_x_pt=x):
            return x
        case CrossPagePlacement():
            return None


def vertical_pt(placement: Placement) -> float:
    """Return the height of the seal's center above the bottom of the page, or a keyword's upward offset."""
    match placement:
        case CoordinatePlacement(center=center):
            return center.y_pt
        case KeywordPlacement(offset_y_pt=y):
            return y
        case CrossPagePlacement(center_y_pt=y):
            return y


def moved_to(placement: Placement, *, x_pt: float | None = None, y_pt: float | None = None) -> Placement:
    """Return the placement with a new x coordinate, a new y coordinate, or both.

    For a keyword placement, ``x_pt`` and ``y_pt`` are the offset. The new position may be outside the page.
    """
    x = (horizontal_pt(placement) or 0.0) if x_pt is None else x_pt
    y = vertical_pt(placement) if y_pt is None else y_pt
    match placement:
        case CoordinatePlacement():
            return replace(placement, center=PagePoint(x, y))
        case KeywordPlacement():
            return replace(placement, offset_x_pt=x, offset_y_pt=y)
        case CrossPagePlacement():
            return replace(placement, center_y_pt=y)


@dataclass(frozen=True, slots=True)
class KeywordHit:
    """A match of a keyword: the matching text as spelled in the document, and a rectangle in page space for each line.

    ``context`` is the surrounding text. ``is_literal`` is False if only normalized matching finds the text; in this
    case, the platform may not find the text. ``is_recognised`` means that the text was recognized on a scanned page,
    where the platform does not find text.
    """

    page_number: int
    rects: tuple[PageRect, ...]
    text: str = field(repr=False)
    context: str = field(default="", repr=False)
    is_literal: bool = True
    is_recognised: bool = False

    def origin(self, behaviour: PlatformBehaviour) -> PagePoint:
        """Return the point, in page space, from which a platform with this behavior measures a seal's offset."""
        return keyword_origin(self.rects[0], behaviour)


def keyword_origin(first_line: PageRect, behaviour: PlatformBehaviour) -> PagePoint:
    """Return the point from which a seal's offset is measured. ``first_line`` is the box of the match's first line."""
    match behaviour.keyword_origin:
        case KeywordOrigin.LEFT_BOTTOM:
            return PagePoint(first_line.left_pt, first_line.bottom_pt)
        case KeywordOrigin.CENTRE:
            return first_line.center
        case KeywordOrigin.RIGHT_BOTTOM:
            return PagePoint(first_line.right_pt, first_line.bottom_pt)


def as_coordinates(
    placement: KeywordPlacement,
    hits: tuple[KeywordHit, ...],
    behaviour: PlatformBehaviour,
    dropped: Set[int] = frozenset(),
) -> tuple[CoordinatePlacement, ...]:
    """Return a fixed seal for each match. Matches whose indexes are in ``dropped`` are omitted."""
    left = tuple(hit for index, hit in enumerate(hits) if index not in dropped)
    fixed = with_matches(placement, left, behaviour).fallback_placements
    return tuple(replace(seal, id=new_placement_id()) for seal in fixed)


def with_matches(
    placement: KeywordPlacement, hits: tuple[KeywordHit, ...], behaviour: PlatformBehaviour
) -> KeywordPlacement:
    """Return the placement with the confirmed number of matches and, for each match, a fallback point."""
    dx_pt, dy_pt = placement.offset_x_pt, placement.offset_y_pt
    points = (
        FallbackPoint(PageRanges.single(hit.page_number), hit.origin(behaviour).moved(dx_pt, dy_pt)) for hit in hits
    )
    return replace(placement, confirmed_hits=len(hits), fallbacks=tuple(points))


KeywordHits = Mapping[tuple[DocumentId, str], tuple[KeywordHit, ...] | None]
"""The matches of each keyword, keyed by document and keyword.

If the value is None or missing, the search has not finished.
"""


@dataclass(frozen=True, slots=True)
class SealMark:
    """A seal, or one slice of a seal, as it will appear on a page.

    ``rect`` is the part that is visible on the page, in page space. ``slice_count`` is the number of slices, and
    ``slice_index`` is the zero-based index of the slice, counted from the seal's left edge. ``size_is_assumed`` means
    that the seal has its own size, which the platform does not report.
    """

    placement_id: PlacementId
    signer_id: SignerId
    document_id: DocumentId
    page_number: int
    rect: PageRect
    slice_index: int = 0
    slice_count: int = 1
    size_is_assumed: bool = False


def is_thin_slice(width_pt: float) -> bool:
    """Return whether a slice of a cross-page seal is too thin to recognize.

    The limit is 2 mm, with a tolerance for rounding.
    """
    return width_pt < MIN_SLICE_PT - 0.001


def seal_width_pt(placement: Placement, signer: Signer, behaviour: PlatformBehaviour) -> float:
    """Return the width at which the seal is drawn: the chosen width, or else the assumed width of the signer's seal."""
    return placement.width_pt if placement.width_pt is not None else natural_seal_width_pt(signer, behaviour)


def marks_of(
    placement: Placement,
    signer: Signer,
    document: Document,
    behaviour: PlatformBehaviour,
    hits: tuple[KeywordHit, ...] = (),
) -> tuple[SealMark, ...]:
    """Return all marks of a placement on a platform with this behavior, in page order.

    ``hits`` is used only for a keyword placement. Pages that do not exist have no marks.
    """
    width = seal_width_pt(placement, signer, behaviour)
    assumed = placement.width_pt is None

    def mark(page_number: int, rect: PageRect, index: int = 0, count: int = 1) -> SealMark:
        return SealMark(
            placement.id, placement.signer_id, placement.document_id, page_number, rect, index, count, assumed
        )

    match placement:
        case CoordinatePlacement(pages=pages, center=center):
            return tuple(
                mark(number, PageRect.around(center, width, width)) for number in pages if number <= document.page_count
            )
        case KeywordPlacement(offset_x_pt=dx, offset_y_pt=dy):
            return tuple(
                mark(hit.page_number, PageRect.around(hit.origin(behaviour).moved(dx, dy), width, width))
                for hit in hits
                if hit.rects and 1 <= hit.page_number <= document.page_count
            )
        case CrossPagePlacement(pages=pages, center_y_pt=y):
            numbers = [number for number in pages if number <= document.page_count]
            count = len(numbers)
            slice_width = width / max(1, count)
            is_left_first = behaviour.cross_page_split is CrossPageSplit.LEFT_FIRST
            return tuple(
                mark(
                    number,
                    PageRect(
                        document.frame(number).width_pt - slice_width,
                        y - width / 2,
                        document.frame(number).width_pt,
                        y + width / 2,
                    ),
                    index if is_left_first else count - 1 - index,
                    count,
                )
                for index, number in enumerate(numbers)
            )
