"""Split the rows of a page into the cells in which blanks are searched for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.pdf.proposing.drawn_lines import DrawnCell, DrawnLines, Stroke
from esign_desktop.pdf.proposing.letters import grouped, is_ruling, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.pdf.text.layout import TextLine

UNDERSCORES: Final = frozenset("_\uff3f\ufe4d\ufe4e\ufe4f")
_ABOVE_EM: Final = 0.1
_BELOW_EM: Final = 0.45
"""An underline is at most this far above or below the baseline."""
_HORIZONTALS: Final = frozenset("─━┄┅┈┉╌╍═╴╶╸╺╼╾")


class Letter(NamedTuple):
    """A letter of a row. ``text`` is its folded form, in which ``_`` stands for an underscore and for nothing else."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


@dataclass(slots=True, eq=False)
class Cell:
    """The letters between two table lines, or of a row without table lines. ``left`` and ``right`` are its borders."""

    left: float
    right: float
    letters: list[Letter] = field(default_factory=list)
    has_rule: bool = False
    """Whether a horizontal table line runs through the cell, so that it belongs to no row of the table."""
    filled: tuple[Stroke, ...] = ()
    """The underlines below letters of the row. They are filled in."""

    @property
    def text(self) -> str:
        return "".join(letter.text for letter in self.letters)


@dataclass(slots=True, eq=False)
class Row:
    """A row of a page. A row without table lines is one cell."""

    cells: list[Cell]
    is_ruled: bool
    baseline: float
    size: float

    @property
    def text(self) -> str:
        return "".join(cell.text for cell in self.cells)

    @property
    def is_rule(self) -> bool:
        """Whether the row is a horizontal table line."""
        return self.is_ruled and any(cell.has_rule for cell in self.cells) and not self.text

    @property
    def first_rule(self) -> int:
        """The index of the first cell that a horizontal line runs through, or the number of cells."""
        return next((index for index, cell in enumerate(self.cells) if cell.has_rule), len(self.cells))


DrawnTable = dict[DrawnCell, list[list[Letter]]]
"""The letters in each cell of the drawn tables, by row of text."""


def read_rows(
    lines: Iterable[TextLine], page_width_pt: float, drawn: DrawnLines | None = None
) -> tuple[list[Row], DrawnTable]:
    """Return the rows of a page's upright text from top to bottom, and the text in the cells of drawn tables.

    An underline without text becomes an underscore.
    """
    drawn = drawn or DrawnLines()
    upright = [line for line in lines if line.dx == 1 and not line.is_vertical]
    rows = [
        [
            Letter(
                "~" if text == "_" and letter.text not in UNDERSCORES else text,
                letter.left_pt,
                letter.right_pt,
                letter.y_pt,
                letter.size_pt or 1.0,
            )
            for run in runs
            for letter, text in zip(run.letters, run.text, strict=True)
        ]
        for runs in grouped(runs_of(upright))
    ]
    table: DrawnTable = {cell: [] for cell in drawn.cells}
    rows = [_outside(row, table) for row in rows] if table else rows
    rows = [row for row in rows if row]
    if not rows:
        return [], table
    left = max(min(row[0].left for row in rows), 0.0)
    right = max(page_width_pt - left, *(row[-1].right for row in rows))
    free = list(drawn.underlines)
    return [_row(row, left, min(right, page_width_pt), _underlines(row, free)) for row in rows], table


def _outside(row: list[Letter], table: DrawnTable) -> list[Letter]:
    """Move the letters of a row that are in cells of drawn tables there, and return the others."""
    middle = row[0].baseline - row[0].size / 3
    here = [cell for cell in table if cell.top < middle < cell.bottom]
    if not here:
        return row
    inside: dict[DrawnCell, list[Letter]] = {}
    outside: list[Letter] = []
    for letter in row:
        at = (letter.left + letter.right) / 2
        cell = next((cell for cell in here if cell.left < at < cell.right), None)
        (outside if cell is None else inside.setdefault(cell, [])).append(letter)
    for cell, letters in inside.items():
        table[cell].append(letters)
    return outside


def _underlines(row: list[Letter], free: list[Stroke]) -> tuple[Stroke, ...]:
    """Add an underscore to the row for each underline without text, and return the other underlines of the row.

    The underlines of the row are removed from ``free``.
    """
    baseline, size = row[0].baseline, max(letter.size for letter in row)
    own = [line for line in free if -_ABOVE_EM * size <= line.at - baseline <= _BELOW_EM * size]
    filled = []
    for line in own:
        free.remove(line)
        if any(line.start < (letter.left + letter.right) / 2 < line.end for letter in row):
            filled.append(line)
        else:
            row.append(Letter("_", line.start, line.end, baseline, size))
    row.sort(key=lambda letter: letter.left)
    return tuple(filled)


def _row(letters: list[Letter], left: float, right: float, filled: tuple[Stroke, ...]) -> Row:
    walls = [letter for letter in letters if is_ruling(letter.text) and letter.text not in _HORIZONTALS]
    baseline, size = letters[0].baseline, max(letter.size for letter in letters)
    if len(walls) < 2:
        plain = [letter for letter in letters if not is_ruling(letter.text)]
        cell = Cell(left, right, plain, has_rule=not plain, filled=filled)
        return Row([cell], is_ruled=bool(walls) or not plain, baseline=baseline, size=size)
    cells = [Cell(before.right, after.left) for before, after in pairwise(walls)]
    index = -1
    for letter in letters:
        if is_ruling(letter.text):
            if letter.text not in _HORIZONTALS:
                index += 1
            elif 0 <= index < len(cells):
                cells[index].has_rule = True
        elif 0 <= index < len(cells):
            cells[index].letters.append(letter)
    return Row(cells, is_ruled=True, baseline=baseline, size=size)


def tables(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows between two full table lines, for each row of a table."""
    group: list[Row] = []
    for row in rows:
        if row.is_ruled and not row.is_rule:
            group.append(row)
        elif group:
            yield group
            group = []
    if group:
        yield group


Chain = list[tuple[Row, int]]


def chains(group: Sequence[Row]) -> Iterator[Chain]:
    """Yield the cells of a table's row from left to right, each as its parts in the rows of text.

    Part of a cell are its row and its index in the row.
    """
    open_chains: dict[int, Chain] = {}
    before: Row | None = None
    for row in group:
        linked: dict[int, Chain] = {}
        for index, cell in enumerate(row.cells):
            above = _above(before, row, index) if before is not None and not cell.has_rule else None
            chain = open_chains.pop(above, None) if above is not None else None
            if cell.has_rule:
                continue
            chain = chain if chain is not None else []
            chain.append((row, index))
            linked[index] = chain
        yield from open_chains.values()
        open_chains, before = linked, row
    yield from open_chains.values()


def _above(before: Row, row: Row, index: int) -> int | None:
    """Return the index of the part of the same cell in the row above, or None if a line or another cell is there."""
    if len(before.cells) == len(row.cells) or index < min(before.first_rule, row.first_rule):
        return index if index < len(before.cells) and not before.cells[index].has_rule else None
    middle = (row.cells[index].left + row.cells[index].right) / 2
    for number, cell in enumerate(before.cells):
        if cell.left <= middle <= cell.right and not cell.has_rule:
            return number
    return None
