from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files.lock import InstanceLock

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.files.paths import AppPaths

HOLDER = """
import subprocess, sys
from pathlib import Path
from esign_desktop.store.files.lock import InstanceLock
InstanceLock(Path(sys.argv[1])).acquire()
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print("held", flush=True)
input()
"""


def _refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        InstanceLock(path).acquire()
    return caught.value.code


def test_a_second_instance_is_refused(paths: AppPaths) -> None:
    with InstanceLock(paths.lock_path):
        assert _refusal(paths.lock_path) == "store.second_instance"


def test_a_released_lock_can_be_taken_again(paths: AppPaths) -> None:
    first = InstanceLock(paths.lock_path)
    first.acquire()
    first.acquire()
    first.release()
    first.release()
    with InstanceLock(paths.lock_path):
        pass


def test_two_folders_can_be_worked_in_at_once(paths: AppPaths, tmp_path: Path) -> None:
    with InstanceLock(paths.lock_path), InstanceLock(tmp_path / "other.lock"):
        pass


def test_a_killed_instance_leaves_no_lock_though_its_child_lives(paths: AppPaths) -> None:
    command = [sys.executable, "-c", HOLDER, str(paths.lock_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert _refusal(paths.lock_path) == "store.second_instance"
        holder.kill()
        holder.wait()
        # Its child still waits for input, which ends when this process closes the pipe.
        with InstanceLock(paths.lock_path):
            pass


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "missing" / "lock") == "store.unwritable"
