"""The longest time for which the window stands still while 20 scanned pages are drawn and 200 MB are uploaded.

Ours is the real window: it scrolls through the pages, which its other process draws, while the client sends the file.
The peer draws the same pages with PyMuPDF in the window's thread, with the same upload in another thread.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pymupdf
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from esign_desktop.ui.tasks import Lane
from tests.benchmarks.documents import write_large_pdf, write_scan
from tests.benchmarks.event_loop import LongestGap, run_until
from tests.benchmarks.office import office, prepared_upload
from tests.benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.ui.furniture import Furniture

PAGE_COUNT = 20
UPLOAD_BYTES = 200 * 1024 * 1024
PAUSE_MS = 5
ZOOM = 1.5
"""Two pixels a point, 144 dpi: what a wide window shows."""


def ours(furniture: Furniture, scan: Path, upload: Callable[[], None]) -> float:
    """Return the longest gap in milliseconds."""
    view = furniture.prepare.canvas.view
    drawn: set[int] = set()
    furniture.open_files([scan])
    run_until(lambda: furniture.session.draft.documents)
    document = furniture.session.draft.documents[0]
    run_until(lambda: not view.is_settling and view.source.is_idle)
    view.source.arrived.connect(lambda _document_id, page_number: drawn.add(page_number))
    sent: list[bool] = []
    gap = LongestGap()
    gap.start()
    view.set_zoom(ZOOM)
    furniture.tasks.start(upload, owner=furniture, on_done=lambda _nothing: sent.append(True), lane=Lane.NETWORK)
    for page_number in range(1, PAGE_COUNT + 1):
        view.go_to(document.id, page_number)
        run_until(lambda: not view.is_settling and view.source.is_idle)
    run_until(lambda: sent)
    longest_ms = gap.stop()
    assert drawn == set(range(1, PAGE_COUNT + 1))
    return longest_ms


def in_the_windows_thread(scan: Path, scale: float, upload: Callable[[], None]) -> float:
    """Return the longest gap in milliseconds."""
    document: Any = pymupdf.open(scan)
    matrix: Any = pymupdf.Matrix(scale, scale)
    pages = iter(range(PAGE_COUNT))
    pictures: list[QImage] = []
    timer = QTimer(interval=PAUSE_MS)

    def draw() -> None:
        index = next(pages, None)
        if index is None:
            timer.stop()
            return
        pixmap = document[index].get_pixmap(matrix=matrix, alpha=False)
        row = QImage(pixmap.samples, pixmap.width, pixmap.height, pixmap.stride, QImage.Format.Format_RGB888)
        pictures.append(row.convertToFormat(QImage.Format.Format_RGB32))

    timer.timeout.connect(draw)
    sender = threading.Thread(target=upload)
    gap = LongestGap()
    gap.start()
    sender.start()
    timer.start()
    run_until(lambda: not timer.isActive() and not sender.is_alive())
    longest_ms = gap.stop()
    sender.join()
    document.close()
    return longest_ms


def measure() -> dict[str, str | float]:
    """Return the row."""
    with office() as (standing, folder):
        furniture = standing.window.furniture
        assert furniture is not None
        scan = write_scan(folder / "scan.pdf", PAGE_COUNT)
        large = write_large_pdf(folder / "large.pdf", UPLOAD_BYTES)
        longest_ms = ours(furniture, scan, prepared_upload(furniture.services, large))
        view = furniture.prepare.canvas.view
        scale = view.scale * view.devicePixelRatioF()
        peer_ms = in_the_windows_thread(scan, scale, prepared_upload(furniture.services, large))
    return Row(
        f"longest gap: {PAGE_COUNT} scans drawn, 200 MB uploaded, ms",
        longest_ms,
        "PyMuPDF in the window's thread",
        peer_ms,
    ).as_dict()
