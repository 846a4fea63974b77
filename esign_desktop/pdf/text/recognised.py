"""Convert words recognized by OCR to the form of a page's own text.

All functions that read the text of a page, such as those for search, digests and proposals, work on ``TextLine``
objects. OCR provides ``Word`` objects, each with its text and its box in points on the displayed page. ``lines_of``
distributes a word's characters over its box. ``Jobs.propose`` receives the words by page number, and uses them for
pages without text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.domain.geometry import DisplayRect
    from esign_desktop.pdf.text.layout import TextLine

_BOX_EM: Final = 1.2
"""OCR boxes are somewhat higher than their letters."""
_LONGEST: Final = 1_000


class Word(NamedTuple):
    """A recognized word, label or line with its box. The characters are upright and run from left to right."""

    text: str
    rect: DisplayRect


PagesOfWords: TypeAlias = Mapping[int, Sequence[Word]]
"""The recognized words by page number."""
NO_WORDS: Final[PagesOfWords] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The words recognized on a page. ``words`` is empty if the page has no text or cannot be drawn."""

    page_number: int
    words: tuple[Word, ...] = field(repr=False)


def lines_of(words: Iterable[Word]) -> Iterator[TextLine]:
    """Yield a line for each word with a valid box. A Chinese character is 1 em wide, and any other character 0.5 em."""
    # Imported late: callers that only pass words on do not need it.
    from esign_desktop.pdf.text.layout import Glyph, TextLine

    for word in words:
        text, rect = word.text[:_LONGEST].strip(), word.rect
        sides = (rect.left_pt, rect.top_pt, rect.width_pt, rect.height_pt)
        if text and all(map(math.isfinite, sides)) and rect.width_pt > 0 and rect.height_pt > 0:
            yield TextLine(1.0, 0.0, is_vertical=False, glyphs=tuple(starmap(Glyph, _places(text, rect))))


def _places(text: str, rect: DisplayRect) -> Iterator[tuple[str, float, float, float, float, float, float, float]]:
    """Yield the ``Glyph`` fields of each character."""
    ems = [0.5 if character.isascii() else 1.0 for character in text]
    em_pt = rect.width_pt / sum(ems)
    size_pt = min(rect.height_pt / _BOX_EM, em_pt) if len(text) > 1 else rect.height_pt / _BOX_EM
    left, bottom = rect.left_pt, rect.top_pt + rect.height_pt
    for character, width in zip(text, ems, strict=True):
        right = left + width * em_pt
        yield character, left, rect.top_pt, right, bottom, left, bottom, size_pt
        left = right
