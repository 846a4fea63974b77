"""No attempt on any child succeeds, with Landlock and without it; without walls most do."""

from __future__ import annotations

import sys

import pytest

from tests.attacks.run import BARE, KINDS, MODES, attack, count
from tests.pdf.scans import require_reader

LEAST = 20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are children locked in"),
]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_gets_out_of_a_child(kind: str, mode: str) -> None:
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
