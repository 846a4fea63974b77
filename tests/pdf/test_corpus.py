"""Every file of the shared corpus goes through the child: none harms the application, all end in time."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.pdf.cli import PROBE_LIMITS, probe
from esign_desktop.pdf.client.engine import ProcessEngine
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from esign_desktop.pdf.cli import Report

# Opening, the look for text and one step that is cut off, plus starting again.
LONGEST_S = PROBE_LIMITS.open_s + PROBE_LIMITS.facts_page_s + PROBE_LIMITS.render_s + PROBE_LIMITS.start_s
CHILDREN = 2
PATIENT_LIMITS = replace(PROBE_LIMITS, open_s=PROBE_LIMITS.open_s * 10, render_s=PROBE_LIMITS.render_s * 10)
"""Limits that a machine ten times as slow, or as busy, keeps."""


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", daily([10], [10, 1]))
def test_every_file_of_the_corpus_gets_its_class_in_time(shared_dir: Path, tally: Counter[str], step: int) -> None:
    folder = shared_dir / "data" / "corpus"
    entries = [json.loads(line) for line in (folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(entries) == 175
    # The fifth of each ten: among the first of each ten is a bomb that takes seven seconds of a processor.
    entries = entries[4::step] if step > 1 else entries
    engine = ProcessEngine(workers=CHILDREN, limits=PROBE_LIMITS)

    def look(entry: dict[str, Any]) -> tuple[Report, float]:
        started_at_s = time.monotonic()
        return probe(engine, folder / entry["file"]), time.monotonic() - started_at_s

    try:
        with ThreadPoolExecutor(CHILDREN) as threads:
            looks = list(threads.map(look, entries))
    finally:
        engine.stop()

    wrong = []
    for entry, (first_report, seconds) in zip(entries, looks, strict=True):
        if seconds > LONGEST_S:
            wrong.append(f"{entry['file']}: {seconds:.1f} s")
        report = first_report
        if report["class"] == "hang" != entry["class"]:
            # The limits count the time of the wall clock, of which a busy machine gives the child only a part.
            assert report["error"] == "pdf.too_slow"
            report, processor_s = look_patiently(folder / entry["file"])
            tally["files cut off, then looked at patiently"] += 1
            if processor_s > PROBE_LIMITS.render_s:
                wrong.append(f"{entry['file']}: {processor_s:.1f} s of a processor")
        if report["class"] != entry["class"]:
            wrong.append(f"{entry['file']}: {report['class']} ({report['error']}) instead of {entry['class']}")
        if entry["class"].startswith("ok") and report["pages"] != entry["pages"]:
            wrong.append(f"{entry['file']}: {report['pages']} pages instead of {entry['pages']}")
        if entry["class"] == "ok" and rotations(report) != entry["rotations"]:
            wrong.append(f"{entry['file']}: rotations {rotations(report)} instead of {entry['rotations']}")
    tally["files"] += len(looks)
    assert wrong == []


def look_patiently(path: Path) -> tuple[Report, float]:
    """Return the report of a child of its own that has ten times as long, and the processor seconds that it used.

    Windows does not count the seconds of children, and 0 is returned there.
    """
    before = os.times()
    engine = ProcessEngine(limits=PATIENT_LIMITS)
    try:
        report = probe(engine, path)
    finally:
        engine.stop()
    after = os.times()
    used_s = after.children_user + after.children_system - before.children_user - before.children_system
    return report, used_s


def rotations(report: Report) -> list[int]:
    return sorted({frame["rotation"] for frame in report["frames"]})
