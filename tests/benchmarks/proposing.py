"""A contract of 30 pages: its parties and their places proposed, against PyMuPDF's reading of its characters."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.pdf.client.engine import ProcessEngine
from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.row import Row, best
from tests.benchmarks.searching import timed

if TYPE_CHECKING:
    from esign_desktop.pdf.engine import PdfHandle

PAGE_COUNT = 30
ROUNDS = 7
LIMIT = 3.0


def _propose(engine: ProcessEngine, handle: PdfHandle) -> int:
    return len(engine.propose(handle).parties)


def _read(document: Any) -> int:
    return sum(len(page.get_text("rawdict")["blocks"]) for page in document)


def measure() -> list[dict[str, Any]]:
    engine = ProcessEngine()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = write_text_contract(Path(folder) / "contract.pdf", PAGE_COUNT)
            ours, peer = [], []
            for _ in range(ROUNDS):
                opened = engine.open(path)
                ours.append(timed(partial(_propose, engine, opened.handle))[1])
                engine.close(opened.handle)
                document: Any = pymupdf.open(path)
                peer.append(timed(partial(_read, document))[1])
                document.close()
    finally:
        engine.stop()
    name = f"parties of {PAGE_COUNT} pages proposed, ms"
    return [Row(name, best(ours), "PyMuPDF rawdict", best(peer), LIMIT).as_dict()]
