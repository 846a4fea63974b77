"""Arrange the rows of a page with two columns in reading order."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from esign_desktop.pdf.proposing.letters import Run

    RunRow = list[Run]

_GUTTER_EM: Final = 1.15
_MIDDLE: Final = (0.25, 0.75)
_ROWS_BESIDE: Final = 0.7
"""The smallest share of the rows that leave the gutter free, on a page with two columns."""
_FEWEST_ROWS: Final = 12
_FEWEST_BESIDE: Final = 4
"""The smallest number of filled rows on each side of the gutter, on a page with two columns."""
_FEWEST_LETTERS: Final = 8
"""The smallest number of letters in a filled row. Shorter rows are the entries of two parties side by side."""


def in_reading_order(rows: list[RunRow]) -> list[RunRow]:
    """Return the rows of a page in reading order.

    On a page with two columns, the rows above the columns come first, then the left column, then the right column, and
    finally the other rows that span both columns.
    """
    gutter = _gutter(rows)
    if gutter is None:
        return rows
    before: list[RunRow] = []
    left: list[RunRow] = []
    right: list[RunRow] = []
    after: list[RunRow] = []
    for row in rows:
        if _crosses(_runs(row), gutter):
            (after if left or right else before).append(row)
            continue
        parts = ([run for run in row if run.right <= gutter], [run for run in row if run.left >= gutter])
        for part, column in zip(parts, (left, right), strict=True):
            if part:
                column.append(part)
    return [*before, *left, *right, *after]


def _gutter(rows: list[RunRow]) -> float | None:
    """Return the x position of a vertical gap down the middle of the page, or None if its text spans the full width."""
    if len(rows) < _FEWEST_ROWS:
        return None
    first, last = min(row[0].left for row in rows), max(row[-1].right for row in rows)
    low, high = (round(first + share * (last - first)) for share in _MIDDLE)
    if low >= high:
        return None
    spans = [_runs(row) for row in rows]
    steps = [0] * (high - low + 1)
    for start, end in chain.from_iterable(spans):
        from_, to = max(low, int(start)), min(high, int(end) + 1)
        if from_ < to:
            steps[from_ - low] += 1
            steps[to - low] -= 1
    covered = list(accumulate(steps[:-1]))
    least = min(covered)
    free = [low + place for place, count in enumerate(covered) if count == least]
    # Use the middle of the widest gap.
    start, end = max(_stretches(free), key=lambda stretch: stretch[1] - stretch[0])
    gutter = (start + end) / 2
    beside = [row for row, runs in zip(rows, spans, strict=True) if not _crosses(runs, gutter)]
    sides = [sum(_is_filled(row, gutter, is_left=is_left) for row in beside) for is_left in (True, False)]
    is_in_columns = len(beside) >= _ROWS_BESIDE * len(rows)
    return gutter if is_in_columns and max(sides) >= _FEWEST_ROWS and min(sides) >= _FEWEST_BESIDE else None


def _runs(row: RunRow) -> list[tuple[float, float]]:
    """Return the horizontal ranges of a row's text without wide gaps."""
    runs: list[tuple[float, float]] = []
    for run in row:
        left, right = run.left, run.right
        if runs and left - runs[-1][1] <= _GUTTER_EM * run.size:
            runs[-1] = (runs[-1][0], right)
        else:
            runs.append((left, right))
    return runs


def _stretches(places: list[int]) -> list[tuple[int, int]]:
    stretches = [(places[0], places[0])]
    for place in places[1:]:
        if place == stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], place)
        else:
            stretches.append((place, place))
    return stretches


def _is_filled(row: RunRow, gutter: float, *, is_left: bool) -> bool:
    beside = [run.text for run in row if (run.right <= gutter) is is_left]
    return sum(len(text) - text.count("_") for text in beside) >= _FEWEST_LETTERS


def _crosses(runs: list[tuple[float, float]], place: float) -> bool:
    """Return whether text covers an x position, either with a letter or with a gap no wider than that between words."""
    return any(start < place < end for start, end in runs)
