"""Copies of the database in the database's folder: a backup in case of damage, and copies made before upgrades.

Each copy holds the same data as the database, so personal data that is deleted from the database must also be deleted
from the copies. Before an upgrade, the database is copied to ``esign.db.before-upgrade-VERSION-MILLISECONDS``, where
VERSION is the schema version and MILLISECONDS is the epoch time of the copy. With such an *upgrade copy*, the user can
go back to an older version of the program.
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.atomic_files import PRIVATE_FILE_MODE, atomic_target, create_private, sync_file, sync_folder
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from esign_desktop.store.database.handle import Connection


_COMPANIONS: Final = ("-wal", "-shm")
MOST_COPIES: Final = 2
LONGEST_KEPT_MS: Final = 30 * 24 * 3600 * 1000
_NAME: Final = re.compile(r"\.before-upgrade-(\d{1,9})-(\d{1,15})")
_UNFINISHED: Final = ".before-upgrade-new"


def backup_path(database_path: Path) -> Path:
    """Return the path of the backup that belongs to a database."""
    return database_path.with_name(database_path.name + ".backup")


def journal_path(path: Path) -> Path:
    """Return the path of a database file's rollback journal, which exists only without a write-ahead log."""
    return path.with_name(path.name + "-journal")


def log_path(path: Path) -> Path:
    """Return the path of the write-ahead log that belongs to a database."""
    return path.with_name(path.name + "-wal")


def write_backup(connection: Connection, database_path: Path) -> None:
    """Back up an open database. The previous backup is kept until the new backup is safely on disk.

    Raises StoreError if the file cannot be written, and ``sqlite3.Error`` if the database cannot be read.
    """
    backup = backup_path(database_path)
    with disk_errors(), atomic_target(backup, database_path.with_name(database_path.name + ".backup-new")) as fresh:
        # SQLite fills an existing empty file. If SQLite created the file, a lax umask would let other users read it.
        create_private(fresh).close()
        connection.execute("VACUUM INTO ?", (str(fresh),))
        sync_file(fresh)
        # A leftover journal beside the new backup would roll its pages back to those of the old backup.
        journal_path(backup).unlink(missing_ok=True)


def needs_restoring(database_path: Path) -> bool:
    """Return whether the database is missing or empty although a backup exists."""
    if not backup_path(database_path).exists():
        return False
    return not database_path.exists() or database_path.stat().st_size == 0


def restore_backup(database_path: Path) -> None:
    """Restore the backup of a database. The old database file is set aside. Raises StoreError."""
    put_in_place(backup_path(database_path), database_path, kind="damaged")


def put_in_place(source: Path, database_path: Path, *, kind: str) -> None:
    """Replace the database with a copy of ``source``. The old file is renamed, and its new name contains ``kind``.

    Raises StoreError.
    """
    scratch = database_path.with_name(database_path.name + ".restoring")
    with disk_errors(), atomic_target(database_path, scratch) as fresh:
        shutil.copyfile(source, fresh)
        fresh.chmod(PRIVATE_FILE_MODE)
        sync_file(fresh)
        set_aside(database_path, kind=kind)


def set_aside(database_path: Path, *, kind: str = "damaged") -> Path:
    """Rename a database file that is damaged or too new, and return its new path. ``kind`` becomes part of the name.

    The file is kept for support. Its write-ahead log is also renamed, because SQLite would otherwise apply it to the
    replacement file. Raises OSError.
    """
    aside = database_path.with_name(f"{database_path.name}.{kind}-{system_clock_ms()}")
    for companion in _COMPANIONS:
        with suppress(FileNotFoundError):
            database_path.with_name(database_path.name + companion).rename(aside.with_name(aside.name + companion))
    with suppress(FileNotFoundError):
        database_path.rename(aside)
    return aside


def delete_remnants(database_path: Path) -> None:
    """Delete database files that were set aside, upgrade copies, and temporary files left by a crash.

    Raises StoreError.
    """
    with disk_errors():
        for kind in (".damaged-*", ".newer-*", ".before-upgrade-*", ".backup-new*", ".restoring*"):
            for path in database_path.parent.glob(database_path.name + kind):
                path.unlink(missing_ok=True)
        sync_folder(database_path.parent)


@dataclass(frozen=True, slots=True)
class UpgradeCopy:
    """A copy of the database that was made before an upgrade.

    ``version`` is the schema version in the file name. ``made_at_ms`` is the epoch time in the file name, in
    milliseconds.
    """

    path: Path
    version: int
    made_at_ms: int

    def delete(self) -> None:
        """Delete the copy, and the copy's rollback journal if a crash left one. Raises OSError."""
        for path in (journal_path(self.path), self.path):
            path.unlink(missing_ok=True)


def upgrade_copies(database_path: Path) -> list[UpgradeCopy]:
    """Return the upgrade copies of a database, latest first."""
    found = []
    for path in database_path.parent.glob(f"{database_path.name}.before-upgrade-*"):
        match = _NAME.fullmatch(path.name.removeprefix(database_path.name))
        if match is not None:
            found.append(UpgradeCopy(path, int(match[1]), int(match[2])))
    return sorted(found, key=lambda copy: (copy.made_at_ms, copy.version), reverse=True)


def keep_backup_as_copy(database_path: Path, version: int, now_ms: int) -> None:
    """Copy the newly written backup to an upgrade copy with the schema version ``version``. Raises StoreError.

    Older upgrade copies with the same version are deleted.
    """
    copy = database_path.with_name(f"{database_path.name}.before-upgrade-{version}-{now_ms}")
    before = [copy_before for copy_before in upgrade_copies(database_path) if copy_before.version == version]
    with disk_errors():
        with atomic_target(copy, database_path.with_name(database_path.name + _UNFINISHED)) as unfinished:
            shutil.copyfile(backup_path(database_path), unfinished)
            unfinished.chmod(PRIVATE_FILE_MODE)
        for old_copy in before:
            # An older copy with this version comes from an upgrade that was interrupted, or repeated after a downgrade.
            old_copy.delete()


def sweep_copies(database_path: Path, now_ms: int) -> None:
    """Delete upgrade copies older than LONGEST_KEPT_MS, and the oldest copies if there are more than MOST_COPIES.

    Raises OSError.
    """
    database_path.with_name(database_path.name + _UNFINISHED).unlink(missing_ok=True)
    for number, copy in enumerate(upgrade_copies(database_path), 1):
        if number > MOST_COPIES or now_ms - copy.made_at_ms > LONGEST_KEPT_MS:
            copy.delete()
