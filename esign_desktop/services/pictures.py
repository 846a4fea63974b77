"""Reads the picture of an institution, which may have come from anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.picture_process import DrawnPicture, draw_picture

if TYPE_CHECKING:
    from pathlib import Path


def read_picture(path: Path, *, most_width_px: int, most_height_px: int) -> DrawnPicture | None:
    """Return a PNG's or JPEG's picture, no larger than that; None for what can't be read. Blocks."""
    try:
        return draw_picture(path, most_width_px=most_width_px, most_height_px=most_height_px)
    except PdfError:
        return None
