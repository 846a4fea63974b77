"""Scanned pages read by machine, and how long the first of them takes with what has to be loaded for it."""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from esign_desktop.pdf.isolated.recognition import can_recognise, recognise_pages
from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.row import Row, best
from tests.pdf.scans import write_scan

PAGE_COUNT = 5
FIRST_S, PAGE_S = 8.0, 5.0


def measure() -> list[dict[str, Any]]:
    if not can_recognise():
        return []
    with tempfile.TemporaryDirectory() as folder:
        contract = write_text_contract(Path(folder) / "contract.pdf", PAGE_COUNT)
        numbers = range(1, PAGE_COUNT + 1)
        scan = write_scan(contract, Path(folder) / "scan.pdf", numbers)
        at_s = [time.perf_counter()]
        for page in recognise_pages(scan, numbers):
            assert page.words
            at_s.append(time.perf_counter())
    took_s = [after - before for before, after in pairwise(at_s)]
    return [
        Row("the first scanned page read, s", took_s[0], f"{FIRST_S:g} s", FIRST_S, 1.0).as_dict(),
        Row("every further one, s", best(took_s[1:]), f"{PAGE_S:g} s", PAGE_S, 1.0).as_dict(),
    ]
