"""``--remove-counter-pin`` and the commands for tellers, as the administrator calls them, and as others do in vain."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings
from tests.raised import raises_code
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
OWN_ROOT = """
mount -t tmpfs none /mnt && cd / && for at in *; do
    if [ -L "$at" ]; then cp -P "$at" /mnt; elif [ -d "$at" ] && [ "$at" != mnt ]; then
        mkdir "/mnt/$at" && mount --rbind "/$at" "/mnt/$at"
    fi
done
exec chroot /mnt "$@"
"""
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("setpriv") is None, reason="acts as root does"
)


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    with database_of(paths) as database:
        CounterPin(Settings(database), clock_ms=clock_ms).set_pin("48151623")
    return paths


@pytest.fixture
def of_nobody() -> Iterator[Path]:
    """A folder of a user who is no administrator, where that user gets to: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        for place in (Path(name), Path(name) / "data"):
            place.mkdir(exist_ok=True)
            os.chown(place, NOBODY, NOBODY)
        if call(Path(name), "--version", as_nobody=True).returncode != 0:
            pytest.skip("the program is kept from other users here")
        yield Path(name)


@contextmanager
def database_of(paths: AppPaths) -> Iterator[Database]:
    database = Database(paths.database_path)
    database.open()
    yield database
    database.close()


def call(
    tmp_path: Path, *words: str, text: str = "", as_nobody: bool = False, among: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    command = [*among, sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "data"), *words]
    if as_nobody:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


@needs_root
def test_a_forgotten_pin_is_wanted_no_more_and_it_is_noted(paths: AppPaths, tmp_path: Path) -> None:
    done = call(tmp_path, "--remove-counter-pin")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    with database_of(paths) as database:
        assert not CounterPin(Settings(database), clock_ms=clock_ms).is_set
        noted = Audit(database, who="").entries()[0]
    assert (noted.action, noted.title, noted.who.endswith(", administrator")) == ("setting", "counter_pin", True)


def test_a_locked_counter_that_is_running_stays_locked(paths: AppPaths, tmp_path: Path) -> None:
    with InstanceLock(paths.lock_path):
        done = call(tmp_path, "--remove-counter-pin")
    assert done.returncode == 1
    assert done.stderr
    with database_of(paths) as database:
        assert CounterPin(Settings(database), clock_ms=clock_ms).opens("48151623")


@needs_root
def test_administrator_adds_tellers_and_others_do_not(of_nobody: Path) -> None:
    tmp_path, paths = of_nobody, AppPaths.at(of_nobody / "data")
    refused = call(tmp_path, "--remove-counter-pin", as_nobody=True)
    assert (refused.returncode, "sudo" in refused.stderr) == (1, True)
    unknown = call(tmp_path, "--remove-counter-pin", "--user", "no-such-user")
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (1, 1)
    # Nobody is to be kept out yet: who sets the counter up needs no administrator.
    first = call(tmp_path, "--add-teller", "示例甲", text="4815\n", as_nobody=True)
    assert (first.returncode, first.stderr) == (0, "")
    for words in (("--add-teller", "示例乙"), ("--add-teller", "示例甲"), ("--remove-teller", "示例甲")):
        refused = call(tmp_path, *words, text="162342\n", as_nobody=True)
        assert (refused.returncode, "sudo" in refused.stderr) == (1, True)
    done = call(tmp_path, "--add-teller", "示例乙", text="162342\n")
    assert (done.returncode, done.stderr) == (0, "")
    renewed = call(tmp_path, "--add-teller", "示例甲", text="2342\n")
    assert renewed.returncode == 0
    assert call(tmp_path, "--add-teller", "示例丙", text="12\n").returncode == 1
    # The last supervisor stays as long as there is anybody.
    assert call(tmp_path, "--remove-teller", "示例甲").returncode == 1
    assert call(tmp_path, "--remove-teller", "谁也不是").returncode == 1
    assert call(tmp_path, "--remove-teller", "示例乙").returncode == 0
    everything = (tmp_path / "data").rglob("*")
    # Root left nothing behind that the user could not write.
    assert {place.stat().st_uid for place in everything} == {NOBODY}
    with database_of(paths) as database:
        tellers = Tellers(Settings(database), clock_ms=clock_ms)
        assert [(one.name, one.is_supervisor) for one in tellers.list()] == [("示例甲", True)]
        # The PIN is right, but the administrator knows it.
        with raises_code(InputError, "teller.new_pin"):
            tellers.sign_in(tellers.list()[0].id, "2342")
        entries = Audit(database, who="").entries()[::-1]
        assert Audit(database, who="").check().is_whole
    assert [(one.action, one.title, one.who.endswith(", administrator")) for one in entries] == [
        ("teller", "+ 示例甲 ★", False),
        ("teller", "+ 示例乙", True),
        ("pin_set", "+ 示例甲 ★", True),
        ("teller", "− 示例乙", True),
    ]


@needs_root
@pytest.mark.parametrize("own_root", [(), ("--mount", "sh", "-c", OWN_ROOT, "sh")], ids=["", "chroot"])
def test_root_of_a_name_space_of_ones_own_is_no_administrator(of_nobody: Path, own_root: tuple[str, ...]) -> None:
    as_root = ("unshare", "--user", "--map-root-user", *own_root)
    if call(of_nobody, "--version", as_nobody=True, among=as_root).returncode != 0:
        pytest.skip("nobody makes name spaces here")
    assert call(of_nobody, "--add-teller", "示例甲", text="4815\n").returncode == 0
    for words in (("--remove-teller", "示例甲"), ("--add-teller", "示例乙"), ("--remove-counter-pin",)):
        refused = call(of_nobody, *words, text="162342\n", as_nobody=True, among=as_root)
        assert (refused.returncode, "sudo" in refused.stderr) == (1, True)


@needs_root
def test_root_of_a_name_space_without_all_users_is_no_administrator(paths: AppPaths, tmp_path: Path) -> None:
    as_root = ("unshare", "--user", "--map-root-user")
    if call(tmp_path, "--version", among=as_root).returncode != 0:
        pytest.skip("nobody makes name spaces here")
    refused = call(tmp_path, "--remove-counter-pin", among=as_root)
    assert (refused.returncode, "sudo" in refused.stderr) == (1, True)
    with database_of(paths) as database:
        assert CounterPin(Settings(database), clock_ms=clock_ms).is_set
