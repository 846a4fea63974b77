"""Measure the position of each seal in a signed file from the pixels that differ from the original file.

The expected positions are computed from the payload. This module shares no code with the window or with the code that
builds the payload, so that errors there are detected. Points are in page space, and seals are square.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.geometry import DisplayRect, PagePoint, PageRect
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.pdf.engine import PdfEngine, PdfHandle, RenderRequest
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from esign_desktop.domain.document import Document, Pixels
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.domain.placing.placement import KeywordHit


_REHEARSED = PlatformBehaviour()
_KINDS = {1: "keyword", 2: "coordinate", 3: "cross_page"}
_KEYWORD, _COORDINATE = 1, 2


@dataclass(frozen=True, slots=True)
class ExpectedMark:
    """The expected position of a seal, or of one of the ``slice_count`` slices of a seal, on a page.

    ``slice_index`` is the zero-based index of the slice, starting at the left edge of the seal.
    """

    kind: str
    page_number: int
    rect: PageRect
    slice_index: int = 0
    slice_count: int = 1

    @property
    def center(self) -> PagePoint:
        return self.rect.center

    def overlaps(self, other: ExpectedMark) -> bool:
        """Return whether this mark and ``other`` are on the same page and overlap."""
        return self.page_number == other.page_number and self.rect.intersection_area(other.rect) > 0


def expected_marks(
    payload: Mapping[str, Any],
    document: Document,
    find: Callable[[str], tuple[KeywordHit, ...]],
    own_width_pt: Callable[[Mapping[str, Any]], float],
) -> tuple[ExpectedMark, ...]:
    """Return the marks that a contract with one document must contain when all signers have signed.

    ``payload`` is the body of the start request, and ``find`` returns the matches of a keyword. ``own_width_pt``
    returns the width of a signer's seal if the signer's entry has no ``scale``.
    """
    marks: list[ExpectedMark] = []
    for signer in payload["recipientList"]["signerList"]:
        for entry in signer.get("docPosList", ()):
            for bean in entry["posBeanList"]:
                width = float(bean.get("scale") or own_width_pt(signer))
                marks.extend(_marks(int(entry["signType"]), bean, width, document, find))
    return tuple(marks)


def _marks(
    sign_type: int,
    bean: Mapping[str, Any],
    width_pt: float,
    document: Document,
    find: Callable[[str], tuple[KeywordHit, ...]],
) -> list[ExpectedMark]:
    kind = _KINDS[sign_type]
    if sign_type == _KEYWORD:
        dx, dy = float(bean.get("posX", 0)), float(bean.get("posY", 0))
        return [
            ExpectedMark(
                kind, hit.page_number, PageRect.around(hit.origin(_REHEARSED).moved(dx, dy), width_pt, width_pt)
            )
            for hit in find(bean["key"])
        ]
    pages = tuple(PageRanges.parse(bean["posPage"], page_count=document.page_count))
    if sign_type == _COORDINATE:
        center = PagePoint(float(bean["posX"]), float(bean["posY"]))
        return [ExpectedMark(kind, number, PageRect.around(center, width_pt, width_pt)) for number in pages]
    y, slice_pt = float(bean["posY"]), width_pt / len(pages)
    return [
        ExpectedMark(
            kind,
            number,
            PageRect(
                document.frame(number).width_pt - slice_pt,
                y - width_pt / 2,
                document.frame(number).width_pt,
                y + width_pt / 2,
            ),
            index,
            len(pages),
        )
        for index, number in enumerate(pages)
    ]


TOLERANCE_PT: Final = 0.5
_MARGIN_PT: Final = 14.0
"""The margin around the expected position that is examined. A seal that is farther away counts as missing."""


@dataclass(frozen=True, slots=True)
class MeasuredMark:
    """An expected mark, compared with the changed pixels at its position.

    ``stamped`` is the center of these pixels, or None if no pixel was changed. ``error_pt`` is the distance between
    ``stamped`` and the expected center. ``size_error_pt`` is the larger of the deviations in width and height.
    """

    expected: ExpectedMark
    stamped: PagePoint | None
    error_pt: float
    size_error_pt: float

    @property
    def is_right(self) -> bool:
        # The anti-aliased rim counts on both sides, so the size is less exact than the center.
        return self.error_pt <= TOLERANCE_PT and self.size_error_pt <= 2 * TOLERANCE_PT


@dataclass(frozen=True, slots=True)
class AssembledSeal:
    """A cross-page seal whose slices were placed side by side.

    The x coordinates are measured from the left edge of the seal, and the y coordinates are in page space.
    ``outside_pt`` is the largest distance from the seal's circle or square to a pixel outside it. A large distance
    indicates slices in the wrong order.
    """

    expected: PagePoint
    stamped: PagePoint
    error_pt: float
    outside_pt: float

    @property
    def is_right(self) -> bool:
        return self.error_pt <= TOLERANCE_PT and self.outside_pt <= TOLERANCE_PT


def measure(versions: TwoVersions, document: Document, marks: Sequence[ExpectedMark]) -> tuple[MeasuredMark, ...]:
    """Measure the position of each mark.

    Overlapping marks are measured together, because their pixels cannot be told apart. Raises PdfError.
    """
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
    """Place the slices of a cross-page seal side by side, and return the seal, or None if a slice is missing.

    The pages must not be rotated. ``is_round`` is True if the seal is a circle, and False if it is a square. Raises
    PdfError.
    """
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
        # The outer slices of a round seal are lower than the seal; ``assemble`` checks their shape.
        size_error = abs(stamped.width_pt - union.width_pt)
    return MeasuredMark(mark, mark.center.moved(dx, dy), math.hypot(dx, dy), size_error)


def _groups(marks: Sequence[ExpectedMark]) -> list[list[int]]:
    """Return groups of overlapping marks. Each group contains the indices of its marks."""
    groups: list[list[int]] = []
    for index, mark in enumerate(marks):
        touching = [group for group in groups if any(mark.overlaps(marks[other]) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(other for group in touching for other in group), index])
    return groups


def _widened(union: PageRect, marks: Sequence[ExpectedMark], group: Sequence[int]) -> PageRect:
    """Return the union rectangle, with a margin added on each side that has no other mark."""
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


PIXELS_PER_POINT: Final = 6.0


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row of differing pixels, in points of the displayed page: its vertical middle, and its left and right ends."""

    y_pt: float
    left_pt: float
    right_pt: float


@dataclass(frozen=True, slots=True)
class Change:
    """The differing pixels in a part of a page: their rows and bounding rectangle, in points of the displayed page."""

    rows: tuple[ChangedRow, ...]
    bounds: DisplayRect


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """A file before and after signing. Both versions are open in the same engine.

    ``pixels_per_point`` is the resolution at which the versions are compared.
    """

    engine: PdfEngine
    before: PdfHandle
    after: PdfHandle
    pixels_per_point: float = PIXELS_PER_POINT

    def change_in(self, frame: PageFrame, page_number: int, region: PageRect) -> Change | None:
        """Compare the versions in a region of page space, and return the pixels that differ, or None if there are none.

        Raises PdfError if a page cannot be drawn.
        """
        shown = _clipped(frame.rect_to_display(region), frame)
        if shown is None:
            return None
        old, new = (
            self.engine.render(RenderRequest(handle, page_number, self.pixels_per_point, shown))
            for handle in (self.before, self.after)
        )
        return _change(old, new, self.pixels_per_point)


def _clipped(rect: DisplayRect, frame: PageFrame) -> DisplayRect | None:
    left, top = max(0.0, rect.left_pt), max(0.0, rect.top_pt)
    right = min(frame.display_width_pt, rect.left_pt + rect.width_pt)
    bottom = min(frame.display_height_pt, rect.top_pt + rect.height_pt)
    return DisplayRect(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _change(old: Pixels, new: Pixels, scale: float) -> Change | None:
    if (old.width_px, old.height_px) != (new.width_px, new.height_px):
        raise ValueError("the versions are of different sizes")
    rows: list[ChangedRow] = []
    row_bytes = old.width_px * BYTES_PER_PIXEL
    for y in range(old.height_px):
        a = bytes(old.data[y * old.stride_bytes : y * old.stride_bytes + row_bytes])
        b = bytes(new.data[y * new.stride_bytes : y * new.stride_bytes + row_bytes])
        if a != b:
            first, last = _first_and_last(a, b)
            rows.append(
                ChangedRow(
                    (old.top_px + y + 0.5) / scale,
                    (old.left_px + first) / scale,
                    (old.left_px + last + 1) / scale,
                )
            )
    if not rows:
        return None
    left, right = min(row.left_pt for row in rows), max(row.right_pt for row in rows)
    half_pixel_pt = 0.5 / scale
    top, bottom = rows[0].y_pt - half_pixel_pt, rows[-1].y_pt + half_pixel_pt
    return Change(tuple(rows), DisplayRect(left, top, right - left, bottom - top))


def _first_and_last(a: bytes, b: bytes) -> tuple[int, int]:
    """Return the indices of the first and the last differing pixel. At least one pixel must differ."""
    difference = int.from_bytes(a, "little") ^ int.from_bytes(b, "little")
    first = (difference & -difference).bit_length() - 1
    bits_per_pixel = 8 * BYTES_PER_PIXEL
    return first // bits_per_pixel, (difference.bit_length() - 1) // bits_per_pixel
