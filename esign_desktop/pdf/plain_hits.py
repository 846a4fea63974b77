"""Places the matches on a plain page, with a look at the glyphs of their lines only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placement import KeywordHit
from esign_desktop.pdf.folding import fold_glyph, fold_long, is_mark, needs_space
from esign_desktop.pdf.search import CONTEXT_CHARACTERS, SHOWN_CHARACTERS, Found, Keyword
from esign_desktop.pdf.text_line import Glyph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.plain_page import PlainPassage, PlainRow
    from esign_desktop.pdf.text_line import TextLine

_MARGIN_PT = 0.5


class GlyphReader(Protocol):
    """Reads the glyphs within a rectangle of the page."""

    def __call__(self, within: DisplayRect, /) -> Sequence[TextLine]: ...


class Unexpected(Exception):
    """The page is not as plain as it seemed."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A row with its glyphs; ``glyph_of`` says for each folded character which glyph it comes from."""

    glyphs: tuple[Glyph, ...]
    glyph_of: list[int]


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a match in one row: glyphs ``first`` to ``last``, both included."""

    row_index: int
    glyphs: tuple[Glyph, ...]
    first: int
    last: int


class PlainHits:
    """Finds one keyword on one page. Raises Unexpected where a closer look is needed after all."""

    def __init__(self, read: GlyphReader, wanted: Keyword, frame: PageFrame, page_number: int) -> None:
        self._read_glyphs = read
        self._wanted = wanted
        self._frame = frame
        self._page_number = page_number
        self._rows: dict[int, _Read] = {}

    def matches(self, passages: Sequence[PlainPassage]) -> list[Found]:
        """Return all matches."""
        return [found for passage in passages for found in self._in_passage(passage)]

    def _in_passage(self, passage: PlainPassage) -> Iterator[Found]:
        wanted = self._wanted.folded
        parts = [fold_long(row.outline.text) for row in passage]
        text = "".join(parts)
        position = text.find(wanted)
        while position >= 0:
            end = position + len(wanted)
            yield self._found(passage, list(self._parts(passage, parts, position, end)))
            position = text.find(wanted, end)

    def _parts(self, passage: PlainPassage, parts: list[str], position: int, end: int) -> Iterator[_Part]:
        begins = 0
        for row_index, part in enumerate(parts):
            first, last = max(position - begins, 0), min(end - begins, len(part))
            if first < last:
                read = self._row(passage[row_index], part)
                yield _Part(row_index, read.glyphs, read.glyph_of[first], read.glyph_of[last - 1])
            begins += len(part)

    def _row(self, row: PlainRow, folded: str) -> _Read:
        if id(row) not in self._rows:
            outline = row.outline
            lines = self._read_glyphs(
                DisplayRect(
                    outline.left_pt - _MARGIN_PT,
                    outline.top_pt + _MARGIN_PT,
                    outline.right_pt - outline.left_pt + 2 * _MARGIN_PT,
                    max(outline.bottom_pt - outline.top_pt - 2 * _MARGIN_PT, _MARGIN_PT),
                )
            )
            self._rows[id(row)] = _read(lines, outline.text, folded)
        return self._rows[id(row)]

    def _found(self, passage: PlainPassage, parts: list[_Part]) -> Found:
        text, is_whole = _spelling(parts)
        rects = [_extent(part.glyphs[part.first : part.last + 1]) for part in parts]
        before, after = _surroundings(passage, parts[0], parts[-1])
        return Found(
            rects[0],
            KeywordHit(
                self._page_number,
                tuple(self._frame.rect_to_page(rect) for rect in rects),
                text,
                _context(before, text, after),
                is_literal=is_whole and len(parts) == 1 and text == self._wanted.text,
            ),
        )


def _read(lines: Sequence[TextLine], text: str, folded: str) -> _Read:
    for line in lines:
        if "".join([glyph.text for glyph in line.glyphs]) != text:
            continue
        shown = ["" if glyph.is_invented else fold_glyph(glyph.text) for glyph in line.glyphs]
        if "".join(shown) != folded or any(is_mark(glyph.text) for glyph in line.glyphs):
            break
        return _Read(line.glyphs, [index for index, part in enumerate(shown) for _ in part])
    raise Unexpected


def _spelling(parts: list[_Part]) -> tuple[str, bool]:
    """The document's own characters, and whether no gap was left out among them."""
    text = ""
    is_whole = True
    for part in parts:
        gap = bool(text)
        for glyph in part.glyphs[part.first : part.last + 1]:
            if glyph.is_invented:
                gap, is_whole = True, False
                continue
            if gap and text and needs_space(text[-1], glyph.text[:1]):
                text += " "
            gap = False
            text += glyph.text
    return text[:SHOWN_CHARACTERS], is_whole


def _surroundings(passage: PlainPassage, first: _Part, last: _Part) -> tuple[str, str]:
    """What stands before and after a match, of its own rows without the gaps that are no characters."""
    before = _plain(first.glyphs[: first.first])
    row_index = first.row_index
    while len(before) < CONTEXT_CHARACTERS and row_index > 0:
        row_index -= 1
        before = _joined(passage[row_index].outline.text, before)
    after = _plain(last.glyphs[last.last + 1 :])
    row_index = last.row_index
    while len(after) < CONTEXT_CHARACTERS and row_index < len(passage) - 1:
        row_index += 1
        after = _joined(after, passage[row_index].outline.text)
    return before[-CONTEXT_CHARACTERS:], after[:CONTEXT_CHARACTERS]


def _plain(glyphs: Sequence[Glyph]) -> str:
    text = ""
    gap = False
    for glyph in glyphs:
        if glyph.is_invented:
            gap = True
            continue
        if gap and text and needs_space(text[-1], glyph.text[:1]):
            text += " "
        gap = False
        text += glyph.text
    return text


def _joined(before: str, after: str) -> str:
    is_apart = bool(before and after) and needs_space(before[-1], after[0])
    return f"{before} {after}" if is_apart else before + after


def _context(before: str, text: str, after: str) -> str:
    return _joined(_joined(before, text), after).strip()[:SHOWN_CHARACTERS]


def _extent(glyphs: Sequence[Glyph]) -> DisplayRect:
    shown = [glyph for glyph in glyphs if fold_glyph(glyph.text) and not glyph.is_invented]
    left, top = min(g.left_pt for g in shown), min(g.top_pt for g in shown)
    right, bottom = max(g.right_pt for g in shown), max(g.bottom_pt for g in shown)
    return DisplayRect(left, top, right - left, bottom - top)
