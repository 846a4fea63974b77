"""How a picture stands on a page of its own: A4, upright or across as the picture is, in the middle."""

from __future__ import annotations

from typing import Final, NamedTuple

from esign_desktop.domain.geometry import mm_to_pt

SHORT_PT: Final = mm_to_pt(210.0)
LONG_PT: Final = mm_to_pt(297.0)
MARGIN_PT: Final = mm_to_pt(10.0)
MOST_DPI: Final = 300.0
LEAST_DPI: Final = 96.0
"""A small picture is not blown up beyond this."""
_POINTS_PER_INCH: Final = 72.0
_PAPER_TOLERANCE: Final = 0.03
"""What has the shape of the paper, within this share, is a scan of it, and has its margins inside."""


class PictureOnPage(NamedTuple):
    """A page's size and where its picture stands; points from the upper left corner."""

    width_pt: float
    height_pt: float
    left_pt: float
    top_pt: float
    right_pt: float
    bottom_pt: float


def place_picture(width_px: int, height_px: int) -> PictureOnPage:
    """Return how a picture of these pixels, turned as it is to be seen, stands on its page."""
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
    """Return by what a picture may be made smaller, so that it is printed with 300 dots per inch; at most 1."""
    placed = place_picture(width_px, height_px)
    return min(1.0, (placed.right_pt - placed.left_pt) * MOST_DPI / _POINTS_PER_INCH / width_px)
