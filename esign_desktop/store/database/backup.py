"""The copy of the database that lies beside it, and how it takes a damaged one's place.

A copy holds what the database held, so it is renewed when something personal was deleted.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.file_moves import replace_file
from esign_desktop.store.files.errors import disk_error

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.database.connection import Connection

_COMPANIONS: Final = ("-wal", "-shm")
PRIVATE_FILE_MODE: Final = 0o600


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
    fresh = database_path.with_name(database_path.name + ".backup-new")
    try:
        fresh.unlink(missing_ok=True)
        # SQLite fills an empty file; one that it made itself would be open to others under a lax umask.
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE))
        connection.execute("VACUUM INTO ?", (str(fresh),))
        sync_file(fresh)
        # Beside the new copy it would undo there what was under way in the old one.
        journal_path(backup_path(database_path)).unlink(missing_ok=True)
        replace_file(fresh, backup_path(database_path))
        sync_folder(database_path.parent)
    except OSError as error:
        raise disk_error(error) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


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
    fresh = database_path.with_name(database_path.name + ".restoring")
    try:
        shutil.copyfile(source, fresh)
        fresh.chmod(PRIVATE_FILE_MODE)
        sync_file(fresh)
        set_aside(database_path, kind=kind)
        replace_file(fresh, database_path)
        sync_folder(database_path.parent)
    except OSError as error:
        raise disk_error(error) from error


def set_aside(database_path: Path, *, kind: str = "damaged") -> Path:
    """Rename a database that is damaged, for support to look at, or too new, and return its new place.

    Its write-ahead log goes with it: SQLite would replay it into whatever comes in its place. Raises OSError.
    """
    aside = database_path.with_name(f"{database_path.name}.{kind}-{time.time_ns() // 1_000_000}")
    for companion in _COMPANIONS:
        with suppress(FileNotFoundError):
            database_path.with_name(database_path.name + companion).rename(aside.with_name(aside.name + companion))
    with suppress(FileNotFoundError):
        database_path.rename(aside)
    return aside


def delete_remnants(database_path: Path) -> None:
    """Delete what was set aside or copied before an upgrade, and what a crash left of others. Raises StoreError."""
    try:
        for kind in (".damaged-*", ".newer-*", ".before-upgrade-*", ".backup-new*", ".restoring*"):
            for path in database_path.parent.glob(database_path.name + kind):
                path.unlink(missing_ok=True)
        sync_folder(database_path.parent)
    except OSError as error:
        raise disk_error(error) from error


def sync_file(path: Path) -> None:
    """Make what was written into a file last. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync(descriptor: int) -> None:
    """Make what was written last. Raises OSError.

    The ``fsync`` of macOS ends at the drive's own memory, says its manual.
    """
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:
            # Not every file system knows it.
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in the folder last; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
