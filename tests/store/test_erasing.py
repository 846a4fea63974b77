"""What is deleted is in no file afterwards, and the database is not copied for it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.submission import new_submission_id
from esign_desktop.store.database.backup import backup_path, journal_path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.journal import Journal, SubmissionRecord
from esign_desktop.store.tables.settings import Settings
from tests.store.samples import DRAFT

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.files.paths import AppPaths

CANARY: Final = "canary of a test: nobody's number"
ERASER: Final = """
import os, signal, sys
from pathlib import Path
from esign_desktop.store.database.connection import Database

def erase(connection):
    connection.execute("DELETE FROM settings WHERE key LIKE 'secret%'")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    if Path(path).name == sys.argv[2]:
        # Nothing may be left to the operating system's kindness: what is in the cache goes into the file.
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("UPDATE settings SET value = value || 'x'")
        os.kill(os.getpid(), signal.SIGKILL)

database = Database(Path(sys.argv[1]))
database.open()
database.erase(erase)
"""


def put(connection: Connection) -> None:
    connection.execute("INSERT OR REPLACE INTO settings VALUES ('secret', ?)", (CANARY,))


def put_another(connection: Connection) -> None:
    connection.execute("INSERT OR REPLACE INTO settings VALUES ('secret', ?)", (f"another {CANARY}",))


def take(connection: Connection) -> None:
    connection.execute("DELETE FROM settings WHERE key = 'secret'")


def files_with_canary(paths: AppPaths) -> list[str]:
    files = sorted(file for file in paths.data_dir.rglob("*") if file.is_file())
    return [file.name for file in files if b"canary" in file.read_bytes()]


def filled(paths: AppPaths, extra: int = 0) -> Database:
    """An open database with something to delete in itself and in its backup."""
    database = Database(paths.database_path)
    database.open()
    database.run(put)
    for number in range(extra):
        Settings(database).set(f"kept {number}", "x" * 3000)
        Settings(database).set(f"secret {number}", f"{CANARY} " * 100)
    database.close()
    database.open()
    return database


def test_erased_in_the_file_its_log_and_its_backup(paths: AppPaths) -> None:
    database = filled(paths)
    database.run(put_another)
    assert files_with_canary(paths) == ["esign.db", "esign.db-wal", "esign.db.backup"]
    inode = backup_path(paths.database_path).stat().st_ino
    age = backup_path(paths.database_path).stat().st_mtime_ns
    database.erase(take)
    assert files_with_canary(paths) == []
    # The backup is the same file, and as old as what it holds.
    status = backup_path(paths.database_path).stat()
    assert (status.st_ino, status.st_mtime_ns) == (inode, age)
    database.close()
    assert sorted(file.name for file in paths.data_dir.iterdir() if file.is_file()) == ["esign.db", "esign.db.backup"]


def test_a_sent_draft_is_deleted_without_copying_the_database(paths: AppPaths) -> None:
    """As a send ends: the draft goes, and what was wanted is kept without numbers."""
    database = Database(paths.database_path)
    database.open()
    drafts, journal = Drafts(database), Journal(database)
    drafts.save(DRAFT, saved_at_ms=1)
    record = SubmissionRecord(new_submission_id(), EnvironmentKind.TEST, "p", DRAFT, 1)
    journal.queue(record)
    database.close()
    database.open()
    backup = backup_path(paths.database_path)
    inode, statements = backup.stat().st_ino, list[str]()
    database.run(lambda connection: connection.set_trace_callback(statements.append))
    journal.replace_draft(record.id, replace(DRAFT, signers=()))
    drafts.delete(DRAFT.id)
    database.run(lambda connection: connection.set_trace_callback(None))
    assert any("DELETE FROM drafts" in one for one in statements)
    assert not any("VACUUM" in one for one in statements)
    assert backup.stat().st_ino == inode
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
        assert connection.execute("SELECT draft FROM submissions").fetchall() == database.run(
            lambda own: own.execute("SELECT draft FROM submissions").fetchall()
        )
    database.close()


def test_a_backup_stays_sound_and_whole_but_for_what_was_erased(paths: AppPaths) -> None:
    database = Database(paths.database_path)
    database.open()
    drafts = Drafts(database)
    for number in range(50):
        drafts.save(replace(DRAFT, id=DraftId(f"d-{number}")), saved_at_ms=number)
    database.close()
    database.open()
    for number in range(0, 50, 2):
        drafts.delete(DraftId(f"d-{number}"))
    # As a kill would leave it.
    shutil.copytree(paths.data_dir, paths.cache_dir / "killed")
    killed = paths.cache_dir / "killed" / "esign.db"
    os.truncate(killed, 5000)
    restored = Database(killed)
    restored.open()
    assert restored.was_restored
    assert {one.id for one in Drafts(restored).list()} == {f"d-{number}" for number in range(1, 50, 2)}
    restored.close()
    database.close()


@pytest.mark.parametrize("damage", ["older", "garbage", "missing"])
def test_where_the_backup_does_not_take_it_it_is_copied_anew(paths: AppPaths, damage: str) -> None:
    database = filled(paths)
    backup = backup_path(paths.database_path)
    if damage == "older":
        with closing(sqlite3.connect(backup)) as connection:
            connection.execute("PRAGMA user_version = 1")
            connection.execute("DROP TABLE drafts")
    elif damage == "garbage":
        backup.write_bytes(backup.read_bytes()[:5000])
    else:
        backup.unlink()
    database.erase(take)
    assert files_with_canary(paths) == []
    if damage != "missing":
        with closing(sqlite3.connect(backup)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            assert connection.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
    database.close()


def test_work_that_fails_changes_neither_the_file_nor_its_backup(paths: AppPaths) -> None:
    database = filled(paths)

    def fail(connection: Connection) -> None:
        take(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.erase(fail)
    assert Settings(database).get("secret") == CANARY
    with closing(sqlite3.connect(backup_path(paths.database_path))) as connection:
        assert connection.execute("SELECT value FROM settings WHERE key = 'secret'").fetchone() == (CANARY,)
    database.close()


@pytest.mark.parametrize("where", ["esign.db", "esign.db.backup"])
def test_a_kill_while_it_is_erased_leaves_file_and_backup_sound(paths: AppPaths, where: str) -> None:
    filled(paths, extra=100).close()
    done = subprocess.run([sys.executable, "-c", ERASER, str(paths.database_path), where], check=False)
    assert done.returncode == -9
    backup = backup_path(paths.database_path)
    assert journal_path(backup).exists() == (where == "esign.db.backup")
    database = Database(paths.database_path)
    database.open()
    assert not database.was_restored
    assert not journal_path(backup).exists()
    assert Settings(database).get("secret 7") is not None
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = connection.execute("SELECT count(*), min(length(value)) FROM settings WHERE key LIKE 'kept%'").fetchone()
        assert kept == (100, 3000)
    database.erase(lambda connection: connection.execute("DELETE FROM settings WHERE key LIKE 'secret%'").rowcount)
    assert files_with_canary(paths) == []
    database.close()


HOLDER: Final = """
import fcntl, sys, time
file = open(sys.argv[1], "r+b")
# SQLite's own lock for whoever is about to write.
fcntl.lockf(file, fcntl.LOCK_EX, 1, 0x40000000)
print("held", flush=True)
time.sleep(60)
"""


def test_a_backup_that_can_not_be_settled_keeps_what_undoes_its_half_change(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(paths, extra=100).close()
    backup = backup_path(paths.database_path)
    done = subprocess.run([sys.executable, "-c", ERASER, str(paths.database_path), backup.name], check=False)
    assert done.returncode == -9
    monkeypatch.setattr("esign_desktop.store.database.connection.BUSY_LIMIT_S", 0.1)

    def no_disk(*_args: object) -> None:
        raise StoreError("store.disk_full")

    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(backup)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with monkeypatch.context() as full:
            full.setattr("esign_desktop.store.database.connection.write_backup", no_disk)
            database = Database(paths.database_path)
            database.open()
            database.close()
        holder.kill()
    assert journal_path(backup).exists()

    # What was half done is undone from it when the backup is needed.
    paths.database_path.unlink()
    database = Database(paths.database_path)
    database.open()
    assert database.was_restored
    assert Settings(database).get("kept 7") == "x" * 3000
    database.close()


def test_a_backup_that_can_not_be_settled_is_replaced_without_its_journal(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(paths, extra=100).close()
    backup = backup_path(paths.database_path)
    subprocess.run([sys.executable, "-c", ERASER, str(paths.database_path), backup.name], check=False)
    monkeypatch.setattr("esign_desktop.store.database.connection.BUSY_LIMIT_S", 0.1)
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(backup)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        database = Database(paths.database_path)
        database.open()
        assert not journal_path(backup).exists()
        database.close()
        holder.kill()
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM settings WHERE key LIKE 'kept%'").fetchone() == (100,)


def test_a_journal_that_belongs_to_no_backup_is_not_replayed_into_the_next(paths: AppPaths) -> None:
    filled(paths).close()
    backup = backup_path(paths.database_path)
    backup.write_bytes(b"damaged " * 1000)
    journal_path(backup).write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 600)
    database = Database(paths.database_path)
    database.open()
    assert not journal_path(backup).exists()
    database.close()
    database.open()
    assert Settings(database).get("secret") == CANARY
    database.close()


def test_what_a_kill_left_in_the_log_goes_at_the_next_start(paths: AppPaths, tmp_path: Path) -> None:
    database = filled(paths)
    database.run(put_another)
    database.run(take)
    shutil.copytree(paths.data_dir, tmp_path / "killed")
    database.close()
    (tmp_path / "killed" / "esign.db.backup").unlink()
    assert b"canary" in (tmp_path / "killed" / "esign.db-wal").read_bytes()
    again = Database(tmp_path / "killed" / "esign.db")
    again.open()
    log = tmp_path / "killed" / "esign.db-wal"
    assert not log.exists() or b"canary" not in log.read_bytes()
    again.close()


@pytest.mark.nightly
@pytest.mark.slow
def test_erasing_takes_as_long_in_a_large_database_as_in_a_small_one(tally: Counter[str], paths: AppPaths) -> None:
    database = filled(paths)
    database.run(
        lambda connection: (
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
                " INSERT INTO settings SELECT 'bulk ' || i, hex(zeroblob(1000)) FROM n"
            ).rowcount
        )
    )
    database.close()
    database.open()
    assert backup_path(paths.database_path).stat().st_size > 50_000_000

    def seconds() -> float:
        database.run(put)
        began_s = time.perf_counter()
        database.erase(take)
        return time.perf_counter() - began_s

    assert min(seconds() for _ in range(5)) < 0.05
    tally["erased in a database of 100 MB"] += 5
    database.close()
