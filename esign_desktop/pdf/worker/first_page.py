"""A process that draws the first page of one file and ends: ``python -m esign_desktop.pdf.worker.first_page``.

It is started before Qt is imported, and locked in before it looks into the file. In comes a line with the width in
pixels, then the path, up to the end. Out goes a line with width and height, then the pixels as ``Pixels`` has them; of
a page that can't be drawn, nothing.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.files import open_source
from esign_desktop.pdf.isolated.process_limits import be_quiet, limit_memory, limit_work
from esign_desktop.pdf.limits import ADDRESS_SPACE_BYTES, STORE_BYTES, TILE_PIXELS
from esign_desktop.pdf.pixel_grid import pixel_rect
from esign_desktop.pdf.walls.lockdown import lock_down

LIFE_S: Final = 20
LONGEST_REQUEST_BYTES: Final = 64 * 1024


def main() -> int:
    """Draw what is asked for; return 0 if there was something to draw."""
    limit_memory(ADDRESS_SPACE_BYTES)
    limit_work(LIFE_S)
    out = os.dup(1)
    be_quiet()
    # Takes longest, and is done before the request comes; afterwards no module can be opened.
    from esign_desktop.pdf.worker.document import MupdfDocument, limit_store

    limit_store(STORE_BYTES)
    width_px, _, path = sys.stdin.buffer.read(LONGEST_REQUEST_BYTES).partition(b"\n")
    if not path:
        # Whoever started this has no use for it any more.
        return 1
    try:
        source = open_source(os.fsdecode(path))
        lock_down({1, 2, out, source.descriptor})
        document = MupdfDocument(source)
        frame = document.frame(0)
        scale = float(width_px) / frame.display_width_pt
        rect = pixel_rect(frame, scale, page_number=1, most_pixels=TILE_PIXELS)
        pixels = bytearray(rect.size_bytes)
        document.draw(0, scale, rect, memoryview(pixels))
    except (PdfError, ValueError):
        return 1
    with os.fdopen(out, "wb") as answer:
        answer.write(b"%d %d\n" % (rect.width_px, rect.height_px))
        answer.write(pixels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
