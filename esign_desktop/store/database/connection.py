"""The database: one file, one thread that owns its only connection, one transaction a piece of work.

The only module that knows SQLite.
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
"""The first that knows STRICT tables (https://www.sqlite.org/releaselog/3_37_0.html)."""

_log = logging.getLogger(__name__)

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    # A committed step of a send has to survive a power cut.
    "PRAGMA synchronous = FULL",
    # On macOS alone: beyond the drive's own memory (https://www.sqlite.org/pragma.html#pragma_fullfsync).
    "PRAGMA fullfsync = ON",
    # Deleted ID numbers are overwritten in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)
_DISTRUST: Final = "PRAGMA trusted_schema = OFF"
"""Only once it is up to date: older tables hold an index that SQLite before 3.41 would not even copy otherwise."""


def copy_database(source: Path, target: Path) -> None:
    """Write what a database holds at this moment into a new file; others may go on working with it meanwhile.

    Also for a process that has not opened it. Raises StoreError.
    """
    import sqlite3

    try:
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE))
        with closing(_connect_existing(source)) as connection:
            # Otherwise the whole content would pass through a file in a folder for temporary ones.
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
    """An SQLite file. ``run`` may be called from any thread but the database's own; ``open`` comes first.

    Every method that touches the file raises StoreError: ``store.disk_full``, ``store.damaged``, ``store.locked``,
    ``store.unwritable``; ``open`` also ``store.newer_version``,
    ``store.old_sqlite`` and ``store.unfit_sqlite``.
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
        """Whether ``open`` found a copy from before an upgrade in the place of a newer database.

        What came after it is lost, until it was brought back from the ledger; true at the next start, too, if that was
        broken off.
        """
        return self._went_back

    @property
    def was_restored(self) -> bool:
        """Whether ``open`` found the file damaged and took its backup instead; what came after that is lost."""
        return self._was_restored

    def open(self) -> None:
        """Open, check, bring up to date. A damaged file gives way to its backup; without one it is left untouched."""
        if self._thread is not None:
            raise RuntimeError("the database is open")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        try:
            self._thread.submit(self._open).result()
        except BaseException:
            self._stop_thread()
            raise

    def close(self) -> None:
        """Empty the write-ahead log, renew the backup, close; without effect when closed.

        Raises nothing: what is committed is safe in the write-ahead log too, and the next ``open`` finds it.
        """
        if self._thread is None:
            return
        try:
            self._thread.submit(self._close).result()
        finally:
            self._stop_thread()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do the work in one transaction on the database's thread, and wait for it.

        What the work raises undoes the transaction and is raised here.
        """
        return self._on_thread(lambda: self._in_transaction(work))

    def query(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows of one statement."""
        return self.run(lambda connection: connection.execute(statement, values).fetchall())

    def execute(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run one statement in a transaction of its own."""
        self.run(lambda connection: connection.execute(statement, values))

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of the rows, in one transaction."""
        self.run(lambda connection: connection.executemany(statement, rows))

    def erase(self, work: Callable[[Connection], T]) -> T:
        """Do what deletes or replaces something personal, so that no byte of that stays in any file.

        It is done in the backup first and then here, in one transaction each: a kill between them leaves a backup that
        knows less. Only where it can't be done in the backup, that is copied anew, which takes seconds for a large one.
        """
        return self._on_thread(lambda: self._erase(work))

    def write_anew(self) -> None:
        """Write the file and its backup anew, with nothing but what is in the tables, and delete older copies.

        Copies that were set aside as damaged, and what a crash left of a backup, hold what was deleted since.
        """
        self._on_thread(self._write_anew)

    def replace_damaged(self) -> Path:
        """Rename the damaged file of a closed database, so that ``open`` begins an empty one; return its new name."""
        if self._thread is not None:
            raise RuntimeError("the database is open")
        try:
            aside = set_aside(self._path)
            backup_path(self._path).unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error) from error
        return aside

    def copy_before_upgrade(self) -> UpgradeCopy | None:
        """Return the newest sound copy that this program can work with; for when ``open`` met a newer version."""
        for copy in upgrade_copies(self._path):
            version = version_in_header(copy.path)
            if 0 < version <= self._migrations.newest_version and _is_sound(copy.path):
                return copy
        return None

    def use_copy_before_upgrade(self, copy: UpgradeCopy) -> None:
        """Put a copy in the place of the database of a newer version, which is set aside beside it; ``open`` follows.

        The copy stays. The newer version's backup does, too, until ``open`` has gone well: by it a start that is broken
        off meanwhile is known again.
        """
        if self._thread is not None:
            raise RuntimeError("the database is open")
        put_in_place(copy.path, self._path, kind="newer")
        self._takes_copy = True

    def _on_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise RuntimeError("the database is closed")
        if threading.get_ident() == self._thread_id:
            raise RuntimeError("a transaction can't wait for another one")
        return self._thread.submit(work).result()

    def _stop_thread(self) -> None:
        if self._thread is not None:
            self._thread.shutdown()
        self._thread = None
        self._thread_id = None

    # Everything below runs on the database's thread.

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
        """Put the backup in the file's place if it is sound itself."""
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
            # SQLite gives its companions the mode of the file, which has to be ours before it holds anything.
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
                # What the check found wrong names something whose name is damaged itself.
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
            # A kill may have left what was deleted there.
            _checkpoint(connection)
        if version < self._migrations.newest_version:
            if version:
                write_backup(connection, self._path)
                keep_backup_as_copy(self._path, version, system_clock_ms())
            self._migrations.apply(connection, version)
            # The version in the file's header is what an older program will look at.
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
            # The database itself is fine, so work goes on without a fresh copy.
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
            # Some failures have ended the transaction already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _is_about_text(error):
                # Its own words hold the text.
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
        """Return whether the backup is free of it, too; one of an older version may lack what the work asks for."""
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
            # It is as old as what it holds.
            os.utime(backup, ns=(status.st_atime_ns, status.st_mtime_ns))
        except (sqlite3.Error, OSError) as error:
            _log.warning("nothing could be deleted in the backup: %s", type(error).__name__)
            return False
        return True

    @staticmethod
    def _erase_in_copy(current: Connection, copy: UpgradeCopy, work: Callable[[Connection], object]) -> None:
        """Do the work in a copy of an older version; one in which that can't be done is deleted. Raises StoreError."""
        import sqlite3

        try:
            with closing(_connect_existing(copy.path)) as connection:
                for pragma in _PRAGMAS[1:]:
                    connection.execute(pragma)
                _stand_in_for_newer_tables(connection, current)
                _transact(connection, work)
        # Whatever the work makes of rows of an older version: it went well in the backup.
        except (sqlite3.Error, OSError, StoreError, LookupError, TypeError, ValueError) as error:
            _log.warning("nothing could be deleted in a copy from before an upgrade: %s", type(error).__name__)
            try:
                copy.delete()
            except OSError as failure:
                raise disk_error(failure) from failure

    def _write_anew(self) -> None:
        connection = self._opened()
        try:
            # Otherwise the whole content would pass through a file in a folder for temporary ones.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM")
            if not _checkpoint(connection):
                # Whoever reads meanwhile, such as who makes a day's copy, keeps what was deleted in the log.
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
        """Return what SQLite's failure means; anything else is raised again as it is."""
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
        # The low byte is the kind, the rest its variety.
        kind, name = code & 0xFF, getattr(error, "sqlite_errorname", "")
        if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and self._is_disk_full()):
            return StoreError("store.disk_full", name, retryable=True)
        # A column that its migration made is missing only where the text of the table itself is damaged.
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
    """Whether SQLite found a text that is none: damage that its own check does not see."""
    import sqlite3

    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode to UTF-8")


def _refuse_old_sqlite() -> None:
    """Raise StoreError ``store.old_sqlite`` before the file is touched."""
    import sqlite3

    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise _about_sqlite("store.old_sqlite")


def _about_sqlite(code: str) -> StoreError:
    import sqlite3

    needed = ".".join(map(str, OLDEST_SQLITE))
    return StoreError(code, sqlite3.sqlite_version, found=sqlite3.sqlite_version, needed=needed)


def _is_refused_statement(error: sqlite3.OperationalError) -> bool:
    """Whether SQLite itself is at odds with what the tables are made of, rather than the disk with SQLite."""
    import sqlite3

    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_ERROR


def _transact(connection: Connection, work: Callable[[Connection], object]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    work(connection)
    connection.execute("COMMIT")


def _stand_in_for_newer_tables(connection: Connection, current: Connection) -> None:
    """Give an older database the tables that came later, empty and for this connection alone."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    known = {name for name, _sql in connection.execute(query)}
    connection.execute("PRAGMA temp_store = MEMORY")
    for name, sql in current.execute(query).fetchall():
        if name not in known:
            connection.execute(sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))


def _settle(path: Path) -> bool:
    """Undo what a kill broke off in a copy, and return whether it is whole.

    Where that fails the journal stays: without it half a change would stand in the copy for good.
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
        _log.warning("a copy of the database could not be settled: %s", type(error).__name__)
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
    """Empty the write-ahead log; False where somebody reads what is in it."""
    (is_busy, *_pages) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy
