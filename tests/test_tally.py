"""What stands at the end of a run is what its tests have counted."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.conftest import REPOSITORY
from tests.tally import SUITES, SuiteTally, suite_of


def report(
    test: str,
    when: Literal["setup", "call", "teardown"],
    outcome: Literal["passed", "failed"] = "passed",
    **figures: int,
) -> pytest.TestReport:
    return pytest.TestReport(test, ("", 0, ""), {}, outcome, None, when, user_properties=list(figures.items()))


def test_tests_and_their_figures_are_summed_up_for_each_suite() -> None:
    tally = SuiteTally()
    for number in (1, 2):
        for when in ("setup", "call", "teardown"):
            tally.add(report(f"tests/pdf/test_corpus.py::test_{number}", when, files=number * 100))
    tally.add(report("tests/e2e/test_bad_input.py::test_it", "call", "failed"))
    tally.add(report("tests/domain/test_edits.py::test_it", "call"))
    assert tally.lines() == ["corpus, read: 2 tests, 300 files", "bad inputs: 1 failed"]


@pytest.mark.parametrize("beginning", SUITES)
def test_every_suite_that_is_counted_is_there(beginning: str) -> None:
    assert (REPOSITORY / beginning).exists()
    assert suite_of(f"{beginning}::test_it") == SUITES[beginning]
