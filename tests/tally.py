"""Counts what the suites went through, and tells it at the end of a run: one line a suite.

A test adds figures of its own through the fixture ``tally``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUITES: Final = {
    "tests/faults/test_checkpoints.py": "sends killed at every checkpoint, spoiled in every way",
    "tests/faults/test_shown_by_start.py": "sends that start shows at once",
    "tests/faults/test_random_runs.py": "sends at random",
    "tests/faults/test_full_disk.py": "full disks",
    "tests/faults/test_edits_survive.py": "edits until killed",
    "tests/faults/test_copies_killed.py": "copies in a second folder",
    "tests/store/test_damage.py": "damaged databases",
    "tests/e2e/counter/test_day.py": "days at the counter",
    "tests/e2e/test_notice_flood.py": "floods of notices",
    "tests/canaries/": "canaries",
    "tests/ui/hostile/": "hostile texts in every window",
    "tests/pdf/test_corpus.py": "corpus, read",
    "tests/sandbox/test_corpus.py": "corpus, sent",
    "tests/pdf/text/test_search.py": "keywords, found",
    "tests/sandbox/test_keyword_search.py": "keywords, stamped",
    "tests/e2e/test_bad_input.py": "bad inputs",
}
"""What is counted: the beginning of a test's address, and the suite's name."""


class SuiteTally:
    """Sums up figures by suite, in the order of ``SUITES``."""

    def __init__(self) -> None:
        self._figures: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, address: str, figures: Mapping[str, int]) -> None:
        """Count what a test has counted."""
        suite = suite_of(address)
        if suite is not None:
            for what, count in figures.items():
                self._figures[suite][what] += count

    def lines(self) -> list[str]:
        """Return a line for each suite that ran."""
        return [
            f"{suite}: " + ", ".join(f"{count} {what}" for what, count in self._figures[suite].items())
            for suite in SUITES.values()
            if suite in self._figures
        ]


def suite_of(address: str) -> str | None:
    """Return which suite a test belongs to."""
    return next((suite for beginning, suite in SUITES.items() if address.startswith(beginning)), None)


_OF_THIS_RUN: Final = SuiteTally()


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """What a test counts in here stands at the end of the run, summed up for its suite."""
    figures: Counter[str] = Counter()
    yield figures
    # Along with the report, as the test may run in another process than the one that sums up.
    request.node.user_properties.extend(figures.items())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        _OF_THIS_RUN.add(report.nodeid, {"tests" if report.passed else report.outcome: 1})
    elif report.when == "teardown":
        _OF_THIS_RUN.add(report.nodeid, {str(what): int(str(count)) for what, count in report.user_properties})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = _OF_THIS_RUN.lines()
    if lines:
        terminalreporter.section("what the suites went through")
        for line in lines:
            terminalreporter.write_line(line)
