"""Letters of a page in the form that is compared, in runs without a wide blank, and the rows that these make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.text.folding import fold_glyph
from esign_desktop.pdf.text.layout import Glyph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.pdf.text.layout import TextLine

SAME_ROW_EM: Final = 0.4
_WORD_GAP_EM: Final = 0.15
_RULINGS: Final = ("\u2500", "\u257f")
_LIKE: Final = str.maketrans("[]—-|丨", "()__││")
"""A line of a table is read off a scan as a stroke, and written as one by some."""
_VISIBLE: Final = re.compile(r"\S+")
_PARTS: Final = re.compile(f"[{_RULINGS[0]}-{_RULINGS[1]}]|[^{_RULINGS[0]}-{_RULINGS[1]}]+")
_OTHER: Final = "\0"


@dataclass(slots=True, eq=False)
class Letters:
    """Letters one behind the other; ``text`` has a character of the form that is compared for each of them."""

    letters: list[Glyph]
    text: str

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
    """Letters without a wide blank."""

    __slots__ = ()

    @property
    def is_ruling(self) -> bool:
        """Whether it draws a table."""
        return is_ruling(self.text[0])


def is_ruling(character: str) -> bool:
    """Whether a character draws a table."""
    return _RULINGS[0] <= character <= _RULINGS[1]


def runs_of(lines: Iterable[TextLine]) -> Iterator[Run]:
    """Return what stands between the blanks of some lines; a line that doesn't run to the right letter by letter."""
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
        # Some are several characters, or none.
        pairs = [(letter, one) for letter in letters for one in fold_glyph(letter.text).translate(_LIKE)]
        letters, compared = [letter for letter, _ in pairs], "".join([one for _, one in pairs])
    if _RULINGS[0] <= max(compared, default="") and len(compared) > 1:
        for part in _PARTS.finditer(compared):
            yield Run(letters[part.start() : part.end()], part[0])
    elif compared:
        yield Run(letters, compared)


class _Compared(dict[int, str]):
    """The form in which single characters are compared; what draws tables stays as it is."""

    def __missing__(self, code: int) -> str:
        text = chr(code)
        folded = text if is_ruling(text) else fold_glyph(text).translate(_LIKE)
        self[code] = folded if len(folded) == 1 else _OTHER
        return self[code]


_compared: Final = _Compared()


def printed(letters: Sequence[Glyph]) -> str:
    """Return some letters as the paper has them: with blanks between Latin words."""
    parts: list[str] = []
    last: Glyph | None = None
    for one in letters:
        if one is last:
            continue
        if last is not None and one.text.isascii() and last.text.isascii() and last.text != "(":
            size = one.size_pt
            is_apart = (
                one.left_pt - last.right_pt > _WORD_GAP_EM * size or one.top_pt - last.top_pt > SAME_ROW_EM * size
            )
            parts += [" "] if is_apart and one.text not in ").," else []
        parts.append(one.text)
        last = one
    return "".join(parts)


def grouped(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Put runs into rows, from top to bottom; in each they stand from left to right."""
    placed = sorted(
        [(one.letters[0].top_pt + one.letters[0].bottom_pt, one.left, n, one) for n, one in enumerate(runs)]
    )
    group: list[Run] = []
    first = 0.0
    for twice_middle, _, _, one in placed:
        if group and (twice_middle - first) / 2 > SAME_ROW_EM * (one.letters[0].size_pt or 1.0):
            yield sorted(group, key=_left)
            group = []
        if not group:
            first = twice_middle
        group.append(one)
    if group:
        yield sorted(group, key=_left)


def _left(run: Run) -> float:
    return run.letters[0].left_pt
