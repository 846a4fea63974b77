"""Measures drawn pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import DisplayRect

if TYPE_CHECKING:
    from esign_desktop.domain.document import Pixels

DARK = 128


def ink(pixels: Pixels, pixels_per_point: float) -> DisplayRect:
    """Return the bounding box of what is dark, in display space. The green channel stands for all."""
    data, stride = bytes(pixels.data), pixels.stride_bytes
    rows = [data[y * stride + 1 : y * stride + 4 * pixels.width_px : 4] for y in range(pixels.height_px)]
    dark_rows = [y for y, row in enumerate(rows) if min(row) < DARK]
    columns = [x for y in dark_rows for x in _ends(rows[y])]
    left, top = min(columns) + pixels.left_px, dark_rows[0] + pixels.top_px
    right, bottom = max(columns) + 1 + pixels.left_px, dark_rows[-1] + 1 + pixels.top_px
    return DisplayRect(
        left / pixels_per_point,
        top / pixels_per_point,
        (right - left) / pixels_per_point,
        (bottom - top) / pixels_per_point,
    )


def is_blank(pixels: Pixels) -> bool:
    """Whether nothing dark was drawn."""
    return min(bytes(pixels.data)) >= DARK


def _ends(row: bytes) -> tuple[int, int]:
    dark = [x for x, value in enumerate(row) if value < DARK]
    return dark[0], dark[-1]


def distance_pt(one: DisplayRect, other: DisplayRect) -> float:
    """Return the largest distance between edges of the same name."""
    return max(
        abs(one.left_pt - other.left_pt),
        abs(one.top_pt - other.top_pt),
        abs(one.left_pt + one.width_pt - other.left_pt - other.width_pt),
        abs(one.top_pt + one.height_pt - other.top_pt - other.height_pt),
    )
