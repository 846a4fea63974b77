"""Places the matches on a plain page, with a look at the glyphs of their lines only."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Protocol

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.pdf.text.folding import fold_each, fold_glyph, has_mark, needs_space
from esign_desktop.pdf.text.lines import Glyph
from esign_desktop.pdf.text.search import CONTEXT_CHARACTERS, SHOWN_CHARACTERS, Found, Keyword

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.text.lines import TextLine
    from esign_desktop.pdf.text.plain_page import PlainPassage, PlainRow

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
        parts = fold_each([row.outline.text for row in passage])
        text = "".join(parts)
        position = text.find(wanted)
        begins = tuple(accumulate(map(len, parts), initial=0)) if position >= 0 else ()
        before: list[tuple[int, int, int]] = []
        while position >= 0:
            end = position + len(wanted)
            found = list(self._parts(passage, parts, begins, position, end))
            glyphs = [(part.row_index, part.first, part.last) for part in found]
            # Twice within one ligature is once.
            if glyphs != before:
                yield self._found(passage, found)
            before = glyphs
            position = text.find(wanted, end)

    def _parts(
        self, passage: PlainPassage, parts: list[str], begins: tuple[int, ...], position: int, end: int
    ) -> Iterator[_Part]:
        row_index = bisect_right(begins, position) - 1
        while begins[row_index] < end:
            part, begin = parts[row_index], begins[row_index]
            first, last = max(position - begin, 0), min(end - begin, len(part))
            if first < last:
                read = self._row(passage[row_index], part)
                yield _Part(row_index, read.glyphs, read.glyph_of[first], read.glyph_of[last - 1])
            row_index += 1

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
        tokens = [token for part in parts for token in _tokens(part.glyphs[part.first : part.last + 1])]
        between = _between(parts)
        text = _spelled(between)
        rects = [_extent(part.glyphs[part.first : part.last + 1]) for part in parts]
        is_whole = len(parts) == 1 and not any(token.follows_gap for token in tokens[1:])
        context = _spelled([*_before(passage, parts[0]), *between, *_after(passage, parts[-1])])
        return Found(
            rects[0],
            KeywordHit(
                self._page_number,
                tuple(self._frame.rect_to_page(rect) for rect in rects),
                text,
                context.strip(),
                is_literal=is_whole and text == self._wanted.text,
            ),
        )


class _Token(NamedTuple):
    """A character, and whether something that is none, as a gap or a new row, stands before it."""

    text: str
    follows_gap: bool


def _read(lines: Sequence[TextLine], text: str, folded: str) -> _Read:
    for line in lines:
        if "".join([glyph.text for glyph in line.glyphs]) != text:
            continue
        shown = ["" if glyph.is_invented else fold_glyph(glyph.text) for glyph in line.glyphs]
        if "".join(shown) != folded or has_mark(text):
            break
        return _Read(line.glyphs, [index for index, part in enumerate(shown) for _ in part])
    raise Unexpected


def _tokens(glyphs: Sequence[Glyph], *, follows_gap: bool = False) -> list[_Token]:
    tokens: list[_Token] = []
    for glyph in glyphs:
        if glyph.is_invented:
            follows_gap = True
        else:
            tokens.append(_Token(glyph.text, follows_gap))
            follows_gap = False
    return tokens


def _between(parts: list[_Part]) -> list[_Token]:
    """All characters from a match's first to its last, with the spaces at the ends of rows."""
    tokens: list[_Token] = []
    for part in parts:
        first = part.first if part is parts[0] else 0
        last = part.last if part is parts[-1] else len(part.glyphs) - 1
        is_after_gap = first == 0 or part.glyphs[first - 1].is_invented
        tokens += _tokens(part.glyphs[first : last + 1], follows_gap=is_after_gap)
    return tokens


def _before(passage: PlainPassage, part: _Part) -> list[_Token]:
    """Up to a dozen characters before a match; of other rows gaps count as characters."""
    tokens = _tokens(part.glyphs[max(0, part.first - 2 * CONTEXT_CHARACTERS) : part.first], follows_gap=True)
    row_index = part.row_index
    while len(tokens) < CONTEXT_CHARACTERS and row_index > 0:
        row_index -= 1
        tokens = [*_row_tokens(passage[row_index]), *tokens]
    return tokens[-CONTEXT_CHARACTERS:]


def _after(passage: PlainPassage, part: _Part) -> list[_Token]:
    tokens = _tokens(part.glyphs[part.last + 1 : part.last + 1 + 2 * CONTEXT_CHARACTERS])
    row_index = part.row_index
    while len(tokens) < CONTEXT_CHARACTERS and row_index < len(passage) - 1:
        row_index += 1
        tokens = [*tokens, *_row_tokens(passage[row_index])]
    return tokens[:CONTEXT_CHARACTERS]


def _row_tokens(row: PlainRow) -> list[_Token]:
    return [_Token(character, index == 0) for index, character in enumerate(row.outline.text)]


def _spelled(tokens: Sequence[_Token]) -> str:
    """The document's own characters; a gap is a space between Latin words, else nothing."""
    text = ""
    for token in tokens:
        if token.follows_gap and text and needs_space(text[-1], token.text[:1]):
            text += " "
        text += token.text
    return text[:SHOWN_CHARACTERS]


def _extent(glyphs: Sequence[Glyph]) -> DisplayRect:
    shown = [glyph for glyph in glyphs if fold_glyph(glyph.text) and not glyph.is_invented]
    left, top = min(g.left_pt for g in shown), min(g.top_pt for g in shown)
    right, bottom = max(g.right_pt for g in shown), max(g.bottom_pt for g in shown)
    return DisplayRect(left, top, right - left, bottom - top)
