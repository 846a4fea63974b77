from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults.rig import Rig

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def rig() -> Iterator[Rig]:
    """One platform, one faulty way to it, and one process that dies again and again."""
    if sys.platform == "win32":
        pytest.skip("there is no SIGKILL")
    with Rig() as rig:
        yield rig


@pytest.fixture
def tally(rig: Rig, tally: Counter[str]) -> Iterator[Counter[str]]:
    """The test's figures, kills among them."""
    tally["violations"] = 0
    before = rig.kills
    yield tally
    tally["kills"] += rig.kills - before


@pytest.fixture(scope="session")
def late_rig() -> Iterator[Rig]:
    """The same with a platform that tells links only once a flow is shown."""
    if sys.platform == "win32":
        pytest.skip("there is no SIGKILL")
    with Rig(shown_by_start=True) as rig:
        yield rig
