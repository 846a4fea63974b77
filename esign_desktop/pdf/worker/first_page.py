"""A process that draws the first page of one file and ends: ``python -m esign_desktop.pdf.worker.first_page``.

It is locked in before it looks into the file. The engine's processes are not wanted so early, and take five times as
long to get ready. Whatever it imports is a part of the time until the page is seen.

In comes a line with the width in pixels, then the path, up to the end. Out goes a line with width and height, then the
pixels as ``Pixels`` has them; of a page that can't be drawn, nothing.
"""

from __future__ import annotations

import mmap
import os
import sys

from esign_desktop.pdf.isolated.bounds import ADDRESS_SPACE_BYTES
from esign_desktop.pdf.isolated.process_limits import be_quiet, limit_memory, limit_work
from esign_desktop.pdf.walls.lockdown import lock_down
from esign_desktop.pdf.worker.bare_mupdf import BarePage

LIFE_S = 20
LONGEST_REQUEST_BYTES = 64 * 1024


def main() -> int:
    """Draw what is asked for; return 0 if there was something to draw."""
    limit_memory(ADDRESS_SPACE_BYTES)
    limit_work(LIFE_S)
    out = os.dup(1)
    be_quiet()
    try:
        page = BarePage()
        width_px, _, path = sys.stdin.buffer.read(LONGEST_REQUEST_BYTES).partition(b"\n")
        if not path:
            # Whoever started this has no use for it any more.
            return 1
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  pathlib takes long to import
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        lock_down({1, 2, out}, with_threads=False)
        page.open(data)
        columns, rows, pixels = page.draw(float(width_px))
    except (ValueError, LookupError, OSError):
        return 1
    with os.fdopen(out, "wb") as answer:
        answer.write(b"%d %d\n" % (columns, rows))
        answer.write(pixels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
