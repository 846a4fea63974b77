"""A process that draws the first page of one file and ends: ``python -m esign_desktop.pdf.page_once``.

It reads the library while nobody has told it yet what to draw, and the engine's processes are not wanted so early. Of
PyMuPDF it reads nothing else: tables, fonts and archives, and the hundred modules behind them, take half as long again
as the library does, and the page is seen so much later.

One line of JSON comes in, one goes out, then the pixels as ``Pixels`` has them; of a page that can't be drawn, nothing.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.limits import Limits
from esign_desktop.pdf.own_limits import be_quiet, limit_memory, set_alarm
from esign_desktop.pdf.pixel_grid import PixelRect, pixel_rect

LIFE_S: Final = 20.0
LONGEST_REQUEST_BYTES: Final = 64 * 1024


def main() -> int:
    """Draw what is asked for; return 0 if there was something to draw."""
    limits = Limits()
    _read_library()
    limit_memory(limits.address_space_bytes)
    set_alarm(LIFE_S)
    out = os.dup(1)
    be_quiet()
    line = sys.stdin.buffer.readline(LONGEST_REQUEST_BYTES)
    if not line:
        # Whoever started this has no use for it any more.
        return 1
    request = json.loads(line)
    try:
        rect, pixels = draw(str(request["path"]), float(request["width_px"]), limits.tile_pixels)
    except PdfError:
        return 1
    with os.fdopen(out, "wb") as answer:
        told = {"width_px": rect.width_px, "height_px": rect.height_px}
        answer.write(json.dumps(told).encode("ascii") + b"\n")
        answer.write(pixels)
    return 0


def _read_library() -> None:
    """Read the library alone: a package that was not executed is enough to find it in."""
    spec = find_spec("pymupdf")
    if spec is not None:
        sys.modules["pymupdf"] = package = module_from_spec(spec)
        package.__dict__["mupdf"] = import_module("pymupdf.mupdf")
    import_module("esign_desktop.pdf.mupdf")


def draw(path: str, width_px: float, most_pixels: int) -> tuple[PixelRect, bytearray]:
    """Draw the first page so wide that it fills ``width_px``. Raises PdfError."""
    from esign_desktop.pdf.mupdf import MupdfDocument

    document = MupdfDocument(path)
    frame = document.frame(0)
    scale = width_px / frame.display_width_pt
    rect = pixel_rect(frame, scale, page_number=1, most_pixels=most_pixels)
    pixels = bytearray(rect.size_bytes)
    document.draw(0, scale, rect, memoryview(pixels))
    return rect, pixels


if __name__ == "__main__":
    sys.exit(main())
