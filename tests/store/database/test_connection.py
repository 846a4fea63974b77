from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.database.backup import backup_path
from esign_desktop.store.database.connection import Database, copy_database
from esign_desktop.store.database.migrations import MIGRATIONS, MigrationSet, version_in_header
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.settings import Settings
from tests.store.samples import DRAFT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.files.paths import AppPaths


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        work()
    return caught.value.code


def _contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()}


def _filled(path: Path, value: str = "kept") -> None:
    database = Database(path)
    database.open()
    Settings(database).set("language", value)
    database.close()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Opening, closing, running


def test_a_value_outlives_the_program(paths: AppPaths) -> None:
    _filled(paths.database_path)
    database = Database(paths.database_path)
    database.open()
    assert Settings(database).get("language") == "kept"
    assert not database.was_restored
    database.close()


def test_a_deleted_setting_is_unset(database: Database) -> None:
    settings = Settings(database)
    settings.set("theme", "dark")
    settings.set("theme", "light")
    assert settings.get("theme") == "light"
    settings.delete("theme")
    assert settings.get("theme") is None


def test_every_file_is_closed_to_others(database: Database, paths: AppPaths) -> None:
    Settings(database).set("language", "en")
    modes = {file.name: _mode(file) for file in paths.data_dir.iterdir() if file.is_file()}
    assert set(modes) >= {"esign.db", "esign.db-wal", "esign.db.backup"}
    assert set(modes.values()) == {0o600}


def test_a_file_that_was_open_to_others_is_closed(paths: AppPaths) -> None:
    paths.database_path.touch(mode=0o644)
    _filled(paths.database_path)
    assert _mode(paths.database_path) == 0o600


def test_closing_leaves_no_write_ahead_log(paths: AppPaths) -> None:
    _filled(paths.database_path)
    assert sorted(_contents(paths.data_dir)) == ["esign.db", "esign.db.backup"]


def test_a_commit_waits_for_the_disk(database: Database) -> None:
    def work(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert database.run(work) == ["wal", 2, 1, 1]


def test_all_work_happens_on_one_thread(database: Database) -> None:
    def ask(_connection: Connection) -> int:
        return threading.get_ident()

    found: list[int] = [database.run(ask)]
    threads = [threading.Thread(target=lambda: found.append(database.run(ask))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert found[0] != threading.get_ident()


def test_work_that_fails_changes_nothing(database: Database) -> None:
    def work(connection: Connection) -> None:
        connection.execute("INSERT INTO settings VALUES ('a', 'b')")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(work)
    assert Settings(database).get("a") is None


def test_a_broken_promise_is_a_bug_and_not_an_error_for_people(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        database.run(lambda connection: connection.execute("INSERT INTO settings VALUES (NULL, NULL)").rowcount)
    with pytest.raises(sqlite3.OperationalError):
        database.run(lambda connection: connection.execute("SELECT * FROM nothing").fetchall())


def test_a_transaction_inside_another_is_refused_rather_than_awaited(database: Database) -> None:
    with pytest.raises(RuntimeError, match="cannot wait"):
        database.run(lambda _connection: Settings(database).get("language"))


def test_a_closed_database_can_not_be_used(paths: AppPaths) -> None:
    database = Database(paths.database_path)
    with pytest.raises(RuntimeError, match="closed"):
        Settings(database).get("language")
    database.close()
    database.open()
    with pytest.raises(RuntimeError, match="open"):
        database.open()
    with pytest.raises(RuntimeError, match="open"):
        database.replace_damaged()
    database.close()
    database.close()


def test_another_programs_lock_is_told(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign_desktop.store.database.connection.BUSY_LIMIT_S", 0.05)
    database = Database(paths.database_path)
    database.open()
    with closing(sqlite3.connect(paths.database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert _code(lambda: Settings(database).set("a", "b")) == "store.locked"
        other.execute("ROLLBACK")
    Settings(database).set("a", "b")
    database.close()


def test_a_folder_in_the_place_of_the_file_is_told(paths: AppPaths) -> None:
    paths.database_path.mkdir()
    assert _code(Database(paths.database_path).open) == "store.unwritable"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert _code(Database(tmp_path / "missing" / "esign.db").open) == "store.unwritable"


# Versions


def _migrations(folder: Path, *scripts: str) -> MigrationSet:
    folder.mkdir(exist_ok=True)
    for number, script in enumerate(scripts, 1):
        (folder / f"{number:04}_step.sql").write_text(script, encoding="utf-8")
    return MigrationSet(folder)


def test_the_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(file.name[:4]) for file in sorted(MIGRATIONS.glob("*.sql"))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert MigrationSet().newest_version == len(numbers)


def test_an_older_database_is_brought_up_to_date_and_backed_up_before(paths: AppPaths, tmp_path: Path) -> None:
    old = Database(paths.database_path, migrations=_migrations(tmp_path / "m", "CREATE TABLE a (x TEXT) STRICT;"))
    old.open()
    old.run(lambda connection: connection.execute("INSERT INTO a VALUES ('kept')").rowcount)
    old.close()
    backup_path(paths.database_path).unlink()
    migrations = _migrations(
        *(tmp_path / "m", "-- as it was"),
        "ALTER TABLE a RENAME TO b;\nCREATE TABLE c (y TEXT) STRICT;\nINSERT INTO c SELECT 'from ' || x FROM b;",
    )
    new = Database(paths.database_path, migrations=migrations)
    new.open()
    assert new.run(lambda connection: connection.execute("SELECT y FROM c").fetchall()) == [("from kept",)]
    assert version_in_header(paths.database_path) == 2
    assert version_in_header(backup_path(paths.database_path)) == 1
    new.close()


def test_a_migration_that_fails_changes_nothing(paths: AppPaths, tmp_path: Path) -> None:
    old = Database(paths.database_path, migrations=_migrations(tmp_path / "m", "CREATE TABLE a (x TEXT) STRICT;"))
    old.open()
    old.close()
    broken = _migrations(tmp_path / "m", "-- as it was", "DROP TABLE a;\nCREATE TABLE nonsense;")
    assert _code(Database(paths.database_path, migrations=broken).open) == "store.unfit_sqlite"
    with closing(sqlite3.connect(paths.database_path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("a",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_newer_database_is_refused_untouched(paths: AppPaths) -> None:
    _filled(paths.database_path)
    with closing(sqlite3.connect(paths.database_path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with closing(sqlite3.connect(paths.database_path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = _contents(paths.data_dir)
    with pytest.raises(StoreError) as caught:
        Database(paths.database_path).open()
    assert (caught.value.code, caught.value.params["version"]) == ("store.newer_version", 99)
    assert _contents(paths.data_dir) == before


def test_a_newer_version_that_only_the_write_ahead_log_tells_is_refused(paths: AppPaths, tmp_path: Path) -> None:
    _filled(paths.database_path)
    with closing(sqlite3.connect(paths.database_path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        # As a crash would leave it: copied before the log is worked in.
        shutil.copytree(paths.data_dir, tmp_path / "crashed")
    crashed = tmp_path / "crashed" / "esign.db"
    assert version_in_header(crashed) == MigrationSet().newest_version
    assert _code(Database(crashed).open) == "store.newer_version"


# Damage


def _overwrite_header(path: Path) -> None:
    path.write_bytes(b"not a database, " * 400)


def _overwrite_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 64] = b"\xee" * 64
    path.write_bytes(content)


def _truncate(path: Path) -> None:
    os.truncate(path, 5000)


DAMAGES = [_overwrite_header, _overwrite_middle, _truncate]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_gives_way_to_its_backup_and_is_kept(
    paths: AppPaths, damage: Callable[[Path], None]
) -> None:
    _filled(paths.database_path)
    damage(paths.database_path)
    damaged = paths.database_path.read_bytes()
    database = Database(paths.database_path)
    database.open()
    assert database.was_restored
    assert Settings(database).get("language") == "kept"
    database.close()
    assert [file.read_bytes() for file in paths.data_dir.glob("esign.db.damaged-*")] == [damaged]
    again = Database(paths.database_path)
    again.open()
    assert not again.was_restored
    again.close()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 0)])
def test_a_lost_or_emptied_database_comes_back_from_its_backup(paths: AppPaths, damage: Callable[[Path], None]) -> None:
    _filled(paths.database_path)
    damage(paths.database_path)
    database = Database(paths.database_path)
    database.open()
    assert database.was_restored
    assert Settings(database).get("language") == "kept"
    database.close()


def test_the_log_of_a_damaged_database_is_not_replayed_into_its_backup(paths: AppPaths, tmp_path: Path) -> None:
    _filled(paths.database_path)
    database = Database(paths.database_path)
    database.open()
    Settings(database).set("language", "lost")
    shutil.copytree(paths.data_dir, tmp_path / "crashed")
    database.close()
    crashed = tmp_path / "crashed" / "esign.db"
    assert (tmp_path / "crashed" / "esign.db-wal").stat().st_size
    _truncate(crashed)
    restored = Database(crashed)
    restored.open()
    assert restored.was_restored
    assert Settings(restored).get("language") == "kept"
    restored.close()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("damage_backup", [Path.unlink, _overwrite_header, _truncate])
def test_without_a_sound_backup_damage_is_told_and_the_file_left_untouched(
    paths: AppPaths, damage: Callable[[Path], None], damage_backup: Callable[[Path], None]
) -> None:
    _filled(paths.database_path)
    damage(paths.database_path)
    damage_backup(backup_path(paths.database_path))
    before = _contents(paths.data_dir)
    assert _code(Database(paths.database_path).open) == "store.damaged"
    assert _contents(paths.data_dir) == before


def test_a_damaged_database_can_be_put_aside_for_an_empty_one(paths: AppPaths) -> None:
    _filled(paths.database_path)
    _overwrite_header(paths.database_path)
    backup_path(paths.database_path).unlink()
    damaged = paths.database_path.read_bytes()
    database = Database(paths.database_path)
    assert database.replace_damaged().read_bytes() == damaged
    database.open()
    assert Settings(database).get("language") is None
    database.close()


def test_damage_that_shows_later_is_told(paths: AppPaths) -> None:
    database = Database(paths.database_path)
    database.open()
    drafts = Drafts(database)
    for number in range(200):
        drafts.save(replace(DRAFT, id=type(DRAFT.id)(f"draft-{number}")), saved_at_ms=number)
    database.run(lambda connection: connection.execute("PRAGMA cache_size = 0").fetchall())
    drafts.delete(type(DRAFT.id)("draft-7"))
    _overwrite_middle(paths.database_path)
    assert _code(drafts.list) == "store.damaged"
    database.close()


def test_a_backup_is_renewed_when_it_is_old_and_left_alone_when_it_is_not(paths: AppPaths) -> None:
    _filled(paths.database_path)
    backup = backup_path(paths.database_path)
    os.utime(backup, (1, 1))
    database = Database(paths.database_path)
    database.open()
    renewed = backup.stat().st_mtime
    assert renewed > 1
    database.close()
    stamp = backup.stat().st_mtime_ns
    database.open()
    assert backup.stat().st_mtime_ns == stamp
    database.close()


def test_a_backup_that_can_not_be_written_stops_nothing(paths: AppPaths, caplog: pytest.LogCaptureFixture) -> None:
    backup_path(paths.database_path).mkdir()
    os.utime(backup_path(paths.database_path), (1, 1))
    _filled(paths.database_path)
    assert "store.unwritable" in caplog.text
    assert str(paths.data_dir) not in caplog.text


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 704 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=704k", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill_up(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def test_a_full_disk_undoes_the_save_and_tells(small_disk: Path) -> None:
    database = Database(small_disk / "esign.db")
    database.open()
    settings = Settings(database)
    settings.set("language", "kept")
    ballast = small_disk / "ballast"
    _fill_up(ballast)
    with pytest.raises(StoreError) as caught:
        settings.set("language", "x" * 50_000)
    assert (caught.value.code, caught.value.retryable) == ("store.disk_full", True)
    assert settings.get("language") == "kept"
    ballast.unlink()
    settings.set("language", "x" * 10_000)
    assert settings.get("language") == "x" * 10_000
    database.close()


def test_on_a_full_disk_a_wipe_is_told_and_closing_loses_nothing(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(small_disk / "esign.db")
    database.open()
    Settings(database).set("language", "kept")
    backup_path(small_disk / "esign.db").write_bytes(b"no database, so that it has to be copied")
    _fill_up(small_disk / "ballast")
    assert _code(lambda: database.erase(lambda _connection: None)) == "store.disk_full"
    database.close()
    assert "store.disk_full" in caplog.text
    (small_disk / "ballast").unlink()
    database.open()
    assert not database.was_restored
    assert Settings(database).get("language") == "kept"
    database.close()


def test_a_database_that_can_only_be_read_is_told(small_disk: Path) -> None:
    _filled(small_disk / "esign.db")
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    assert _code(Database(small_disk / "esign.db").open) == "store.unwritable"
    assert _code(Database(small_disk / "esign.db").replace_damaged) == "store.unwritable"


def test_a_limit_on_the_file_size_is_told_like_a_disk_that_can_not_be_written(database: Database) -> None:
    resource = pytest.importorskip("resource")
    settings = Settings(database)
    settings.set("language", "kept")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal that would end the process, so the write fails instead.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        assert _code(lambda: settings.set("language", "x" * 500_000)) == "store.unwritable"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert settings.get("language") == "kept"


def test_a_disk_that_is_full_from_the_start_is_told(small_disk: Path) -> None:
    _fill_up(small_disk / "ballast")
    assert _code(Database(small_disk / "esign.db").open) == "store.disk_full"


def test_a_full_database_undoes_the_save_and_tells(database: Database) -> None:
    """As on a full disk, on any machine: SQLite itself is told to grow no more."""
    drafts = Drafts(database)
    drafts.save(DRAFT, saved_at_ms=1)
    (pages,) = database.run(lambda connection: connection.execute("PRAGMA page_count").fetchone())
    database.run(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall())
    big = replace(DRAFT, documents=DRAFT.documents * 100)
    assert _code(lambda: drafts.save(big, saved_at_ms=2)) == "store.disk_full"
    assert drafts.load(DRAFT.id) == DRAFT
    database.run(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchall())
    drafts.save(big, saved_at_ms=3)
    assert drafts.load(DRAFT.id) == big


def test_a_copy_for_elsewhere_is_of_one_moment_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "esign.db"
    database = Database(path)
    database.open()
    Settings(database).set("language", "en")
    copy_database(path, tmp_path / "copy.db")
    Settings(database).set("language", "zh_CN")
    database.close()

    copy = Database(tmp_path / "copy.db")
    copy.open()
    assert Settings(copy).get("language") == "en"
    copy.close()
    if sys.platform != "win32":
        assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_what_is_no_database_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "esign.db").write_bytes(b"no database, " * 500)
    with pytest.raises(StoreError) as caught:
        copy_database(tmp_path / "esign.db", tmp_path / "copy.db")
    assert caught.value.code == "store.damaged"


def test_what_somebody_still_reads_is_not_taken_for_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign_desktop.store.database.connection.BUSY_LIMIT_S", 0.2)
    path = tmp_path / "esign.db"
    database = Database(path)
    database.open()
    Settings(database).set("name", "a made-up person")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM settings").fetchall()
        Settings(database).delete("name")
        with pytest.raises(StoreError) as caught:
            database.write_anew()
        assert (caught.value.code, caught.value.retryable) == ("store.locked", True)

    database.write_anew()

    everything = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"a made-up person" not in everything
    database.close()
