"""A forgetting that is killed at any moment is finished at the next start, or was never begun."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.backend import Backend
from esign_desktop.store.files.paths import AppPaths
from tests.canaries.persons import NAME
from tests.canaries.scanner import told
from tests.canaries.test_forget_person import scanner_for
from tests.forked_orders import FINISHED
from tests.tiers import daily

if TYPE_CHECKING:
    from tests.canaries.household import Household

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    # It is killed at every moment, and begun anew each time.
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]


def names_at_next_start(root: Path) -> list[str]:
    backend = Backend(AppPaths.at(root))
    backend.lock()
    try:
        people = backend.open_services().people
        assert people is not None
        return [person.name for person in people.list()]
    finally:
        backend.close()


@pytest.mark.parametrize("step", daily([40], [40, 1]))
def test_a_forgetting_that_is_killed_is_finished_at_the_next_start(
    household: Household, tmp_path: Path, step: int
) -> None:
    sent = household.send_with_canary()
    household.keep_draft()
    household.close()
    household.leave_remnants()
    scanner = scanner_for(sent)
    command = [sys.executable, "-m", "tests.canaries.forget_driver"]
    untouched, finished, moment, status = 0, 0, 1 - step, -signal.SIGKILL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        while status == -signal.SIGKILL:
            moment += step
            root = tmp_path / f"killed {moment}"
            shutil.copytree(household.root, root)
            driver.stdin.write(json.dumps({"root": str(root), "name": NAME, "moment": moment}) + "\n")
            driver.stdin.flush()
            status = int(driver.stdout.readline())
            names = names_at_next_start(root)
            if NAME in names:
                # Nothing was done yet.
                assert finished == 0, moment
                untouched += 1
            else:
                assert told(scanner.in_folder(root)) == [], moment
                finished += 1
            shutil.rmtree(root)
        driver.stdin.close()
    assert status == FINISHED
    assert untouched >= 1
    assert finished * step > 20
