"""A renderer that draws when the test lets it."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from esign_desktop.domain.document import Pixels
from esign_desktop.domain.errors import AppError, PdfError
from esign_desktop.domain.geometry import DisplayRect

if TYPE_CHECKING:
    from esign_desktop.domain.document import DocumentId

PAGE_WIDTH_PT = 595.0
PAGE_HEIGHT_PT = 842.0

Call = tuple[str, int, float, DisplayRect | None]


class SlowRenderer:
    """Records what is asked for; ``broken`` pages fail with ``error``; nothing is drawn while ``gate`` is closed."""

    def __init__(self, width_pt: float = PAGE_WIDTH_PT, height_pt: float = PAGE_HEIGHT_PT) -> None:
        self._size_pt = width_pt, height_pt
        self.calls: list[Call] = []
        self.broken: set[int] = set()
        self.error: AppError = PdfError("pdf.page_failed")
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()

    def render(
        self, document_id: DocumentId, page_number: int, pixels_per_point: float, clip: DisplayRect | None = None
    ) -> Pixels:
        with self._lock:
            self.calls.append((document_id, page_number, pixels_per_point, clip))
        if not self.gate.wait(timeout=10):
            raise TimeoutError
        if page_number in self.broken:
            raise self.error
        width_pt, height_pt = (clip.width_pt, clip.height_pt) if clip is not None else self._size_pt
        width_px, height_px = math.ceil(width_pt * pixels_per_point), math.ceil(height_pt * pixels_per_point)
        return Pixels(width_px, height_px, width_px * 4, bytes([200, 150, 100, 255]) * (width_px * height_px))

    @property
    def pages(self) -> list[int]:
        return [call[1] for call in self.calls]
