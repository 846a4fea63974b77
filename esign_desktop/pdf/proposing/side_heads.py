"""Move each heading at the left of several rows of a ruled table to a position above these rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.letters import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    RunRow = list[Run]

_PART: Final = re.compile(r"[\u4e00-\u9fff()]{1,8}")
_ROLE: Final = rf"{words.ROLE.pattern.replace('?P<role>', '?:')}(?:\([\u4e00-\u9fff]{{2,4}}\))?"
_ROLES: Final = re.compile(_ROLE)
_HEAD: Final = re.compile(
    rf"(?:{_ROLE})+|{words.WITNESS.pattern}(?:机关|单位|人|方|意见)*|{words.PERSON.pattern}|[\u4e00-\u9fff]{{0,2}}(?:{words.ORGANIZATION.pattern})"
)
_PITCH_EM: Final = 2.2
"""Vertically adjacent letters closer than this belong to one head."""
_ASIDE_EM: Final = 0.8
_ROOM_EM: Final = 9.0
_LONGEST_ASIDE: Final = 14
_OFF_EM: Final = 1.2
"""The largest vertical distance between the middle of a head and the middle of its rows."""
_OPENING: Final = 2
_UNLIKE: Final = 3.0
_LEFT_OUT: Final = 0.5
"""The cost of a row that belongs to no head, measured as a distance between a head and its rows."""
_MOST_LEFT_OUT: Final = 4
"""The largest number of rows above the first head's rows that belong to no head."""


@dataclass(slots=True)
class _Head:
    text: str = field(repr=False)
    runs: list[Run]

    @property
    def middle(self) -> float:
        return (self.runs[0].letters[0].top_pt + self.runs[-1].letters[-1].bottom_pt) / 2

    @property
    def size(self) -> float:
        return self.runs[0].size


def heads_above(rows: list[RunRow]) -> list[RunRow]:
    """Return the rows of a page from top to bottom, with each side heading moved above the rows that it spans.

    If these rows repeat the heading, the heading is dropped.
    """
    found: list[RunRow] = []
    done = number = 0
    while number < len(rows):
        if _is_part(rows[number][0].text):
            start, end, parts = _table(rows, number, done)
            lifted = _lifted(rows[start:end], list(_heads(parts))) if parts else None
            if lifted is not None:
                found += [*rows[done:start], *lifted]
                done = end
        number = max(done, number + 1)
    return found + rows[done:]


def _table(rows: Sequence[RunRow], seed: int, first: int) -> tuple[int, int, list[Run]]:
    """Return the start and end of the table whose head column begins at row ``seed``, and that column's runs."""
    column = rows[seed][0]
    right = column.right
    parts: list[Run] = []
    end = seed
    for row in rows[seed:]:
        run = row[0]
        if end > seed and not 0 <= _top(run) - _top(rows[end - 1][0]) < _ROOM_EM * run.size:
            break
        is_aside = _is_aside(row, right)
        if not (is_aside or (_is_part(run.text) and _is_below(run, column))):
            break
        if not is_aside:
            parts.append(run)
            right = max(right, run.right)
        end += 1
    start = seed
    while start > first and _is_aside(rows[start - 1], right) and _is_near(rows[start - 1][0], rows[start][0]):
        start -= 1
    above = rows[start - 1][0] if first < start < seed else None
    is_below_another = above is not None and _is_part(above.text) and _is_below(above, column)
    return start, end, [] if is_below_another else parts


def _is_aside(row: RunRow, right: float) -> bool:
    """Return whether a row is to the right of a column and is not an indented sentence."""
    is_sentence = row[-1].text.endswith((".", ";")) and sum(len(run.text) for run in row) > _LONGEST_ASIDE
    return row[0].left > right and not is_sentence


def _is_near(run: Run, below: Run) -> bool:
    return 0 <= _top(below) - _top(run) < _ROOM_EM * run.size


def _is_part(text: str) -> bool:
    return _PART.fullmatch(text) is not None and words.MARK.search(text) is None


def _is_below(run: Run, column: Run) -> bool:
    slack = _ASIDE_EM * run.size
    return min(abs(run.left - column.left), abs(run.left + run.right - column.left - column.right) / 2) <= slack


def _top(run: Run) -> float:
    return run.letters[0].top_pt


def _bottom(run: Run) -> float:
    return run.letters[0].bottom_pt


def _heads(parts: Sequence[Run]) -> Iterator[_Head]:
    """Yield the heads in a column's runs; some heads are written vertically."""
    if _HEAD.fullmatch("".join([part.text for part in parts])):
        yield from _parted(parts)
        return
    stack: list[Run] = []
    for part in parts:
        if stack and _top(part) - _top(stack[-1]) > _PITCH_EM * part.size:
            yield from _parted(stack)
            stack = []
        stack.append(part)
    yield from _parted(stack)


def _parted(stack: Sequence[Run]) -> Iterator[_Head]:
    """Split vertically stacked letters where they name two parties."""
    text = "".join([run.text for run in stack])
    ends = [found.end() for found in _ROLES.finditer(text)] if _HEAD.fullmatch(text) else []
    start = length = 0
    for number, run in enumerate(stack, 1):
        length += len(run.text)
        if length in ends or number == len(stack):
            yield _Head("".join([part.text for part in stack[start:number]]), list(stack[start:number]))
            start = number


def _lifted(rows: list[RunRow], heads: list[_Head]) -> list[RunRow] | None:
    """Return the rows with each heading above the rows whose middle it marks.

    Return None if the headings do not fit the rows, or if none of them names a party.
    """
    in_heads = {id(run) for head in heads for run in head.runs}
    beside = [[run for run in row if id(run) not in in_heads] for row in rows]
    beside = [row for row in beside if row]
    ends = _ends(beside, heads) if beside and any(_HEAD.fullmatch(head.text) for head in heads) else None
    if ends is None:
        return None
    # A head in the first row of the table is already above its rows, and so are the heads below it.
    is_first = len(heads[0].runs) == 1 and any(run is heads[0].runs[0] for run in rows[0])
    is_spanning = any(
        len(head.runs) > 1 or _stands_below(head, beside[n][0]) for head, n in zip(heads, ends, strict=False)
    )
    if is_first or not is_spanning:
        return None
    found = beside[: ends[0]]
    for head, (start, end) in zip(heads, pairwise(ends), strict=True):
        inside = beside[start:end]
        other = _head_beside(inside) if len(heads) == 1 else None
        for half, part in ((head, inside),) if other is None else _halves(head, other, inside):
            if not any(_repeats(run, half) for row in part for run in row):
                found.append([Run([letter for run in half.runs for letter in run.letters], half.text)])
            found += part
    return found + beside[ends[-1] :]


def _stands_below(head: _Head, first: Run) -> bool:
    return _top(first) < _top(head.runs[0]) - head.size / 2


def _head_beside(rows: Sequence[RunRow]) -> _Head | None:
    """Return the head of the table's right half: 供方 | ... | 需方 | ...."""
    parts = [run for row in rows for run in row[1:] if _is_part(run.text)]
    for seed in parts:
        below = [part for part in parts if _is_below(part, seed)]
        head = _Head("".join([part.text for part in below]), below)
        if _ROLES.fullmatch(head.text):
            return head
    return None


def _halves(head: _Head, other: _Head, rows: Sequence[RunRow]) -> Iterator[tuple[_Head, list[RunRow]]]:
    left, right = min(run.left for run in other.runs), max(run.right for run in other.runs)
    for owner, part in (
        (head, [[run for run in row if run.right <= left] for row in rows]),
        (other, [[run for run in row if run.left >= right] for row in rows]),
    ):
        yield owner, [row for row in part if row]


def _repeats(run: Run, head: _Head) -> bool:
    """Return whether the cell beside a head repeats the party's role: 卖方 | 卖方(签章):."""
    return run.text.startswith(head.text) and run.text[len(head.text) :].startswith((":", "(", "_", "意见"))


def _ends(rows: Sequence[RunRow], heads: Sequence[_Head]) -> list[int] | None:
    """Return the indices at which the rows of each head begin, and the end of the last head's rows, or None.

    The result is None if the heads do not fit the rows.

    A head lies near the middle of its rows. The first row of each head begins with the same characters as the first
    rows of the other heads, or with the head itself.
    """
    between = [(_bottom(above[0]) + _top(row[0])) / 2 for above, row in pairwise(rows)]
    edges = [_top(rows[0][0]), *between, _bottom(rows[-1][0])]
    openings = [row[0].text[:_OPENING] for row in rows]
    found: list[tuple[float, list[int]]] = []
    for opening in dict.fromkeys(openings[:_MOST_LEFT_OUT]):
        best = {start: (_LEFT_OUT * start, [start]) for start in range(_MOST_LEFT_OUT)}
        for head in heads:
            ahead: dict[int, tuple[float, list[int]]] = {}
            for start, (cost, ends) in best.items():
                is_like = start < len(rows) and (
                    openings[start] == opening or rows[start][0].text.startswith(head.text)
                )
                for end in range(start + 1, len(rows) + 1):
                    off = abs((edges[start] + edges[end]) / 2 - head.middle) / head.size
                    here = cost + off + (0.0 if is_like else _UNLIKE)
                    if off <= _OFF_EM and (end not in ahead or here < ahead[end][0]):
                        ahead[end] = (here, [*ends, end])
            best = ahead
        found += [(cost + _LEFT_OUT * (len(rows) - ends[-1]), ends) for cost, ends in best.values()]
    return min(found)[1] if found else None
