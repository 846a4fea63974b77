"""``esign-desktop --overview``, as it is called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl

from tests.services.counter.test_days import day

if TYPE_CHECKING:
    from pathlib import Path


def overview(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "esign_desktop", "--overview", str(folder), *more]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_overview_is_printed_and_saved_as_workbook_and_json(tmp_path: Path) -> None:
    days = tmp_path / "days"
    days.mkdir()
    for number in range(10):
        day(days, f"counter-{number}", branch="=1+1")
    done = overview(days)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 12
    assert lines[0].split()[:5] == ["Counter", "Institution", "Environment", "Project", "Days"]
    assert lines[-1].split() == ["Total", "10", "50", *["10"] * 5]

    (days / "2026-03-07-damaged.json").write_text("{", "utf-8")
    for name in ("o.xlsx", "o.csv", "o.json"):
        done = overview(days, "--save-as", str(tmp_path / name), "--since", "2026-03-01")
        assert done.returncode == 3
        assert "2026-03-07-damaged.json (not_json)" in done.stderr
    rows = list(openpyxl.load_workbook(tmp_path / "o.xlsx").worksheets[0].iter_rows(values_only=True))
    assert (rows[1][:2], rows[-1][4:6]) == (("counter-0", "=1+1"), ("10", "50"))
    assert (tmp_path / "o.csv").read_text("utf-8-sig").splitlines()[1].startswith("counter-0,'=1+1,production")
    saved = json.loads((tmp_path / "o.json").read_bytes())
    assert (saved["total"]["sent"], len(saved["counters"]), saved["counters"][0]["signed"]) == (50, 10, 1)
    assert saved["unread"] == [{"file": "2026-03-07-damaged.json", "reason": "not_json"}]


def test_overview_says_what_it_cannot_read_or_write(tmp_path: Path) -> None:
    done = overview(tmp_path / "gone")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr
    done = overview(tmp_path, "--save-as", str(tmp_path / "gone" / "o.xlsx"))
    assert done.returncode == 1
    assert done.stderr
    assert overview(tmp_path, "--save-as", "o.pdf").returncode == 2
    assert overview(tmp_path, "--since", "yesterday").returncode == 2
