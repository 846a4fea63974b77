"""The runner of the benchmarks, and the table that it keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks import __main__ as runner
from tests.benchmarks.kept import keep

if TYPE_CHECKING:
    from pathlib import Path

TWO_CUSTOMERS = """
import json
from tests.benchmarks import counter_growth
counter_growth.WARM_CUSTOMERS, counter_growth.CUSTOMERS, counter_growth.REST_MS = 1, 2, 0
print(json.dumps(counter_growth.measure()))
"""
SERVED_WITHIN_S = 180
"""What two customers take at most: longer than one step of the benchmark, which then says at which it stands still."""

PAGE = """# Before
<!-- begin of the table: `make bench ARGS=--keep` writes it -->
| what | ours | peer | ratio | must be | seen |
|---|---|---|---|---|---|
| opening, ms | 8.6 | peer: 7 | 1.23 | ≤ 1.25 | 1.19–1.3 |
| searching, ms | 1,300 | peer: 48 | 27.1 |  | 27.1 |
<!-- end of the table -->
After
"""


def row(name: str, ratio: float, **more: float) -> dict[str, Any]:
    return {"name": name, "ours": 1000 * ratio, "peer_name": "peer", "peer": 1000.0, "ratio": ratio, **more}


def test_kept_rows_widen_what_was_seen_and_leave_all_others_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")

    keep([row("opening, ms", 1.4, limit=1.25), row("drawing, ms", 0.5)], page)

    told = page.read_text(encoding="utf-8")
    lines = [line for line in told.splitlines() if line.startswith("| ")]
    assert lines == [
        "| what | ours | peer | ratio | must be | seen |",
        "| opening, ms | 1,400 | peer: 1,000 | **1.4** | ≤ 1.25 | 1.19–1.4 |",
        "| searching, ms | 1,300 | peer: 48 | 27.1 |  | 27.1 |",
        "| drawing, ms | 500 | peer: 1,000 | 0.5 |  | 0.5 |",
    ]
    assert told.startswith("# Before\n")
    assert told.endswith("<!-- end of the table -->\nAfter\n")


def test_the_table_of_the_documents_can_be_renewed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(runner.PAGE.read_bytes())

    keep([], page)

    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (runner.PAGE, page))
    assert [line for line in before if not line.startswith("Last renewed")] == [
        line for line in after if not line.startswith("Last renewed")
    ]


def test_a_benchmark_that_dies_is_named_and_does_not_end_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(name: str) -> list[dict[str, Any]]:
        if name == "opening":
            raise subprocess.CalledProcessError(1, [name])
        return [row(name, 1.2, limit=1.0)]

    monkeypatch.setattr(runner, "run", run)
    monkeypatch.setattr(runner, "REPOSITORY", tmp_path)
    monkeypatch.setattr(runner, "TARGET", tmp_path / "build" / "bench.json")

    assert runner.main(["opening", "searching"]) == 1

    assert capsys.readouterr().out.splitlines()[-2:] == ["over its limit of 1: searching, 1.20", "died: opening"]
    assert runner.TARGET.is_file()


@pytest.mark.nightly
@pytest.mark.slow
def test_the_counter_that_is_measured_serves_one_customer_after_the_other() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWO_CUSTOMERS],
        cwd=runner.REPOSITORY,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        check=True,
        timeout=SERVED_WITHIN_S,
    )

    rows = json.loads(done.stdout.splitlines()[-1])
    assert {measured["peer_name"] for measured in rows} == {"after 1"}
    assert all(measured["ours"] > 0 for measured in rows)
