"""The progress of writing the results file, so that each change of a flow is reported exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

_REVISION: Final = "results.revision"
_UNSENT: Final = "results.unsent."


class Results:
    """The digest of the line last reported for each flow, and the revision up to which all flows were reported."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def revision(self) -> int | None:
        """The revision up to which all flows were reported, or None before the first report."""
        rows = self._database.query("SELECT value FROM settings WHERE key = ?", (_REVISION,))
        return int(rows[0][0]) if rows else None

    def digests(self) -> dict[str, str]:
        """Return the digest of the line last reported for each flow, keyed by flow id."""
        return dict(self._database.query("SELECT flow_id, digest FROM results"))

    def unsent(self) -> dict[str, str]:
        """Return the lines about customers without a contract that are not in the results file yet.

        The lines are keyed by ``change_id``.
        """
        rows = self._database.query("SELECT key, value FROM settings WHERE key LIKE ? ORDER BY key", (f"{_UNSENT}%",))
        return {str(key).removeprefix(_UNSENT): str(line) for key, line in rows}

    def add_unsent(self, change_id: str, line: str) -> None:
        """Store a line about a customer without a contract until the line is written to the results file.

        ``change_id`` identifies the line.
        """
        self._database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (f"{_UNSENT}{change_id}", line))

    def forget_unsent(self, change_ids: Iterable[str]) -> None:
        """Delete stored lines that are now in the results file."""
        keys = [(f"{_UNSENT}{change_id}",) for change_id in change_ids]
        self._database.run(lambda connection: connection.executemany("DELETE FROM settings WHERE key = ?", keys))

    def keep(self, revision: int, told: Mapping[FlowId, str]) -> None:
        """Record, in one transaction, the digests of the lines just reported and the new revision."""

        def work(connection: Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", list(told.items()))
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_REVISION, str(revision)))

        self._database.run(work)
