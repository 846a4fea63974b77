"""Twenty scanned pages, all drawn: two processes against PyMuPDF in this one."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pymupdf

from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from tests.benchmarks.documents import write_photographs
from tests.benchmarks.row import Row, best

PAGE_COUNT = 20
ROUNDS = 3
HANDS = 2


def ours(engine: ProcessEngine, path: Path, dpi: int) -> float:
    """Return milliseconds until all pages are there."""
    opened = engine.open_quickly(path)
    for number in range(1, HANDS + 1):
        engine.render(RenderRequest(opened.handle, number, 0.2))
    started = time.perf_counter()

    def draw(page_number: int) -> int:
        return len(engine.render(RenderRequest(opened.handle, page_number, dpi / 72)).data)

    with ThreadPoolExecutor(HANDS) as hands:
        sizes = list(hands.map(draw, range(1, PAGE_COUNT + 1)))
    taken_ms = (time.perf_counter() - started) * 1000
    assert min(sizes) > dpi * dpi
    engine.close(opened.handle)
    return taken_ms


def peer(path: Path, dpi: int) -> float:
    """Return milliseconds."""
    document: Any = pymupdf.open(path)
    document[0].get_pixmap(dpi=15)
    started = time.perf_counter()
    for page_index in range(PAGE_COUNT):
        document[page_index].get_pixmap(dpi=dpi, alpha=False)
    taken_ms = (time.perf_counter() - started) * 1000
    document.close()
    return taken_ms


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        scan = write_photographs(Path(folder) / "scan.pdf", PAGE_COUNT)
        engine = ProcessEngine(workers=HANDS)
        engine.prestart()
        try:
            for dpi in (150, 300):
                rounds = [(ours(engine, scan, dpi), peer(scan, dpi)) for _ in range(ROUNDS)]
                own, other = (best(values) for values in zip(*rounds, strict=True))
                rows.append(Row(f"{PAGE_COUNT} scanned pages at {dpi} dpi, ms", own, "PyMuPDF in-process", other, 0.65))
        finally:
            engine.stop()
    return [row.as_dict() for row in rows]
