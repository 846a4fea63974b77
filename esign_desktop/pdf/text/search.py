"""Finds keywords as a person reads them, and says whether the document holds them letter by letter.

The platform probably compares literally and stamps a seal at every match, so both matter: a match that only a reader
sees is told apart by ``is_literal``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.pdf.text.folding import fold, fold_glyph, is_mark, needs_space
from esign_desktop.pdf.text.layout import Mark, Passage, Row, passages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.pdf.text.lines import TextLine

CONTEXT_CHARACTERS: Final = 12
SHOWN_CHARACTERS: Final = 1_000
"""A spelling is cut to this: a file may hold any number of invisible characters between two letters."""


@dataclass(frozen=True)
class Keyword:
    """What is looked for."""

    text: str
    folded: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold(self.text))

    @property
    def can_match(self) -> bool:
        """False for a keyword of nothing but spaces."""
        return bool(self.folded)


@dataclass(frozen=True, slots=True)
class _Match:
    """Consecutive marks of a passage: ``first`` to ``last``, both included."""

    reading: _Reading
    first: int
    last: int

    @property
    def marks(self) -> list[Mark]:
        return self.reading.marks[self.first : self.last + 1]


class _Reading:
    """A passage as one text."""

    def __init__(self, passage: Passage) -> None:
        self.marks: list[Mark] = []
        self._row_of: list[Row] = []
        for row in passage:
            self.marks.extend(row.marks)
            self._row_of.extend([row] * len(row.marks))
        self.text, self._mark_of = self._compared()

    def _compared(self) -> tuple[str, list[int]]:
        """Return the passage's folded text, and for each of its characters the mark it comes from."""
        parts: list[str] = []
        mark_of: list[int] = []
        for index, mark in enumerate(self.marks):
            if parts and is_mark(mark.glyph.text):
                base = parts.pop()
                del mark_of[len(mark_of) - len(base) :]
                shown = fold_glyph(base + mark.glyph.text)
            else:
                shown = mark.shown
            parts.append(shown)
            mark_of.extend([index] * len(shown))
        return "".join(parts), mark_of

    def matches(self, folded: str) -> Iterator[_Match]:
        position = self.text.find(folded)
        while position >= 0:
            yield _Match(self, self._mark_of[position], self._mark_of[position + len(folded) - 1])
            position = self.text.find(folded, position + len(folded))

    def spelling(self, first: int, last: int) -> str:
        """The document's own characters; a gap that is no character is a space between Latin words, else nothing."""
        text = ""
        before: Mark | None = None
        for mark in self.marks[max(0, first) : last + 1]:
            given = mark.glyph.text
            if before is not None and mark.order != before.order + 1 and text and needs_space(text[-1], given[:1]):
                text += " "
            text += given
            before = mark
        return text[:SHOWN_CHARACTERS]

    def rows(self, match: _Match) -> Iterator[list[Mark]]:
        """The match's visible marks, row by row."""
        current: list[Mark] = []
        row: Row | None = None
        for index in range(match.first, match.last + 1):
            if self._row_of[index] is not row and current:
                yield current
                current = []
            row = self._row_of[index]
            if self.marks[index].shown:
                current.append(self.marks[index])
        if current:
            yield current


@dataclass(frozen=True, slots=True)
class Found:
    """A match, and where its first line is shown."""

    place: DisplayRect
    hit: KeywordHit


def find_on_page(
    lines: Iterable[TextLine], wanted: Keyword, frame: PageFrame, page_number: int
) -> tuple[KeywordHit, ...]:
    """Return the matches on one page from top to bottom as it is shown; ``lines`` are in display space."""
    return in_order(matches(lines, wanted, frame, page_number))


def matches(lines: Iterable[TextLine], wanted: Keyword, frame: PageFrame, page_number: int) -> list[Found]:
    """Return the matches in some lines of a page."""
    if not wanted.can_match:
        return []
    found: dict[frozenset[int], Found] = {}
    for passage in passages(lines, frame):
        reading = _Reading(passage)
        for match in reading.matches(wanted.folded):
            orders = frozenset(mark.order for mark in match.marks if mark.shown)
            if orders not in found:
                rects = [_extent(row) for row in reading.rows(match)]
                found[orders] = Found(rects[0], _hit(match, rects, wanted, frame, page_number))
    return list(found.values())


def in_order(found: Iterable[Found]) -> tuple[KeywordHit, ...]:
    """Put the matches of a page from top to bottom as it is shown."""
    return tuple(f.hit for f in sorted(found, key=lambda f: (round(f.place.top_pt), f.place.left_pt)))


def readings(lines: Iterable[TextLine], frame: PageFrame) -> Iterator[str]:
    """Return the folded text of every passage; what can be read in two ways is there twice."""
    for passage in passages(lines, frame):
        yield _Reading(passage).text


def _hit(match: _Match, rects: list[DisplayRect], wanted: Keyword, frame: PageFrame, page_number: int) -> KeywordHit:
    reading, first, last = match.reading, match.first, match.last
    text = reading.spelling(first, last)
    boxes: tuple[PageRect, ...] = tuple(frame.rect_to_page(rect) for rect in rects)
    follow = all(b.order == a.order + 1 for a, b in pairwise(match.marks))
    context = reading.spelling(first - CONTEXT_CHARACTERS, last + CONTEXT_CHARACTERS).strip()
    is_literal = follow and len(rects) == 1 and text == wanted.text
    return KeywordHit(page_number, boxes, text, context, is_literal=is_literal)


def _extent(marks: list[Mark]) -> DisplayRect:
    left, top = min(m.glyph.left_pt for m in marks), min(m.glyph.top_pt for m in marks)
    right, bottom = max(m.glyph.right_pt for m in marks), max(m.glyph.bottom_pt for m in marks)
    return DisplayRect(left, top, right - left, bottom - top)
