"""No attempt on any child succeeds, with Landlock and without it; without walls most do."""

from __future__ import annotations

import sys

import pytest

from tests.attacks.attempts import attempts
from tests.attacks.run import BARE, KINDS, MODES, attack, count
from tests.pdf.scans import require_reader

LEAST = 20
WITH_DEADLY = {("pdf", "no-landlock"), ("form", "walls")}
"""What ``make test`` attacks in every way: the child for PDFs, and one of those that read a single file."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are children locked in"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_no_attempt_on_a_child_succeeds(kind: str) -> None:
    if kind == "recognition":
        require_reader()
    verdict = attack(kind, MODES[0], has_deadly=False)
    assert "seccomp" in verdict.walls
    assert not verdict.holes
    assert len(verdict.outcomes) >= len(attempts) >= LEAST


# The PDF child is started in one way, all that read one file in another.
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        pytest.param(kind, mode, marks=() if (kind, mode) in WITH_DEADLY else pytest.mark.nightly)
        for kind in KINDS
        for mode in MODES
    ],
)
def test_nothing_gets_out_of_a_child_that_is_attacked_until_it_dies(kind: str, mode: str) -> None:
    if kind == "recognition":
        require_reader()
    verdict = attack(kind, mode)
    if verdict.skipped:
        pytest.skip(verdict.skipped)
    assert "seccomp" in verdict.walls
    assert not verdict.holes
    assert len(verdict.outcomes) >= count() >= LEAST


@pytest.mark.parametrize("kind", ["pdf", "form"])
def test_without_walls_the_attempts_succeed_so_that_they_prove_something(kind: str) -> None:
    verdict = attack(kind, BARE)
    assert verdict.walls == ()
    assert len(verdict.holes) >= LEAST
    assert {"read the database", "connect by tcp", "fork", "kill another process"} <= {
        one.name for one in verdict.holes
    }
