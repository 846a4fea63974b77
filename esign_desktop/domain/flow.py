"""A contract once it is at the platform: its state and that of each signer, as ``docdetail`` tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NewType

FlowId = NewType("FlowId", str)


class FlowStatus(IntEnum):
    """State of a flow; a code that is not in the specification is UNKNOWN."""

    UNKNOWN = -1
    DRAFT = 0
    SIGNING = 1
    COMPLETED = 2
    REVOKED = 3
    TERMINATED = 4
    EXPIRED = 5

    @classmethod
    def of(cls, code: int) -> FlowStatus:
        """Read a code from the wire."""
        try:
            return cls(code)
        except ValueError:
            return cls.UNKNOWN

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen any more."""
        return self in {FlowStatus.COMPLETED, FlowStatus.REVOKED, FlowStatus.TERMINATED, FlowStatus.EXPIRED}


class SignStatus(IntEnum):
    """State of one signer at one document; a code that is not in the specification is UNKNOWN."""

    UNKNOWN = -1
    WAITING = 0
    SIGNING = 1
    SIGNED = 2
    FAILED = 3
    REFUSED = 4
    TO_BE_CONFIRMED = 5

    @classmethod
    def of(cls, code: int) -> SignStatus:
        """Read a code from the wire."""
        try:
            return cls(code)
        except ValueError:
            return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class SignerProgress:
    """What one signer did with one document. Times are epoch milliseconds; ``code`` is the raw status."""

    account_id: str
    status: SignStatus
    code: int
    organization_account_id: str = ""
    received_at_ms: int | None = None
    signed_at_ms: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """One document of a flow with the signers it has so far."""

    doc_id: str
    name: str
    signers: tuple[SignerProgress, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowDetail:
    """The answer of ``/sign/docdetail``. Times are epoch milliseconds; ``code`` is the raw status."""

    flow_id: FlowId
    status: FlowStatus
    code: int
    documents: tuple[DocumentProgress, ...] = ()
    business_scene: str = ""
    initiator_account_id: str = ""
    deadline_ms: int | None = None
    started_at_ms: int | None = None
    ended_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SigningLink:
    """Where one account signs. Told once, by start; a signing URL is as good as a key and never logged."""

    account_id: str
    urls: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StartedFlow:
    """The answer of ``/sign/start``."""

    flow_id: FlowId
    links: tuple[SigningLink, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """Where a signed file can be fetched for a short while; ask again rather than keep it."""

    doc_id: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignerUpdatedNotice:
    """A signer finished with one document (platform-api.txt 4.10.3): a hint, never the truth."""

    flow_id: FlowId
    account_id: str
    doc_id: str
    status: SignStatus
    signed_at_ms: int | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class FlowFinishedNotice:
    """A flow ended (platform-api.txt 4.10.4): a hint, never the truth."""

    flow_id: FlowId
    status: FlowStatus
    business_scene: str = ""
    remark: str = ""
    created_at_ms: int | None = None
    ended_at_ms: int | None = None


Notice = SignerUpdatedNotice | FlowFinishedNotice
