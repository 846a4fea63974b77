"""Whoever edits for hours without a pause loses at most the last two seconds."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.rig import REPOSITORY
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

SAFE_AFTER_S: Final = 2.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def edits_until_killed(database: Path, seconds: float) -> tuple[list[float], float]:
    """Let somebody edit for so long, kill them; return when each edit was made, and when they died."""
    command = [sys.executable, "-m", "tests.faults.editor", str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        began_s = time.monotonic()
        while time.monotonic() - began_s < seconds:
            lines.append(process.stdout.readline())
        process.kill()
        killed_s = time.monotonic()
        lines += process.stdout.readlines()
    return [float(line.split()[1]) for line in lines if line.endswith("\n")], killed_s


def saved_edit(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        row = connection.execute("SELECT title FROM drafts WHERE id = 'edited'").fetchone()
    return int(row[0]) if row else 0


@pytest.mark.slow
@pytest.mark.parametrize("kills", daily([1], [1, 6]))
def test_no_edit_older_than_two_seconds_is_lost_when_the_program_is_killed(
    tally: Counter[str], tmp_path: Path, kills: int
) -> None:
    random = Random(2)  # noqa: S311
    for number in range(kills):
        database = tmp_path / f"{number}.db"
        made_s, killed_s = edits_until_killed(database, random.uniform(1.6, 4.2))
        assert len(made_s) > 20
        safe = sum(made < killed_s - SAFE_AFTER_S for made in made_s)
        assert saved_edit(database) >= safe, f"edit {safe} of {len(made_s)} is lost"
        tally["kills"] += 1
        tally["edits"] += len(made_s)
