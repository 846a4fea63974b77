"""The database: one file, one thread that owns the only connection, and one transaction for each unit of work.

Only the modules of this package use SQLite directly.
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
"""The first SQLite version with STRICT tables (https://www.sqlite.org/releaselog/3_37_0.html)."""

_log = logging.getLogger(__name__)

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    # A committed step of a submission must survive a power failure.
    "PRAGMA synchronous = FULL",
    # On macOS, also flush the drive's own cache (https://www.sqlite.org/pragma.html#pragma_fullfsync).
    "PRAGMA fullfsync = ON",
    # Overwrite deleted ID numbers in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)
_DISTRUST: Final = "PRAGMA trusted_schema = OFF"
"""Set after the migrations: with an index of an older schema, SQLite before 3.41 could otherwise not copy the file."""


def copy_database(source: Path, target: Path) -> None:
    """Write the current content of a database to a new file. Raises StoreError.

    The database may be open at the same time, in this process or in another one.
    """
    import sqlite3

    try:
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE))
        with closing(_connect_existing(source)) as connection:
            # Otherwise, the whole content would pass through a temporary file in another folder.
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
    """An SQLite database file. Call ``open`` first.

    ``run`` may be called from any thread except the database's own thread. All methods that access the file raise
    StoreError ``store.disk_full``, ``store.damaged``, ``store.locked`` or ``store.unwritable``; ``open`` also raises
    ``store.newer_version``, ``store.old_sqlite`` or ``store.unfit_sqlite``.
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
        """Whether ``open`` found that an upgrade copy has replaced a newer database.

        Data that was stored after the copy was made is missing until the data is restored from the ledger. If the
        restoration is interrupted, the value is True again when the program is next started.
        """
        return self._went_back

    @property
    def was_restored(self) -> bool:
        """Whether ``open`` found the file damaged and restored its backup.

        In this case, data that was stored after the backup was made is lost.
        """
        return self._was_restored

    def open(self) -> None:
        """Open, check and migrate the database.

        A damaged file is replaced with its backup. If there is no backup, the file is left unchanged and StoreError
        ``store.damaged`` is raised.
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
        """Empty the write-ahead log, update the backup and close the database. Do nothing if the database is closed.

        Failures are only logged, because committed data is safe in the write-ahead log. The next ``open`` reads the
        log.
        """
        if self._thread is None:
            return
        try:
            self._thread.submit(self._close).result()
        finally:
            self._stop_thread()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Call ``work`` in one transaction on the database's thread, and return its result.

        If ``work`` raises an exception, the transaction is rolled back, and this method raises the same exception.
        """
        return self._on_thread(lambda: self._in_transaction(work))

    def query(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows selected by one statement."""
        return self.run(lambda connection: connection.execute(statement, values).fetchall())

    def execute(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run one statement in its own transaction."""
        self.run(lambda connection: connection.execute(statement, values))

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement once for each row, in a single transaction."""
        self.run(lambda connection: connection.executemany(statement, rows))

    def erase(self, work: Callable[[Connection], T]) -> T:
        """Call ``work``, which deletes or replaces personal data, so that no trace of the old data is left in any file.

        ``work`` is called in one transaction on the backup, and then in another one on the database. After a crash
        between these transactions, the backup therefore contains less data than the database. If ``work`` fails on the
        backup, a new backup is written, which takes seconds for a large database.
        """
        return self._on_thread(lambda: self._erase(work))

    def write_anew(self) -> None:
        """Rewrite the database and its backup with only the current content of the tables, and delete older copies.

        This is necessary because copies that were set aside as damaged, and partial backups left by a crash, still
        contain data that was later deleted from the tables.
        """
        self._on_thread(self._write_anew)

    def replace_damaged(self) -> Path:
        """Rename the damaged file of a closed database, and return its new path.

        ``open`` then creates an empty database. Raises StoreError.
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
        """Return the latest undamaged upgrade copy that this program can open, or None if there is none.

        The copy can replace a database that is too new for this program.
        """
        for copy in upgrade_copies(self._path):
            version = version_in_header(copy.path)
            if 0 < version <= self._migrations.newest_version and _is_sound(copy.path):
                return copy
        return None

    def use_copy_before_upgrade(self, copy: UpgradeCopy) -> None:
        """Replace a database that is too new with an upgrade copy. Call ``open`` afterwards.

        The database is set aside, and the copy is kept. The backup of the newer database is kept until ``open`` has
        succeeded. An interrupted replacement can therefore be recognized.
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
        """Replace the file with its backup if there is an undamaged one, and return whether this was done."""
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
            # SQLite gives its auxiliary files the mode of the database file, so the mode is set before anything is
            # written.
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
                # The integrity check reported an object whose name is damaged.
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
            # After a crash, the write-ahead log may still contain deleted data.
            _checkpoint(connection)
        if version < self._migrations.newest_version:
            if version:
                write_backup(connection, self._path)
                keep_backup_as_copy(self._path, version, system_clock_ms())
            self._migrations.apply(connection, version)
            # Older programs read the version from the file's header, so it must be written there now.
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
            # After some errors, SQLite has already ended the transaction.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _is_about_text(error):
                # SQLite's message contains the text.
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
        """Call ``work`` on the backup, and return whether it succeeded. It fails if the backup has an older schema."""
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
            # The modification time shows the age of the content, so it is preserved.
            os.utime(backup, ns=(status.st_atime_ns, status.st_mtime_ns))
        except (sqlite3.Error, OSError) as error:
            _log.warning("erasing in the backup failed: %s", type(error).__name__)
            return False
        return True

    @staticmethod
    def _erase_in_copy(current: Connection, copy: UpgradeCopy, work: Callable[[Connection], object]) -> None:
        """Call ``work`` on an upgrade copy, and delete the copy if ``work`` fails.

        Raises StoreError if the copy cannot be deleted.
        """
        import sqlite3

        try:
            with closing(_connect_existing(copy.path)) as connection:
                for pragma in _PRAGMAS[1:]:
                    connection.execute(pragma)
                _stand_in_for_newer_tables(connection, current)
                _transact(connection, work)
        # Since ``work`` succeeded on the backup, an error in an upgrade copy is due to its older schema.
        except (sqlite3.Error, OSError, StoreError, LookupError, TypeError, ValueError) as error:
            _log.warning("erasing in an upgrade copy failed: %s", type(error).__name__)
            try:
                copy.delete()
            except OSError as failure:
                raise disk_error(failure) from failure

    def _write_anew(self) -> None:
        connection = self._opened()
        try:
            # Otherwise, the whole content would pass through a temporary file in another folder.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM")
            if not _checkpoint(connection):
                # Another reader, such as the daily backup, prevents deleted data from being removed from the log.
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
        """Return the StoreError for an SQLite error. Raise any other exception unchanged."""
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
        # The low byte is the primary result code; the other bytes belong to the extended result code.
        kind, name = code & 0xFF, getattr(error, "sqlite_errorname", "")
        if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and self._is_disk_full()):
            return StoreError("store.disk_full", name, retryable=True)
        # Migrations create all columns, so a missing column means that a table definition is damaged.
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
    """Return whether SQLite failed to decode text, which its integrity check does not detect."""
    import sqlite3

    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode to UTF-8")


def _refuse_old_sqlite() -> None:
    """Raise StoreError ``store.old_sqlite`` if SQLite is too old. Call this before the file is opened."""
    import sqlite3

    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise _about_sqlite("store.old_sqlite")


def _about_sqlite(code: str) -> StoreError:
    import sqlite3

    needed = ".".join(map(str, OLDEST_SQLITE))
    return StoreError(code, sqlite3.sqlite_version, found=sqlite3.sqlite_version, needed=needed)


def _is_refused_statement(error: sqlite3.OperationalError) -> bool:
    """Return whether SQLite rejected the schema, as opposed to a disk error."""
    import sqlite3

    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_ERROR


def _transact(connection: Connection, work: Callable[[Connection], object]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    work(connection)
    connection.execute("COMMIT")


def _stand_in_for_newer_tables(connection: Connection, current: Connection) -> None:
    """Create empty temporary tables, visible only to this connection, for tables that an older database lacks."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    known = {name for name, _sql in connection.execute(query)}
    connection.execute("PRAGMA temp_store = MEMORY")
    for name, sql in current.execute(query).fetchall():
        if name not in known:
            connection.execute(sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))


def _settle(path: Path) -> bool:
    """Roll back an interrupted change to a copy of the database, and return whether the copy is consistent.

    If this fails, the journal is kept, because the copy would contain half of the change without it.
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
    """Empty the write-ahead log, and return whether this succeeded. Another reader of the database may prevent it."""
    (is_busy, *_pages) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy
