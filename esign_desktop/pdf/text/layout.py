"""Group the glyphs of a page into rows as a reader sees them, and the rows into passages of continuous text.

Neither the order nor the grouping of the glyphs in the file is trusted, because some files draw letters one by one,
words in any order, or bold text twice. All distances are in ems, that is, multiples of the font size. ``u`` runs along
a row, and ``v`` runs from one row to the next.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

from esign_desktop.pdf.text.folding import fold_glyph, is_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.domain.geometry import PageFrame


class Glyph(NamedTuple):
    """One character. ``(x_pt, y_pt)`` is its origin on the baseline, and ``size_pt`` is the size of its font.

    ``is_invented`` marks a space that the PDF library inserted for a gap. The class is a named tuple because a page has
    many glyphs.
    """

    text: str
    left_pt: float
    top_pt: float
    right_pt: float
    bottom_pt: float
    x_pt: float
    y_pt: float
    size_pt: float
    is_invented: bool = False

    def is_within(self, frame: PageFrame) -> bool:
        """Return whether the middle of the glyph is on the page. The result is False if a coordinate is not finite."""
        x, y = (self.left_pt + self.right_pt) / 2, (self.top_pt + self.bottom_pt) / 2
        return 0 <= x <= frame.display_width_pt and 0 <= y <= frame.display_height_pt


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of glyphs in document order. ``(dx, dy)`` is the unit vector of the writing direction."""

    dx: float
    dy: float
    is_vertical: bool
    """Whether the font writes vertically, regardless of the page's rotation."""
    glyphs: tuple[Glyph, ...]


class LineBox(NamedTuple):
    """The text and box of a line without its glyphs.

    ``(x_pt, y_pt)`` and ``size_pt`` are the origin and the font size of the line's first glyph.
    """

    text: str
    is_vertical: bool
    left_pt: float
    top_pt: float
    right_pt: float
    bottom_pt: float
    x_pt: float
    y_pt: float
    size_pt: float


TWICE_WITHIN_EM: Final = 0.15
"""The same glyph twice within this distance is one glyph drawn in bold."""
OVERLAP_EM: Final = 0.35
"""The largest overlap of adjacent glyphs in a row."""
SAME_ROW_EM: Final = 0.3
GAP_EM: Final = 1.0
"""The widest gap within a row's text. A wider gap separates columns or cells."""
SPACED_GAP_EM: Final = 4.0
"""The widest gap within a row's text if it is filled with spaces."""
LETTER_GAP_EM: Final = 3.0
"""The widest gap within a row's text if it is repeated evenly between single letters."""
LETTER_GAP_SPREAD_EM: Final = 0.25
ROW_PITCH_EM: Final = 2.6
"""Rows farther apart belong to different passages."""
INDENT_EM: Final = 4.0
FULL_ROW_EM: Final = 8.0
SIZE_RATIO: Final = 1.5
PASSAGE_END: Final = "\n"
"""The separator of the passages in a page's text, which no folded keyword contains."""
_ANGLE_STEP_DEGREES: Final = 3.0


@dataclass(slots=True, eq=False)
class Mark:
    """A glyph in its row, which it occupies from ``start`` to ``end``.

    ``v`` is the position of the glyph's baseline or, in vertical writing, of its middle. ``order`` is the glyph's
    number in the order of the file. One number is skipped between two lines of the file.
    """

    glyph: Glyph
    order: int
    start: float
    end: float
    v: float
    shown: str
    """The text that is used for comparison, which is empty for white space."""


class Character(NamedTuple):
    """A character in a row of text.

    ``follows_gap`` is True if the character is the first in its row or follows a gap that contains no space character.
    """

    text: str
    follows_gap: bool


def characters_of(marks: Sequence[Mark]) -> list[Character]:
    """Return the characters that consecutive marks of a row represent."""
    before = (-2, *(mark.order for mark in marks))
    return [
        Character(mark.glyph.text, mark.order != previous + 1) for mark, previous in zip(marks, before, strict=False)
    ]


def compared(marks: Sequence[Mark]) -> tuple[str, list[int]]:
    """Return the folded text of the marks, and a list with the index of the mark for each character of this text."""
    if not any(map(unicodedata.combining, "".join([mark.glyph.text for mark in marks]))):
        # Nearly all rows take this shortcut.
        shown_parts = [mark.shown for mark in marks]
        return "".join(shown_parts), [index for index, shown in enumerate(shown_parts) for _ in shown]
    parts: list[str] = []
    mark_of: list[int] = []
    for index, mark in enumerate(marks):
        if parts and is_mark(mark.glyph.text):
            base = parts.pop()
            del mark_of[len(mark_of) - len(base) :]
            shown = fold_glyph(base + mark.glyph.text)
        else:
            shown = mark.shown
        parts.append(shown)
        mark_of.extend([index] * len(shown))
    return "".join(parts), mark_of


@dataclass(slots=True, eq=False)
class Piece:
    """A sequence of glyphs that are known to follow one another."""

    marks: list[Mark]
    start: float
    end: float
    v: float
    last_v: float
    size: float
    is_letter: bool


@dataclass(eq=False)
class Row:
    """A row of text, made up of pieces that are side by side."""

    pieces: list[Piece]
    marks: list[Mark] = field(default_factory=list)
    start: float = 0.0
    end: float = 0.0
    v: float = 0.0
    size: float = 0.0

    def __post_init__(self) -> None:
        self.marks = [mark for piece in self.pieces for mark in piece.marks]
        self.start, self.end = self.pieces[0].start, max(piece.end for piece in self.pieces)
        self.v = self.pieces[0].v
        self.size = max(piece.size for piece in self.pieces)

    @cached_property
    def _compared(self) -> tuple[str, list[int]]:
        return compared(self.marks)

    @property
    def folded(self) -> str:
        """The folded text in which keywords are searched for."""
        return self._compared[0]

    @property
    def mark_of(self) -> list[int]:
        """For each character of ``folded``, the index of its mark."""
        return self._compared[1]

    @property
    def characters(self) -> list[Character]:
        """The characters of the row as they appear in the document."""
        return characters_of(self.marks)


Passage = list[Row]


class RowPlace(Protocol):
    """The properties of a row's position that determine whether text continues from one row to another."""

    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def v(self) -> float: ...
    @property
    def size(self) -> float: ...


PlacedRow = TypeVar("PlacedRow", bound=RowPlace)


def passages(lines: Iterable[TextLine], frame: PageFrame) -> Iterator[Passage]:
    """Yield the passages of a page's text. A glyph may be in two passages if it can be read in two ways."""
    directions: dict[tuple[int, bool], list[Piece]] = defaultdict(list)
    once = _DuplicateFilter()
    order = 0
    for line in lines:
        # In vertical fonts each glyph is a line of its own.
        order += not line.is_vertical
        marks = list(marks_of(line, frame, order))
        order += len(line.glyphs)
        key = (round(math.degrees(math.atan2(line.dy, line.dx)) / _ANGLE_STEP_DEGREES), line.is_vertical)
        directions[key].extend(_pieces([mark for mark in marks if once.is_first(mark)]))
    for pieces in directions.values():
        rows = _rows(pieces)
        yield from joined_rows(rows)
        yield from _stacks(rows)


def marks_of(line: TextLine, frame: PageFrame, order: int) -> Iterator[Mark]:
    """Yield a mark for each of the line's glyphs on the page, except for spaces that the PDF library inserted."""
    dx, dy, is_vertical = line.dx, line.dy, line.is_vertical
    width_pt, height_pt = frame.display_width_pt, frame.display_height_pt
    for number, glyph in enumerate(line.glyphs, order):
        text, left, top, right, bottom, base_x, base_y, _, is_invented = glyph
        x, y = (left + right) / 2, (top + bottom) / 2
        # The condition is also true for coordinates that are not finite.
        if is_invented or not (0 <= x <= width_pt and 0 <= y <= height_pt):
            continue
        if dx == 1 and not is_vertical:
            yield Mark(glyph, number, left, right, base_y, fold_glyph(text))
            continue
        reach = (abs(dx) * (right - left) + abs(dy) * (bottom - top)) / 2
        u = x * dx + y * dy
        v = y * dx - x * dy if is_vertical else base_y * dx - base_x * dy
        yield Mark(glyph, number, u - reach, u + reach, v, fold_glyph(text))


class _DuplicateFilter:
    """Detects glyphs that are drawn again at the same place, as in simulated bold text."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int, int], list[Glyph]] = defaultdict(list)

    def is_first(self, mark: Mark) -> bool:
        glyph = mark.glyph
        if not mark.shown:
            return True
        step = max(TWICE_WITHIN_EM * glyph.size_pt, 0.1)
        column, row = int(glyph.left_pt // step), int(glyph.y_pt // step)
        for near in product((mark.shown,), (column - 1, column, column + 1), (row - 1, row, row + 1)):
            for other in self._seen.get(near, ()):
                if abs(other.left_pt - glyph.left_pt) <= step and abs(other.y_pt - glyph.y_pt) <= step:
                    return False
        self._seen[mark.shown, column, row].append(glyph)
        return True


def _pieces(marks: list[Mark]) -> Iterator[Piece]:
    """Split a line of the file at omitted glyphs, and at gaps made of spaces, as between table cells."""
    current: list[Mark] = []
    last: Mark | None = None
    for mark in marks:
        if current and mark.order != current[-1].order + 1:
            yield from _piece(current)
            current, last = [], None
        if mark.shown:
            if last is not None and mark.start - last.end > SPACED_GAP_EM * mark.glyph.size_pt:
                yield from _piece(current)
                current = []
            last = mark
        current.append(mark)
    yield from _piece(current)


def _piece(marks: list[Mark]) -> Iterator[Piece]:
    shown = [mark for mark in marks if mark.shown]
    if shown:
        yield Piece(
            marks,
            start=min(mark.start for mark in shown),
            end=max(mark.end for mark in shown),
            v=shown[0].v,
            last_v=shown[-1].v,
            size=max(mark.glyph.size_pt for mark in shown) or 1.0,
            is_letter=len(shown) == 1,
        )


def _rows(pieces: list[Piece]) -> list[Row]:
    """Join pieces that are no farther apart than words or spaced letters."""
    right: dict[Piece, tuple[float, Piece]] = {}
    left: dict[Piece, tuple[float, Piece]] = {}
    for piece, other in _neighbours(pieces):
        gap = other.start - piece.end
        if piece not in right or gap < right[piece][0]:
            right[piece] = (gap, other)
        if other not in left or gap < left[other][0]:
            left[other] = (gap, piece)
    follows = {a: b for a, (_, b) in right.items() if left[b][1] is a}
    begins = set(pieces) - set(follows.values())
    return [Row(part) for piece in pieces if piece in begins for part in _split_at_gaps(_chain(piece, follows))]


def _neighbours(pieces: list[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Yield pairs of pieces in which the second piece may follow the first in a row."""
    for band in _bands(pieces):
        band.sort(key=lambda piece: piece.start)
        starts = [piece.start for piece in band]
        for piece in band:
            first = bisect_left(starts, piece.end - OVERLAP_EM * piece.size)
            last = bisect_right(starts, piece.end + LETTER_GAP_EM * piece.size)
            yield from ((piece, other) for other in band[first:last] if _may_follow(piece, other))


def _bands(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Yield groups of pieces that are at about the same height."""
    band: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.v):
        if band and piece.v - band[-1].v > SAME_ROW_EM * max(piece.size, band[-1].size):
            yield band
            band = []
        band.append(piece)
    if band:
        yield band


def _may_follow(piece: Piece, other: Piece) -> bool:
    em = min(piece.size, other.size)
    gap_em = (other.start - piece.end) / em
    if abs(other.v - piece.last_v) > SAME_ROW_EM * em or gap_em < -OVERLAP_EM or other.start <= piece.start:
        return False
    return gap_em <= (LETTER_GAP_EM if piece.is_letter and other.is_letter else GAP_EM)


def _chain(first: Piece, follows: dict[Piece, Piece]) -> list[Piece]:
    chain = [first]
    while chain[-1] in follows:
        chain.append(follows[chain[-1]])
    return chain


def _split_at_gaps(chain: list[Piece]) -> Iterator[list[Piece]]:
    """Split a row at wide gaps, except the even gaps of spaced letters."""
    gaps = [(b.start - a.end) / min(a.size, b.size) for a, b in pairwise(chain)]
    part = [chain[0]]
    for index, piece in enumerate(chain[1:]):
        if gaps[index] > GAP_EM and not _is_even(gaps, index):
            yield part
            part = []
        part.append(piece)
    yield part


def _is_even(gaps: list[float], index: int) -> bool:
    """Return whether an adjacent gap has about the same width, so that at least three letters are evenly spaced."""
    return any(
        abs(gaps[near] - gaps[index]) <= LETTER_GAP_SPREAD_EM
        for near in (index - 1, index + 1)
        if 0 <= near < len(gaps)
    )


def joined_rows(rows: list[PlacedRow]) -> Iterator[list[PlacedRow]]:
    """Group rows into passages and yield the passages. Text continues from each row of a passage to the next row."""
    rows = sorted(rows, key=lambda row: row.v)
    below: dict[int, tuple[tuple[float, bool, float], int]] = {}
    above: dict[int, tuple[tuple[float, float], int]] = {}
    for index, row in enumerate(rows):
        v, size = row.v, row.size
        for other_index in range(index + 1, len(rows)):
            other = rows[other_index]
            other_size = other.size
            distance_em = (other.v - v) / (max(other_size, size))
            if distance_em > ROW_PITCH_EM:
                break
            if distance_em <= SAME_ROW_EM or not may_continue(row, other):
                continue
            overlap = min(row.end, other.end) - max(row.start, other.start)
            # Rows of a table may differ by a tiny distance.
            step = round(distance_em / SAME_ROW_EM)
            nearest = (step, overlap <= 0, other.start)
            if index not in below or nearest < below[index][0]:
                below[index] = (nearest, other_index)
            if other_index not in above or (step, -overlap) < above[other_index][0]:
                above[other_index] = ((step, -overlap), index)
    follows = {a: b for a, (_, b) in below.items() if above[b][1] == a}
    begins = set(range(len(rows))).difference(follows.values())
    for index in sorted(begins):
        passage = [index]
        while passage[-1] in follows:
            passage.append(follows[passage[-1]])
        yield [rows[part] for part in passage]


def may_continue(row: RowPlace, other: RowPlace) -> bool:
    """Return whether text may continue from ``row`` to ``other``, which is below ``row``."""
    small, large = (row.size, other.size) if row.size < other.size else (other.size, row.size)
    if large > SIZE_RATIO * small:
        return False
    if min(row.end, other.end) > max(row.start, other.start):
        return True
    # A short last line below an indented first line.
    is_full = row.end - row.start >= FULL_ROW_EM * row.size
    return is_full and 0 <= row.start - other.start <= INDENT_EM * large


def _stacks(rows: list[Row]) -> Iterator[Passage]:
    """Yield columns of single glyphs that are closer to each other than to their neighbors in the row."""
    letters = [
        (Row([piece]), _gap_beside(row, index))
        for row in rows
        if len(row.pieces) > 1
        for index, piece in enumerate(row.pieces)
        if piece.is_letter
    ]
    columns: dict[int, list[tuple[Row, float]]] = defaultdict(list)
    for letter, gap in letters:
        columns[round((letter.start + letter.end) / (letter.size or 1.0))].append((letter, gap))
    for column in columns.values():
        column.sort(key=lambda item: item[0].v)
        stack: Passage = []
        for letter, gap in column:
            if stack and not 0 < letter.v - stack[-1].v - letter.size < gap:
                if len(stack) > 1:
                    yield stack
                stack = []
            stack.append(letter)
        if len(stack) > 1:
            yield stack


def _gap_beside(row: Row, index: int) -> float:
    piece = row.pieces[index]
    gaps = [row.pieces[index + 1].start - piece.end] if index + 1 < len(row.pieces) else []
    if index:
        gaps.append(piece.start - row.pieces[index - 1].end)
    return min(gaps)
