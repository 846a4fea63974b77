"""Counts what the suites covered and prints it at the end of a run, one line a suite with its seconds.

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
    "tests/faults/test_backup_killed.py": "copies in a second folder",
    "tests/store/test_damage.py": "damaged databases",
    "tests/e2e/counter/test_day.py": "days at the counter",
    "tests/e2e/test_notice_flood.py": "floods of notices",
    "tests/attacks/": "attacks on children",
    "tests/small_screens/": "rooms on small screens",
    "tests/packaging/test_pictures.py": "pictures of windows",
    "tests/e2e/accessibility/": "rooms read by a screen reader",
    "tests/e2e/": "other runs of the whole program",
    "tests/canaries/": "canaries",
    "tests/services/bulk/": "sheets",
    "tests/services/sending/": "sends, killed and spoiled",
    "tests/ui/hostile/": "hostile texts in every window",
    "tests/pdf/test_corpus.py": "corpus, read",
    "tests/sandbox/test_corpus.py": "corpus, sent",
    "tests/pdf/text/test_search.py": "keywords, found",
    "tests/sandbox/test_keyword_search.py": "keywords, stamped",
    "tests/e2e/test_bad_input.py": "bad inputs",
    "": "all other tests",
}
"""The beginning of a test's address, and the suite's name."""


class SuiteTally:
    """Sums up figures by suite, in the order of ``SUITES``."""

    def __init__(self) -> None:
        self._figures: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def add(self, address: str, figures: Mapping[str, int], *, duration_s: float = 0.0) -> None:
        """Add the figures and the duration of a test or of a part of one."""
        suite = suite_of(address)
        self._seconds[suite] += duration_s
        for what, count in figures.items():
            self._figures[suite][what] += count

    def lines(self) -> list[str]:
        """Return a line for each suite that ran."""
        return [
            f"{suite}, {self._seconds[suite]:.0f} s: "
            + ", ".join(f"{count} {what}" for what, count in self._figures[suite].items())
            for suite in SUITES.values()
            if suite in self._figures
        ]


def suite_of(address: str) -> str:
    """Return the suite that a test belongs to: that with the longest beginning of its address."""
    return SUITES[max(filter(address.startswith, SUITES), key=len)]


_OF_THIS_RUN: Final = SuiteTally()


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """What a test counts in here stands at the end of the run, summed up for its suite."""
    figures: Counter[str] = Counter()
    yield figures
    # Along with the report, as the test may run in another process than the one that sums up.
    request.node.user_properties.extend(figures.items())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    figures: dict[str, int] = {}
    if report.when == "call":
        figures = {"tests" if report.passed else report.outcome: 1}
    elif report.when == "teardown":
        figures = {str(what): int(str(count)) for what, count in report.user_properties}
    _OF_THIS_RUN.add(report.nodeid, figures, duration_s=report.duration)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = _OF_THIS_RUN.lines()
    if lines:
        terminalreporter.section("what the suites covered")
        for line in lines:
            terminalreporter.write_line(line)
