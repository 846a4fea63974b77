"""Names of every shape, wherever contracts have them: nearly all are read, and hardly one that is another's or half."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.pdf.proposing.naming import write_named

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pdf.local_engine import LocalEngine

COUNT = 150
RIGHT, WRONG = 0.95, 0.01


@pytest.mark.slow
def test_names_wherever_they_are_written(local: LocalEngine, tmp_path: Path) -> None:
    asked, missed, wrong = 0, [], []
    for number in range(COUNT):
        contract = write_named(random.Random(f"names {number}"))  # noqa: S311
        contract.document.save(tmp_path / "contract.pdf")
        handle = local.open(tmp_path / "contract.pdf").handle
        found = {one.role: one.name for one in local.propose(handle).parties}
        local.close(handle)
        assert list(found) == list(contract.names), contract.shape
        for role, name in contract.names.items():
            asked += bool(name)
            if found[role] not in {name, ""}:
                wrong.append((role, name, found[role], contract.shape))
            elif found[role] != name:
                missed.append((role, name, contract.shape))
    assert len(wrong) <= WRONG * asked, wrong
    assert len(wrong) + len(missed) <= (1 - RIGHT) * asked, missed
