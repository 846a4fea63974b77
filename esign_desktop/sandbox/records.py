"""What the rehearsal platform remembers, one JSON file a record. All times are epoch milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal


class FlowStatus(IntEnum):
    """flowStatus of the specification (4.9.5)."""

    DRAFT = 0
    SIGNING = 1
    COMPLETED = 2
    REVOKED = 3
    TERMINATED = 4
    EXPIRED = 5


class SignStatus(IntEnum):
    """signStatus of the specification (4.9.5); 5 (to be confirmed) never happens here."""

    WAITING = 0
    SIGNING = 1
    SIGNED = 2
    FAILED = 3
    REFUSED = 4


AccountKind = Literal["person", "organization"]
PlaceKind = Literal["keyword", "coordinate", "cross_page"]
BillingState = Literal["none", "frozen", "charged", "released"]


@dataclass(slots=True)
class Account:
    """A person or an organization. ``identity`` is a salted digest: ID numbers are not kept."""

    id: str
    kind: AccountKind
    name: str
    identity: str
    third_id: str | None = None
    agent_account_id: str | None = None


@dataclass(slots=True)
class StoredFile:
    """An announced upload; ``received_md5`` is None until the bytes are there."""

    key: str
    storage_id: str
    name: str
    size_bytes: int
    content_type: str
    content_md5: str
    received_md5: str | None = None
    received_bytes: int = 0


@dataclass(slots=True)
class Document:
    """A contract's PDF; its bytes lie beside the record."""

    id: str
    name: str
    page_count: int


@dataclass(slots=True)
class Template:
    """A PDF with form fields."""

    id: str
    name: str
    field_names: list[str]


@dataclass(slots=True)
class SealPlace:
    """Where one posBean puts seals, in page space as it was sent; ``width_pt`` None is the seal's own size."""

    kind: PlaceKind
    page_numbers: list[int] = field(default_factory=list)
    x_pt: float = 0.0
    y_pt: float = 0.0
    keyword: str = ""
    width_pt: float | None = None


@dataclass(slots=True)
class SigningOfDocument:
    """What one signer has to do with one document; without ``places`` the signer chooses."""

    document_id: str
    places: list[SealPlace] = field(default_factory=list)
    status: SignStatus = SignStatus.WAITING
    received_ms: int | None = None
    signed_ms: int | None = None
    explanation: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the signer still has something to do here."""
        return self.status in (SignStatus.WAITING, SignStatus.SIGNING)


@dataclass(slots=True)
class FlowSigner:
    """One signer of a flow, in the order of the request. ``token`` is the secret part of the signUrl."""

    account_id: str
    organization_id: str | None
    order: int | None
    is_silent: bool
    seal_types: list[int]
    token: str
    is_application: bool = False
    documents: list[SigningOfDocument] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether every document of this signer is settled."""
        return not any(one.is_open for one in self.documents)


@dataclass(slots=True)
class FlowDocument:
    """One contract of a flow. ``seal_events`` counts the stampings that its current file holds."""

    document_id: str
    name: str
    seal_events: int = 0


@dataclass(slots=True)
class Flow:
    """One signing task."""

    id: str
    business_scene: str
    initiator_account_id: str
    status: FlowStatus
    created_ms: int
    documents: list[FlowDocument]
    signers: list[FlowSigner]
    sign_validity_ms: int | None = None
    contract_validity_ms: int | None = None
    payer_account_id: str | None = None
    billing: BillingState = "none"
    redirect_url: str | None = None
    ended_ms: int | None = None
    status_description: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the flow can still change."""
        return self.status in (FlowStatus.DRAFT, FlowStatus.SIGNING)

    def document(self, document_id: str) -> FlowDocument:
        """The document of this id, which must be one of the flow's."""
        return next(one for one in self.documents if one.document_id == document_id)


@dataclass(slots=True)
class PendingNotice:
    """A call back that has not been acknowledged yet."""

    id: str
    body: str
    tries: int = 0
    next_try_ms: int = 0
