"""Prints how long the tests of a run took, by folder, and the longest: ``python -m tests.durations JUNIT_XML…``."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

LONGEST: Final = 30


def seconds_by_test(reports: list[Path]) -> dict[str, float]:
    """Return the seconds of each test, set-up included, by its file and name."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        for case in ET.parse(report).iter("testcase"):  # noqa: S314  written by pytest
            module = (case.get("classname") or "").removeprefix("tests.").replace(".", "/")
            seconds[f"{module}::{case.get('name')}"] += float(case.get("time") or 0)
    return dict(seconds)


def main(reports: list[Path]) -> None:
    """Print two tables in Markdown."""
    seconds = seconds_by_test(reports)
    folders: defaultdict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    for test, duration_s in seconds.items():
        folder = "/".join(test.partition("::")[0].split("/")[:-1][:2]) or "tests"
        folders[folder] += duration_s
        counts[folder] += 1
    lines = ["| folder | tests | seconds |", "|---|---|---|"]
    lines += [
        f"| {name} | {counts[name]} | {folders[name]:.0f} |" for name in sorted(folders, key=lambda n: -folders[n])
    ]
    lines += [f"| all | {len(seconds)} | {sum(seconds.values()):.0f} |", "", "| test | seconds |", "|---|---|"]
    lines += [f"| {test} | {seconds[test]:.1f} |" for test in sorted(seconds, key=lambda t: -seconds[t])[:LONGEST]]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
