"""A contract on the platform: its status and the progress of each signer, as reported by ``docdetail``."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NewType

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.geometry import PageRect

FlowId = NewType("FlowId", str)


class FlowStatus(IntEnum):
    """The status of a flow. Status codes that are not in the specification become UNKNOWN."""

    UNKNOWN = -1
    DRAFT = 0
    SIGNING = 1
    COMPLETED = 2
    REVOKED = 3
    TERMINATED = 4
    EXPIRED = 5

    @classmethod
    def of(cls, code: int) -> FlowStatus:
        """Return the status that corresponds to a status code of the API."""
        try:
            return cls(code)
        except ValueError:
            return cls.UNKNOWN

    @property
    def is_final(self) -> bool:
        return self in {FlowStatus.COMPLETED, FlowStatus.REVOKED, FlowStatus.TERMINATED, FlowStatus.EXPIRED}


class SignStatus(IntEnum):
    """The status of one signer for one document. Status codes that are not in the specification become UNKNOWN."""

    UNKNOWN = -1
    WAITING = 0
    SIGNING = 1
    SIGNED = 2
    FAILED = 3
    REFUSED = 4
    TO_BE_CONFIRMED = 5

    @classmethod
    def of(cls, code: int) -> SignStatus:
        """Return the status that corresponds to a status code of the API."""
        try:
            return cls(code)
        except ValueError:
            return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class SignerProgress:
    """The progress of one signer with one document.

    Times are in milliseconds since the epoch. ``code`` is the API's status code.
    """

    account_id: str
    status: SignStatus
    code: int
    organization_account_id: str = ""
    received_at_ms: int | None = None
    signed_at_ms: int | None = None
    remark: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """One document of a flow, and the progress of its signers."""

    doc_id: str
    name: str
    signers: tuple[SignerProgress, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowDetail:
    """The response of ``/sign/docdetail``.

    Times are in milliseconds since the epoch. ``code`` is the API's status code.
    """

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
    """The signing URLs of one account.

    The platform returns the URLs only once, when the flow is started. Anyone who has such a URL can sign, so URLs must
    never be logged.
    """

    account_id: str
    urls: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StartedFlow:
    """The response of ``/sign/start``."""

    flow_id: FlowId
    links: tuple[SigningLink, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """The temporary download URL of a signed file. Do not store this URL; request a new URL when one is needed."""

    doc_id: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """One seal, or one slice of a seal, that the sandbox drew on a page."""

    page_number: int
    rect: PageRect


@dataclass(frozen=True, slots=True)
class Sealing:
    """The seals that one signer placed on a document, and the download URL of the resulting document.

    Only the sandbox reports this data. The account ids are empty for the integrating application itself.
    """

    doc_id: str
    account_id: str
    organization_account_id: str
    url: str = field(repr=False)
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True)
class SignerUpdatedNotice:
    """A notice that a signer has finished with one document (platform documentation 4.10.3).

    The notice is only a hint; query the flow to get the flow's status.
    """

    flow_id: FlowId
    account_id: str
    doc_id: str
    status: SignStatus
    signed_at_ms: int | None
    remark: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FlowFinishedNotice:
    """A notice that a flow has ended (platform documentation 4.10.4).

    The notice is only a hint; query the flow to get the flow's status.
    """

    flow_id: FlowId
    status: FlowStatus
    business_scene: str = ""
    remark: str = field(default="", repr=False)
    created_at_ms: int | None = None
    ended_at_ms: int | None = None


Notice = SignerUpdatedNotice | FlowFinishedNotice


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """A document of a flow. ``doc_id`` is the document's id on the platform."""

    doc_id: str
    name: str


@dataclass(frozen=True, slots=True)
class FlowSigner:
    """A signer of a flow. ``urls`` are the secret signing URLs, which the platform returns only once."""

    account_id: str
    name: str = field(repr=False)
    number: int
    step: int
    organization_account_id: str = ""
    is_silent: bool = False
    urls: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NoticeRemark:
    """The reason given in a notice, as plain text.

    The remark concerns the signer with this account or, if ``account_id`` is empty, the end of the flow.
    """

    account_id: str
    remark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """A contract that was sent.

    ``detail`` is the platform's latest response, received at ``seen_at_ms``. Both are None until the first response.
    ``deadline_ms`` is None if the contract has no deadline. Times are in milliseconds since the epoch.
    """

    flow_id: FlowId
    environment: EnvironmentKind
    project_id: str
    submission_id: str
    title: str = field(repr=False)
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
    """The SHA-256 digest, in hex, of each file in ``downloaded_to``.

    The digest is empty for files that were downloaded by versions that did not store digests.
    """
    payer_account_id: str = ""
    """The account that pays, or an empty string if the integrating application pays from its own plan."""
    remarks: tuple[NoticeRemark, ...] = ()

    def remark_of(self, account_id: str) -> str:
        """Return the latest remark about an account or, if the id is empty, about the end of the flow.

        The result is an empty string if there is no remark.
        """
        return next((remark.remark for remark in reversed(self.remarks) if remark.account_id == account_id), "")
