"""``esign-desktop --remove-counter-pin``, as it is called."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.settings import Settings
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    with the_pin(paths) as pin:
        pin.set_pin("48151623")
    return paths


@contextmanager
def the_pin(paths: AppPaths) -> Iterator[CounterPin]:
    database = Database(paths.database_path)
    database.open()
    yield CounterPin(Settings(database), clock_ms=clock_ms)
    database.close()


def remove(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "data"), "--remove-counter-pin"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_forgotten_pin_is_wanted_no_more(paths: AppPaths, tmp_path: Path) -> None:
    done = remove(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    with the_pin(paths) as pin:
        assert not pin.is_set


def test_a_locked_counter_that_is_running_stays_locked(paths: AppPaths, tmp_path: Path) -> None:
    with InstanceLock(paths.lock_path):
        done = remove(tmp_path)
    assert done.returncode == 1
    assert done.stderr
    with the_pin(paths) as pin:
        assert pin.opens("48151623")
        assert pin.is_set
