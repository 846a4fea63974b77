"""Drafts: contracts in preparation, and which of them is on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.contract.draft import DraftId, DraftSummary
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.codec import draft_from_json, draft_to_json

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection


class Drafts:
    """Keeps drafts. They may hold id numbers, which are needed until the contract is sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, draft: ContractDraft, *, saved_at_ms: int) -> None:
        """Keep the draft as it stands now."""
        page_count = sum(document.page_count for document in draft.documents)
        row = (
            *(draft.id, replace_surrogates(draft.title), len(draft.documents), page_count, saved_at_ms),
            draft_to_json(draft),
        )
        self._database.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)", row)

    def load(self, draft_id: DraftId) -> ContractDraft:
        """Return a draft. Raises StoreError ``store.no_such_draft``, or ``store.bad_draft`` if it can't be read."""
        found = self._database.query("SELECT body FROM drafts WHERE id = ?", (draft_id,))
        if not found:
            raise StoreError("store.no_such_draft")
        return draft_from_json(found[0][0])

    def list(self) -> tuple[DraftSummary, ...]:
        """Return all drafts, the one saved last first."""
        rows = self._database.query(
            "SELECT id, title, document_count, page_count, saved_at_ms,"
            " id IN (SELECT draft_id FROM desk) FROM drafts ORDER BY saved_at_ms DESC, id"
        )
        return tuple(
            DraftSummary(DraftId(draft_id), title, document_count, page_count, saved_at_ms, bool(is_open))
            for draft_id, title, document_count, page_count, saved_at_ms, is_open in rows
        )

    def delete(self, draft_id: DraftId) -> None:
        """Delete a draft so that no byte of it stays in the files."""

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM desk WHERE draft_id = ?", (draft_id,))
            connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))

        self._database.erase(work)

    def set_open(self, draft_id: DraftId | None) -> None:
        """Note which draft is on the desk; it need not have been saved yet."""
        if draft_id is None:
            self._database.execute("DELETE FROM desk")
        else:
            self._database.execute("INSERT OR REPLACE INTO desk VALUES (1, ?)", (draft_id,))

    def open_draft_id(self) -> DraftId | None:
        """Return the draft that is, or was when the program ended, on the desk; None if it was never saved."""
        rows = self._database.query("SELECT draft_id FROM desk WHERE draft_id IN (SELECT id FROM drafts)")
        return DraftId(rows[0][0]) if rows else None
