"""Proposals for the labelled contract forms, scored as their own program scores them, and what a process answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.pdf.cli import proposal_report
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine
    from tests.pdf.local_engine import LocalEngine


@pytest.mark.corpus
def test_the_forms_are_read_as_well_as_is_promised(local: LocalEngine, shared_dir: Path, tmp_path: Path) -> None:
    folder = shared_dir / "data" / "contracts"
    found = {}
    for path in sorted(folder.glob("*.pdf")):
        opened = local.open(path)
        found[path.name] = proposal_report(local.propose(opened.handle))
        local.close(opened.handle)
    proposals = tmp_path / "proposals.json"
    proposals.write_text(json.dumps(found), "utf-8")
    command = [sys.executable, str(folder / "score.py"), str(folder / "labels.json"), str(folder), str(proposals)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    whole, parties, kinds, places, marks = said.splitlines()
    assert _numbers(whole)[2] >= 88
    assert _numbers(parties) >= [0.97, 0.94]
    assert _numbers(kinds) >= [0.95, 0.95]
    assert _numbers(places)[2] >= 94
    assert _numbers(marks)[:2] >= [0.95, 0.92]


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
