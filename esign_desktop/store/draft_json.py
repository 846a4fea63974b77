"""A draft as JSON, as it is kept in the database and in the journal."""

from __future__ import annotations

from typing import Final

from esign_desktop.domain.draft import ContractDraft
from esign_desktop.store.frozen_json import VersionedJson

FORMAT: Final = 1
_DRAFTS: Final = VersionedJson("draft", ContractDraft, FORMAT, "store.bad_draft")


def draft_to_json(draft: ContractDraft) -> str:
    """Write a draft, id numbers included."""
    return _DRAFTS.write(draft)


def draft_from_json(text: str) -> ContractDraft:
    """Read a draft. Raises StoreError ``store.bad_draft``."""
    return _DRAFTS.read(text)
