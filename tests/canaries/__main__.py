"""``python -m tests.canaries``: all suites with persons of their own; says what was searched, and what was found."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from tests.canaries.cast import Cast
from tests.canaries.run import CanaryRun, Outcome
from tests.canaries.scanner import told

SHOWN = 200


def report(outcome: Outcome) -> list[str]:
    """Return lines for people, without a value that was looked for."""
    search = outcome.search
    return [
        f"suites: {outcome.summary}",
        f"looked for {len(search.scanner.canaries)} values: {', '.join(search.scanner.canaries)}",
        f"looked through {search.files} files of {search.size_bytes:,} bytes, and {outcome.processes} processes",
        *(f"allowed {count} times: {reason}" for reason, count in search.allowed.most_common()),
        *told(search.leaks)[:SHOWN],
        f"{len(search.leaks)} leaks",
    ]


def main(arguments: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="canary-"))
    run = CanaryRun(folder, Cast.draw(SystemRandom()))
    run.prepare()
    outcome = run.run(*arguments)
    sys.stdout.write("\n".join(report(outcome)) + "\n")
    if outcome.status or outcome.search.leaks:
        sys.stdout.write(f"what was left lies in {folder}\n")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
