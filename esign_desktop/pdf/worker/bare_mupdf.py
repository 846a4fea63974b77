"""Draws one page by MuPDF's own C functions, for a process that does nothing else.

The library comes with PyMuPDF, whose Python side takes several times longer to import than a page takes to draw; so do
``re``, ``typing`` and ``contextlib``, which is why they are not here. In C nobody catches what the library throws: it
ends the process, and what it prints may quote the file.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
from ctypes import Structure, c_char, c_float, c_int, c_size_t, c_void_p

from esign_desktop.pdf.isolated.bounds import STORE_BYTES, TILE_PIXELS
from esign_desktop.pdf.pixel_rounding import BYTES_PER_PIXEL, end_pixel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_PACKAGE: Final = "pymupdf"
_VERSION_FILE: Final = ("mupdf-devel", "include", "mupdf", "fitz", "version.h")
_VERSION_MARK: Final = b'define FZ_VERSION "'
_NAMES: Final = ("libmupdf.so.", "libmupdf.dylib", "mupdfcpp64.dll")
_DIGITS: Final = 4
_WHITE: Final = 255


class _Address(c_void_p):
    """A pointer that stays one, and does not become an integer."""


class _Rect(Structure):
    _fields_ = tuple((name, c_float) for name in ("x0", "y0", "x1", "y1"))


class _PixelRect(Structure):
    _fields_ = tuple((name, c_int) for name in ("x0", "y0", "x1", "y1"))


class _Matrix(Structure):
    _fields_ = tuple((name, c_float) for name in "abcdef")


class BarePage:
    """The first page of a PDF; ``open`` it, then ``draw`` it.

    Raises LookupError or OSError if there is no such library.
    """

    def __init__(self) -> None:
        file, version = _find_library()
        self._library = ctypes.CDLL(file)
        # Its locks are for threads, of which there is one.
        self._context = self._call("fz_new_context_imp", _Address, None, None, c_size_t(STORE_BYTES), version)
        if not self._context:
            raise LookupError(version)
        self._pdf = self._page = _Address()
        self.width_pt = self.height_pt = 0.0

    def open(self, data: Any) -> None:
        """Read the page of a file, whose bytes can be written to. Raises ValueError for one better left to the engine.

        Opens nothing else: by now nothing can be opened.
        """
        self._data = data
        start = ctypes.addressof(c_char.from_buffer(data))
        stream = self._ask("fz_open_memory", _Address, c_void_p(start), c_size_t(len(data)))
        self._pdf = self._ask("pdf_open_document_with_stream", _Address, stream)
        if self._ask("pdf_needs_password", c_int, self._pdf):
            raise ValueError("password")
        self._check_turn_and_unit()
        self._page = self._ask("pdf_load_page", _Address, self._pdf, 0)
        box = self._ask("fz_bound_page", _Rect, self._page)
        self.width_pt = round(box.x1 - box.x0, _DIGITS)
        self.height_pt = round(box.y1 - box.y0, _DIGITS)
        if not (0 < self.width_pt < math.inf and 0 < self.height_pt < math.inf):
            raise ValueError("size")

    def draw(self, width_px: float) -> tuple[int, int, Any]:
        """Return width, height and pixels, B, G, R, 255 from the top, of the page drawn so wide. Raises ValueError."""
        scale = width_px / self.width_pt
        columns, rows = (end_pixel(side * scale) for side in (self.width_pt, self.height_pt))
        if columns * rows > TILE_PIXELS:
            raise ValueError("pixels")
        pixels = (ctypes.c_char * (columns * rows * BYTES_PER_PIXEL))()
        colours = self._ask("fz_device_bgr", _Address)
        place = _PixelRect(0, 0, columns, rows)
        pixmap = self._ask("fz_new_pixmap_with_bbox_and_data", _Address, colours, place, None, 1, pixels)
        self._ask("fz_clear_pixmap_with_value", None, pixmap, _WHITE)
        device = self._ask("fz_new_draw_device", _Address, _Matrix(1, 0, 0, 1, 0, 0), pixmap)
        self._ask("fz_run_page", None, self._page, device, _Matrix(scale, 0, 0, scale, 0, 0), None)
        self._ask("fz_close_device", None, device)
        return columns, rows, pixels

    def _check_turn_and_unit(self) -> None:
        """Refuse what the engine sets right before it draws: see ``mupdf``."""
        page = self._ask("pdf_lookup_page_obj", _Address, self._pdf, 0)
        turn = self._ask("pdf_dict_gets_inheritable", _Address, page, b"Rotate")
        if turn and self._ask("pdf_to_real", c_float, turn) % 90:
            raise ValueError("turn")
        unit = self._ask("pdf_dict_gets", _Address, page, b"UserUnit")
        if unit and not 0 < self._ask("pdf_to_real", c_float, unit) < math.inf:
            raise ValueError("unit")

    def _ask(self, name: str, result: Any, *arguments: Any) -> Any:
        return self._call(name, result, self._context, *arguments)

    def _call(self, name: str, result: Any, *arguments: Any) -> Any:
        function = self._library[name]
        function.restype = result
        return function(*arguments)


def _find_library() -> tuple[str, bytes]:
    """Return the library's file and version, which it wants to hear from who uses it. Raises LookupError, OSError."""
    for place in sys.path:
        package = os.path.join(place, _PACKAGE)  # noqa: PTH118  pathlib takes long to import
        if os.path.isdir(package):  # noqa: PTH112
            with open(os.path.join(package, *_VERSION_FILE), "rb") as text:  # noqa: PTH118, PTH123
                version = text.read().partition(_VERSION_MARK)[2].partition(b'"')[0]
            # In a packaged program all libraries lie beside the packages.
            for folder in (package, place):
                for name in os.listdir(folder):  # noqa: PTH208
                    if name.startswith(_NAMES):
                        return os.path.join(folder, name), version  # noqa: PTH118
    raise LookupError(_PACKAGE)
