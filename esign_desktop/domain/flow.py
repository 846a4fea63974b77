"""A contract once it is at the platform: its state and that of each signer, as ``docdetail`` tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NewType

from esign_desktop.domain.environment import EnvironmentKind

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
class Sealing:
    """Where a document can be fetched as it was once one signer had sealed it, which only a rehearsal tells.

    The account is empty for the application itself.
    """

    doc_id: str
    account_id: str
    organization_account_id: str
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


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """A document as the platform knows it."""

    doc_id: str
    name: str


@dataclass(frozen=True, slots=True)
class FlowSigner:
    """A signer of a flow. ``urls`` were told once, by start, and are as good as keys."""

    account_id: str
    name: str = field(repr=False)
    number: int
    step: int
    organization_account_id: str = ""
    is_silent: bool = False
    urls: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NoticeRemark:
    """What a notice gave as the reason: of a signer's account, or of the flow's end without one. Plain text."""

    account_id: str
    remark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """A contract that was started. ``detail`` is the platform's last word, heard at ``seen_at_ms``."""

    flow_id: FlowId
    environment: EnvironmentKind
    project_id: str
    submission_id: str
    title: str
    sent_at_ms: int
    deadline_ms: int | None
    contract_count: int
    status: FlowStatus = FlowStatus.DRAFT
    documents: tuple[FlowDocument, ...] = ()
    signers: tuple[FlowSigner, ...] = ()
    detail: FlowDetail | None = None
    seen_at_ms: int | None = None
    downloaded_to: tuple[str, ...] = ()
    downloaded_sha256: tuple[str, ...] = ()
    """Of the files in ``downloaded_to``, in hex; empty for files that were fetched before hashes were kept."""
    payer_account_id: str = ""
    """Who pays instead of the integrating application, whose own package is untouched then; empty for nobody."""
    remarks: tuple[NoticeRemark, ...] = ()

    def remark_of(self, account_id: str) -> str:
        """Return what the last notice said of an account, or of the flow's end for an empty one."""
        return next((one.remark for one in reversed(self.remarks) if one.account_id == account_id), "")
