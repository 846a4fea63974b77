"""A sheet whose sending is killed: the same sheet again leaves exactly one visible contract a row."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from esign_desktop.services.bulk.values import BulkStop, RowState
from esign_desktop.services.sheets.writing import save_rows
from tests.bulk_samples import make_sheet, person_row, read_sheet
from tests.forked_orders import FINISHED
from tests.services.bulk_desk import BulkDesk
from tests.services.crashing import REPOSITORY
from tests.services.desk import ONE_TRY
from tests.services.sandbox_platform import SandboxPlatform
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset.preset import Preset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

ROWS = 4
LAST_WRITE = 200


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.services.bulk_victim"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        yield process
        process.kill()


@dataclass
class Case:
    """An installation with a preset and a sheet of its own, whose sending is killed at a write of the journal."""

    folder: Path
    platform: SandboxPlatform
    rows: int = ROWS

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.root, self.path = self.folder / "desk", self.folder / "名单.csv"
        self.people = [person_row(number) for number in range(self.rows)]
        save_rows(make_sheet(*self.people), range(self.rows), self.path)
        desk = BulkDesk(self.root, self.platform.environment)
        self.preset: Preset = desk.make_preset(self.folder)
        desk.close()

    def kill(self, victim: subprocess.Popen[str], write: int, *, dies_before: bool) -> bool:
        """Send the sheet, and return whether that was killed before it was over."""
        environment = self.platform.environment
        order = {
            "base_url": environment.base_url,
            "project_id": environment.project_id,
            "root": str(self.root),
            "preset_id": self.preset.id,
            "sheet": str(self.path),
            "write": write,
            "dies_before": dies_before,
        }
        assert victim.stdin is not None
        assert victim.stdout is not None
        victim.stdin.write(json.dumps(order) + "\n")
        victim.stdin.flush()
        status = int(victim.stdout.readline())
        assert status in {-signal.SIGKILL, FINISHED}
        return status != FINISHED

    def visible(self) -> list[str]:
        """Whose contracts can be seen, sorted."""
        flows = (flow for flow in self.platform.flows(self.preset.title) if flow.is_visible)
        return sorted(self.platform.account_name(flow.signers[0]["account_id"]) for flow in flows)

    def names(self) -> list[str]:
        return sorted(name for name, *_ in self.people)

    def send_again(self) -> set[RowState]:
        """Open the program again, send the sheet anew, decide about what is held, and return what rows were before."""
        desk = BulkDesk(self.root, self.platform.environment, retry=ONE_TRY)
        sheet = read_sheet(self.path)
        plan = desk.plan(self.preset, sheet)
        seen = {row.state for row in plan.rows}
        assert plan.count(RowState.SENT) <= len(self.visible()) <= len(set(self.visible()))
        assert desk.bulk.interrupted() is not None or plan.count(RowState.READY) == 0 or not self.visible()
        while plan.can_run:
            report = desk.bulk.run(plan)
            assert report.stop in {BulkStop.DONE, BulkStop.HELD}, report.error
            plan = desk.plan(self.preset, sheet)
        for row in plan.rows:
            if row.state is RowState.HELD:
                assert row.submission_id is not None
                desk.submission.run(desk.submission.start_again(row.submission_id))
        assert {row.state for row in desk.plan(self.preset, sheet).rows} == {RowState.SENT}
        assert desk.submission.unfinished() == ()
        assert desk.bulk.interrupted() is None
        desk.close()
        kept = desk.all_bytes()
        assert not any(number.encode() in kept for _, number, _ in self.people)
        return seen


@pytest.mark.slow
@pytest.mark.parametrize("step", daily([40], [40, 5]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_sheet_killed_at_any_write_ends_in_one_visible_contract_a_row(
    victim: subprocess.Popen[str], platform: SandboxPlatform, tmp_path: Path, dies_before: bool, step: int
) -> None:
    seen: set[RowState] = set()
    # Two lanes interleave their writes another way each time, so that not every one has to be tried.
    for write in range(1 if dies_before else 3, LAST_WRITE, step):
        case = Case(tmp_path / uuid4().hex, platform)
        was_killed = case.kill(victim, write, dies_before=dies_before)
        if not was_killed:
            assert case.visible() == case.names()
            break
        seen |= case.send_again()
        assert case.visible() == case.names(), write
    else:
        pytest.fail("the sheet was never sent to its end")
    assert {RowState.SENT, RowState.READY, RowState.UNFINISHED} <= seen


@pytest.mark.nightly
def test_hundred_rows_killed_in_the_middle_and_sent_again(
    victim: subprocess.Popen[str], platform: SandboxPlatform, tmp_path: Path
) -> None:
    case = Case(tmp_path / uuid4().hex, platform, rows=100)
    assert case.kill(victim, 700, dies_before=False)
    assert 20 < len(case.visible()) < 80
    seen = case.send_again()
    assert {RowState.SENT, RowState.READY} <= seen
    assert case.visible() == case.names()


@pytest.mark.nightly
def test_sheet_killed_again_and_again_gets_through(
    victim: subprocess.Popen[str], platform: SandboxPlatform, tmp_path: Path
) -> None:
    case = Case(tmp_path / uuid4().hex, platform, rows=12)
    kills = 0
    while case.kill(victim, 37, dies_before=kills % 2 == 0):
        kills += 1
        assert kills < 30
        assert len(case.visible()) == len(set(case.visible()))
    assert kills >= 3
    case.send_again()
    assert case.visible() == case.names()
