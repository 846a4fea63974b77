"""Convert positions and movements of seals between displayed pages and page space, and keep seals on their pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import DisplayPoint, PagePoint, Rotation
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    Placement,
    horizontal_pt,
    moved_to,
    vertical_pt,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.geometry import PageFrame


def shift_on_page(frame: PageFrame, right_pt: float, down_pt: float) -> tuple[float, float]:
    """Convert a shift from display space (right and down, in points) to page space (right and up, in user units)."""
    start, end = frame.to_page(DisplayPoint(0.0, 0.0)), frame.to_page(DisplayPoint(right_pt, down_pt))
    return end.x_pt - start.x_pt, end.y_pt - start.y_pt


def shown_position(placement: Placement, pages: Sequence[PageFrame]) -> tuple[float | None, float]:
    """Return how far the seal's center is from the left and the bottom of the displayed page, in points.

    ``pages`` are those of the seal's document. A seal on several pages is measured on the first. The numbers of keyword
    seals and cross-page seals are those of ``horizontal_pt`` and ``vertical_pt``.
    """
    if isinstance(placement, CoordinatePlacement):
        return shown_point(placement.center, placement.pages.first, pages)
    return horizontal_pt(placement), vertical_pt(placement)


def moved_to_shown(
    placement: Placement, pages: Sequence[PageFrame], *, x_pt: float | None = None, y_pt: float | None = None
) -> Placement:
    """Return the placement with another ``shown_position``. A coordinate that is None is unchanged."""
    if not isinstance(placement, CoordinatePlacement):
        return moved_to(placement, x_pt=x_pt, y_pt=y_pt)
    page_number = placement.pages.first
    x, y = shown_point(placement.center, page_number, pages)
    point = point_shown_at(x if x_pt is None else x_pt, y if y_pt is None else y_pt, page_number, pages)
    return replace(placement, center=point)


def shown_point(point: PagePoint, page_number: int, pages: Sequence[PageFrame]) -> tuple[float, float]:
    """Return how far a point of page space is from the left and the bottom of the displayed page, in points."""
    frame = _turned_frame(page_number, pages)
    if frame is None:
        return point.x_pt, point.y_pt
    shown = frame.to_display(point)
    return shown.x_pt, frame.display_height_pt - shown.y_pt


def point_shown_at(x_pt: float, y_pt: float, page_number: int, pages: Sequence[PageFrame]) -> PagePoint:
    """Return the point of page space that is this far from the left and the bottom of the displayed page."""
    frame = _turned_frame(page_number, pages)
    if frame is None:
        return PagePoint(x_pt, y_pt)
    return frame.to_page(DisplayPoint(x_pt, frame.display_height_pt - y_pt))


def _turned_frame(page_number: int, pages: Sequence[PageFrame]) -> PageFrame | None:
    """Return the page's frame, or None if page space is displayed as it is, or if the page is unknown."""
    frame = pages[page_number - 1] if page_number <= len(pages) else None
    return None if frame is None or (frame.rotation is Rotation.NONE and frame.user_unit == 1.0) else frame


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
