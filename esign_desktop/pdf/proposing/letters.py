"""Group the letters of a page, in folded form, into rows and into runs without wide gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.text.folding import fold_glyph
from esign_desktop.pdf.text.layout import Glyph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.pdf.text.layout import TextLine

SAME_ROW_EM: Final = 0.4
_WORD_GAP_EM: Final = 0.15
_RULINGS: Final = ("\u2500", "\u257f")
LIKE: Final = str.maketrans("[]—-|丨", "()__││")
"""Maps characters with the same meaning to one of them. OCR reads a table line in a scan as a stroke, and some
documents draw lines with such characters.
"""
_VISIBLE: Final = re.compile(r"\S+")
_PARTS: Final = re.compile(f"[{_RULINGS[0]}-{_RULINGS[1]}]|[^{_RULINGS[0]}-{_RULINGS[1]}]+")
_OTHER: Final = "\0"


@dataclass(slots=True, eq=False)
class Letters:
    """A sequence of consecutive letters. ``text`` contains exactly one folded character for each letter."""

    letters: list[Glyph]
    text: str = field(repr=False)

    @property
    def left(self) -> float:
        return self.letters[0].left_pt

    @property
    def right(self) -> float:
        return self.letters[-1].right_pt

    @property
    def size(self) -> float:
        return self.letters[-1].size_pt or 1.0


class Run(Letters):
    """A sequence of letters without a wide gap."""

    __slots__ = ()

    @property
    def is_ruling(self) -> bool:
        """Whether the run is a table line."""
        return is_ruling(self.text[0])


def is_ruling(character: str) -> bool:
    """Return whether a character is used to draw a table line."""
    return _RULINGS[0] <= character <= _RULINGS[1]


def runs_of(lines: Iterable[TextLine]) -> Iterator[Run]:
    """Yield the runs between the spaces of the given lines.

    A line that is vertical, or that is not written from left to right, is split into single letters.
    """
    for line in lines:
        glyphs = line.glyphs
        text = "".join([glyph.text for glyph in glyphs])
        if line.dx < 1 or line.is_vertical or len(text) != len(glyphs):
            for glyph in glyphs:
                if not glyph.is_invented and not glyph.text.isspace():
                    yield from _runs([glyph], glyph.text)
            continue
        for part in _VISIBLE.finditer(text):
            yield from _runs(list(glyphs[part.start() : part.end()]), part[0])


def _runs(letters: list[Glyph], text: str) -> Iterator[Run]:
    compared = text.translate(_compared)
    if _OTHER in compared:
        # Some letters fold to several characters, or to none.
        pairs = [(letter, character) for letter in letters for character in fold_glyph(letter.text).translate(LIKE)]
        letters, compared = [letter for letter, _ in pairs], "".join([character for _, character in pairs])
    if _RULINGS[0] <= max(compared, default="") and len(compared) > 1:
        for part in _PARTS.finditer(compared):
            yield Run(letters[part.start() : part.end()], part[0])
    elif compared:
        yield Run(letters, compared)


class _Compared(dict[int, str]):
    """Maps character codes to their folded form, computed on first use. Table-drawing characters are unchanged."""

    def __missing__(self, code: int) -> str:
        text = chr(code)
        folded = text if is_ruling(text) else fold_glyph(text).translate(LIKE)
        self[code] = folded if len(folded) == 1 else _OTHER
        return self[code]


_compared: Final = _Compared()


def printed(letters: Sequence[Glyph]) -> str:
    """Return the text of the letters as it appears in print, with spaces between Latin words."""
    parts: list[str] = []
    last: Glyph | None = None
    for letter in letters:
        if letter is last:
            continue
        if last is not None and letter.text.isascii() and last.text.isascii() and last.text != "(":
            size = letter.size_pt
            is_apart = (
                letter.left_pt - last.right_pt > _WORD_GAP_EM * size or letter.top_pt - last.top_pt > SAME_ROW_EM * size
            )
            parts += [" "] if is_apart and letter.text not in ").," else []
        parts.append(letter.text)
        last = letter
    return "".join(parts)


def grouped(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Group runs into rows, and yield the rows from top to bottom. The runs of a row are sorted from left to right."""
    placed = sorted(
        [(run.letters[0].top_pt + run.letters[0].bottom_pt, run.left, n, run) for n, run in enumerate(runs)]
    )
    group: list[Run] = []
    first = 0.0
    for twice_middle, _, _, run in placed:
        if group and (twice_middle - first) / 2 > SAME_ROW_EM * (run.letters[0].size_pt or 1.0):
            yield sorted(group, key=_left)
            group = []
        if not group:
            first = twice_middle
        group.append(run)
    if group:
        yield sorted(group, key=_left)


def _left(run: Run) -> float:
    return run.letters[0].left_pt
