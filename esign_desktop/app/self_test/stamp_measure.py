"""Where each seal stands in the signed file, told by its pixels alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.app.self_test.expectation import ExpectedMark
from esign_desktop.domain.geometry import DisplayRect, PagePoint, PageRect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.app.self_test.pixel_difference import TwoVersions
    from esign_desktop.domain.document import Document

TOLERANCE_PT: Final = 0.5
_MARGIN_PT: Final = 14.0
"""How far around the expected place is looked; a seal further off counts as not stamped."""


@dataclass(frozen=True, slots=True)
class MeasuredMark:
    """An expected mark and the middle of the pixels that changed there; None when none did.

    ``size_error_pt`` is how far the mark's width or height is from what was expected, whichever is worse.
    """

    expected: ExpectedMark
    stamped: PagePoint | None
    error_pt: float
    size_error_pt: float

    @property
    def is_right(self) -> bool:
        """Whether the mark stands where it should, in the size it should have."""
        # The anti-aliased rim belongs to the seal's pixels on both sides: the size is less exact than the middle.
        return self.error_pt <= TOLERANCE_PT and self.size_error_pt <= 2 * TOLERANCE_PT


@dataclass(frozen=True, slots=True)
class AssembledSeal:
    """The slices of a cross-page seal put side by side; x counts from the seal's left, y is page space.

    ``outside_pt`` is how far a pixel lies outside of the seal's circle or square, which tells slices in a wrong order.
    """

    expected: PagePoint
    stamped: PagePoint
    error_pt: float
    outside_pt: float

    @property
    def is_right(self) -> bool:
        """Whether the slices make the seal."""
        return self.error_pt <= TOLERANCE_PT and self.outside_pt <= TOLERANCE_PT


def measure(versions: TwoVersions, document: Document, marks: Sequence[ExpectedMark]) -> tuple[MeasuredMark, ...]:
    """Measure every mark. Marks that overlap are measured as one, since their pixels can't be told apart."""
    measured: dict[int, MeasuredMark] = {}
    for group in _groups(marks):
        union = _union([marks[index].rect for index in group])
        page_number = marks[group[0]].page_number
        frame = document.frame(page_number)
        change = versions.change_in(frame, page_number, _widened(union, marks, group))
        stamped = None if change is None else frame.rect_to_page(change.bounds)
        for index in group:
            measured[index] = _compare(marks[index], union, stamped)
    return tuple(measured[index] for index in range(len(marks)))


def assemble(
    versions: TwoVersions, document: Document, slices: Sequence[ExpectedMark], *, is_round: bool
) -> AssembledSeal | None:
    """Put the slices of one seal together, on pages that are not turned; None when one of them is missing."""
    width = slices[0].rect.height_pt
    expected = PagePoint(width / 2, slices[0].center.y_pt)
    points: list[PagePoint] = []
    for mark in slices:
        frame = document.frame(mark.page_number)
        change = versions.change_in(frame, mark.page_number, mark.rect)
        if change is None:
            return None
        shift = mark.slice_index * width / mark.slice_count - mark.rect.left_pt
        for row in change.rows:
            rect = frame.rect_to_page(_row_rect(row.left_pt, row.y_pt, row.right_pt))
            points += [PagePoint(x + shift, rect.center.y_pt) for x in (rect.left_pt, rect.right_pt)]
    xs, ys = [point.x_pt for point in points], [point.y_pt for point in points]
    stamped = PagePoint((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    outside = max(_outside(point, expected, width, is_round=is_round) for point in points)
    return AssembledSeal(expected, stamped, _distance(expected, stamped), max(0.0, outside))


def _row_rect(left_pt: float, y_pt: float, right_pt: float) -> DisplayRect:
    return DisplayRect(left_pt, y_pt, right_pt - left_pt, 0.0)


def _outside(point: PagePoint, center: PagePoint, width_pt: float, *, is_round: bool) -> float:
    if is_round:
        return _distance(point, center) - width_pt / 2
    return max(abs(point.x_pt - center.x_pt), abs(point.y_pt - center.y_pt)) - width_pt / 2


def _compare(mark: ExpectedMark, union: PageRect, stamped: PageRect | None) -> MeasuredMark:
    if stamped is None:
        return MeasuredMark(mark, None, math.inf, math.inf)
    dx = stamped.center.x_pt - union.center.x_pt
    dy = stamped.center.y_pt - union.center.y_pt
    size_error = max(abs(stamped.width_pt - union.width_pt), abs(stamped.height_pt - union.height_pt))
    if mark.slice_count > 1:
        # The outer slices of a round seal are lower than the seal; ``assemble`` looks at their shape.
        size_error = abs(stamped.width_pt - union.width_pt)
    return MeasuredMark(mark, mark.center.moved(dx, dy), math.hypot(dx, dy), size_error)


def _groups(marks: Sequence[ExpectedMark]) -> list[list[int]]:
    """Return the indexes of marks that overlap, together."""
    groups: list[list[int]] = []
    for index, mark in enumerate(marks):
        touching = [group for group in groups if any(mark.overlaps(marks[other]) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(other for group in touching for other in group), index])
    return groups


def _widened(union: PageRect, marks: Sequence[ExpectedMark], group: Sequence[int]) -> PageRect:
    """Return the union with a margin on each side, as far as no other mark lies there."""
    page_number = marks[group[0]].page_number
    others = [m.rect for i, m in enumerate(marks) if i not in group and m.page_number == page_number]
    left, bottom, right, top = union.left_pt, union.bottom_pt, union.right_pt, union.top_pt
    for wider in (
        PageRect(left - _MARGIN_PT, bottom, right, top),
        PageRect(left, bottom - _MARGIN_PT, right, top),
        PageRect(left, bottom, right + _MARGIN_PT, top),
        PageRect(left, bottom, right, top + _MARGIN_PT),
    ):
        if not any(wider.intersection_area(other) > 0 for other in others):
            left, bottom = min(left, wider.left_pt), min(bottom, wider.bottom_pt)
            right, top = max(right, wider.right_pt), max(top, wider.top_pt)
    return PageRect(left, bottom, right, top)


def _union(rects: Sequence[PageRect]) -> PageRect:
    return PageRect(
        min(rect.left_pt for rect in rects),
        min(rect.bottom_pt for rect in rects),
        max(rect.right_pt for rect in rects),
        max(rect.top_pt for rect in rects),
    )


def _distance(a: PagePoint, b: PagePoint) -> float:
    return math.hypot(a.x_pt - b.x_pt, a.y_pt - b.y_pt)
