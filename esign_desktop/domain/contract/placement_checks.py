"""Checks of keyword matches, seals that extend beyond a page's edge, thin slices and overlapping seals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.problems import PlacementSubject, Problem, Severity
from esign_desktop.domain.geometry import Rotation, pt_to_mm
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    MAX_KEYWORD_CHARACTERS,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    SealMark,
    is_thin_slice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import KeywordHit, PlacementId

OVERLAP_SHARE: Final = 0.4
"""The fraction of the smaller seal's area that two seals may share. A larger overlap is probably a mistake."""


def orphan_problem(placement: Placement) -> Problem:
    """Return the problem that reports a placement whose document or signer is no longer in the draft."""
    return Problem("placement.orphan", Severity.BLOCKING, PlacementSubject(placement.id))


def unverified_problem(placement: CoordinatePlacement) -> Problem:
    """Return the problem that reports a seal whose adjacent words were not found in a new version of its document."""
    page = placement.pages.first
    return Problem("placement.unverified", Severity.BLOCKING, PlacementSubject(placement.id, page), {"page": page})


def placement_problems(
    placement: Placement,
    document: Document,
    own_width_pt: float,
    found: tuple[KeywordHit, ...] | None,
    marks: tuple[SealMark, ...],
) -> Iterator[Problem]:
    """Yield the problems of one placement. ``marks`` are the marks that the placement produces.

    ``own_width_pt`` is the width of the signer's seal in its own size. ``found`` holds the matches of a keyword
    placement, or None if the search has not finished. For other placements, ``found`` is ignored.
    """
    if not isinstance(placement, KeywordPlacement) and placement.pages.last > document.page_count:
        yield Problem(
            "placement.beyond_the_end",
            Severity.BLOCKING,
            PlacementSubject(placement.id),
            {"pages": str(placement.pages), "page_count": document.page_count},
        )
    if isinstance(placement, CoordinatePlacement) and placement.is_unverified:
        yield unverified_problem(placement)
    match placement:
        case KeywordPlacement():
            yield from _keyword(placement, document, found)
        case CrossPagePlacement():
            yield from _cross_page(placement, document, own_width_pt)
        case CoordinatePlacement(with_qr_code=True, pages=pages) if len(pages) > 1:
            yield Problem("placement.qr_without_effect", Severity.HINT, PlacementSubject(placement.id, pages.first))
    yield from _edges(document, marks)
    # It is unknown how the platform treats rotated or cropped pages (docs/platform-answers.md#page-space).
    # Warn once per placement.
    unsure = next((m for m in marks if _is_unsure(document, m.page_number)), None)
    if unsure is not None:
        yield Problem(
            "placement.turned_or_cropped_page",
            Severity.WARNING,
            PlacementSubject(placement.id, unsure.page_number),
            {"page": unsure.page_number},
        )


def _is_unsure(document: Document, page_number: int) -> bool:
    return not document.frame(page_number).is_plain


def is_uncertain(document: Document, mark: SealMark) -> bool:
    """Return whether the platform may draw this mark at another position or in another size.

    Uncertain marks are displayed with a dashed outline.
    """
    return mark.size_is_assumed or _is_unsure(document, mark.page_number)


def _keyword(
    placement: KeywordPlacement, document: Document, found: tuple[KeywordHit, ...] | None
) -> Iterator[Problem]:
    subject = PlacementSubject(placement.id)
    if not placement.keyword.strip():
        yield Problem("keyword.empty", Severity.BLOCKING, subject)
        return
    if len(placement.keyword) > MAX_KEYWORD_CHARACTERS:
        yield Problem("keyword.long", Severity.WARNING, subject, {"keyword": placement.keyword})
    if document.has_no_file and placement.confirmed_hits:
        # The matches were counted when the template was created. They cannot be searched again because the form has no
        # file.
        return
    if found is None:
        yield Problem("keyword.not_searched", Severity.BLOCKING, subject, {"keyword": placement.keyword})
        return
    params: dict[str, str | float] = {"keyword": placement.keyword, "name": document.name, "count": len(found)}
    if not found:
        code = "keyword.not_found" if document.facts.has_text else "keyword.no_text_layer"
        scanned = document.facts.pages_without_text
        if document.facts.has_text and scanned:
            code, params["pages"] = "keyword.not_found_beside_scans", str(PageRanges.of(scanned))
        yield Problem(code, Severity.BLOCKING, subject, params)
    elif len(found) > 1 and placement.confirmed_hits != len(found):
        yield Problem("keyword.many", Severity.CONFIRM, PlacementSubject(placement.id, found[0].page_number), params)
    odd = next((hit for hit in found if not hit.is_literal), None)
    if odd is not None:
        yield Problem(
            "keyword.spelled_differently",
            Severity.WARNING,
            PlacementSubject(placement.id, odd.page_number),
            {**params, "text": odd.text, "page": odd.page_number},
        )


def _cross_page(placement: CrossPagePlacement, document: Document, own_width_pt: float) -> Iterator[Problem]:
    subject = PlacementSubject(placement.id, placement.pages.first)
    page_numbers = [n for n in placement.pages if n <= document.page_count]
    if len(page_numbers) < 2:
        yield Problem("cross_page.one_page", Severity.BLOCKING, subject)
        return
    slice_pt = (placement.width_pt or own_width_pt) / len(page_numbers)
    if is_thin_slice(slice_pt):
        yield Problem(
            "cross_page.thin_slices",
            Severity.WARNING,
            subject,
            {"count": len(page_numbers), "slice_mm": round(pt_to_mm(slice_pt), 1)},
        )
    frames = [document.frame(n) for n in page_numbers]
    if any(abs(f.width_pt - frames[0].width_pt) > 1 or abs(f.height_pt - frames[0].height_pt) > 1 for f in frames):
        yield Problem("cross_page.mixed_sizes", Severity.WARNING, subject)
    if any(f.rotation is not Rotation.NONE for f in frames):
        yield Problem("cross_page.turned_page", Severity.WARNING, subject)


def _edges(document: Document, marks: tuple[SealMark, ...]) -> Iterator[Problem]:
    for mark in marks:
        bounds = document.frame(mark.page_number).bounds
        if bounds.contains(mark.rect):
            continue
        is_gone = bounds.intersection_area(mark.rect) < 0.5 * mark.rect.area
        yield Problem(
            "placement.off_the_page" if is_gone else "placement.over_the_edge",
            Severity.BLOCKING if is_gone else Severity.WARNING,
            PlacementSubject(mark.placement_id, mark.page_number),
            {"page": mark.page_number},
        )


def overlaps(marks: list[SealMark]) -> Iterator[tuple[SealMark, SealMark]]:
    """Yield the pairs of overlapping marks on one page, in mark order. The first mark of a pair is the lower one.

    Each pair of placements is reported only once. Otherwise, a keyword that occurs on every line of a page would yield
    hundreds of pairs.
    """
    found: set[tuple[PlacementId, PlacementId]] = set()
    for mark, other in _touching(marks):
        placements = (mark.placement_id, other.placement_id)
        if placements in found:
            continue
        smaller = min(mark.rect.area, other.rect.area)
        if smaller > 0 and mark.rect.intersection_area(other.rect) >= OVERLAP_SHARE * smaller:
            found.add(placements)
            yield mark, other


def overlap_problem(mark: SealMark) -> Problem:
    """Return the problem that reports a mark that overlaps another mark."""
    return Problem(
        "placement.overlap",
        Severity.WARNING,
        PlacementSubject(mark.placement_id, mark.page_number),
        {"page": mark.page_number},
    )


def _touching(marks: list[SealMark]) -> list[tuple[SealMark, SealMark]]:
    """Return the pairs of marks whose horizontal or whose vertical extents overlap, in mark order.

    The marks are swept along the axis along which they are more widely spread. Each mark is thus compared with the few
    marks whose extents contain its beginning, instead of with all marks on the page.
    """
    pairs: list[tuple[int, int]] = []
    open_ends: list[tuple[float, int]] = []
    for begin_pt, end_pt, index in sorted(_spans(marks)):
        open_ends = [span for span in open_ends if span[0] > begin_pt]
        pairs.extend((min(i, index), max(i, index)) for _, i in open_ends)
        open_ends.append((end_pt, index))
    return [(marks[first], marks[second]) for first, second in sorted(pairs)]


def _spans(marks: list[SealMark]) -> list[tuple[float, float, int]]:
    across = [(mark.rect.left_pt, mark.rect.right_pt, index) for index, mark in enumerate(marks)]
    along = [(mark.rect.bottom_pt, mark.rect.top_pt, index) for index, mark in enumerate(marks)]
    return max(across, along, key=lambda spans: max(spans)[0] - min(spans)[0])
