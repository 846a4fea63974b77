"""``python -m tests.benchmarks``: measures everything in one run, prints a table and writes build/bench.json.

Each benchmark runs in a process of its own, and one that dies does not end the others. Give names to run only those;
``--keep`` renews their lines in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.kept import keep

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = REPOSITORY / "build" / "bench.json"
PAGE = REPOSITORY / "docs" / "benchmarks.md"
PDF_BENCHMARKS = (
    "proposing",
    "matching",
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
    "reviewing",
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
LIMIT_S = 900.0


def run(name: str) -> list[dict[str, Any]]:
    """Run one benchmark in a new process; return its rows. Raises SubprocessError or ValueError if it dies."""
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
    told = json.loads("".join(done.stdout.splitlines()[-1:]))
    return told if isinstance(told, list) else [told]


def _verdict(row: dict[str, Any]) -> str:
    if "limit" not in row:
        return "       "
    return f"{'≤' if row['ratio'] <= row['limit'] else '>'} {row['limit']:5g}"


def main(arguments: list[str] | None = None) -> int:
    """Print and write what was measured; 1 if a benchmark died."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="benchmark", help=f"of {', '.join(BENCHMARKS)}; all without")
    parser.add_argument("--keep", action="store_true", help="renew the table of docs/benchmarks.md")
    parsed = parser.parse_args(arguments)
    if unknown := sorted(set(parsed.names) - set(BENCHMARKS)):
        parser.error(f"no benchmark: {', '.join(unknown)}")
    rows: list[dict[str, Any]] = []
    died = []
    print(f"{'':58} {'ours':>9}  {'peer':>9}  ratio")
    for name in parsed.names or BENCHMARKS:
        try:
            measured = run(name)
        except (subprocess.SubprocessError, ValueError) as error:
            print(f"{name} died: {type(error).__name__}", flush=True)
            died.append(name)
            continue
        for row in measured:
            rows.append(row)
            print(
                f"{row['name']:58} {row['ours']:9.1f}  {row['peer']:9.1f}  {row['ratio']:5.2f}"
                f" {_verdict(row)}  {row['peer_name']}",
                flush=True,
            )
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(TARGET.relative_to(REPOSITORY))
    if parsed.keep:
        keep(rows, PAGE)
    for row in rows:
        if row["ratio"] > row.get("limit", row["ratio"]):
            print(f"over its limit of {row['limit']:g}: {row['name']}, {row['ratio']:.2f}")
    if died:
        print(f"died: {', '.join(died)}")
    return 1 if died else 0


if __name__ == "__main__":
    sys.exit(main())
