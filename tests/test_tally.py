"""What stands at the end of a run is what its tests have counted."""

from __future__ import annotations

import pytest

from tests.conftest import REPOSITORY
from tests.tally import SUITES, SuiteTally, suite_of


def test_figures_are_summed_up_for_each_suite_and_told_in_their_order() -> None:
    tally = SuiteTally()
    tally.add("tests/e2e/test_bad_input.py::test_it", {"failed": 1}, duration_s=1.6)
    for number in (1, 2):
        tally.add(f"tests/pdf/test_corpus.py::test_{number}", {"tests": 1, "files": number * 100})
    tally.add("tests/domain/contract/test_edits.py::test_it", {"tests": 1})
    assert tally.lines() == [
        "corpus, read, 0 s: 2 tests, 300 files",
        "bad inputs, 2 s: 1 failed",
        "all other tests, 0 s: 1 tests",
    ]


@pytest.mark.parametrize("beginning", SUITES)
def test_every_suite_that_is_counted_is_there(beginning: str) -> None:
    assert (REPOSITORY / beginning).exists()
    assert suite_of(f"{beginning}::test_it") == SUITES[beginning]
