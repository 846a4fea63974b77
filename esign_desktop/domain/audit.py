"""The lines of the audit log, and what a look at all of them found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.environment import EnvironmentKind


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a look at the whole chain found. ``broken_at`` is the number of the first line that does not fit, from 1.

    ``unbound`` lines are older than the chain, and bound by its first one; in ``forgotten`` ones a name was taken out.
    ``head`` binds all of them; empty when there is no line.
    """

    lines: int = 0
    unbound: int = 0
    forgotten: int = 0
    broken_at: int | None = None
    head: str = ""

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None

    @property
    def seal(self) -> str:
        """The beginning of ``head``, as people compare it."""
        return self.head[:16]


class AuditAction(StrEnum):
    """What was done. Kept in the database."""

    SENT = "sent"
    REVOKED = "revoked"
    DOWNLOADED = "downloaded"
    ORIGINAL_DOWNLOADED = "original_downloaded"
    CORRECTED = "corrected"
    EXPORTED = "exported"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    BULK_BEGUN = "bulk_begun"
    BULK = "bulk"
    CONTACTS_IMPORTED = "contacts_imported"
    FORGOTTEN = "forgotten"
    POLICY = "policy"
    PRESET_SAVED = "preset_saved"
    PRESET_DELETED = "preset_deleted"
    PRESET_IMPORTED = "preset_imported"
    PRESET_KEY = "preset_key"
    SETTING = "setting"
    SECRET = "secret"  # noqa: S105  the name of an action
    PIN_WRONG = "pin_wrong"
    PIN_SET = "pin_set"
    TELLER = "teller"
    SIGNED_IN = "signed_in"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line. ``outcome`` is empty when it went well, else an error's code. ``chain`` binds it to all before."""

    at_ms: int
    who: str
    action: AuditAction | str
    environment: EnvironmentKind | str = ""
    flow_id: str = ""
    title: str = field(default="", repr=False)
    outcome: str = ""
    chain: str = ""
