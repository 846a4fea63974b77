"""The pixel grid of a page at a given scale, and rectangles in this grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.limits import MAX_PIXEL_COORDINATE

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import DisplayRect, PageFrame

BYTES_PER_PIXEL: Final = 4
_SLACK: Final = 0.001
"""The tolerance in pixels, which keeps rounding errors from adding or removing a pixel."""


@dataclass(frozen=True, slots=True)
class PixelRect:
    """A rectangle in a page's pixel grid. Its right and bottom edges are exclusive."""

    left_px: int
    top_px: int
    right_px: int
    bottom_px: int

    @property
    def width_px(self) -> int:
        """The number of pixel columns."""
        return self.right_px - self.left_px

    @property
    def height_px(self) -> int:
        """The number of pixel rows."""
        return self.bottom_px - self.top_px

    @property
    def size_bytes(self) -> int:
        """The size of the pixel data in bytes."""
        return self.width_px * self.height_px * BYTES_PER_PIXEL


def pixel_rect(
    frame: PageFrame, pixels_per_point: float, clip: DisplayRect | None = None, *, page_number: int, most_pixels: int
) -> PixelRect:
    """Return the rectangle of pixels that ``clip`` covers on a page, or the whole page's rectangle if ``clip`` is None.

    Raises PdfError ``pdf.tile_too_large`` if there are more than ``most_pixels`` pixels, and ValueError if the clip is
    empty or the scale is not positive and finite.
    """
    scale = pixels_per_point
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(scale)
    left, top = 0.0, 0.0
    right, bottom = frame.display_width_pt, frame.display_height_pt
    if clip is not None:
        left, right = max(left, clip.left_pt), min(right, clip.left_pt + clip.width_pt)
        top, bottom = max(top, clip.top_pt), min(bottom, clip.top_pt + clip.height_pt)
        if not (left < right and top < bottom):
            raise ValueError(clip)
    if max(right, bottom) * scale > MAX_PIXEL_COORDINATE:
        raise PdfError("pdf.tile_too_large", page_number=page_number)
    x, y = math.floor(left * scale + _SLACK), math.floor(top * scale + _SLACK)
    rect = PixelRect(x, y, _end_pixel(right * scale, x), _end_pixel(bottom * scale, y))
    if rect.width_px * rect.height_px > most_pixels:
        raise PdfError("pdf.tile_too_large", page_number=page_number)
    return rect


def _end_pixel(position: float, first: int) -> int:
    """Return the exclusive end pixel for a position in pixels, such that a range starting at ``first`` is not empty."""
    return max(first + 1, math.ceil(position - _SLACK))
