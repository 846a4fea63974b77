"""A draft as JSON, as it is kept in the database and in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esign_desktop.domain.draft import ContractDraft
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.frozen_json import from_json, to_json

FORMAT: Final = 1
_CODE: Final = "store.bad_draft"


@dataclass(frozen=True, slots=True)
class _Envelope:
    format: int
    draft: ContractDraft


def draft_to_json(draft: ContractDraft) -> str:
    """Write a draft, id numbers included."""
    return to_json(_Envelope(FORMAT, draft), _Envelope)


def draft_from_json(text: str) -> ContractDraft:
    """Read a draft. Raises StoreError ``store.bad_draft``."""
    envelope = from_json(text, _Envelope, code=_CODE)
    if envelope.format != FORMAT:
        raise StoreError(_CODE, f"format {envelope.format}")
    return envelope.draft
