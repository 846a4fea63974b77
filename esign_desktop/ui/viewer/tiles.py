"""Which pictures a view needs: whole pages while they are small, squares of large ones, the nearest first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.ui.viewer.tile_cache import TileKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from PySide6.QtCore import QRectF

    from esign_desktop.ui.viewer.page_layout import PageLayout, PageSlot

MAX_WHOLE_PAGE_PX: Final = 5_000_000
"""A page with more pixels is drawn in tiles; the renderer itself takes 10 million at most."""

TILE_SIDE_PX: Final = 1536
"""A screen needs two to four of them: fewer costs of starting than small tiles, less waste than a whole page."""

PREVIEW_PIXELS_PER_POINT: Final = 1.0
"""72 dpi: below half of a usual scan's resolution its JPEG is read in a quarter of the time."""

MAX_PREVIEW_PX: Final = 2_000_000
WORTH_A_PREVIEW: Final = 1.6
"""How many times sharper than the preview the picture must be for the detour to pay."""


def rounded_sharpness(pixels_per_point: float) -> float:
    """Return the sharpness as it stands in keys, so that rounding errors make no new pictures.

    Five digits that count: a page may be so large that its picture has less than a ten thousandth of a pixel a point.
    """
    return float(f"{pixels_per_point:.5g}")


def preview_key(slot: PageSlot) -> TileKey:
    """Return the coarse picture of a page that is drawn first."""
    area_pt = slot.frame.display_width_pt * slot.frame.display_height_pt
    sharpness = min(PREVIEW_PIXELS_PER_POINT, math.sqrt(MAX_PREVIEW_PX / area_pt))
    return TileKey(slot.document_id, slot.page_number, rounded_sharpness(sharpness))


def sharp_keys(slot: PageSlot, device_ratio: float, part: DisplayRect) -> Iterator[TileKey]:
    """Yield the pictures that show a part of the page, in points, at one pixel of theirs a device pixel."""
    sharpness = rounded_sharpness(slot.scale * device_ratio)
    width_pt, height_pt = slot.frame.display_width_pt, slot.frame.display_height_pt
    if width_pt * height_pt * sharpness**2 <= MAX_WHOLE_PAGE_PX:
        yield TileKey(slot.document_id, slot.page_number, sharpness)
        return
    side_pt = TILE_SIDE_PX / sharpness
    columns = range(int(part.left_pt // side_pt), math.ceil((part.left_pt + part.width_pt) / side_pt))
    rows = range(int(part.top_pt // side_pt), math.ceil((part.top_pt + part.height_pt) / side_pt))
    for row in rows:
        for column in columns:
            left, top = column * side_pt, row * side_pt
            clip = DisplayRect(left, top, min(side_pt, width_pt - left), min(side_pt, height_pt - top))
            if clip.width_pt * sharpness >= 1.0 and clip.height_pt * sharpness >= 1.0:
                yield TileKey(slot.document_id, slot.page_number, sharpness, clip)


def by_distance(keys: Iterable[tuple[PageSlot, TileKey]], center_x_px: float, center_y_px: float) -> Sequence[TileKey]:
    """Order pictures by the distance of their middle from the middle of the view."""

    def distance(pair: tuple[PageSlot, TileKey]) -> float:
        slot, key = pair
        clip = key.clip or DisplayRect(0.0, 0.0, slot.frame.display_width_pt, slot.frame.display_height_pt)
        x = slot.left_px + clip.center.x_pt * slot.scale
        y = slot.top_px + clip.center.y_pt * slot.scale
        return math.hypot(x - center_x_px, y - center_y_px)

    return [key for _, key in sorted(keys, key=distance)]


def wanted_keys(
    layout: PageLayout, view: QRectF, device_ratio: float, has_any_picture: Callable[[PageSlot], bool]
) -> Sequence[TileKey]:
    """Return what a view of the content area needs: coarse pictures of bare pages, sharp ones, then its neighbours'."""
    center_x, center_y = view.center().x(), view.center().y()
    visible = [
        (slot, part)
        for slot in layout.between(view.top(), view.bottom())
        if (part := slot.visible_part(view.left(), view.top(), view.right(), view.bottom())) is not None
    ]
    sharp = [(slot, key) for slot, part in visible for key in sharp_keys(slot, device_ratio, part)]
    coarse = [
        (slot, preview_key(slot))
        for slot, _ in visible
        if slot.scale * device_ratio > WORTH_A_PREVIEW * PREVIEW_PIXELS_PER_POINT and not has_any_picture(slot)
    ]
    half = view.height() / 2
    seen = {id(slot) for slot, _ in visible}
    neighbours = [
        (slot, preview_key(slot))
        for slot in layout.between(view.top() - half, view.bottom() + half)
        if id(slot) not in seen and not has_any_picture(slot)
    ]
    return [
        *by_distance(coarse, center_x, center_y),
        *by_distance(sharp, center_x, center_y),
        *by_distance(neighbours, center_x, center_y),
    ]
