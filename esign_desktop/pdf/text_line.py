"""Glyphs and lines of text as they were read from a page, in display space (y downwards)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character; ``(x_pt, y_pt)`` is its place on the baseline, ``size_pt`` that of its font.

    ``is_invented`` marks a space that is not in the document but was seen as a gap.
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


@dataclass(frozen=True, slots=True)
class TextLine:
    """Glyphs in the order of the document; ``(dx, dy)`` is the unit vector in which they follow each other."""

    dx: float
    dy: float
    is_vertical: bool
    """Whether the font writes downwards (not: whether the page is turned)."""
    glyphs: tuple[Glyph, ...]
