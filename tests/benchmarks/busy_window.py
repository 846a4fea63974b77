"""The longest time for which the window stands still while 20 scanned pages are shown one after the other.

Ours is the real window: it goes from page to page, which its other processes draw. The peer is QtPdf, which draws the
same pages as large in the window's thread. The same again while the client sends a file of 200 MB.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer

from esign_desktop.ui.tasks import Lane
from tests.benchmarks.documents import write_large_pdf, write_photographs
from tests.benchmarks.event_loop import LongestGap, run_until
from tests.benchmarks.office import office, prepared_upload
from tests.benchmarks.qt_pdf import qt_pdf_module
from tests.benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.ui.shell.workspace import Workspace

PAGE_COUNT = 20
UPLOAD_BYTES = 200 * 1024 * 1024
PAUSE_MS = 5
ZOOM_DPI = 96
LONGEST_GAP_MS = 25.0


def open_scan(workspace: Workspace, scan: Path) -> None:
    """Put the scan on the desk, and wait until all is quiet."""
    workspace.open_files([scan])
    view = workspace.prepare.canvas.view
    run_until(lambda: workspace.session.draft.documents)
    run_until(lambda: not view.is_settling and view.source.is_idle and workspace.tasks.wait_idle(0.0))


def ours(workspace: Workspace, dpi: int, upload: Callable[[], None] | None) -> float:
    """Return the longest gap in milliseconds."""
    view = workspace.prepare.canvas.view
    (document,) = workspace.session.draft.documents
    view.set_zoom(1.0)
    view.go_to(document.id, 1)
    run_until(lambda: not view.is_settling and view.source.is_idle)
    view.refresh(document.id)
    drawn: set[int] = set()

    def note(_document_id: str, page_number: int) -> None:
        drawn.add(page_number)

    view.source.arrived.connect(note)
    sent: list[bool] = []
    gap = LongestGap()
    gap.start()
    view.set_zoom(dpi / ZOOM_DPI)
    if upload is None:
        sent.append(True)
    else:
        workspace.tasks.start(upload, owner=workspace, on_done=lambda _nothing: sent.append(True), lane=Lane.NETWORK)
    for page_number in range(1, PAGE_COUNT + 1):
        view.go_to(document.id, page_number)
        run_until(lambda: not view.is_settling and view.source.is_idle)
    run_until(lambda: sent)
    longest_ms = gap.stop()
    view.source.arrived.disconnect(note)
    assert drawn == set(range(1, PAGE_COUNT + 1))
    return longest_ms


def in_the_windows_thread(scan: Path, dpi: int, upload: Callable[[], None] | None) -> float:
    """Return the longest gap in milliseconds."""
    document: Any = qt_pdf_module("QtPdf").QPdfDocument(None)
    document.load(str(scan))
    pages = iter(range(PAGE_COUNT))
    pictures: list[Any] = []
    timer = QTimer(interval=PAUSE_MS)

    def draw() -> None:
        index = next(pages, None)
        if index is None:
            timer.stop()
            return
        size = document.pagePointSize(index) * dpi / 72
        pictures.append(document.render(index, QSize(round(size.width()), round(size.height()))))

    timer.timeout.connect(draw)
    sender = threading.Thread(target=upload) if upload is not None else None
    gap = LongestGap()
    gap.start()
    if sender is not None:
        sender.start()
    timer.start()
    run_until(lambda: not timer.isActive() and not (sender is not None and sender.is_alive()))
    longest_ms = gap.stop()
    if sender is not None:
        sender.join()
    document.close()
    assert all(not picture.isNull() for picture in pictures)
    return longest_ms


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    rows = []
    peer = "QtPdf in the window's thread"
    with office() as (standing, folder):
        workspace = standing.window.workspace
        assert workspace is not None
        scan = write_photographs(folder / "scan.pdf", PAGE_COUNT)
        large = write_large_pdf(folder / "large.pdf", UPLOAD_BYTES)
        open_scan(workspace, scan)
        for dpi in (150, 300):
            longest_ms = ours(workspace, dpi, None)
            peer_ms = in_the_windows_thread(scan, dpi, None)
            name = f"longest gap while {PAGE_COUNT} scans are shown at {dpi} dpi, ms"
            rows.append(Row(name, longest_ms, peer, peer_ms, 0.1))
            rows.append(Row(f"{name[:-4]} over 25 ms, ms", longest_ms, "25 ms", LONGEST_GAP_MS, 1.0))
        longest_ms = ours(workspace, 150, prepared_upload(workspace.services, large))
        peer_ms = in_the_windows_thread(scan, 150, prepared_upload(workspace.services, large))
    rows.append(Row("longest gap while scans are shown and 200 MB uploaded, ms", longest_ms, peer, peer_ms))
    return [row.as_dict() for row in rows]
