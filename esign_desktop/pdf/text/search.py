"""Find keywords as a reader sees them, and determine whether the document contains them literally.

The platform probably compares text literally, and places a seal at every match. The matches that the platform finds may
therefore differ from those that a reader sees. ``is_literal`` is True for literal matches.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeAlias

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.pdf.text.folding import fold, needs_space
from esign_desktop.pdf.text.layout import PASSAGE_END, characters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.text.layout import Character, Mark, Row
    from esign_desktop.pdf.text.plain_page import LineRow

CONTEXT_CHARACTERS: Final = 12
SHOWN_CHARACTERS: Final = 1_000
"""Longer matches are cut off, because a file may have any number of invisible characters between two letters."""


@dataclass(frozen=True)
class Keyword:
    """A keyword that is to be searched for."""

    text: str = field(repr=False)
    folded: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold(self.text))

    @property
    def can_match(self) -> bool:
        """Whether the keyword can match any text. A keyword that consists only of spaces never matches."""
        return bool(self.folded)


SearchedRow: TypeAlias = "Row | LineRow"
"""Only ``folded`` is used for every row, because the other attributes of a LineRow are slow."""


class _Part:
    """The part of a match in one row: marks ``first`` to ``last``, both inclusive."""

    def __init__(self, row_index: int, row_marks: Sequence[Mark], first: int, last: int) -> None:
        self.row_index = row_index
        self.first = first
        self.last = last
        self.marks = row_marks[first : last + 1]
        self.row_characters = characters_of(row_marks)


def find_on_page(
    passages: Iterable[Sequence[SearchedRow]], wanted: Keyword, frame: PageFrame, page_number: int
) -> tuple[KeywordHit, ...]:
    """Return the matches on one page, from top to bottom as the page is displayed."""
    found: dict[frozenset[int], tuple[DisplayRect, KeywordHit]] = {}
    for rows in passages:
        for parts in _matches(rows, wanted.folded):
            # A passage may be read in two ways, and a keyword may occur twice within one ligature.
            orders = frozenset(mark.order for part in parts for mark in part.marks if mark.shown)
            if orders not in found:
                rects = [_extent(part.marks) for part in parts]
                boxes = tuple(frame.rect_to_page(rect) for rect in rects)
                between = _between(parts)
                text = _spelled(between)
                is_literal = (
                    len(parts) == 1
                    and text == wanted.text
                    and not any(character.follows_gap for character in between[1:])
                )
                hit = KeywordHit(page_number, boxes, text, _context(rows, parts, between), is_literal=is_literal)
                found[orders] = rects[0], hit
    in_order = sorted(found.values(), key=lambda match: (round(match[0].top_pt), match[0].left_pt))
    return tuple(hit for _, hit in in_order)


def page_text(passages: Iterable[Sequence[SearchedRow]]) -> str:
    """Return the folded text of all passages. Text that can be read in two ways occurs twice."""
    return PASSAGE_END.join("".join([row.folded for row in rows]) for rows in passages)


def _matches(rows: Sequence[SearchedRow], wanted: str) -> Iterator[list[_Part]]:
    if not wanted:
        return
    folded = [row.folded for row in rows]
    text = "".join(folded)
    begins = list(accumulate(map(len, folded), initial=0))
    position = text.find(wanted)
    while position >= 0:
        end = position + len(wanted)
        parts: list[_Part] = []
        for index in range(bisect_right(begins, position) - 1, len(rows)):
            first, last = max(position - begins[index], 0), min(end - begins[index], len(folded[index]))
            if begins[index] >= end:
                break
            if first < last:
                mark_of = rows[index].mark_of
                parts.append(_Part(index, rows[index].marks, mark_of[first], mark_of[last - 1]))
        yield parts
        position = text.find(wanted, end)


def _between(parts: list[_Part]) -> list[Character]:
    """Return all characters from a match's first to its last, including the spaces at the ends of rows."""
    found: list[Character] = []
    for part in parts:
        first = part.first if part is parts[0] else 0
        last = part.last if part is parts[-1] else len(part.row_characters) - 1
        found += part.row_characters[first : last + 1]
    return found


def _context(rows: Sequence[SearchedRow], parts: list[_Part], between: list[Character]) -> str:
    """Return the match with twelve characters on each side."""
    first, last = parts[0], parts[-1]
    before = first.row_characters[: first.first]
    for row in reversed(rows[: first.row_index]):
        if len(before) >= CONTEXT_CHARACTERS:
            break
        before = [*row.characters, *before]
    after = last.row_characters[last.last + 1 :]
    for row in rows[last.row_index + 1 :]:
        if len(after) >= CONTEXT_CHARACTERS:
            break
        after += row.characters
    return _spelled([*before[-CONTEXT_CHARACTERS:], *between, *after[:CONTEXT_CHARACTERS]]).strip()


def _spelled(characters: Iterable[Character]) -> str:
    """Return the document's characters, with a space for each gap between Latin words."""
    text = ""
    for character in characters:
        if character.follows_gap and text and needs_space(text[-1], character.text[:1]):
            text += " "
        text += character.text
    return text[:SHOWN_CHARACTERS]


def _extent(marks: Sequence[Mark]) -> DisplayRect:
    shown = [mark.glyph for mark in marks if mark.shown]
    left, top = min(glyph.left_pt for glyph in shown), min(glyph.top_pt for glyph in shown)
    right, bottom = max(glyph.right_pt for glyph in shown), max(glyph.bottom_pt for glyph in shown)
    return DisplayRect(left, top, right - left, bottom - top)
