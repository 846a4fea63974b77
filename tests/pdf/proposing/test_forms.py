"""Proposals for the labelled contract forms, scored as their own program scores them, and what a process answers."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pymupdf
import pytest

from esign_desktop.pdf.cli import proposal_report
from esign_desktop.pdf.proposing.parties import propose
from esign_desktop.pdf.proposing.segments import read_rows
from esign_desktop.pdf.text.recognised import lines_of
from esign_desktop.ui.resources import resource_path
from tests.pdf.proposing.setting import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.pdf.engine import PdfEngine
    from tests.pdf.local_engine import LocalEngine


@pytest.mark.corpus
def test_the_forms_are_read_as_well_as_is_promised(local: LocalEngine, shared_dir: Path, tmp_path: Path) -> None:
    found = {}
    for path in _forms(shared_dir):
        opened = local.open(path)
        found[path.name] = local.propose(opened.handle)
        local.close(opened.handle)
    whole, parties, kinds, places, marks = _scores(found, shared_dir, tmp_path)
    assert whole[2] >= 88
    assert parties >= [0.97, 0.94]
    assert kinds >= [0.95, 0.95]
    assert places[2] >= 94
    assert marks[:2] >= [0.95, 0.92]


@pytest.mark.nightly
@pytest.mark.corpus
@pytest.mark.slow
def test_scans_of_the_forms_are_read_nearly_as_well(shared_dir: Path, tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311
    found = {}
    for path in _forms(shared_dir):
        with pymupdf.open(path) as form:
            words = [list(words_of(page, chance)) for page in form]
        found[path.name] = propose([read_rows(lines_of(page), number) for number, page in enumerate(words, 1)])
    whole, parties, kinds, places, marks = _scores(found, shared_dir, tmp_path)
    assert whole[2] >= 72
    assert parties >= [0.95, 0.9]
    assert kinds >= [0.95, 0.95]
    assert places[2] >= 88
    assert marks[:2] >= [0.91, 0.81]


def _forms(shared_dir: Path) -> list[Path]:
    return sorted((shared_dir / "data" / "contracts").glob("*.pdf"))


def _scores(found: Mapping[str, Proposal], shared_dir: Path, tmp_path: Path) -> list[list[float]]:
    folder = shared_dir / "data" / "contracts"
    proposals = tmp_path / "proposals.json"
    proposals.write_text(json.dumps({name: proposal_report(one) for name, one in found.items()}), "utf-8")
    command = [sys.executable, str(folder / "score.py"), str(folder / "labels.json"), str(folder), str(proposals)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return [_numbers(line) for line in said.splitlines()]


def _numbers(line: str) -> list[float]:
    return [float(number) for number in re.findall(r"[0-9]+(?:\.[0-9]+)?", line)]


def test_both_engines_read_the_sample(engine: PdfEngine) -> None:
    opened = engine.open(resource_path("samples", "service-contract.pdf"))
    found = engine.propose(opened.handle)
    engine.close(opened.handle)
    assert [(one.role, one.name, [mark.kind.value for mark in one.marks]) for one in found.parties] == [
        ("甲方", "云禾示例科技有限公司", ["seal", "signature"]),
        ("乙方", "林小满", ["signature"]),
    ]
    assert all(mark.page_number == 2 for one in found.parties for mark in one.marks)
