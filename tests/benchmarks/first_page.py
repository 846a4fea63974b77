"""From a file to its first page on the screen, over bare PyMuPDF in this process.

Ours is the whole way in the real window: a file is given to it, the process that parses opens and draws it, and the
page's picture has arrived. The peer opens the same file and draws the same page as large.
"""

from __future__ import annotations

import gc
import shutil
import time
from typing import TYPE_CHECKING, Any

import pymupdf
from PySide6.QtGui import QImage

from esign_desktop.domain.contract.draft import ContractDraft
from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office
from tests.benchmarks.row import Row, best

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.ui.shell.window import MainWindow

PAGE_COUNT = 100
ROUNDS = 7


def ours(window: MainWindow, path: Path) -> tuple[float, float]:
    """Return milliseconds, and the pixels per point that the window draws at."""
    workspace = window.workspace
    assert workspace is not None
    workspace.session.load(ContractDraft.new())
    run_until(lambda: workspace.tasks.wait_idle(0.0) and not workspace.prepare.proposals.is_looking)
    view = workspace.prepare.canvas.view
    arrived: list[float] = []

    def note(_document_id: str, page_number: int) -> None:
        if page_number == 1:
            arrived.append(time.perf_counter())

    view.source.arrived.connect(note)
    started = time.perf_counter()
    window.open_files([path])
    run_until(lambda: arrived, step_ms=1)
    view.source.arrived.disconnect(note)
    return (arrived[0] - started) * 1000, view.scale * view.devicePixelRatioF()


def bare(path: Path, pixels_per_point: float) -> float:
    """Return milliseconds."""
    started = time.perf_counter()
    document: Any = pymupdf.open(path)
    matrix: Any = pymupdf.Matrix(pixels_per_point, pixels_per_point)
    pixmap = document[0].get_pixmap(matrix=matrix, alpha=False)
    picture = QImage(pixmap.samples, pixmap.width, pixmap.height, pixmap.stride, QImage.Format.Format_RGB888).copy()
    taken_ms = (time.perf_counter() - started) * 1000
    assert not picture.isNull()
    document.close()
    return taken_ms


def measure() -> dict[str, str | float]:
    """Return the row."""
    with office() as (standing, folder):
        contract = write_text_contract(folder / "contract.pdf", PAGE_COUNT)
        times: list[tuple[float, float]] = []
        for number in range(ROUNDS + 1):
            # A name of its own, so that nothing is known of the file yet.
            copy = folder / f"contract {number}.pdf"
            shutil.copyfile(contract, copy)
            own_ms, scale = ours(standing.window, copy)
            gc.collect()
            times.append((own_ms, bare(copy, scale)))
    # The first round warms both.
    kept = times[1:]
    return Row(
        f"open to first page of {PAGE_COUNT}, in the window, ms",
        best([own for own, _ in kept]),
        "PyMuPDF in-process",
        best([peer for _, peer in kept]),
        4.0,
    ).as_dict()
