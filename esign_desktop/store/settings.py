"""Preferences: texts by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esign_desktop.store.database import Connection, Database


class Settings:
    """Reads and writes single values; what they mean is the caller's business."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """Return the value, or None if it was never set."""

        def work(connection: Connection) -> str | None:
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
            return None if row is None else str(row[0])

        return self._database.run(work)

    def set(self, key: str, value: str) -> None:
        """Keep a value."""

        def work(connection: Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))

        self._database.run(work)

    def delete(self, key: str) -> None:
        """Forget a value, so that its default counts again."""

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM settings WHERE key = ?", (key,))

        self._database.run(work)
