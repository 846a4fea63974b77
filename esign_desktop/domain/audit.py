"""The entries of the audit log, and the result of verifying the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.environment import EnvironmentKind


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The result of verifying the audit log's hash chain.

    ``lines`` is the total number of lines. ``unbound`` is the number of lines that were written before the chain
    existed; the first line of the chain covers them. ``forgotten`` is the number of lines from which a person's name
    was erased. ``broken_at`` is the number, counted from 1, of the first line that does not fit the chain, or None if
    the chain is intact. ``head`` is the hash that covers all lines, or an empty string if the log is empty.
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
        """The first 16 characters of ``head``, short enough for users to compare."""
        return self.head[:16]


class AuditAction(StrEnum):
    """The action that a line of the audit log records. The values are stored in the database."""

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
    RESTORED = "restored"
    POLICY = "policy"
    PRESET_SAVED = "preset_saved"
    PRESET_DELETED = "preset_deleted"
    PRESET_IMPORTED = "preset_imported"
    PRESET_SHARED = "preset_shared"
    """A preset was added from the shared folder, or was changed there."""
    PRESET_KEY = "preset_key"
    SETTING = "setting"
    SECRET = "secret"  # noqa: S105  the name of an action
    PIN_WRONG = "pin_wrong"
    PIN_SET = "pin_set"
    TELLER = "teller"
    SIGNED_IN = "signed_in"
    APPROVED = "approved"
    DOUBT_CONFIRMED = "doubt_confirmed"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log.

    ``who`` is the user who performed the action. ``outcome`` is an error code, or an empty string if the action
    succeeded. ``chain`` is the hash that links this line to all earlier lines.
    """

    at_ms: int
    who: str
    action: AuditAction | str
    environment: EnvironmentKind | str = ""
    flow_id: str = ""
    title: str = field(default="", repr=False)
    outcome: str = ""
    chain: str = ""
