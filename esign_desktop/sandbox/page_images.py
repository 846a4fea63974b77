"""Pages of contracts and seals as PNG images for the sign page, cached."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from esign_desktop.sandbox.pages import PDF_LOCK, open_pdf, pymupdf_module
from esign_desktop.sandbox.seals import SEAL_UNITS
from esign_desktop.sandbox.stamping import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE_WIDTH_PX: Final = 1240
_MAX_HEIGHT_PX: Final = 4000
_SEAL_PX: Final = 480
_CACHE_BYTES: Final = 64 << 20


class PageImages:
    """Renders what is asked for and keeps the latest, up to a number of bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._images: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size_bytes = 0

    def page(self, key: tuple[object, ...], path: Path, page_index: int) -> bytes:
        """One page as a reader sees it; ``key`` names the document and its version."""
        return self._cached((*key, page_index), lambda: _render_page(path, page_index))

    def seal(self, drawing: str) -> bytes:
        """A seal on a clear ground."""
        return self._cached(("seal", drawing), lambda: _render_seal(drawing))

    def _cached(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
                return self._images[key]
        image = make()
        with self._lock:
            if key not in self._images:
                self._images[key] = image
                self._size_bytes += len(image)
            while self._size_bytes > _CACHE_BYTES and len(self._images) > 1:
                _, dropped = self._images.popitem(last=False)
                self._size_bytes -= len(dropped)
        return image


def _render_page(path: Path, page_index: int) -> bytes:
    pymupdf = pymupdf_module()
    with open_pdf(path) as pdf:
        page = pdf[page_index]
        zoom = min(PAGE_WIDTH_PX / page.rect.width, _MAX_HEIGHT_PX / page.rect.height)
        image: bytes = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False).tobytes("png")
    return image


def _render_seal(drawing: str) -> bytes:
    pymupdf = pymupdf_module()
    with PDF_LOCK, pymupdf.open() as pdf:
        pdf.new_page(width=SEAL_UNITS, height=SEAL_UNITS)
        stamp(pdf, [Stamp(1, SEAL_UNITS / 2, SEAL_UNITS / 2, SEAL_UNITS)], drawing)
        zoom = _SEAL_PX / SEAL_UNITS
        pixmap = pdf[0].get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=True)
        image: bytes = pixmap.tobytes("png")
    return image
