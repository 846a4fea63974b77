"""Drafts: the contracts in preparation, and the id of the draft that is open in the window."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from esign_desktop.domain.contract.draft import DraftId, DraftSummary
from esign_desktop.domain.contract.form_values import (
    FilledForm,
    form_values,
    with_form_values,
    without_form_values,
)
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.codec import draft_from_json, draft_to_json, from_json, to_json
from esign_desktop.store.party_details import SealedPartyDetails, is_for_session

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection


_Forms = dict[str, FilledForm]


class Drafts:
    """The table of drafts. A draft may contain ID numbers, which are needed until the contract is sent.

    Form values are stored encrypted, or not at all if no key is available. ``sealed`` may be omitted if no draft is
    saved.
    """

    def __init__(self, database: Database, sealed: SealedPartyDetails | None = None) -> None:
        self._database = database
        self._sealed = sealed or SealedPartyDetails(lambda: None)
        self._of_session: set[str] = set()
        """The ids of drafts whose form values were encrypted with the session's key because the keyring was locked."""

    def save(self, draft: ContractDraft, *, saved_at_ms: int) -> None:
        """Store a draft. ``saved_at_ms`` is the current epoch time in milliseconds."""
        page_count = sum(document.page_count for document in draft.documents)
        row = (
            *(draft.id, replace_surrogates(draft.title), len(draft.documents), page_count, saved_at_ms),
            *(draft_to_json(without_form_values(draft)), self._sealed_values(draft) or self._unreadable_values(draft)),
        )
        self._database.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        if is_for_session(row[-1]):
            self._of_session.add(draft.id)
        self._seal_for_good()

    def load(self, draft_id: DraftId) -> ContractDraft:
        """Return a stored draft.

        Raises StoreError ``store.no_such_draft``, ``store.bad_draft`` if the draft cannot be read, or
        ``store.draft_locked`` if the draft has form values and the keyring is locked. If the draft were returned
        without these values, saving the draft would delete them.
        """
        found = self._database.query("SELECT body, form_values FROM drafts WHERE id = ?", (draft_id,))
        if not found:
            raise StoreError("store.no_such_draft")
        body, sealed = found[0]
        if self._sealed.is_locked(sealed):
            raise StoreError("store.draft_locked", retryable=True)
        self._seal_for_good()
        return self._with_values(draft_from_json(body), sealed)

    def are_values_for_session(self, draft_id: DraftId) -> bool:
        """Return whether a draft's form values will be lost at program exit because the keyring is unavailable."""
        return draft_id in self._of_session

    def are_values_lost(self, draft_id: DraftId) -> bool:
        """Return whether a draft's form values cannot be decrypted, although the keyring is not locked.

        The values were encrypted in an earlier session, or with a key that the keyring no longer has.
        """
        found = self._database.query("SELECT form_values FROM drafts WHERE id = ?", (draft_id,))
        return any(sealed and self._sealed.open(sealed, draft_context(draft_id)) is None for (sealed,) in found)

    def documents(self, draft_id: DraftId) -> tuple[Document, ...]:
        """Return the documents of a stored draft, without form values.

        This also works while the keyring is locked. Raises StoreError ``store.no_such_draft`` or ``store.bad_draft``.
        """
        found = self._database.query("SELECT body FROM drafts WHERE id = ?", (draft_id,))
        if not found:
            raise StoreError("store.no_such_draft")
        return draft_from_json(found[0][0]).documents

    def _seal_for_good(self) -> None:
        """Encrypt values that use the session's key with the keyring's key, once the keyring is unlocked.

        Values encrypted with the session's key would be lost when the program ends.
        """
        for draft_id in tuple(self._of_session):
            for (sealed,) in self._database.query("SELECT form_values FROM drafts WHERE id = ?", (draft_id,)):
                again = self._sealed.sealed_again(sealed, draft_context(draft_id))
                if is_for_session(again):
                    return
                statement = "UPDATE drafts SET form_values = ? WHERE id = ? AND form_values = ?"
                self._database.execute(statement, (again, draft_id, sealed))
            self._of_session.discard(draft_id)

    def seal_old(self) -> None:
        """Encrypt form values that an earlier version of the program stored unencrypted. Raises StoreError."""
        rows = self._database.query("SELECT id, body FROM drafts WHERE body LIKE ?", ('%"fields":[[%',))
        sealed = []
        for draft_id, body in rows:
            with suppress(StoreError):
                draft = draft_from_json(body)
                values = self._sealed_values(draft)
                if not is_for_session(values) or not self._sealed.may_unlock():
                    sealed.append((draft_to_json(without_form_values(draft)), values, draft_id))
        if sealed:
            statement = "UPDATE drafts SET body = ?, form_values = ? WHERE id = ?"
            self._database.erase(lambda connection: connection.executemany(statement, sealed))

    def _sealed_values(self, draft: ContractDraft) -> bytes:
        # The keys of a JSON object are strings.
        values = {str(index): form for index, form in form_values(draft).items()}
        return self._sealed.seal(to_json(values, _Forms), draft_context(draft.id)) if values else b""

    def _unreadable_values(self, draft: ContractDraft) -> bytes:
        """Return stored form values that cannot currently be decrypted, if the draft still has the same documents.

        The keyring may provide their key again later.
        """
        for body, sealed in self._database.query("SELECT body, form_values FROM drafts WHERE id = ?", (draft.id,)):
            if sealed and self._sealed.open(sealed, draft_context(draft.id)) is None:
                stored = draft_from_json(body).documents
                if [document.id for document in stored] == [document.id for document in draft.documents]:
                    return bytes(sealed)
        return b""

    def _with_values(self, draft: ContractDraft, sealed: bytes) -> ContractDraft:
        text = self._sealed.open(sealed, draft_context(draft.id)) if sealed else None
        return draft if text is None else with_form_values(draft, _read_values(text))

    def list(self) -> tuple[DraftSummary, ...]:
        """Return all drafts, most recently saved first."""
        rows = self._database.query(
            "SELECT id, title, document_count, page_count, saved_at_ms,"
            " id IN (SELECT draft_id FROM desk) FROM drafts ORDER BY saved_at_ms DESC, id"
        )
        return tuple(
            DraftSummary(DraftId(draft_id), title, document_count, page_count, saved_at_ms, bool(is_open))
            for draft_id, title, document_count, page_count, saved_at_ms, is_open in rows
        )

    def delete(self, draft_id: DraftId) -> None:
        """Delete a draft, leaving no trace of it in the database files."""

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM desk WHERE draft_id = ?", (draft_id,))
            connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))

        self._database.erase(work)

    def set_open(self, draft_id: DraftId | None) -> None:
        """Record which draft is open, or that no draft is open. The draft may be unsaved."""
        if draft_id is None:
            self._database.execute("DELETE FROM desk")
        else:
            self._database.execute("INSERT OR REPLACE INTO desk VALUES (1, ?)", (draft_id,))

    def open_draft_id(self) -> DraftId | None:
        """Return the id of the draft that is open, or that was open when the program last ended.

        The result is None if there is no such draft or if the draft was never saved.
        """
        rows = self._database.query("SELECT draft_id FROM desk WHERE draft_id IN (SELECT id FROM drafts)")
        return DraftId(rows[0][0]) if rows else None


def _read_values(text: str) -> dict[int, FilledForm]:
    return {int(index): form for index, form in from_json(text, _Forms, code="store.bad_draft").items()}


def draft_context(draft_id: str) -> bytes:
    """Return the context to which the encrypted form values of a draft are bound."""
    return f"draft\0{draft_id}".encode()
