"""A process that draws the first page of one file and ends: ``python -m esign_desktop.pdf.worker.first_page``.

It is started before Qt is imported, and locked in before it looks into the file. In comes a line with the width in
pixels, then the path, up to the end. Out goes a line with width and height, then the pixels as ``Pixels`` has them; of
a page that can't be drawn, nothing.

PyMuPDF's Python side takes several times longer to import than a page takes to draw, so this calls the extension below
it. What the library raises can't be caught there: it ends the process.
"""

from __future__ import annotations

import math
import mmap
import os
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from typing import Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.pdf.isolated.process_limits import limit_cpu_time, limit_memory, silence_output
from esign_desktop.pdf.limits import ADDRESS_SPACE_BYTES, TILE_PIXELS
from esign_desktop.pdf.pixel_grid import pixel_rect
from esign_desktop.pdf.walls.lockdown import lock_down

LIFE_S: Final = 20
LONGEST_REQUEST_BYTES: Final = 64 * 1024
_WHITE: Final = 255
_DIGITS: Final = 4


def main() -> int:
    """Draw what is asked for; return 0 if there was something to draw."""
    limit_memory(ADDRESS_SPACE_BYTES)
    limit_cpu_time(LIFE_S)
    out = os.dup(1)
    silence_output()
    try:
        library = _load_library()
        width_px, _, path = sys.stdin.buffer.read(LONGEST_REQUEST_BYTES).partition(b"\n")
        if not path:
            # Whoever started this has no use for it any more.
            return 1
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  pathlib takes long to import
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        lock_down({1, 2, out})
        columns, rows, pixels = draw(library, data, float(width_px))
    except (PdfError, ImportError, ValueError, OSError):
        return 1
    with os.fdopen(out, "wb") as answer:
        answer.write(b"%d %d\n" % (columns, rows))
        answer.write(pixels)
    return 0


def draw(library: Any, data: mmap.mmap, width_px: float) -> tuple[int, int, bytearray]:
    """Return width, height and pixels of the page drawn so wide.

    Raises PdfError and ValueError for one better left to the engine.
    """
    stream = library.fz_open_memory(library.python_buffer_data(data), len(data))
    pdf = library.pdf_open_document_with_stream(stream)
    if library.pdf_needs_password(pdf):
        raise ValueError("password")
    # What the engine sets right before it draws: see ``document``.
    entries = library.pdf_lookup_page_obj(pdf, 0)
    turn = library.pdf_to_real(library.pdf_dict_gets_inheritable(entries, "Rotate"))
    unit = library.pdf_dict_gets(entries, "UserUnit")
    if turn % 90 or (library.pdf_is_number(unit) and not 0 < library.pdf_to_real(unit) < math.inf):
        raise ValueError("frame")
    page = library.PdfPage_super(library.pdf_load_page(pdf, 0))
    box = library.fz_bound_page(page)
    frame = PageFrame(
        round(library.FzRect_x1_get(box) - library.FzRect_x0_get(box), _DIGITS),
        round(library.FzRect_y1_get(box) - library.FzRect_y0_get(box), _DIGITS),
    )
    scale = width_px / frame.width_pt
    rect = pixel_rect(frame, scale, page_number=1, most_pixels=TILE_PIXELS)
    pixels = bytearray(rect.size_bytes)
    pixmap = library.fz_new_pixmap_with_bbox_and_data(
        library.fz_device_bgr(),
        library.new_FzIrect(0, 0, rect.width_px, rect.height_px),
        library.new_FzSeparations(),
        1,
        library.python_buffer_data(memoryview(pixels)),
    )
    library.fz_clear_pixmap_with_value(pixmap, _WHITE)
    device = library.fz_new_draw_device(library.new_FzMatrix(), pixmap)
    library.fz_run_page(page, device, library.new_FzMatrix(scale, 0, 0, scale, 0, 0), library.new_FzCookie())
    library.fz_close_device(device)
    return rect.width_px, rect.height_px, pixels


def _load_library() -> Any:
    """Import the extension without the package around it. Raises ImportError."""
    package = PathFinder.find_spec("pymupdf")
    sys.path[:0] = (package and package.submodule_search_locations) or []
    return import_module("_mupdf")


if __name__ == "__main__":
    sys.exit(main())
