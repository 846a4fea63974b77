"""Letters of a page in the form that is compared, and the rows that they make."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.pdf.text.folding import fold_glyph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.pdf.text.layout import TextLine

SAME_ROW_EM: Final = 0.4
_WORD_GAP_EM: Final = 0.15
_RULINGS: Final = ("\u2500", "\u257f")
_LIKE: Final = str.maketrans("[]—-", "()__")


class Letter(NamedTuple):
    """A character in the form that is compared, with its box on the page as displayed, in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    printed: str

    @property
    def is_ruling(self) -> bool:
        """Whether it draws a table."""
        return _RULINGS[0] <= self.text <= _RULINGS[1]


def letters_of(lines: Iterable[TextLine]) -> Iterator[Letter]:
    """Return the letters of some lines, without blanks."""
    for line in lines:
        for glyph in line.glyphs:
            if glyph.is_invented:
                continue
            text, left, top, right, bottom, _, _, size, _ = glyph
            for character in _compared(text):
                yield Letter(character, left, top, right, bottom, size or 1.0, text)


@lru_cache(maxsize=16_384)
def _compared(text: str) -> str:
    """Return a glyph's text in the form that is compared; what draws tables stays as it is."""
    return text if _RULINGS[0] <= text <= _RULINGS[1] else fold_glyph(text).translate(_LIKE)


def printed(letters: Sequence[Letter]) -> str:
    """Return some letters as the paper has them: with blanks between Latin words."""
    parts: list[str] = []
    last: Letter | None = None
    for one in letters:
        if last is not None and one.printed.isascii() and last.printed.isascii() and last.printed != "(":
            is_apart = one.left - last.right > _WORD_GAP_EM * one.size or one.top - last.top > SAME_ROW_EM * one.size
            parts += [" "] if is_apart and one.printed not in ").," else []
        parts.append(one.printed)
        last = one
    return "".join(parts)


def grouped(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """Put letters, which come from top to bottom, into rows; in each they stand from left to right."""
    group: list[Letter] = []
    for one in letters:
        if group:
            first = group[0]
            if (one.top + one.bottom - first.top - first.bottom) / 2 > SAME_ROW_EM * one.size:
                yield sorted(group, key=lambda letter: letter.left)
                group = []
        group.append(one)
    if group:
        yield sorted(group, key=lambda letter: letter.left)
