"""``python -m tests.benchmarks``: measures everything in one run, prints a table and writes build/bench.json.

Each benchmark runs in a process of its own. Give names to run only those.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = REPOSITORY / "build" / "bench.json"
PDF_BENCHMARKS = (
    "proposing",
    "recognition",
    "searching",
    "scanned_pages",
    "opening",
    "scrolling_memory",
    "keyword_cases",
)
COUNTER_BENCHMARKS = ("counter", "counter_window", "counter_growth")
BENCHMARKS = (
    "startup",
    "frozen_start",
    "rooms",
    "first_page",
    "busy_window",
    "flinging",
    "upload_memory",
    "contacts",
    "contact_files",
    "many_flows",
    "ledger",
    "erasing",
    "sheets",
    "dragging",
    "forms",
    *COUNTER_BENCHMARKS,
    *PDF_BENCHMARKS,
)
LIMIT_S = 600.0


def run(name: str) -> list[dict[str, Any]]:
    """Run one benchmark in a new process; return its rows."""
    program = f"import json; from tests.benchmarks.{name} import measure; print(json.dumps(measure()))"
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=LIMIT_S,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return told if isinstance(told, list) else [told]


def _verdict(row: dict[str, Any]) -> str:
    if "limit" not in row:
        return "       "
    return f"{'≤' if row['ratio'] <= row['limit'] else '>'} {row['limit']:5g}"


def main(names: list[str]) -> None:
    rows: list[dict[str, Any]] = []
    print(f"{'':58} {'ours':>9}  {'peer':>9}  ratio")
    for name in names or (one for one in BENCHMARKS if find_spec(f"tests.benchmarks.{one}")):
        for row in run(name):
            rows.append(row)
            print(
                f"{row['name']:58} {row['ours']:9.1f}  {row['peer']:9.1f}  {row['ratio']:5.2f}"
                f" {_verdict(row)}  {row['peer_name']}",
                flush=True,
            )
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(TARGET.relative_to(REPOSITORY))


if __name__ == "__main__":
    main(sys.argv[1:])
