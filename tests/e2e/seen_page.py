"""Where a page is seen on the screen, found by its white alone and not by what the program says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import PagePoint
    from tests.e2e.accessible import Extents

WHITE = 255
_WHITES = re.compile(b"\xff+")
SHARE_OF_A_ROW = 0.5
MARGIN_PX = 60
"""How far down a sheet is white at its edge, at the least."""


@dataclass(frozen=True)
class SeenPage:
    """The uppermost sheet in a part of the screen, of a known size in points."""

    left_px: int
    top_px: int
    pixels_per_pt: float
    height_pt: float

    def screen_point(self, point: PagePoint) -> tuple[int, int]:
        """Return where a point of the page is on the screen."""
        x_px = self.left_px + point.x_pt * self.pixels_per_pt
        y_px = self.top_px + (self.height_pt - point.y_pt) * self.pixels_per_pt
        return round(x_px), round(y_px)


def see_page(screen: QImage, within: Extents, size_pt: tuple[float, float]) -> SeenPage | None:
    """Find the first sheet from above; None while none is seen."""
    grey = screen.convertToFormat(QImage.Format.Format_Grayscale8)
    bits, stride = bytes(grey.constBits()), grey.bytesPerLine()
    for y in range(within.top, within.top + within.height):
        row = bits[y * stride + within.left : y * stride + within.left + within.width]
        first, end = max(
            (run.span() for run in _WHITES.finditer(row)), key=lambda span: span[1] - span[0], default=(0, 0)
        )
        margin = bits[y * stride + within.left + first + 1 : (y + MARGIN_PX) * stride : stride]
        # Above the sheet the ruler shows its width, in white too.
        if end - first > SHARE_OF_A_ROW * within.width and margin.count(WHITE) == MARGIN_PX:
            return SeenPage(within.left + first, y, (end - first) / size_pt[0], size_pt[1])
    return None
