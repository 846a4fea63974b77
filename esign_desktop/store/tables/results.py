"""What was told of flows in the file of results, so that nothing is told twice or missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

_REVISION: Final = "results.revision"


class Results:
    """Keeps a digest by flow, and up to which revision of the flows all is told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def revision(self) -> int | None:
        """Up to where all is told; None if nothing ever was."""
        rows = self._database.query("SELECT value FROM settings WHERE key = ?", (_REVISION,))
        return int(rows[0][0]) if rows else None

    def digests(self) -> dict[str, str]:
        """Return what was told last, by flow."""
        return dict(self._database.query("SELECT flow_id, digest FROM results"))

    def keep(self, revision: int, told: Mapping[FlowId, str]) -> None:
        """Take note of what is told now, in one transaction."""

        def work(connection: Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", list(told.items()))
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_REVISION, str(revision)))

        self._database.run(work)
