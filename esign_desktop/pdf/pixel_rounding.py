"""Where a length ends in pixels: apart from ``pixel_grid`` for what has no time to import that."""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BYTES_PER_PIXEL: Final = 4
_SLACK: Final = 0.001
"""What a length may be off by rounding without a pixel more or less."""


def first_pixel(position: float) -> int:
    """Return the pixel, counted from 0, in which something begins."""
    return math.floor(position + _SLACK)


def end_pixel(position: float, first: int = 0) -> int:
    """Return the pixel before which something ends that begins in ``first``: it has one at least."""
    return max(first + 1, math.ceil(position - _SLACK))
