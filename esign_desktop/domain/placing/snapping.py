"""Snapping: small shifts that align a moving seal with objects on its page, and guides that show the alignment.

All values are in page space, in user units. To convert a tolerance from pixels to page space, divide the tolerance by
the scale and by the page's user unit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.geometry import DisplayRect, PageFrame, PageRect, Rotation, mm_to_pt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOUCH_PT: Final = 0.01
"""The distance, in user units, below which a part of a rectangle touches a line."""


class Orientation(StrEnum):
    """The direction of a guide, in page space."""

    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"


class SnapReason(IntEnum):
    """The kind of object with which a seal is aligned. If several objects are equally near, the lowest value wins."""

    SEAL_CENTER = 0
    SEAL_EDGE = 1
    TEXT_BASELINE = 2
    TEXT_CENTER = 3
    PAGE_CENTER = 4
    MARGIN = 5
    PAGE_EDGE = 6


@dataclass(frozen=True, slots=True)
class Guide:
    """A straight line to display, in page space.

    ``at_pt`` is the x coordinate of a vertical line or the y coordinate of a horizontal line. The line extends from
    ``from_pt`` to ``to_pt``.
    """

    orientation: Orientation
    at_pt: float
    from_pt: float
    to_pt: float
    reason: SnapReason


@dataclass(frozen=True, slots=True)
class Snap:
    """The shift to apply to a moving rectangle, and the guides that the rectangle touches afterwards.

    ``dx_pt`` is the shift to the right, and ``dy_pt`` is the shift upwards.
    """

    dx_pt: float = 0.0
    dy_pt: float = 0.0
    guides: tuple[Guide, ...] = ()


@dataclass(frozen=True, slots=True)
class SizeSnap:
    """The length by which the sides of a rectangle grow around its center, and the guides that the new edges touch."""

    growth_pt: float = 0.0
    guides: tuple[Guide, ...] = ()


@dataclass(frozen=True, slots=True)
class Margins:
    """The usual margins around a page's text, in millimeters, measured from the edges of the displayed page."""

    left_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float

    def within(self, frame: PageFrame) -> PageRect | None:
        """Return the rectangle within the margins, in page space, or None if the margins leave no room."""
        left, top = mm_to_pt(self.left_mm), mm_to_pt(self.top_mm)
        width = frame.display_width_pt - left - mm_to_pt(self.right_mm)
        height = frame.display_height_pt - top - mm_to_pt(self.bottom_mm)
        if width <= 0 or height <= 0:
            return None
        return frame.rect_to_page(DisplayRect(left, top, width, height))


class _Part(IntFlag):
    """The parts of a moving rectangle, along one axis, that can be aligned with a line."""

    LOW = 1
    CENTER = 2
    HIGH = 4


_EDGES: Final = (_Part.LOW, _Part.HIGH)


class _Line(NamedTuple):
    """A line for alignment, at a position on one axis. Along the other axis, it extends from ``from_pt`` to ``to_pt``.

    ``meets`` states which parts of a rectangle can be aligned with it.
    """

    at_pt: float
    from_pt: float
    to_pt: float
    reason: SnapReason
    meets: _Part


class _Span(NamedTuple):
    """The extent of a rectangle along one axis."""

    low_pt: float
    high_pt: float

    def part_pt(self, part: _Part) -> float:
        if part is _Part.CENTER:
            return (self.low_pt + self.high_pt) / 2
        return self.low_pt if part is _Part.LOW else self.high_pt

    def moved(self, by_pt: float) -> _Span:
        return _Span(self.low_pt + by_pt, self.high_pt + by_pt)

    def grown(self, by_pt: float) -> _Span:
        """Return the span lengthened by ``by_pt``, with the same middle."""
        return _Span(self.low_pt - by_pt / 2, self.high_pt + by_pt / 2)


_Spans = Callable[[PageRect], tuple[_Span, _Span]]
"""A function that returns the spans of a rectangle along an axis and across that axis."""


class _Axis:
    """The lines of one axis, sorted so that lines near a position can be found quickly."""

    def __init__(self, page: _Span, lines: Iterable[_Line]) -> None:
        self._page = page
        self._lines = sorted(lines)
        self._places_pt = [line.at_pt for line in self._lines]

    def nearest_pt(self, span: _Span, tolerance_pt: float) -> float | None:
        """Return the smallest shift that moves a part of the span onto a line.

        Return None if no line is within the tolerance.
        """
        shifts = (
            (line.at_pt - span.part_pt(part), line.reason)
            for part in _Part
            for line in self._near(span.part_pt(part), tolerance_pt, part)
        )
        allowed = (shift for shift in shifts if self._has_room(span, span.moved(shift[0])))
        return _least(allowed)

    def nearest_growth_pt(self, span: _Span, tolerance_pt: float) -> float | None:
        """Return the smallest change in length that moves an end of the span onto a line. The middle stays in place.

        Return None if no line is within the tolerance.
        """
        growths = (
            (2 * (line.at_pt - span.part_pt(part)) * (1 if part is _Part.HIGH else -1), line.reason)
            for part in _EDGES
            for line in self._near(span.part_pt(part), tolerance_pt, part)
        )
        length_pt = span.high_pt - span.low_pt
        allowed = (
            growth for growth in growths if growth[0] > -length_pt and self._has_room(span, span.grown(growth[0]))
        )
        return _least(allowed)

    def guides(
        self, span: _Span, across: _Span, orientation: Orientation, parts: Iterable[_Part] = _Part
    ) -> Iterator[Guide]:
        """Yield a guide for each part of the span that touches a line.

        A guide extends over the rectangle and over all lines that it marks.
        """
        for part in parts:
            touched = list(self._near(span.part_pt(part), _TOUCH_PT, part))
            if touched:
                yield Guide(
                    orientation,
                    touched[0].at_pt,
                    min(across.low_pt, *(line.from_pt for line in touched)),
                    max(across.high_pt, *(line.to_pt for line in touched)),
                    min(line.reason for line in touched),
                )

    def _near(self, place_pt: float, tolerance_pt: float, part: _Part) -> Iterator[_Line]:
        start = bisect_left(self._places_pt, place_pt - tolerance_pt)
        end = bisect_right(self._places_pt, place_pt + tolerance_pt)
        return (line for line in self._lines[start:end] if part in line.meets)

    def _has_room(self, before: _Span, after: _Span) -> bool:
        return (
            after.low_pt >= min(before.low_pt, self._page.low_pt) - _TOUCH_PT
            and after.high_pt <= max(before.high_pt, self._page.high_pt) + _TOUCH_PT
        )


class SnapTargets:
    """The objects on a page with which a seal can be aligned. A new instance is created for each drag.

    ``seals`` are the marks of seals that do not move. ``text_lines`` are assumed to be upright on the displayed page,
    so the page's rotation determines which side of a line is the baseline.
    """

    def __init__(
        self,
        frame: PageFrame,
        *,
        seals: Iterable[PageRect] = (),
        text_lines: Iterable[PageRect] = (),
        margins: Margins | None = None,
    ) -> None:
        page, inner = frame.bounds, margins.within(frame) if margins is not None else None
        seals, text_lines = tuple(seals), tuple(text_lines)
        # With a rotation of 90° or 180°, the baseline is the side with the greater coordinate in page space.
        baseline = _Part.HIGH if frame.rotation in {Rotation.RIGHT, Rotation.HALF} else _Part.LOW
        is_text_upright = frame.rotation in {Rotation.NONE, Rotation.HALF}

        def axis(spans: _Spans, *, has_text: bool) -> _Axis:
            lines = [*_lines_of_seals(seals, spans), *_lines_of_page(page, inner, spans)]
            if has_text:
                lines.extend(_lines_of_text(text_lines, spans, baseline))
            return _Axis(spans(page)[0], lines)

        self._x = axis(_spans, has_text=not is_text_upright)
        self._y = axis(lambda rect: _spans(rect)[::-1], has_text=is_text_upright)

    def snap(self, moving: PageRect, tolerance_pt: float) -> Snap:
        """Return the shift to the nearest line within the tolerance on each axis, and a guide for each line touched.

        Centers align with centers. The edges of a seal align with either edge of another seal, and with the
        corresponding edge of the page or its margins. The bottom edge of a seal also aligns with the baseline of text.
        Snapping never pushes a seal off the page, and never moves a seal that is partly off the page any further out.
        The result does not depend on the order of the targets.
        """
        x, y = _spans(moving)
        dx_pt, dy_pt = self._x.nearest_pt(x, tolerance_pt), self._y.nearest_pt(y, tolerance_pt)
        x, y = x.moved(dx_pt or 0.0), y.moved(dy_pt or 0.0)
        guides = [
            *(self._x.guides(x, y, Orientation.VERTICAL) if dx_pt is not None else ()),
            *(self._y.guides(y, x, Orientation.HORIZONTAL) if dy_pt is not None else ()),
        ]
        return Snap(dx_pt or 0.0, dy_pt or 0.0, tuple(guides))

    def snap_size(self, rect: PageRect, tolerance_pt: float, *, only_up_and_down: bool = False) -> SizeSnap:
        """Return the change of size that moves an edge onto the nearest line, and a guide for each line touched.

        The center stays in place and all sides change equally, so only the nearest line within the tolerance is used.
        If ``only_up_and_down`` is True, vertical lines are ignored. Use this option for cross-page seals, which are cut
        off by the page's edge.
        """
        x, y = _spans(rect)
        axes = [(self._y, y, x, Orientation.HORIZONTAL)]
        if not only_up_and_down:
            axes.insert(0, (self._x, x, y, Orientation.VERTICAL))
        growths = [
            growth for axis, span, _, _ in axes if (growth := axis.nearest_growth_pt(span, tolerance_pt)) is not None
        ]
        if not growths:
            return SizeSnap()
        growth_pt = min(growths, key=lambda growth: (abs(growth), growth))
        guides = (
            guide
            for axis, span, across, orientation in axes
            for guide in axis.guides(span.grown(growth_pt), across.grown(growth_pt), orientation, _EDGES)
        )
        return SizeSnap(growth_pt, tuple(guides))


def _least(changes: Iterable[tuple[float, SnapReason]]) -> float | None:
    # Changes that differ only by rounding count as equal.
    best = min(changes, key=lambda change: (round(abs(change[0]), 6), change[1], change[0]), default=None)
    return None if best is None else best[0]


def _spans(rect: PageRect) -> tuple[_Span, _Span]:
    """Return the spans of a rectangle along the x axis and along the y axis."""
    return _Span(rect.left_pt, rect.right_pt), _Span(rect.bottom_pt, rect.top_pt)


def _lines_of_seals(seals: Iterable[PageRect], spans: _Spans) -> Iterator[_Line]:
    for rect in seals:
        along, across = spans(rect)
        yield _Line(along.part_pt(_Part.CENTER), *across, SnapReason.SEAL_CENTER, _Part.CENTER)
        for edge_pt in along:
            yield _Line(edge_pt, *across, SnapReason.SEAL_EDGE, _Part.LOW | _Part.HIGH)


def _lines_of_page(page: PageRect, inner: PageRect | None, spans: _Spans) -> Iterator[_Line]:
    along, across = spans(page)
    yield _Line(along.part_pt(_Part.CENTER), *across, SnapReason.PAGE_CENTER, _Part.CENTER)
    for rect, reason in ((page, SnapReason.PAGE_EDGE), (inner, SnapReason.MARGIN)):
        if rect is not None:
            for part in _EDGES:
                yield _Line(spans(rect)[0].part_pt(part), *across, reason, part)


def _lines_of_text(text_lines: Iterable[PageRect], spans: _Spans, baseline: _Part) -> Iterator[_Line]:
    for rect in text_lines:
        along, across = spans(rect)
        yield _Line(along.part_pt(baseline), *across, SnapReason.TEXT_BASELINE, baseline)
        yield _Line(along.part_pt(_Part.CENTER), *across, SnapReason.TEXT_CENTER, _Part.CENTER)
