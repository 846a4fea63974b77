"""The disk is full at every write, one after another: what was queued is sent once there is room again."""

from __future__ import annotations

import subprocess
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.rig import RigDesk, make_random_contract
from tests.faults.victim import BALLAST
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.rig import Rig

PAGE_BYTES: Final = 4096
DISK_BYTES: Final = 3 << 20

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("step", daily([15], [15, 1]))
@pytest.mark.parametrize("fills_before_queue", [False, True], ids=["once queued", "before it is queued"])
def test_a_full_disk_at_any_write_loses_nothing(
    rig: Rig, tally: Counter[str], small_disk: Path, tmp_path: Path, fills_before_queue: bool, step: int
) -> None:
    random, paused = Random(7), 0  # noqa: S311
    sweep = range(0, 90 + step, step)
    for pages in sweep:
        desk = RigDesk(rig, small_disk / str(pages))
        draft = make_random_contract(tmp_path / f"files {pages}", random)
        desk.send(draft, free_bytes=pages * PAGE_BYTES, fills_before_queue=fills_before_queue)
        assert (desk.root / BALLAST).exists()
        (desk.root / BALLAST).unlink()
        executed = len(rig.log.requests("/sign/execute"))
        desk.resume()
        verdict = desk.judge(draft, may_be_held=True)
        if verdict.state == "held":
            tally["full disks that held a send"] += 1
            desk.resume(held="again")
            verdict = desk.judge(draft)
        assert verdict.state == "done" or fills_before_queue
        paused += executed == 0
        tally["full disks"] += 1
        desk.close()
    # The sweep went through all of the send, from its first write to none that failed.
    assert 10 < paused < 85 if step == 1 else 0 < paused < len(sweep)
