from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Iterator

TALLY: Final[Counter[str]] = Counter()
"""How sends under fire ended, for the report at the end of the tests."""


@pytest.fixture(scope="session")
def rig() -> Iterator[Rig]:
    """One platform, one faulty way to it, and one process that dies again and again."""
    if sys.platform == "win32":
        pytest.skip("there is no SIGKILL")
    with Rig() as rig:
        yield rig
        TALLY["kills"] += rig.kills


@pytest.fixture
def tally() -> Counter[str]:
    return TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TALLY:
        terminalreporter.section("sends under fire")
        terminalreporter.write_line(", ".join(f"{count} {what}" for what, count in sorted(TALLY.items())))
