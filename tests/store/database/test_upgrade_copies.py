"""The copy from before an upgrade: made, kept for a while, found by the older program, and emptied as the rest is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.backup import LONGEST_KEPT_MS, UpgradeCopy, backup_path, upgrade_copies
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MIGRATIONS, MigrationSet, version_in_header
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.files.paths import AppPaths

NOW: Final = MigrationSet().newest_version
CANARY: Final = "canary of a test: nobody's number"


@pytest.fixture
def later(tmp_path: Path) -> MigrationSet:
    """The migrations of a version to come."""
    return migrations(tmp_path / "later", 1)


def migrations(folder: Path, more: int) -> MigrationSet:
    shutil.copytree(MIGRATIONS, folder)
    for number in range(NOW + 1, NOW + more + 1):
        table = "CREATE TABLE IF NOT EXISTS later (id TEXT PRIMARY KEY, what TEXT NOT NULL) STRICT;"
        (folder / f"{number:04}_later.sql").write_text(table, encoding="utf-8")
    return MigrationSet(folder)


def work_with(paths: AppPaths, value: str, migrations: MigrationSet | None = None) -> None:
    """One run of the program, in which a setting is made."""
    database = Database(paths.database_path, migrations=migrations)
    database.open()
    Settings(database).set("when", value)
    database.close()


def code_of(database: Database) -> str:
    with pytest.raises(StoreError) as caught:
        database.open()
    return caught.value.code


def value_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        (value,) = connection.execute("SELECT value FROM settings WHERE key = 'when'").fetchone()
    return str(value)


def files_with_canary(paths: AppPaths) -> list[str]:
    files = (file for file in paths.data_dir.iterdir() if file.is_file())
    return sorted(file.name for file in files if b"canary" in file.read_bytes())


def newest(paths: AppPaths) -> UpgradeCopy:
    return upgrade_copies(paths.database_path)[0]


def test_an_upgrade_leaves_a_copy_that_later_backups_do_not_replace(paths: AppPaths, later: MigrationSet) -> None:
    began_ms = system_clock_ms()
    work_with(paths, "before")
    assert upgrade_copies(paths.database_path) == []
    work_with(paths, "after", later)
    work_with(paths, "after", later)
    (copy,) = upgrade_copies(paths.database_path)
    assert copy.version == version_in_header(copy.path) == NOW
    assert began_ms <= copy.made_at_ms <= system_clock_ms()
    assert copy.path.stat().st_mode & 0o777 == 0o600
    assert (value_in(copy.path), value_in(backup_path(paths.database_path))) == ("before", "after")


def test_the_older_program_goes_on_with_the_copy_and_the_newer_data_is_kept(
    paths: AppPaths, later: MigrationSet
) -> None:
    work_with(paths, "before")
    work_with(paths, "after", later)
    newer = paths.database_path.read_bytes()
    older = Database(paths.database_path)
    assert code_of(older) == "store.newer_version"
    copy = older.copy_before_upgrade()
    assert copy == newest(paths)
    older.use_copy_before_upgrade(copy)
    older.open()
    assert older.went_back
    assert not older.was_restored
    assert Settings(older).get("when") == "before"
    older.close()
    assert [file.read_bytes() for file in paths.data_dir.glob("esign.db.newer-*")] == [newer]
    assert copy.path.exists()
    # From then on it is an ordinary start.
    ordinary = Database(paths.database_path)
    ordinary.open()
    assert not ordinary.went_back
    ordinary.close()
    # And the newer program may come again.
    work_with(paths, "again", later)
    assert [one.version for one in upgrade_copies(paths.database_path)] == [NOW]


def test_what_the_write_ahead_log_of_the_newer_data_holds_goes_with_it(paths: AppPaths, later: MigrationSet) -> None:
    work_with(paths, "before")
    newer = Database(paths.database_path, migrations=later)
    newer.open()
    Settings(newer).set("when", "killed")
    killed = paths.data_dir.parent / "killed"
    shutil.copytree(paths.data_dir, killed)
    newer.close()
    older = Database(killed / "esign.db")
    assert code_of(older) == "store.newer_version"
    copy = older.copy_before_upgrade()
    assert copy is not None
    older.use_copy_before_upgrade(copy)
    older.open()
    assert Settings(older).get("when") == "before"
    older.close()
    (aside,) = (file for file in killed.glob("esign.db.newer-*") if not file.name.endswith(("-wal", "-shm")))
    assert value_in(aside) == "killed"


def test_a_start_that_is_killed_after_going_back_is_known_as_such(paths: AppPaths, later: MigrationSet) -> None:
    work_with(paths, "before")
    work_with(paths, "after", later)
    os.utime(backup_path(paths.database_path), (0, 0))
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from esign_desktop.store.database.connection import Database\n"
        "database = Database(Path(sys.argv[1]))\n"
        "database.use_copy_before_upgrade(database.copy_before_upgrade())\n"
        "database.open()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(paths.database_path)], check=False).returncode == -9
    again = Database(paths.database_path)
    again.open()
    assert again.went_back
    again.close()


def test_a_kill_in_the_middle_of_going_back_leaves_the_offer(paths: AppPaths, later: MigrationSet) -> None:
    work_with(paths, "before")
    work_with(paths, "after", later)
    # As it is between the two renames.
    paths.database_path.rename(paths.database_path.with_name("esign.db.newer-1"))
    older = Database(paths.database_path)
    assert code_of(older) == "store.newer_version"
    copy = older.copy_before_upgrade()
    assert copy is not None
    older.use_copy_before_upgrade(copy)
    older.open()
    assert Settings(older).get("when") == "before"
    older.close()


def test_a_damaged_copy_and_one_that_is_too_new_are_not_offered(paths: AppPaths, tmp_path: Path) -> None:
    work_with(paths, "before")
    work_with(paths, "between", migrations(tmp_path / "one", 1))
    work_with(paths, "after", migrations(tmp_path / "two", 2))
    assert [copy.version for copy in upgrade_copies(paths.database_path)] == [NOW + 1, NOW]
    older = Database(paths.database_path)
    copy = older.copy_before_upgrade()
    assert copy is not None
    assert copy.version == NOW
    os.truncate(copy.path, 5000)
    assert older.copy_before_upgrade() is None
    copy.path.write_bytes(b"")
    assert older.copy_before_upgrade() is None


def test_two_copies_are_kept_for_thirty_days(paths: AppPaths, tmp_path: Path) -> None:
    for more in range(4):
        work_with(paths, str(more), migrations(tmp_path / str(more), more))
    assert [copy.version for copy in upgrade_copies(paths.database_path)] == [NOW + 2, NOW + 1]
    old = newest(paths).path
    kept, over = (system_clock_ms() - LONGEST_KEPT_MS + by_ms for by_ms in (60_000, -1))
    for copy, at_ms in zip(upgrade_copies(paths.database_path), (kept, over), strict=True):
        copy.path.rename(copy.path.with_name(f"esign.db.before-upgrade-{copy.version}-{at_ms}"))
    work_with(paths, "later", migrations(tmp_path / "again", 3))
    assert [copy.made_at_ms for copy in upgrade_copies(paths.database_path)] == [kept]
    assert not old.exists()


def test_an_upgrade_that_fails_is_tried_again_with_one_copy(paths: AppPaths, tmp_path: Path) -> None:
    work_with(paths, "before")
    broken = migrations(tmp_path / "broken", 1)
    (tmp_path / "broken" / f"{NOW + 1:04}_later.sql").write_text("CREATE TABLE nonsense;", encoding="utf-8")
    for _ in range(2):
        assert code_of(Database(paths.database_path, migrations=broken)) == "store.unfit_sqlite"
    assert [copy.version for copy in upgrade_copies(paths.database_path)] == [NOW]
    work_with(paths, "after")


def test_what_is_erased_is_erased_in_the_copy(paths: AppPaths, later: MigrationSet) -> None:
    work_with(paths, CANARY)
    database = Database(paths.database_path, migrations=later)
    database.open()
    assert newest(paths).path.name in files_with_canary(paths)

    def take(connection: Connection) -> None:
        # A table that the copy does not know holds nothing in it.
        connection.execute("DELETE FROM later WHERE id = 'x'")
        connection.execute("DELETE FROM settings WHERE key = 'when'")

    database.erase(take)
    assert files_with_canary(paths) == []
    database.close()
    assert newest(paths).version == version_in_header(newest(paths).path) == NOW
    with closing(sqlite3.connect(newest(paths).path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'later%'").fetchall() == []


def test_a_copy_in_which_nothing_can_be_erased_is_deleted(paths: AppPaths, later: MigrationSet) -> None:
    work_with(paths, CANARY)
    database = Database(paths.database_path, migrations=later)
    database.open()
    database.run(lambda connection: connection.execute("ALTER TABLE settings ADD COLUMN more TEXT").rowcount)
    database.erase(
        lambda connection: connection.execute("DELETE FROM settings WHERE more IS NULL AND key = 'when'").rowcount
    )
    assert upgrade_copies(paths.database_path) == []
    assert files_with_canary(paths) == []
    database.close()


def test_writing_everything_anew_deletes_copies_and_newer_data(paths: AppPaths, later: MigrationSet) -> None:
    work_with(paths, CANARY)
    work_with(paths, f"newer {CANARY}", later)
    older = Database(paths.database_path)
    copy = older.copy_before_upgrade()
    assert copy is not None
    older.use_copy_before_upgrade(copy)
    older.open()
    older.run(lambda connection: connection.execute("DELETE FROM settings").rowcount)
    older.write_anew()
    assert files_with_canary(paths) == []
    older.close()


def test_a_disk_that_is_full_keeps_the_upgrade_from_beginning(
    paths: AppPaths, later: MigrationSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_with(paths, "before")

    def fail(_source: Path, target: Path) -> None:
        target.write_bytes(b"SQLite")
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr("esign_desktop.store.database.backup.shutil.copyfile", fail)
        assert code_of(Database(paths.database_path, migrations=later)) == "store.disk_full"
    assert version_in_header(paths.database_path) == NOW
    assert [file.name for file in paths.data_dir.glob("*before-upgrade*")] == []
    work_with(paths, "after", later)
