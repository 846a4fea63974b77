"""Read the text of plain pages faster than ``layout`` does. Most documents consist of plain pages.

On a plain page, the lines are upright, do not overlap and lie within the page. The result of ``layout`` can then be
derived from the boxes of the lines in a tenth of the time. All other pages are left to ``layout``.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.text.folding import fold_long
from esign_desktop.pdf.text.layout import (
    GAP_EM,
    LETTER_GAP_EM,
    PASSAGE_END,
    ROW_PITCH_EM,
    SAME_ROW_EM,
    Character,
    compared,
    joined_rows,
    marks_of,
    may_continue,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.text.layout import LineBox, Mark, TextLine

_GAP_SLACK_EM: Final = 0.3
_HEIGHT_EM: Final = 1.9
"""A higher line is rotated or mixes font sizes."""
_OFFSET_EM: Final = 0.05
_WELL_BELOW_EM: Final = 1.5 * SAME_ROW_EM
_WIDE_GAP = re.compile(r"\S\s{4,}\S")
_LETTERS_APART = re.compile(r"\s*\S(?:\s+\S)+\s*")
_SPACE_WIDTHS_EM: Final = {"\u3000": 1.0}
_SPACE_EM: Final = 0.3
_MARGIN_PT: Final = 0.5
_ORDERS_A_ROW: Final = 1 << 20
"""A number greater than the number of glyphs in any row."""


class PlainRow:
    """A line of the document without the surrounding spaces. It extends from ``start`` to ``end``."""

    __slots__ = ("box", "end", "is_letter", "size", "start", "v")

    def __init__(self, box: LineBox) -> None:
        self.box = box
        self.start = box.left_pt
        self.end = box.right_pt
        self.v = box.y_pt
        self.size = box.size_pt
        text = box.text
        self.is_letter = len(text) == 1
        if text[0].isspace() or text[-1].isspace():
            self._leave_out_spaces()

    def _leave_out_spaces(self) -> None:
        text = self.box.text
        stripped = text.strip()
        before = text.index(stripped[0])
        self.start += self.size * _width_em(text[:before])
        self.end = max(self.start, self.end - self.size * _width_em(text[before + len(stripped) :]))
        self.is_letter = len(stripped) == 1


PlainPassage = list[PlainRow]


def plain_passages(boxes: Sequence[LineBox], frame: PageFrame) -> list[PlainPassage] | None:
    """Return the same passages as ``layout.passages``, or None if the page is not plain."""
    rows: list[PlainRow] = []
    letters_apart = 0
    page_width, page_height = frame.display_width_pt, frame.display_height_pt
    # Unrolled, because every line of every document passes through this loop.
    for box in boxes:
        text, is_vertical, left, top, right, bottom, x, y, size = box
        if not text or text.isspace():
            continue
        is_upright = (
            not is_vertical
            and size > 0
            and bottom - top <= _HEIGHT_EM * size
            and -_OFFSET_EM * size <= x - left <= _OFFSET_EM * size
            and top <= y <= bottom + _OFFSET_EM * size
        )
        if not is_upright or (_may_have_gap(text) and _WIDE_GAP.search(text)):
            return None
        if not (left >= 0 and right <= page_width and size <= (top + bottom) / 2 <= page_height - size):
            if _is_outside(box, frame):
                continue
            return None
        rows.append(PlainRow(box))
        letters_apart += text[1:2].isspace() and _LETTERS_APART.fullmatch(text) is not None
    # Two such lines may be columns of single characters.
    if letters_apart > 1:
        return None
    rows.sort(key=attrgetter("v"))
    column = _single_column(rows)
    if column is not None:
        return column
    return list(joined_rows(rows)) if _stand_apart(rows) else None


def _single_column(rows: list[PlainRow]) -> list[PlainPassage] | None:
    """Return the result of ``joined_rows`` for well separated rows of one size, or None for other rows."""
    passages = [rows[:1]] if rows else []
    for above, row in pairwise(rows):
        distance_em = (row.v - above.v) / above.size
        if row.size != above.size or distance_em < _WELL_BELOW_EM:
            return None
        if distance_em > ROW_PITCH_EM:
            passages.append([row])
        elif may_continue(above, row):
            passages[-1].append(row)
        else:
            return None
    return passages


def folded(passages: Sequence[PlainPassage]) -> str:
    """Return the folded text of the passages, in which keywords are searched for."""
    return PASSAGE_END.join([fold_long("".join([row.box.text for row in passage])) for passage in passages])


class NotPlainError(Exception):
    """Raised if the glyphs of a line do not match its box. The page must then be read with ``layout``."""


GlyphReader: TypeAlias = "Callable[[DisplayRect], Sequence[TextLine]]"
"""Reads the lines that touch a rectangle of the page, including their glyphs."""


class LineRow:
    """A plain row that is to be searched.

    The row's glyphs are read on first use. Reading them may raise NotPlainError.
    """

    def __init__(self, box: LineBox, number: int, frame: PageFrame, read: GlyphReader) -> None:
        self._box = box
        self._number = number
        self._frame = frame
        self._read = read
        self.folded = fold_long(box.text)

    @property
    def characters(self) -> list[Character]:
        """The characters of the line. The PDF library represents gaps as spaces."""
        return [Character(character, index == 0) for index, character in enumerate(self._box.text)]

    @property
    def marks(self) -> list[Mark]:
        """The glyphs of the line."""
        return self._with_glyphs[0]

    @property
    def mark_of(self) -> list[int]:
        """For each character of ``folded``, the index of its mark."""
        return self._with_glyphs[1]

    @cached_property
    def _with_glyphs(self) -> tuple[list[Mark], list[int]]:
        box = self._box
        height_pt = max(box.bottom_pt - box.top_pt - 2 * _MARGIN_PT, _MARGIN_PT)
        width_pt = box.right_pt - box.left_pt + 2 * _MARGIN_PT
        for line in self._read(DisplayRect(box.left_pt - _MARGIN_PT, box.top_pt + _MARGIN_PT, width_pt, height_pt)):
            if "".join([glyph.text for glyph in line.glyphs]) == box.text:
                marks = list(marks_of(line, self._frame, self._number * _ORDERS_A_ROW))
                text, mark_of = compared(marks)
                if text == self.folded:
                    return marks, mark_of
        raise NotPlainError


def searched_rows(
    passages: Sequence[PlainPassage], wanted: str, frame: PageFrame, read: GlyphReader
) -> list[list[LineRow]]:
    """Return the rows of each passage that contains the folded keyword ``wanted``. The other passages have no match."""
    number = 0
    found: list[list[LineRow]] = []
    for passage in passages:
        if wanted in fold_long("".join([row.box.text for row in passage])):
            found.append([LineRow(row.box, number + index, frame, read) for index, row in enumerate(passage)])
        number += len(passage)
    return found


def _may_have_gap(text: str) -> bool:
    return "  " in text or "\u3000\u3000" in text or "\u3000 " in text or " \u3000" in text


def _is_outside(box: LineBox, frame: PageFrame) -> bool:
    middle, size = (box.top_pt + box.bottom_pt) / 2, box.size_pt
    is_beside = box.right_pt < 0 or box.left_pt > frame.display_width_pt
    return is_beside or middle < -size or middle > frame.display_height_pt + size


def _width_em(spaces: str) -> float:
    return sum(_SPACE_WIDTHS_EM.get(space, _SPACE_EM) for space in spaces)


def _stand_apart(rows: list[PlainRow]) -> bool:
    """Return whether all lines are in separate rows and none overlap. ``rows`` are sorted from top to bottom."""
    for index, row in enumerate(rows):
        v, size = row.v, row.size
        for other in islice(rows, index + 1, None):
            other_size = other.size
            if other.v - v > SAME_ROW_EM * (max(other_size, size)):
                break
            gap = max(row.start, other.start) - min(row.end, other.end)
            gap_em = gap / min(size, other_size) - _GAP_SLACK_EM
            if gap_em <= (LETTER_GAP_EM if row.is_letter and other.is_letter else GAP_EM):
                return False
    return True
