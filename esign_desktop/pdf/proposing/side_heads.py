"""Tables whose lines are drawn: what stands in the middle of several rows, left of them, is put above these."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
"""Letters below each other that are nearer than this are one head."""
_ASIDE_EM: Final = 0.8
_ROOM_EM: Final = 9.0
_LONGEST_ASIDE: Final = 14
_OFF_EM: Final = 1.2
"""So far the middle of a head may be from that of its rows."""
_OPENING: Final = 2
_UNLIKE: Final = 3.0
_LEFT_OUT: Final = 0.5
"""A row above or below that is of no head is as bad as a head that is off by so much..."""
_MOST_LEFT_OUT: Final = 4
"""... and so many may be above."""


@dataclass(slots=True)
class _Head:
    text: str
    runs: list[Run]

    @property
    def middle(self) -> float:
        return (self.runs[0].letters[0].top_pt + self.runs[-1].letters[-1].bottom_pt) / 2

    @property
    def size(self) -> float:
        return self.runs[0].size


def heads_above(rows: list[RunRow]) -> list[RunRow]:
    """Return a page's rows from top to bottom, a head that spans several of them above these, unless they repeat it."""
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
    """Return where the table begins and ends that a row's first run is a head of, and the runs of that column."""
    column = rows[seed][0]
    right = column.right
    parts: list[Run] = []
    end = seed
    for row in rows[seed:]:
        one = row[0]
        if end > seed and not 0 <= _top(one) - _top(rows[end - 1][0]) < _ROOM_EM * one.size:
            break
        is_aside = _is_aside(row, right)
        if not (is_aside or (_is_part(one.text) and _is_below(one, column))):
            break
        if not is_aside:
            parts.append(one)
            right = max(right, one.right)
        end += 1
    start = seed
    while start > first and _is_aside(rows[start - 1], right) and _is_near(rows[start - 1][0], rows[start][0]):
        start -= 1
    above = rows[start - 1][0] if first < start < seed else None
    is_below_another = above is not None and _is_part(above.text) and _is_below(above, column)
    return start, end, [] if is_below_another else parts


def _is_aside(row: RunRow, right: float) -> bool:
    """Whether a row stands right of a column, and is no sentence that is indented."""
    is_sentence = row[-1].text.endswith((".", ";")) and sum(len(one.text) for one in row) > _LONGEST_ASIDE
    return row[0].left > right and not is_sentence


def _is_near(one: Run, below: Run) -> bool:
    return 0 <= _top(below) - _top(one) < _ROOM_EM * one.size


def _is_part(text: str) -> bool:
    return _PART.fullmatch(text) is not None and words.MARK.search(text) is None


def _is_below(one: Run, column: Run) -> bool:
    slack = _ASIDE_EM * one.size
    return min(abs(one.left - column.left), abs(one.left + one.right - column.left - column.right) / 2) <= slack


def _top(run: Run) -> float:
    return run.letters[0].top_pt


def _bottom(run: Run) -> float:
    return run.letters[0].bottom_pt


def _heads(parts: Sequence[Run]) -> Iterator[_Head]:
    """Return the heads that the runs of a column are, of which some are written downwards."""
    if _HEAD.fullmatch("".join([one.text for one in parts])):
        yield from _parted(parts)
        return
    stack: list[Run] = []
    for one in parts:
        if stack and _top(one) - _top(stack[-1]) > _PITCH_EM * one.size:
            yield from _parted(stack)
            stack = []
        stack.append(one)
    yield from _parted(stack)


def _parted(stack: Sequence[Run]) -> Iterator[_Head]:
    """Part letters below each other where they name two parties."""
    text = "".join([one.text for one in stack])
    ends = [found.end() for found in _ROLES.finditer(text)] if _HEAD.fullmatch(text) else []
    start = length = 0
    for number, one in enumerate(stack, 1):
        length += len(one.text)
        if length in ends or number == len(stack):
            yield _Head("".join([part.text for part in stack[start:number]]), list(stack[start:number]))
            start = number


def _lifted(rows: list[RunRow], heads: list[_Head]) -> list[RunRow] | None:
    """Put each head above the rows whose middle it stands in; None if they don't stand so, or name nobody."""
    in_heads = {id(one) for head in heads for one in head.runs}
    beside = [[one for one in row if id(one) not in in_heads] for row in rows]
    beside = [row for row in beside if row]
    ends = _ends(beside, heads) if beside and any(_HEAD.fullmatch(one.text) for one in heads) else None
    if ends is None:
        return None
    # One that stands in the first row of all begins its rows, and so do those below it.
    is_first = len(heads[0].runs) == 1 and any(one is heads[0].runs[0] for one in rows[0])
    is_spanning = any(
        len(one.runs) > 1 or _stands_below(one, beside[n][0]) for one, n in zip(heads, ends, strict=False)
    )
    if is_first or not is_spanning:
        return None
    found = beside[: ends[0]]
    for head, (start, end) in zip(heads, pairwise(ends), strict=True):
        inside = beside[start:end]
        other = _head_beside(inside) if len(heads) == 1 else None
        for one, part in ((head, inside),) if other is None else _halves(head, other, inside):
            if not any(_repeats(run, one) for row in part for run in row):
                found.append([Run([letter for run in one.runs for letter in run.letters], one.text)])
            found += part
    return found + beside[ends[-1] :]


def _stands_below(head: _Head, first: Run) -> bool:
    return _top(first) < _top(head.runs[0]) - head.size / 2


def _head_beside(rows: Sequence[RunRow]) -> _Head | None:
    """Return the head of the table's right half: 供方 | ... | 需方 | ...."""
    parts = [one for row in rows for one in row[1:] if _is_part(one.text)]
    for seed in parts:
        below = [one for one in parts if _is_below(one, seed)]
        head = _Head("".join([one.text for one in below]), below)
        if _ROLES.fullmatch(head.text):
            return head
    return None


def _halves(head: _Head, other: _Head, rows: Sequence[RunRow]) -> Iterator[tuple[_Head, list[RunRow]]]:
    left, right = min(one.left for one in other.runs), max(one.right for one in other.runs)
    for one, part in (
        (head, [[one for one in row if one.right <= left] for row in rows]),
        (other, [[one for one in row if one.left >= right] for row in rows]),
    ):
        yield one, [row for row in part if row]


def _repeats(run: Run, head: _Head) -> bool:
    """Whether the cell beside a head names its party itself: 卖方 | 卖方(签章):."""
    return run.text.startswith(head.text) and run.text[len(head.text) :].startswith((":", "(", "_", "意见"))


def _ends(rows: Sequence[RunRow], heads: Sequence[_Head]) -> list[int] | None:
    """Return where the rows of each head begin, and the last ones end.

    A head is near the middle of its rows, whose first begins like the first of the others, or with the head.
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
