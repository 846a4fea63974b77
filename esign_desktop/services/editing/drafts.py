"""Save and load drafts, and record which draft was open when the application ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.contract.draft import ContractDraft, DraftSummary
from esign_desktop.domain.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.document import Document
    from esign_desktop.store.tables.drafts import Drafts


class DraftService:
    """The service for saved contracts. Each call blocks on the store and may raise StoreError."""

    def __init__(
        self, drafts: Drafts, *, clock_ms: Callable[[], int], is_being_sent: Callable[[DraftId], bool] | None = None
    ) -> None:
        self._drafts = drafts
        self._clock_ms = clock_ms
        self._is_being_sent = is_being_sent or (lambda _draft_id: False)

    def save(self, draft: ContractDraft) -> bool:
        """Save a contract, and record it as the open contract. If the contract is empty, delete it instead.

        Return False if the form values are kept only until the program ends because the keyring is unavailable, and
        True otherwise.
        """
        if draft.is_empty:
            self._drafts.delete(draft.id)
            self._drafts.set_open(None)
            return True
        self._drafts.save(draft, saved_at_ms=self._clock_ms())
        self._drafts.set_open(draft.id)
        return not self._drafts.are_values_for_session(draft.id)

    def list(self) -> tuple[DraftSummary, ...]:
        """Return a summary of each saved contract, most recent first."""
        return self._drafts.list()

    def load(self, draft_id: DraftId) -> ContractDraft:
        """Return a saved contract, and record it as the open contract.

        Raises InputError ``draft.being_sent`` while the contract is being sent. The send uses the reviewed version, so
        changes would be lost.
        """
        if self._is_being_sent(draft_id):
            raise InputError("draft.being_sent")
        draft = self._drafts.load(draft_id)
        self._drafts.set_open(draft_id)
        return draft

    def read(self, draft_id: DraftId) -> ContractDraft:
        """Return a saved contract without recording it as open."""
        return self._drafts.load(draft_id)

    def are_values_lost(self, draft_id: DraftId) -> bool:
        """Return whether the saved contract had form values that can no longer be decrypted."""
        return self._drafts.are_values_lost(draft_id)

    def documents(self, draft_id: DraftId) -> tuple[Document, ...]:
        """Return a saved contract's documents without their form values. This works even if the keyring is locked."""
        return self._drafts.documents(draft_id)

    def keep(self, draft: ContractDraft) -> None:
        """Save a contract without recording it as open."""
        self._drafts.save(draft, saved_at_ms=self._clock_ms())

    def duplicate(self, draft_id: DraftId) -> DraftId:
        """Save a copy of a saved contract, and return the id of the copy."""
        # The copy replaces no flow.
        copy = replace(self._drafts.load(draft_id), id=ContractDraft.new().id, replaces=None)
        self.keep(copy)
        return copy.id

    def delete(self, draft_id: DraftId) -> None:
        """Delete a saved contract."""
        self._drafts.delete(draft_id)

    def set_none_open(self) -> None:
        """Record that no contract is open."""
        self._drafts.set_open(None)

    def recover(self) -> ContractDraft | None:
        """Return the contract that was open when the application ended.

        Return None if no contract was open, or if the contract is being sent, was deleted or is unreadable.
        """
        draft_id = self._drafts.open_draft_id()
        if draft_id is None:
            return None
        if self._is_being_sent(draft_id):
            self._drafts.set_open(None)
            return None
        try:
            return self._drafts.load(draft_id)
        except StoreError as error:
            if error.code not in {"store.bad_draft", "store.no_such_draft"}:
                raise
            self._drafts.set_open(None)
            return None
