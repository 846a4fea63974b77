"""Keywords in 1,000 pages: counted when the document has just been opened, counted again, and placed.

Ours is the engine with its two processes, which run already, as they do when a window is open. The peers are PyMuPDF's
own search, and its characters with their places, page after page in this process.
"""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.pdf.client.engine import ProcessEngine
from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.row import Row, best

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_COUNT = 1000
ROUNDS = 9
FRAME_MS = 1000 / 60
IN_VIEW = (PAGE_COUNT // 2, PAGE_COUNT // 2 + 1)
"""Two pages, as when one has scrolled between them."""
COMMON = "甲乙双方"
OTHER = "人民法院"


def ours(engine: ProcessEngine, path: Path) -> tuple[float, ...]:
    """Return milliseconds for the first count, a further one, the places in view, and the places of all matches."""
    opened = engine.open_quickly(path)
    times = []
    for ask in (
        lambda: sum(engine.count(opened.handle, COMMON)),
        lambda: sum(engine.count(opened.handle, OTHER)),
        lambda: len(engine.find_on_pages(opened.handle, COMMON, IN_VIEW)) * PAGE_COUNT,
        lambda: len(engine.find(opened.handle, COMMON, near_page=IN_VIEW[0])),
    ):
        found, taken_ms = timed(ask)
        assert found >= PAGE_COUNT
        times.append(taken_ms)
    engine.close(opened.handle)
    return tuple(times)


def peers(path: Path) -> tuple[float, float]:
    """Return milliseconds for PyMuPDF's search, and for all characters with their places."""
    document: Any = pymupdf.open(path)
    found, search_ms = timed(lambda: sum(len(page.search_for(COMMON)) for page in document))
    assert found >= PAGE_COUNT
    _, characters_ms = timed(lambda: sum(len(page.get_text("rawdict")["blocks"]) for page in document))
    document.close()
    return search_ms, characters_ms


def timed(work: Callable[[], int]) -> tuple[int, float]:
    gc.collect()
    started = time.perf_counter()
    answer = work()
    return answer, (time.perf_counter() - started) * 1000


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = write_text_contract(folder / "text.pdf", PAGE_COUNT)
        small = write_text_contract(folder / "small.pdf", 2)
        engine = ProcessEngine(workers=2)
        rounds: list[tuple[float, ...]] = []
        try:
            engine.find(engine.open(small).handle, COMMON)
            for number in range(ROUNDS):
                copy = folder / f"text {number}.pdf"
                shutil.copyfile(made, copy)
                rounds.append((*ours(engine, copy), *peers(copy)))
        finally:
            engine.stop()
    first, further, in_view, places, search, characters = (best(values) for values in zip(*rounds, strict=True))
    return [
        Row(f"first keyword counted on {PAGE_COUNT} pages, ms", first, "PyMuPDF search_for", search, 0.75).as_dict(),
        Row(
            f"further keyword counted on {PAGE_COUNT} pages, ms", further, "PyMuPDF search_for", search, 0.02
        ).as_dict(),
        Row("places of a common word on the pages in view, ms", in_view, "a frame at 60 Hz", FRAME_MS, 1.0).as_dict(),
        Row(f"places of a common word on {PAGE_COUNT} pages, ms", places, "PyMuPDF rawdict", characters, 0.6).as_dict(),
    ]
