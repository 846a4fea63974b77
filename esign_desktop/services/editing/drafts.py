"""Keeps drafts, and knows which one was open when the application ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.contract.draft import ContractDraft, DraftSummary
from esign_desktop.domain.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.store.tables.drafts import Drafts


class DraftService:
    """Saved contracts. Every call blocks for the store and may raise StoreError."""

    def __init__(
        self, drafts: Drafts, *, clock_ms: Callable[[], int], is_being_sent: Callable[[DraftId], bool] | None = None
    ) -> None:
        self._drafts = drafts
        self._clock_ms = clock_ms
        self._is_being_sent = is_being_sent or (lambda _draft_id: False)

    def save(self, draft: ContractDraft) -> None:
        """Keep the contract as it stands and as the open one; an empty one is not worth keeping."""
        if draft.is_empty:
            self._drafts.delete(draft.id)
            self._drafts.set_open(None)
            return
        self._drafts.save(draft, saved_at_ms=self._clock_ms())
        self._drafts.set_open(draft.id)

    def list(self) -> tuple[DraftSummary, ...]:
        """Return what is kept, the latest first."""
        return self._drafts.list()

    def load(self, draft_id: DraftId) -> ContractDraft:
        """Return a kept contract, and remember that it is open.

        Raises InputError ``draft.being_sent`` for one whose send has not ended: what were changed in it would be lost,
        since its send goes on with what was reviewed.
        """
        if self._is_being_sent(draft_id):
            raise InputError("draft.being_sent")
        draft = self._drafts.load(draft_id)
        self._drafts.set_open(draft_id)
        return draft

    def read(self, draft_id: DraftId) -> ContractDraft:
        """Return a kept contract without opening it."""
        return self._drafts.load(draft_id)

    def keep(self, draft: ContractDraft) -> None:
        """Keep a contract without opening it."""
        self._drafts.save(draft, saved_at_ms=self._clock_ms())

    def duplicate(self, draft_id: DraftId) -> DraftId:
        """Keep a second contract that is the same so far, and return its id."""
        # A second one takes nobody's place.
        copy = replace(self._drafts.load(draft_id), id=ContractDraft.new().id, replaces=None)
        self.keep(copy)
        return copy.id

    def delete(self, draft_id: DraftId) -> None:
        """Throw a contract away."""
        self._drafts.delete(draft_id)

    def clear_desk(self) -> None:
        """Remember that nothing is being edited."""
        self._drafts.set_open(None)

    def recover(self) -> ContractDraft | None:
        """Return the contract that was open when the application ended, if it can still be read and changed."""
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
