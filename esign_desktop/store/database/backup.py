"""The copies of the database that lie beside it: for a damaged one's place, and from before upgrades.

Each holds what the database held, so that whatever personal is deleted there is deleted in the copies, too. Before the
database is brought to a newer version it is copied to ``esign.db.before-upgrade-VERSION-MILLISECONDS`` (the schema's
version, and when the copy was made), for a program that goes back to an older one.
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
    """Return where the copy of a database lies."""
    return database_path.with_name(database_path.name + ".backup")


def journal_path(path: Path) -> Path:
    """Return where SQLite notes how to undo what is under way in a file without a write-ahead log."""
    return path.with_name(path.name + "-journal")


def log_path(path: Path) -> Path:
    """Return where SQLite writes ahead what is not in the file yet."""
    return path.with_name(path.name + "-wal")


def write_backup(connection: Connection, database_path: Path) -> None:
    """Copy an open database; the previous copy stays until the new one is safe on the disk.

    Raises StoreError for the file, ``sqlite3.Error`` for the database.
    """
    backup = backup_path(database_path)
    with disk_errors(), atomic_target(backup, database_path.with_name(database_path.name + ".backup-new")) as fresh:
        # SQLite fills an empty file; one that it made itself would be open to others under a lax umask.
        create_private(fresh).close()
        connection.execute("VACUUM INTO ?", (str(fresh),))
        sync_file(fresh)
        # Beside the new copy it would undo there what was under way in the old one.
        journal_path(backup).unlink(missing_ok=True)


def needs_restoring(database_path: Path) -> bool:
    """Whether the database is gone or empty although there is a copy of it."""
    if not backup_path(database_path).exists():
        return False
    return not database_path.exists() or database_path.stat().st_size == 0


def restore_backup(database_path: Path) -> None:
    """Put the copy in the place of the database, which is set aside. Raises StoreError."""
    put_in_place(backup_path(database_path), database_path, kind="damaged")


def put_in_place(source: Path, database_path: Path, *, kind: str) -> None:
    """Put a copy of ``source`` in the place of the database, which is set aside as ``kind``. Raises StoreError."""
    scratch = database_path.with_name(database_path.name + ".restoring")
    with disk_errors(), atomic_target(database_path, scratch) as fresh:
        shutil.copyfile(source, fresh)
        fresh.chmod(PRIVATE_FILE_MODE)
        sync_file(fresh)
        set_aside(database_path, kind=kind)


def set_aside(database_path: Path, *, kind: str = "damaged") -> Path:
    """Rename a database that is damaged, for support to look at, or too new, and return its new place.

    Its write-ahead log goes with it: SQLite would replay it into whatever comes in its place. Raises OSError.
    """
    aside = database_path.with_name(f"{database_path.name}.{kind}-{system_clock_ms()}")
    for companion in _COMPANIONS:
        with suppress(FileNotFoundError):
            database_path.with_name(database_path.name + companion).rename(aside.with_name(aside.name + companion))
    with suppress(FileNotFoundError):
        database_path.rename(aside)
    return aside


def delete_remnants(database_path: Path) -> None:
    """Delete what was set aside or copied before an upgrade, and what a crash left of others. Raises StoreError."""
    with disk_errors():
        for kind in (".damaged-*", ".newer-*", ".before-upgrade-*", ".backup-new*", ".restoring*"):
            for path in database_path.parent.glob(database_path.name + kind):
                path.unlink(missing_ok=True)
        sync_folder(database_path.parent)


@dataclass(frozen=True, slots=True)
class UpgradeCopy:
    """``version`` is the schema's, as the name has it; ``made_at_ms`` is epoch time."""

    path: Path
    version: int
    made_at_ms: int

    def delete(self) -> None:
        """Delete the copy, and what a kill may have left of a change in it. Raises OSError."""
        for path in (journal_path(self.path), self.path):
            path.unlink(missing_ok=True)


def upgrade_copies(database_path: Path) -> list[UpgradeCopy]:
    """Return the copies beside a database, the newest first."""
    found = []
    for path in database_path.parent.glob(f"{database_path.name}.before-upgrade-*"):
        match = _NAME.fullmatch(path.name.removeprefix(database_path.name))
        if match is not None:
            found.append(UpgradeCopy(path, int(match[1]), int(match[2])))
    return sorted(found, key=lambda copy: (copy.made_at_ms, copy.version), reverse=True)


def keep_backup_as_copy(database_path: Path, version: int, now_ms: int) -> None:
    """Copy the backup, which was just written by a program of this version. Raises StoreError."""
    copy = database_path.with_name(f"{database_path.name}.before-upgrade-{version}-{now_ms}")
    before = [one for one in upgrade_copies(database_path) if one.version == version]
    with disk_errors():
        with atomic_target(copy, database_path.with_name(database_path.name + _UNFINISHED)) as unfinished:
            shutil.copyfile(backup_path(database_path), unfinished)
            unfinished.chmod(PRIVATE_FILE_MODE)
        for one in before:
            # An upgrade that was broken off, or made a second time after going back.
            one.delete()


def sweep_copies(database_path: Path, now_ms: int) -> None:
    """Delete copies that are older than ``LONGEST_KEPT_MS`` or not among the newest. Raises OSError."""
    database_path.with_name(database_path.name + _UNFINISHED).unlink(missing_ok=True)
    for number, copy in enumerate(upgrade_copies(database_path), 1):
        if number > MOST_COPIES or now_ms - copy.made_at_ms > LONGEST_KEPT_MS:
            copy.delete()
