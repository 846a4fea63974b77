"""The values that a send reports, and the stores and functions that it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from esign_desktop.api.client import PlatformClient
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, FlowRecord
from esign_desktop.domain.signer import Signer, SignerId
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.people.accounts import AccountBook
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.kept_values import KeptValues
from esign_desktop.store.tables.templates import Templates


@dataclass(frozen=True, slots=True)
class SubmissionProgress:
    """The progress of a send.

    ``done_bytes`` and ``total_bytes`` refer to the document that is being uploaded. Documents are numbered from 1.
    """

    submission_id: SubmissionId
    state: SubmissionState
    document_number: int | None = None
    document_count: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    flow_id: FlowId | None = None
    links: Mapping[SignerId, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """The links are available from STARTED on, and work when the platform has responded to the execute request."""
    is_execute_answered: bool = False
    """Whether the platform has confirmed that signers can see the flow. RUNNING means that the flow's state agrees."""


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """The state that a send has reached, and its results so far.

    If the state is neither final nor waiting for the user, the send is paused: ``error`` is the reason, and ``run``
    resumes the send. ``links`` come from the response to ``start``. Signers without a link have no entry.
    """

    submission_id: SubmissionId
    state: SubmissionState
    flow_id: FlowId | None = None
    links: Mapping[SignerId, tuple[str, ...]] = field(default_factory=dict, repr=False)
    error: AppError | None = None
    links_are_missing: bool = False
    """Whether a flow with signers who sign by link was started without any link. The platform's messages reach them."""

    @property
    def is_paused(self) -> bool:
        return not self.state.is_final and not self.state.waits_for_person


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """A summary of a send that has not ended."""

    id: SubmissionId
    state: SubmissionState
    environment: EnvironmentKind
    project_id: str
    draft_id: DraftId
    title: str = field(repr=False)
    queued_at_ms: int
    can_be_cancelled: bool
    may_be_visible: bool = False
    """Whether signers may see a flow that is not known on this computer, because start was to show it immediately."""
    origin: str = ""
    """The source of the send, as labeled by its caller."""
    base_url: str = ""
    """The address of the platform at the time when the send was queued."""
    is_under_way: bool = False
    """Whether this program is processing the send at this moment."""
    signers: tuple[Signer, ...] = field(default=(), repr=False)

    @property
    def home(self) -> Environment:
        return Environment(self.environment, self.base_url, self.project_id)


@dataclass(frozen=True, slots=True)
class SubmissionStores:
    """The stores that a send reads and writes."""

    journal: Journal
    ledger: Ledger
    flows: Flows
    accounts: Accounts
    drafts: Drafts
    snapshots: Snapshots
    book: AccountBook
    values: KeptValues
    templates: Templates


class LearnsReportsLinks(Protocol):
    """A function that records whether ``start`` returns signing links before the flow is executed."""

    def __call__(self, kind: EnvironmentKind, /, *, reports_links: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class SubmissionPlatforms:
    """The functions through which a send accesses the platform. Most of them are methods of EnvironmentService."""

    environment_of: Callable[[EnvironmentKind], Environment]
    client_for: Callable[[Environment], PlatformClient]
    learn_reports_links: LearnsReportsLinks | None = None
    reports_links: Callable[[EnvironmentKind], bool | None] | None = None
    end_replaced: Callable[[FlowId], FlowRecord] | None = None
    """Ends a flow that another contract replaces (see ``FlowService.end_replaced``)."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The pauses between attempts at a request that may be repeated, in seconds.

    The number of attempts is one more than the number of pauses.
    """

    call_s: tuple[float, ...] = (0.5, 2.0)
    execute_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
