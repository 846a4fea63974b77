"""Settings, stored as strings and identified by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection


class Settings:
    """The table of settings. Callers define the meaning of the values.

    ``on_change`` is called with each key whose value changes, in the same transaction. Storing an equal value is not a
    change.
    """

    def __init__(self, database: Database, *, on_change: Callable[[Connection, str], None] | None = None) -> None:
        self._database = database
        self._on_change = on_change or (lambda _connection, _key: None)

    def get(self, key: str) -> str | None:
        """Return the value of a setting, or None if it is not set."""
        rows = self._database.query("SELECT value FROM settings WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set(self, key: str, value: str) -> None:
        """Store the value of a setting."""

        def work(connection: Connection) -> None:
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
            if row is None or row[0] != value:
                connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))
                self._on_change(connection, key)

        self._database.run(work)

    def overwrite(self, key: str, value: str) -> None:
        """Store the value of a setting, leaving no trace of the previous value in the database files."""
        is_other = self.get(key) != value
        self._database.erase(
            lambda connection: connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))
        )
        if is_other:
            # The erasure is also applied to the backup. ``on_change`` is called separately, so that the change is
            # logged only once.
            self._database.run(lambda connection: self._on_change(connection, key))

    def delete(self, key: str) -> None:
        """Delete a setting, so that its default applies again."""

        def work(connection: Connection) -> None:
            if connection.execute("DELETE FROM settings WHERE key = ?", (key,)).rowcount:
                self._on_change(connection, key)

        self._database.run(work)
