"""Read the lines that are drawn on a page: the underlines of blanks, and the borders of tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.domain.geometry import DisplayRect

MOST_LINES: Final = 3_000
"""A page with more lines is a drawing, in which no lines are read."""
_THICKEST_PT: Final = 2.0
_SHORTEST_PT: Final = 8.0
_TOUCH_PT: Final = 2.0
_MOST_CELLS: Final = 2_000


class Stroke(NamedTuple):
    """A horizontal or vertical line. ``at`` is its position across, and it extends from ``start`` to ``end``."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell of a drawn table. ``row`` and ``column`` count from 0."""

    row: int
    column: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class DrawnLines:
    """The lines of a page: ``underlines`` that touch no vertical line, and the ``cells`` of tables."""

    underlines: list[Stroke] = field(default_factory=list)
    cells: list[DrawnCell] = field(default_factory=list)


def read_lines(rects: Sequence[DisplayRect]) -> DrawnLines:
    """Return the lines among the rectangles of a page's drawings."""
    if len(rects) > MOST_LINES:
        return DrawnLines()
    across = _merged(
        Stroke(rect.top_pt + rect.height_pt / 2, rect.left_pt, rect.left_pt + rect.width_pt)
        for rect in rects
        if rect.height_pt <= _THICKEST_PT <= rect.width_pt
    )
    down = _merged(
        Stroke(rect.left_pt + rect.width_pt / 2, rect.top_pt, rect.top_pt + rect.height_pt)
        for rect in rects
        if rect.width_pt <= _THICKEST_PT <= rect.height_pt
    )
    across = [stroke for stroke in across if stroke.end - stroke.start >= _SHORTEST_PT]
    down = [stroke for stroke in down if stroke.end - stroke.start >= _SHORTEST_PT]
    borders = [stroke for stroke in across if any(_touch(stroke, wall) for wall in down)]
    return DrawnLines([stroke for stroke in across if stroke not in borders], list(_cells(borders, down)))


def _merged(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Join the strokes that continue each other, such as the underlines of single words and the borders of cells."""
    level: list[Stroke] = []
    levels = [level]
    for stroke in sorted(strokes):
        if level and stroke.at - level[0].at > _TOUCH_PT / 2:
            level = []
            levels.append(level)
        level.append(stroke)
    found: list[Stroke] = []
    for level in levels:
        last: Stroke | None = None
        for stroke in sorted(level, key=lambda stroke: stroke.start):
            if last is not None and stroke.start <= last.end + _TOUCH_PT:
                last = found[-1] = Stroke(last.at, last.start, max(last.end, stroke.end))
            else:
                last = stroke
                found.append(stroke)
    return found


def _touch(across: Stroke, down: Stroke) -> bool:
    return (
        across.start - _TOUCH_PT <= down.at <= across.end + _TOUCH_PT
        and down.start - _TOUCH_PT <= across.at <= down.end + _TOUCH_PT
    )


def _cells(borders: Sequence[Stroke], walls: Sequence[Stroke]) -> Iterator[DrawnCell]:
    """Yield the rectangles between neighbouring walls, each from a border down to the next one that closes it."""
    heights = sorted({round(stroke.at, 1) for stroke in borders})
    heights = [at for before, at in pairwise([-10.0, *heights]) if at - before > _TOUCH_PT]
    count = 0
    open_tops: dict[tuple[float, float], tuple[float, int]] = {}
    for row, (top, bottom) in enumerate(pairwise(heights)):
        middle = (top + bottom) / 2
        standing = sorted({round(wall.at, 1) for wall in walls if wall.start < middle < wall.end})
        sides = [at for before, at in pairwise([-10.0, *standing]) if at - before > _TOUCH_PT]
        tops: dict[tuple[float, float], tuple[float, int]] = {}
        for column, (left, right) in enumerate(pairwise(sides)):
            key = (left, right)
            if _has_border(borders, top, left, right):
                start = (top, row)
            elif key in open_tops:
                start = open_tops[key]
            else:
                continue
            if _has_border(borders, bottom, left, right):
                count += 1
                if count > _MOST_CELLS:
                    return
                yield DrawnCell(start[1], column, left, start[0], right, bottom)
            else:
                tops[key] = start
        open_tops = tops


def _has_border(borders: Sequence[Stroke], at: float, left: float, right: float) -> bool:
    middle = (left + right) / 2
    return any(abs(stroke.at - at) <= _TOUCH_PT and stroke.start <= middle <= stroke.end for stroke in borders)
