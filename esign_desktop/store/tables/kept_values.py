"""The form values of sent contracts. This personal data is kept only while it may be needed for a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.form_values import FilledForm
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.codec import from_json, to_json
from esign_desktop.store.party_details import is_for_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.party_details import SealedPartyDetails


_OF_CONTRACT: Final = "SELECT document_index, fields FROM kept_values WHERE submission_id = ?"
KEPT_MS: Final = 30 * 86_400_000
"""The time for which values are kept after a contract ended without success, in milliseconds."""


class KeptValues:
    """The table of form values of sent contracts. Deleted values leave no trace in the database files.

    Values are stored encrypted, or not at all if no key is available.
    """

    def __init__(
        self,
        database: Database,
        sealed: SealedPartyDetails,
        *,
        clock_ms: Callable[[], int] = system_clock_ms,
        kept_ms: int = KEPT_MS,
    ) -> None:
        self._database = database
        self._sealed = sealed
        self._clock_ms = clock_ms
        self._kept_ms = kept_ms
        self._of_session: set[tuple[str, int]] = set()
        """The submission ids and document indexes of values that were encrypted with the session's key."""

    def keep(self, submission_id: SubmissionId, forms: Mapping[int, FilledForm]) -> None:
        """Store the values of forms, keyed by document index. They replace earlier values of the same documents."""
        rows = [
            (submission_id, index, sealed)
            for index, form in forms.items()
            if (sealed := self._sealed.seal(to_json(form, FilledForm), _context(submission_id, index)))
        ]
        self._database.execute_many("INSERT OR REPLACE INTO kept_values VALUES (?, ?, ?, NULL)", rows)
        self._of_session |= {(submission_id, index) for _, index, sealed in rows if is_for_session(sealed)}
        self._seal_for_good()

    def get(self, submission_id: SubmissionId) -> dict[int, FilledForm]:
        """Return the values of a contract's forms, keyed by document index. Raises StoreError.

        Values that cannot be decrypted are omitted.
        """
        self._seal_for_good()
        opened = {
            index: self._sealed.open(sealed, _context(submission_id, index))
            for index, sealed in self._database.query(_OF_CONTRACT, (submission_id,))
        }
        return {index: _form(text) for index, text in opened.items() if text is not None}

    def is_locked(self, submission_id: SubmissionId) -> bool:
        """Return whether a contract's form values cannot be read because the keyring is locked. Raises StoreError."""
        found = self._database.query(_OF_CONTRACT, (submission_id,))
        return any(self._sealed.is_locked(sealed) for _index, sealed in found)

    def are_lost(self, submission_id: SubmissionId) -> bool:
        """Return whether any of a contract's form values cannot be decrypted. Raises StoreError."""
        found = self._database.query(_OF_CONTRACT, (submission_id,))
        return any(self._sealed.open(sealed, _context(submission_id, index)) is None for index, sealed in found)

    def _seal_for_good(self) -> None:
        """Encrypt values that use the session's key with the keyring's key, once the keyring is unlocked.

        Values encrypted with the session's key would be lost when the program ends.
        """
        for submission_id, index in tuple(self._of_session):
            condition = "submission_id = ? AND document_index = ?"
            query = f"SELECT fields FROM kept_values WHERE {condition}"  # noqa: S608  a constant
            for (sealed,) in self._database.query(query, (submission_id, index)):
                again = self._sealed.sealed_again(sealed, _context(submission_id, index))
                if is_for_session(again):
                    return
                statement = f"UPDATE kept_values SET fields = ? WHERE {condition} AND fields = ?"  # noqa: S608
                self._database.execute(statement, (again, submission_id, index, sealed))
            self._of_session.discard((submission_id, index))

    def drop(self, submission_id: str) -> None:
        """Delete the values of a contract's forms, leaving no trace of them in the database files."""
        self._delete("submission_id = ?", submission_id)

    def sweep(self) -> None:
        """Delete values whose retention period is over, and values that were stored after their flow was completed."""
        self._database.run(self._note_ended)
        self._delete("ended_at_ms < ?", self._clock_ms() - self._kept_ms)

    def flow_ended(self, connection: Connection, submission_id: str, status: FlowStatus) -> bool:
        """Record a flow's status in the current transaction, and return whether the flow's values must now be deleted.

        If the caller does not delete the values, ``sweep`` deletes them later.
        """
        is_completed = status is FlowStatus.COMPLETED
        if not status.is_final:
            return False
        done = connection.execute(
            "UPDATE kept_values SET ended_at_ms = ifnull(ended_at_ms, ?) WHERE submission_id = ?",
            (0 if is_completed else self._clock_ms(), submission_id),
        )
        return is_completed and done.rowcount > 0

    def _note_ended(self, connection: Connection) -> None:
        """Record the end of flows that had already ended when their values were stored."""
        for status in filter(lambda status: status.is_final, FlowStatus):
            connection.execute(
                "UPDATE kept_values SET ended_at_ms = ? WHERE ended_at_ms IS NULL"
                " AND submission_id IN (SELECT submission_id FROM flows WHERE status = ?)",
                (0 if status is FlowStatus.COMPLETED else self._clock_ms(), int(status)),
            )

    def _delete(self, condition: str, value: str | int) -> None:
        # Erasing also rewrites the backup, so first check whether there is anything to delete.
        if self._database.query(f"SELECT 1 FROM kept_values WHERE {condition} LIMIT 1", (value,)):  # noqa: S608
            statement = f"DELETE FROM kept_values WHERE {condition}"  # noqa: S608  conditions of this module
            self._database.erase(lambda connection: connection.execute(statement, (value,)))


def _form(text: str) -> FilledForm:
    if text.startswith("["):
        # This is the format from before forms could have tables.
        return FilledForm(from_json(text, tuple[tuple[str, str], ...], code="store.damaged"))
    return from_json(text, FilledForm, code="store.damaged")


def _context(submission_id: str, document_index: int) -> bytes:
    return f"{submission_id}\0{document_index}".encode()
