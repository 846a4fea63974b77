"""Fit text into a form field in the same way as the platform: in several lines, and in a smaller font if necessary.

Character widths are those of Helvetica, and one em for full-width characters; the fonts used in forms have similar
widths. The window and the checks use this module, so both give the same result.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

# Widths of the characters 32 to 126, in thousandths of the font size (Adobe's metrics for Helvetica).
_WIDTHS: Final = (
    278,
    278,
    355,
    556,
    556,
    889,
    667,
    191,
    333,
    333,
    389,
    584,
    278,
    333,
    278,
    278,
    556,
    556,
    556,
    556,
    556,
    556,
    556,
    556,
    556,
    556,
    278,
    278,
    584,
    584,
    584,
    556,
    1015,
    667,
    667,
    722,
    722,
    667,
    611,
    778,
    722,
    278,
    500,
    667,
    556,
    833,
    722,
    778,
    667,
    778,
    722,
    667,
    611,
    722,
    667,
    944,
    667,
    667,
    611,
    278,
    278,
    278,
    469,
    556,
    333,
    556,
    556,
    500,
    556,
    556,
    278,
    556,
    556,
    222,
    222,
    500,
    222,
    833,
    556,
    556,
    556,
    556,
    333,
    500,
    278,
    556,
    500,
    722,
    500,
    500,
    500,
    334,
    260,
    334,
    584,
)
# fmt: on
_FULL: Final = frozenset("WFA")
_OTHER: Final = 0.6
LINE_HEIGHT: Final = 1.1
"""The distance between baselines, as a multiple of the font size."""
_MARGIN_PT: Final = 0.5
_AUTO_MOST_PT: Final = 12.0
_AUTO_SHARE: Final = 0.7
_LEAST_SCALE: Final = 0.2
_STEPS: Final = 12
_NO_BEGINNING: Final = frozenset("，。、；：？！）》」』】〉”’％,.;:?!)]}%")
"""Characters that must not begin a line. The preceding character is moved to the new line with them."""
_PIECES: Final = re.compile(r"[!-~]+|\s|.", re.DOTALL)


def width_em(text: str) -> float:
    """Return the width of the text as a multiple of the font size."""
    return sum(map(_character_em, text))


@lru_cache(4096)
def _character_em(character: str) -> float:
    if " " <= character <= "~":
        return _WIDTHS[ord(character) - 32] / 1000
    return 1.0 if unicodedata.east_asian_width(character) in _FULL else _OTHER


def wrapped(text: str, most_em: float, *, breaks_words: bool = True) -> tuple[str, ...]:
    """Split the text into lines: at spaces, between Chinese characters, and within long words.

    ``most_em`` is the maximum width of a line, as a multiple of the font size. If ``breaks_words`` is False, a word
    that is longer than a line is not split and exceeds this width.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        line, width = "", 0.0
        for piece in _PIECES.findall(part):
            piece_em = width_em(piece)
            if width + piece_em <= most_em:
                line, width = line + piece, width + piece_em
                continue
            if piece.isspace():
                continue
            carried = line[-1:] if piece[0] in _NO_BEGINNING and len(line.strip()) > 1 else ""
            line = line.removesuffix(carried)
            if line.strip():
                lines.append(line.rstrip())
            line, width = carried, width_em(carried)
            for character in piece:
                character_em = _character_em(character)
                if line and breaks_words and width + character_em > most_em:
                    lines.append(line)
                    line, width = "", 0.0
                line, width = line + character, width + character_em
        lines.append(line.rstrip())
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class FittedText:
    """Text that has been fitted into a field: the lines from top to bottom, and the font size.

    ``margin_pt`` is the distance between the text and the field's top and left edges. ``is_cut`` means that the text
    does not fit even at the smallest font size.
    """

    lines: tuple[str, ...] = field(repr=False)
    size_pt: float
    margin_pt: float = _MARGIN_PT
    is_cut: bool = False


def field_size_pt(height_pt: float, size_pt: float = 0.0) -> float:
    """Return the font size of a field's text before any reduction, in points.

    If ``size_pt`` is 0, the size is derived from the field's height.
    """
    return size_pt if size_pt > 0 else min(_AUTO_MOST_PT, _AUTO_SHARE * height_pt)


@lru_cache(4096)
def fitted(text: str, width_pt: float, height_pt: float, size_pt: float = 0.0) -> FittedText:
    """Fit the text into a field at the largest possible font size, up to ``size_pt``.

    If ``size_pt`` is 0, the maximum font size is derived from the field's height. All lengths are in points.
    """
    wanted_pt = field_size_pt(height_pt, size_pt)

    def at(scale: float) -> tuple[tuple[str, ...], bool]:
        size, margin = wanted_pt * scale, _MARGIN_PT * scale
        most_em = (width_pt - 2 * margin) / size if size > 0 else 0.0
        # The platform reduces the font size instead of breaking a long word.
        lines = wrapped(text, most_em, breaks_words=False)
        is_low = 2 * margin + LINE_HEIGHT * size * len(lines) <= height_pt + 0.01
        return lines, is_low and max(map(width_em, lines), default=0.0) <= most_em + 0.01

    lines, fits = at(1.0)
    if fits or wanted_pt <= 0:
        return FittedText(lines, wanted_pt)
    low, high = _LEAST_SCALE, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle)[1] else (low, middle)
    lines, fits = at(low)
    return FittedText(lines, wanted_pt * low, _MARGIN_PT * low, is_cut=not fits)
