"""Draw the first page of one file and exit: ``python -m esign_desktop.pdf.worker.first_page``.

The process is started before Qt is imported, and is sandboxed before it parses the file. Its input is a line with the
width in pixels, followed by the path up to the end of the input. Its output is a line with the width and height,
followed by the pixels in the format of ``Pixels``. The output is empty if the page cannot be drawn.

Importing PyMuPDF takes several times longer than drawing a page, so this module calls PyMuPDF's extension module
directly. An exception in the extension module cannot be caught and ends the process.
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
from esign_desktop.visual_cpp import load_visual_cpp

LIFE_S: Final = 20
LONGEST_REQUEST_BYTES: Final = 64 * 1024
_WHITE: Final = 255
_DIGITS: Final = 4


def main() -> int:
    """Draw the requested page. Return the exit status, which is 0 if the page was drawn."""
    limit_memory(ADDRESS_SPACE_BYTES)
    limit_cpu_time(LIFE_S)
    out = os.dup(1)
    silence_output()
    try:
        library = _load_library()
        width_px, _, path = sys.stdin.buffer.read(LONGEST_REQUEST_BYTES).partition(b"\n")
        if not path:
            # The parent closed the pipe because it no longer needs the page.
            return 1
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  importing pathlib takes long
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
    """Draw the first page at the given width in pixels, and return the actual width, the height and the pixels.

    Raises PdfError or ValueError for a file that only the engine can handle.
    """
    stream = library.fz_open_memory(library.python_buffer_data(data), len(data))
    pdf = library.pdf_open_document_with_stream(stream)
    if library.pdf_needs_password(pdf):
        raise ValueError("password")
    # The engine corrects these values before drawing: see ``document``.
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
    """Import the extension module without the package around it. Raises ImportError."""
    load_visual_cpp()
    package = PathFinder.find_spec("pymupdf")
    sys.path[:0] = (package and package.submodule_search_locations) or []
    return import_module("_mupdf")


if __name__ == "__main__":
    sys.exit(main())
