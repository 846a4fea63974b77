"""Migrate a database to the latest schema. Each numbered SQL file contains one migration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from esign_desktop.store.database.handle import Connection

MIGRATIONS: Final = Path(__file__).with_name("sql")

_HEADER_BYTES: Final = 100
_MAGIC: Final = b"SQLite format 3\x00"
_VERSION_FIELD: Final = slice(60, 64)


class MigrationSet:
    """The migrations in a folder, in files named ``NNNN_name.sql``.

    NNNN is the schema version (``user_version``) after the migration. The numbers begin at 1 and have no gaps.
    """

    def __init__(self, folder: Path = MIGRATIONS) -> None:
        self._files = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))

    @property
    def newest_version(self) -> int:
        return len(self._files)

    def refuse_newer(self, version: int) -> None:
        """Raise StoreError ``store.newer_version`` if a newer version of the program wrote the database."""
        if version > self.newest_version:
            raise StoreError("store.newer_version", f"{version} > {self.newest_version}", version=version)

    def apply(self, connection: Connection, version: int) -> None:
        """Run the migrations to versions above ``version``. Each migration is committed with its version number."""
        for number, file in enumerate(self._files[version:], version + 1):
            script = file.read_text(encoding="utf-8")
            try:
                connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise


def version_in_header(path: Path) -> int:
    """Return the schema version in the header of a database file, or 0 if the header is unreadable.

    The database is not opened, because this program must not open a database of a newer version. Source:
    https://www.sqlite.org/fileformat.html, "The Database Header".
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError:
        return 0
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        return 0
    return int.from_bytes(header[_VERSION_FIELD], "big", signed=True)
