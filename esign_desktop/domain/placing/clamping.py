"""Convert seal movements from displayed-page coordinates to page space, and keep seals within their pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import DisplayPoint, PagePoint
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, Placement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.geometry import PageFrame


def shift_on_page(frame: PageFrame, right_pt: float, down_pt: float) -> tuple[float, float]:
    """Convert a shift from display space (right and down, in points) to page space (right and up, in user units)."""
    start, end = frame.to_page(DisplayPoint(0.0, 0.0)), frame.to_page(DisplayPoint(right_pt, down_pt))
    return end.x_pt - start.x_pt, end.y_pt - start.y_pt


def within(value: float, extent_pt: float, size_pt: float) -> float:
    """Return the center nearest to ``value`` at which an interval of this size lies between 0 and ``extent_pt``.

    If the interval is longer than the extent, return the middle of the extent.
    """
    if size_pt >= extent_pt:
        return extent_pt / 2
    return min(extent_pt - size_pt / 2, max(size_pt / 2, value))


def clamped_center(frames: Iterable[PageFrame], center: PagePoint, width_pt: float) -> PagePoint:
    """Return the point nearest to ``center`` at which the whole seal is within each of the pages."""
    sizes = [(frame.width_pt, frame.height_pt) for frame in frames]
    return PagePoint(
        within(center.x_pt, min(width for width, _ in sizes), width_pt),
        within(center.y_pt, min(height for _, height in sizes), width_pt),
    )


def clamped_to_page(placement: Placement, document: Document, width_pt: float) -> Placement:
    """Return the placement with its seals moved onto their pages. A keyword placement is returned unchanged."""
    match placement:
        case CoordinatePlacement(pages=pages, center=center):
            frames = [document.frame(number) for number in pages if number <= document.page_count]
            return replace(placement, center=clamped_center(frames, center, width_pt)) if frames else placement
        case CrossPagePlacement(pages=pages, center_y_pt=y):
            heights = [document.frame(number).height_pt for number in pages if number <= document.page_count]
            return replace(placement, center_y_pt=within(y, min(heights), width_pt)) if heights else placement
        case _:
            return placement
