"""Says which tests of a run failed, and whether they may be tried once more: ``python -m tests.retried JUNIT_XML``.

One or two that didn't wait for what they need are told and tried again; three are no accident any more.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

MAX_RETRIED: Final = 2


def failed_tests(report: Path) -> list[str]:
    """The tests that failed or broke off, by file and name."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314  pytest wrote it a moment ago
    failed = (case for case in cases if case.find("failure") is not None or case.find("error") is not None)
    # One that fails and leaves something behind is written twice.
    return list(dict.fromkeys(f"{case.get('classname')}::{case.get('name')}" for case in failed))


def main(report: Path) -> int:
    """Print the failed tests; 1 if they are too many to be tried again."""
    failed = failed_tests(report)
    sys.stdout.write("".join(f"retried: {name}\n" for name in failed))
    if len(failed) > MAX_RETRIED:
        sys.stdout.write(f"{len(failed)} tests failed; only {MAX_RETRIED} are tried once more.\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
