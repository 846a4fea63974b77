"""``esign-desktop --rebuild-from-ledger``, as it is called."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.commands.recovery import INCOMPLETE
from esign_desktop.store.database.backup import backup_path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.flows import Flows

if TYPE_CHECKING:
    from pathlib import Path

SIGNERS = '[{"account_id":"a","name":"","number":1,"step":1,"urls":["https://example.com/s/secret"]}]'


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    place = {"submission_id": "s", "environment": "production", "project_id": "p"}
    for number in range(5):
        Ledger(paths.ledger_path).append("flow", {**place, "flow_id": f"flow-{number}", "signers": SIGNERS})
    return paths


def rebuild(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "data"), "--rebuild-from-ledger"]
    environment = {**os.environ, "LANG": "en_US.UTF-8"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def flow_ids(paths: AppPaths) -> set[str]:
    database = Database(paths.database_path)
    database.open()
    try:
        flows = Flows(database).list()
        assert all(signer.urls == ("https://example.com/s/secret",) for flow in flows for signer in flow.signers)
        return {flow.flow_id for flow in flows}
    finally:
        database.close()


ALL = {f"flow-{number}" for number in range(5)}


def test_a_new_database_is_made_and_holds_every_flow(paths: AppPaths, tmp_path: Path) -> None:
    done = rebuild(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "5" in done.stdout
    assert "secret" not in done.stdout
    assert flow_ids(paths) == ALL


def test_lines_that_can_not_be_read_are_counted_and_told_by_the_exit_status(paths: AppPaths, tmp_path: Path) -> None:
    content = paths.ledger_path.read_bytes()
    paths.ledger_path.write_bytes(content.replace(b'"flow-1"', b'"flow-1').replace(b'"production"', b'"x"', 1))

    done = rebuild(tmp_path)

    assert (done.returncode, done.stderr) == (INCOMPLETE, "")
    assert "Contracts restored: 3" in done.stdout
    assert "can't be read: 2." in done.stdout
    assert flow_ids(paths) == ALL - {"flow-0", "flow-1"}


def test_a_damaged_database_without_a_copy_gives_way_and_is_kept(paths: AppPaths, tmp_path: Path) -> None:
    paths.database_path.write_bytes(b"not a database, " * 400)

    assert rebuild(tmp_path).returncode == 0

    assert flow_ids(paths) == ALL
    (aside,) = paths.data_dir.glob("esign.db.damaged-*")
    assert aside.read_bytes().startswith(b"not a database")
    assert backup_path(paths.database_path).exists()


def test_a_running_program_is_not_disturbed(paths: AppPaths, tmp_path: Path) -> None:
    with InstanceLock(paths.lock_path):
        done = rebuild(tmp_path)

    assert done.returncode == 1
    assert done.stderr
    assert not paths.database_path.exists()
