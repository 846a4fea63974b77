"""Glyphs and lines of text as they were read from a page, in display space (y downwards)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import PageFrame


class Glyph(NamedTuple):
    """One character; ``(x_pt, y_pt)`` is its place on the baseline, ``size_pt`` that of its font.

    ``is_invented`` marks a space that is not in the document but was seen as a gap. A tuple, since pages have many.
    """

    text: str
    left_pt: float
    top_pt: float
    right_pt: float
    bottom_pt: float
    x_pt: float
    y_pt: float
    size_pt: float
    is_invented: bool = False

    def is_within(self, frame: PageFrame) -> bool:
        """Whether the glyph's middle is on the page; never for one without a finite place."""
        x, y = (self.left_pt + self.right_pt) / 2, (self.top_pt + self.bottom_pt) / 2
        return 0 <= x <= frame.display_width_pt and 0 <= y <= frame.display_height_pt


@dataclass(frozen=True, slots=True)
class TextLine:
    """Glyphs in the order of the document; ``(dx, dy)`` is the unit vector in which they follow each other."""

    dx: float
    dy: float
    is_vertical: bool
    """Whether the font writes downwards (not: whether the page is turned)."""
    glyphs: tuple[Glyph, ...]


class LineBox(NamedTuple):
    """A line's text and box without its glyphs; ``(x_pt, y_pt)`` and ``size_pt`` are those of its first glyph."""

    text: str
    is_vertical: bool
    left_pt: float
    top_pt: float
    right_pt: float
    bottom_pt: float
    x_pt: float
    y_pt: float
    size_pt: float
