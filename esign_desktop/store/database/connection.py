"""The database: one file, one thread with the only connection, and one transaction for each unit of work.

Only this module uses SQLite directly.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from esign_desktop.atomic_files import PRIVATE_FILE_MODE
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.backup import (
    UpgradeCopy,
    backup_path,
    delete_remnants,
    journal_path,
    keep_backup_as_copy,
    log_path,
    needs_restoring,
    put_in_place,
    restore_backup,
    set_aside,
    sweep_copies,
    upgrade_copies,
    write_backup,
)
from esign_desktop.store.database.migrations import MigrationSet, version_in_header

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from esign_desktop.store.database.handle import Connection

T = TypeVar("T")

BUSY_LIMIT_S: Final = 5.0
BACKUP_AGE_S: Final = 6 * 3600
LITTLE_SPACE_BYTES: Final = 64 * 1024
OLDEST_SQLITE: Final = (3, 37)
"""The first version with STRICT tables (https://www.sqlite.org/releaselog/3_37_0.html)."""

_log = logging.getLogger(__name__)

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    # A committed step of a submission must survive a power failure.
    "PRAGMA synchronous = FULL",
    # On macOS only: flush the drive's own cache too (https://www.sqlite.org/pragma.html#pragma_fullfsync).
    "PRAGMA fullfsync = ON",
    # Deleted ID numbers are overwritten in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)
_DISTRUST: Final = "PRAGMA trusted_schema = OFF"
"""Set only after migration: an index in older schemas would otherwise keep SQLite before 3.41 from copying the file."""


def copy_database(source: Path, target: Path) -> None:
    """Write the current content of a database to a new file. The database may be in use at the same time.

    The calling process need not have opened the database. Raises StoreError.
    """
    import sqlite3

    try:
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE))
        with closing(_connect_existing(source)) as connection:
            # Otherwise the whole content would pass through a temporary file in another folder.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM INTO ?", (str(target),))
    except OSError as error:
        raise disk_error(error) from error
    except sqlite3.Error as error:
        codes = {
            sqlite3.SQLITE_FULL: "store.disk_full",
            sqlite3.SQLITE_CORRUPT: "store.damaged",
            sqlite3.SQLITE_NOTADB: "store.damaged",
            sqlite3.SQLITE_BUSY: "store.locked",
            sqlite3.SQLITE_LOCKED: "store.locked",
        }
        code = codes.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, "copy.failed")
        raise StoreError(code, getattr(error, "sqlite_errorname", ""), retryable=True) from error


class Database:
    """An SQLite database file. Call ``open`` first; ``run`` may be called from any thread except the database's own.

    Every method that accesses the file raises StoreError ``store.disk_full``, ``store.damaged``, ``store.locked`` or
    ``store.unwritable``; ``open`` also raises ``store.newer_version``, ``store.old_sqlite`` or ``store.unfit_sqlite``.
    """

    def __init__(self, path: Path, *, migrations: MigrationSet | None = None) -> None:
        self._path = path
        self._migrations = migrations or MigrationSet()
        self._thread: ThreadPoolExecutor | None = None
        self._thread_id: int | None = None
        self._connection: Connection | None = None
        self._was_restored = False
        self._takes_copy = False
        self._went_back = False

    @property
    def went_back(self) -> bool:
        """Whether ``open`` found that a copy from before an upgrade has replaced a newer database.

        Later data is missing until it is restored from the ledger. If the restoration is interrupted, the value is also
        True at the next start.
        """
        return self._went_back

    @property
    def was_restored(self) -> bool:
        """Whether ``open`` found the file damaged and restored its backup. Data written after the backup is lost."""
        return self._was_restored

    def open(self) -> None:
        """Open, check and migrate the database.

        A damaged file is replaced with its backup. Without a backup, it is left untouched.
        """
        if self._thread is not None:
            raise RuntimeError("the database is open")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        try:
            self._thread.submit(self._open).result()
        except BaseException:
            self._stop_thread()
            raise

    def close(self) -> None:
        """Empty the write-ahead log, update the backup and close the database. This has no effect if it is closed.

        Failures are only logged, because committed data is safe in the write-ahead log and available at the next
        ``open``.
        """
        if self._thread is None:
            return
        try:
            self._thread.submit(self._close).result()
        finally:
            self._stop_thread()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run the work in one transaction on the database's thread, and wait for its result.

        An exception raised by the work rolls the transaction back and is passed on.
        """
        return self._on_thread(lambda: self._in_transaction(work))

    def query(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows of one statement."""
        return self.run(lambda connection: connection.execute(statement, values).fetchall())

    def execute(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run one statement in a transaction of its own."""
        self.run(lambda connection: connection.execute(statement, values))

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row, all of them in one transaction."""
        self.run(lambda connection: connection.executemany(statement, rows))

    def erase(self, work: Callable[[Connection], T]) -> T:
        """Run work that deletes or replaces personal data, so that no trace of the old data remains in any file.

        The work runs in one transaction on the backup and then in one on the database. A crash in between therefore
        leaves a backup with less data. If the work fails on the backup, a new backup is written, which takes seconds
        for a large database.
        """
        return self._on_thread(lambda: self._erase(work))

    def write_anew(self) -> None:
        """Rewrite the file and its backup with only the tables' current content, and delete older copies.

        This is necessary because copies set aside as damaged, and partial backups left by a crash, still contain data
        that was deleted later.
        """
        self._on_thread(self._write_anew)

    def replace_damaged(self) -> Path:
        """Rename the damaged file of a closed database, and return its new path.

        ``open`` then creates an empty file.
        """
        if self._thread is not None:
            raise RuntimeError("the database is open")
        try:
            aside = set_aside(self._path)
            backup_path(self._path).unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error) from error
        return aside

    def copy_before_upgrade(self) -> UpgradeCopy | None:
        """Return the latest undamaged upgrade copy that this program can open.

        It is used if the database is too new.
        """
        for copy in upgrade_copies(self._path):
            version = version_in_header(copy.path)
            if 0 < version <= self._migrations.newest_version and _is_sound(copy.path):
                return copy
        return None

    def use_copy_before_upgrade(self, copy: UpgradeCopy) -> None:
        """Replace a database of a newer version with an upgrade copy. Call ``open`` afterwards.

        The database is set aside and the copy is kept. The newer version's backup is kept until ``open`` has succeeded,
        so that an interrupted start can be recognized.
        """
        if self._thread is not None:
            raise RuntimeError("the database is open")
        put_in_place(copy.path, self._path, kind="newer")
        self._takes_copy = True

    def _on_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise RuntimeError("the database is closed")
        if threading.get_ident() == self._thread_id:
            raise RuntimeError("a transaction cannot wait for another one")
        return self._thread.submit(work).result()

    def _stop_thread(self) -> None:
        if self._thread is not None:
            self._thread.shutdown()
        self._thread = None
        self._thread_id = None

    # All methods below run on the database's thread.

    def _open(self) -> None:
        self._thread_id = threading.get_ident()
        _refuse_old_sqlite()
        self._migrations.refuse_newer(version_in_header(self._path))
        is_settled = _settle(backup_path(self._path))
        for copy in upgrade_copies(self._path):
            _settle(copy.path)
        is_backup_newer = version_in_header(backup_path(self._path)) > self._migrations.newest_version
        self._went_back = self._takes_copy or is_backup_newer
        self._was_restored = needs_restoring(self._path) and self._restore()
        try:
            self._connect()
        except StoreError as error:
            if error.code != "store.damaged" or self._was_restored or not self._restore():
                raise
            self._was_restored = True
            self._connect()
        if self._was_restored:
            _log.warning("the database was damaged; its backup was restored")
        with suppress(OSError):
            sweep_copies(self._path, system_clock_ms())
        self._takes_copy = False
        if not self._went_back:
            self._back_up_if_old(is_in_doubt=not is_settled)

    def _restore(self) -> bool:
        """Replace the file with its backup if the backup is undamaged, and return whether this was done."""
        backup = backup_path(self._path)
        if not backup.exists():
            return False
        self._migrations.refuse_newer(version_in_header(backup))
        if not _is_sound(backup):
            return False
        restore_backup(self._path)
        return True

    def _connect(self) -> None:
        import sqlite3

        try:
            # SQLite gives its auxiliary files the mode of the database file, so set it before anything is written.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE_MODE))
            self._path.chmod(PRIVATE_FILE_MODE)
        except OSError as error:
            raise disk_error(error) from error
        connection: Connection | None = None
        try:
            connection = sqlite3.connect(self._path, timeout=BUSY_LIMIT_S, isolation_level=None)
            self._prepare(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.OperationalError) and _is_refused_statement(error):
                raise _about_sqlite("store.unfit_sqlite") from error
            if isinstance(error, sqlite3.Error):
                raise self._store_error(error) from error
            if isinstance(error, UnicodeDecodeError):
                # The integrity check reported an object whose name is itself damaged.
                raise StoreError("store.damaged", "text") from None
            raise
        self._connection = connection

    def _prepare(self, connection: Connection) -> None:
        has_log = log_path(self._path).exists()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        self._migrations.refuse_newer(version)
        _check(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if has_log:
            # After a crash, the log may still contain deleted data.
            _checkpoint(connection)
        if version < self._migrations.newest_version:
            if version:
                write_backup(connection, self._path)
                keep_backup_as_copy(self._path, version, system_clock_ms())
            self._migrations.apply(connection, version)
            # An older program looks at the version in the file's header, so write it there now.
            _checkpoint(connection)
        connection.execute(_DISTRUST)

    def _back_up_if_old(self, *, is_in_doubt: bool) -> None:
        backup = backup_path(self._path)
        if is_in_doubt or not backup.exists() or time.time() - backup.stat().st_mtime > BACKUP_AGE_S:
            self._back_up()

    def _back_up(self) -> None:
        import sqlite3

        try:
            write_backup(self._opened(), self._path)
        except (StoreError, sqlite3.Error) as error:
            # The database itself is intact, so a missing backup does not stop the program.
            _log.warning("the backup could not be written: %s", self._translated(error).code)

    def _close(self) -> None:
        import sqlite3

        connection = self._opened()
        try:
            _checkpoint(connection)
            self._back_up()
        except sqlite3.Error as error:
            _log.warning("the write-ahead log could not be emptied: %s", self._translated(error).code)
        finally:
            self._connection = None
            connection.close()

    def _in_transaction(self, work: Callable[[Connection], T]) -> T:
        connection = self._opened()
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            # Some errors have already ended the transaction.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _is_about_text(error):
                # The original message contains the text.
                raise StoreError("store.damaged", "text") from None
            if isinstance(error, Exception):
                raise self._translated(error) from error
            raise
        return result

    def _erase(self, work: Callable[[Connection], T]) -> T:
        connection = self._opened()
        is_erased_in_backup = self._erase_in_backup(work)
        for copy in upgrade_copies(self._path):
            self._erase_in_copy(connection, copy, work)
        changes = connection.total_changes
        result = self._in_transaction(work)
        if connection.total_changes > changes or not is_erased_in_backup:
            try:
                _checkpoint(connection)
                if not is_erased_in_backup:
                    write_backup(connection, self._path)
            except Exception as error:
                raise self._translated(error) from error
        return result

    def _erase_in_backup(self, work: Callable[[Connection], object]) -> bool:
        """Run the work on the backup, and return whether it succeeded. It may fail on an older schema version."""
        import sqlite3

        backup = backup_path(self._path)
        if not backup.exists():
            return True
        status = backup.stat()
        try:
            with closing(_connect_existing(backup)) as connection:
                if connection.execute("PRAGMA user_version").fetchone() != (self._migrations.newest_version,):
                    return False
                for pragma in (*_PRAGMAS[1:], _DISTRUST):
                    connection.execute(pragma)
                _transact(connection, work)
            # The modification time reflects the age of the content, so it is preserved.
            os.utime(backup, ns=(status.st_atime_ns, status.st_mtime_ns))
        except (sqlite3.Error, OSError) as error:
            _log.warning("erasing in the backup failed: %s", type(error).__name__)
            return False
        return True

    @staticmethod
    def _erase_in_copy(current: Connection, copy: UpgradeCopy, work: Callable[[Connection], object]) -> None:
        """Run the work in a copy of an older version, and delete the copy if the work fails. Raises StoreError."""
        import sqlite3

        try:
            with closing(_connect_existing(copy.path)) as connection:
                for pragma in _PRAGMAS[1:]:
                    connection.execute(pragma)
                _stand_in_for_newer_tables(connection, current)
                _transact(connection, work)
        # Any error in an old copy is due to its older schema, since the work succeeded in the backup.
        except (sqlite3.Error, OSError, StoreError, LookupError, TypeError, ValueError) as error:
            _log.warning("erasing in an upgrade copy failed: %s", type(error).__name__)
            try:
                copy.delete()
            except OSError as failure:
                raise disk_error(failure) from failure

    def _write_anew(self) -> None:
        connection = self._opened()
        try:
            # Otherwise the whole content would pass through a temporary file in another folder.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM")
            if not _checkpoint(connection):
                # A concurrent reader, such as the daily copy, keeps deleted data in the log.
                raise StoreError("store.locked", "checkpoint", retryable=True)
            write_backup(connection, self._path)
            delete_remnants(self._path)
        except Exception as error:
            raise self._translated(error) from error

    def _opened(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the database is closed")
        return self._connection

    def _translated(self, error: Exception) -> StoreError:
        """Return the StoreError for an SQLite error, or raise any other error unchanged."""
        import sqlite3

        if isinstance(error, StoreError):
            return error
        if isinstance(error, sqlite3.Error):
            return self._store_error(error)
        raise error

    def _store_error(self, error: sqlite3.Error) -> StoreError:
        import sqlite3

        code = getattr(error, "sqlite_errorcode", None)
        if code is None or isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
            raise error
        # The low byte is the primary error code, the rest the extended code.
        kind, name = code & 0xFF, getattr(error, "sqlite_errorname", "")
        if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and self._is_disk_full()):
            return StoreError("store.disk_full", name, retryable=True)
        # Migrations create all columns, so a missing column means that the table's definition is damaged.
        if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or "no such column" in str(error):
            return StoreError("store.damaged", name)
        if kind in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return StoreError("store.locked", name, retryable=True)
        if kind in {
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_AUTH,
        }:
            return StoreError("store.unwritable", name)
        raise error

    def _is_disk_full(self) -> bool:
        try:
            return shutil.disk_usage(self._path.parent).free < LITTLE_SPACE_BYTES
        except OSError:
            return False


def _is_about_text(error: BaseException) -> bool:
    """Return whether SQLite failed to decode text. Its integrity check does not detect such damage."""
    import sqlite3

    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode to UTF-8")


def _refuse_old_sqlite() -> None:
    """Raise StoreError ``store.old_sqlite`` before the file is opened."""
    import sqlite3

    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise _about_sqlite("store.old_sqlite")


def _about_sqlite(code: str) -> StoreError:
    import sqlite3

    needed = ".".join(map(str, OLDEST_SQLITE))
    return StoreError(code, sqlite3.sqlite_version, found=sqlite3.sqlite_version, needed=needed)


def _is_refused_statement(error: sqlite3.OperationalError) -> bool:
    """Return whether SQLite rejects the schema, as opposed to a disk error."""
    import sqlite3

    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_ERROR


def _transact(connection: Connection, work: Callable[[Connection], object]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    work(connection)
    connection.execute("COMMIT")


def _stand_in_for_newer_tables(connection: Connection, current: Connection) -> None:
    """Create the tables that an older database lacks, as empty temporary tables for this connection."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    known = {name for name, _sql in connection.execute(query)}
    connection.execute("PRAGMA temp_store = MEMORY")
    for name, sql in current.execute(query).fetchall():
        if name not in known:
            connection.execute(sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))


def _settle(path: Path) -> bool:
    """Roll back an interrupted change in a copy, and return whether the copy is consistent.

    If this fails, the journal is kept, because without it the copy would contain half a change.
    """
    import sqlite3

    journal = journal_path(path)
    if not journal.exists():
        return True
    try:
        if path.exists():
            with closing(_connect_existing(path)) as connection:
                connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        _log.warning("a copy of the database could not be rolled back: %s", type(error).__name__)
        return False
    with suppress(OSError):
        journal.unlink(missing_ok=True)
    return True


def _is_sound(path: Path) -> bool:
    import sqlite3

    try:
        with closing(_connect_existing(path)) as connection:
            _check(connection)
    except (sqlite3.Error, StoreError):
        return False
    return True


def _connect_existing(path: Path) -> Connection:
    import sqlite3

    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=BUSY_LIMIT_S, isolation_level=None)


def _check(connection: Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise StoreError("store.damaged", "quick_check")


def _checkpoint(connection: Connection) -> bool:
    """Empty the write-ahead log, and return whether this succeeded. A concurrent reader may prevent it."""
    (is_busy, *_pages) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy
