"""The layout of an image that is centered on an A4 page of its own. The page has the orientation of the image."""

from __future__ import annotations

from typing import Final, NamedTuple

from esign_desktop.domain.geometry import mm_to_pt

SHORT_PT: Final = mm_to_pt(210.0)
LONG_PT: Final = mm_to_pt(297.0)
MARGIN_PT: Final = mm_to_pt(10.0)
MOST_DPI: Final = 300.0
LEAST_DPI: Final = 96.0
"""The minimum resolution, below which a small image is not enlarged any further."""
_POINTS_PER_INCH: Final = 72.0
_PAPER_TOLERANCE: Final = 0.03
"""An image whose proportions are within this fraction of A4's is a scan that already contains its margins."""


class PictureOnPage(NamedTuple):
    """The size of a page and the edges of the image on the page, in points from the upper-left corner."""

    width_pt: float
    height_pt: float
    left_pt: float
    top_pt: float
    right_pt: float
    bottom_pt: float


def place_picture(width_px: int, height_px: int) -> PictureOnPage:
    """Return the layout of an image on its page. ``width_px`` and ``height_px`` are the size of the upright image."""
    page_width, page_height = (LONG_PT, SHORT_PT) if width_px > height_px else (SHORT_PT, LONG_PT)
    is_paper = abs(width_px * page_height / (height_px * page_width) - 1) <= _PAPER_TOLERANCE
    margin = 0.0 if is_paper else MARGIN_PT
    points_per_pixel = min(
        (page_width - 2 * margin) / width_px, (page_height - 2 * margin) / height_px, _POINTS_PER_INCH / LEAST_DPI
    )
    width, height = width_px * points_per_pixel, height_px * points_per_pixel
    left, top = (page_width - width) / 2, (page_height - height) / 2
    return PictureOnPage(page_width, page_height, left, top, left + width, top + height)


def useful_factor(width_px: int, height_px: int) -> float:
    """Return the factor, at most 1, by which an image can be scaled down and still be printed at 300 dpi."""
    placed = place_picture(width_px, height_px)
    return min(1.0, (placed.right_pt - placed.left_pt) * MOST_DPI / _POINTS_PER_INCH / width_px)
