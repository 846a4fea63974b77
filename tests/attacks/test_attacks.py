"""No attempt on any child succeeds, with Landlock and without it; without walls and limits every one does."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import PdfError
from tests.attacks.attempts import attempts
from tests.attacks.inside import PREPARATIONS
from tests.attacks.run import ATTACKS, BARE, KINDS, MODES, PERMITTED, WORD, attack, count, is_unhindered
from tests.conftest import REPOSITORY
from tests.pdf.scans import require_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        for kind, mode in ATTACKS
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


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("kind", "has_deadly"),
    [("pdf", False), ("form", False), *(pytest.param(kind, True, marks=pytest.mark.nightly) for kind in KINDS)],
)
def test_without_walls_every_attempt_succeeds_so_that_it_proves_something(kind: str, has_deadly: bool) -> None:
    if kind == "recognition":
        require_reader()
    verdict = attack(kind, BARE, has_deadly=has_deadly)
    assert verdict.walls == ()
    assert len(verdict.holes) >= LEAST
    assert {"read the database", "connect by tcp", "fork", "kill another process"} <= {
        one.name for one in verdict.holes
    }
    if is_unhindered():
        assert not verdict.vain


def test_what_is_permitted_is_what_the_child_can_do() -> None:
    verdict = attack(WORD, MODES[0], has_deadly=False)
    assert {one.name for one in verdict.outcomes if one.hole} == PERMITTED[WORD]


def test_without_landlock_no_program_is_executed() -> None:
    with pytest.raises(PdfError, match="exit code 97"):
        attack(WORD, "no-landlock", has_deadly=False)


def names_of_children() -> Iterator[str]:
    """Yield the names that calls of ``run_isolated`` and ``read_isolated`` give to children."""
    for path in (REPOSITORY / "esign_desktop").rglob("*.py"):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "_isolated(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id not in {"run_isolated", "read_isolated"}:
                    continue
                first = node.args[0]
                while isinstance(first, ast.Starred | ast.Tuple):
                    first = first.value if isinstance(first, ast.Starred) else first.elts[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)
                else:
                    # ``read_isolated`` passes its own caller's name on.
                    assert path.name == "run.py"


def test_every_kind_of_child_is_attacked() -> None:
    assert {*names_of_children()} == PREPARATIONS.keys()
