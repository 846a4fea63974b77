"""From a path to the first page's pixels: the engine with its processes running, against PyMuPDF in this process."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pymupdf

from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from tests.benchmarks.documents import write_photographs, write_text_contract
from tests.benchmarks.row import Row, best

LARGE_BYTES = 200 * 1024 * 1024
PAGE_COUNT = 100
ROUNDS_SMALL = 41
ROUNDS_LARGE = 9
DPI = 144


def ours(engine: ProcessEngine, path: Path) -> float:
    """Return milliseconds."""
    started = time.perf_counter()
    opened = engine.open_quickly(path)
    pixels = engine.render(RenderRequest(opened.handle, 1, DPI / 72))
    taken_ms = (time.perf_counter() - started) * 1000
    assert pixels.width_px > DPI
    # What goes on in the background must not slow the peer.
    engine.complete(opened)
    engine.close(opened.handle)
    return taken_ms


def peer(path: Path) -> float:
    """Return milliseconds."""
    started = time.perf_counter()
    document: Any = pymupdf.open(path)
    document[0].get_pixmap(dpi=DPI, alpha=False)
    taken_ms = (time.perf_counter() - started) * 1000
    document.close()
    return taken_ms


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = ProcessEngine(workers=2)
        try:
            ours(engine, write_text_contract(folder / "small.pdf", 2))
            for title, made, count in (
                (f"{PAGE_COUNT} pages", write_text_contract(folder / "text.pdf", PAGE_COUNT), ROUNDS_SMALL),
                ("200 MB", write_photographs(folder / "large.pdf", size_bytes=LARGE_BYTES), ROUNDS_LARGE),
            ):
                rounds = []
                for number in range(count + 1):
                    copy = folder / f"copy {number}.pdf"
                    shutil.copyfile(made, copy)
                    gc.collect()
                    rounds.append((ours(engine, copy), peer(copy)))
                    copy.unlink()
                own, other = (best(values) for values in zip(*rounds[1:], strict=True))
                rows.append(Row(f"open to first page sharp, {title}, ms", own, "PyMuPDF in-process", other, 1.25))
        finally:
            engine.stop()
    return [row.as_dict() for row in rows]
