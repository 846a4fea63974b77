"""Values that a send reports, and the dependencies with which it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from esign_desktop.api.client import PlatformClient
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, FlowRecord
from esign_desktop.domain.signer import SignerId
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
    """The progress of a send. The bytes are those of the document being uploaded. Documents are numbered from 1."""

    submission_id: SubmissionId
    state: SubmissionState
    document_number: int | None = None
    document_count: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    flow_id: FlowId | None = None
    links: Mapping[SignerId, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Available from STARTED on; they work once the platform has answered execute."""
    is_execute_answered: bool = False
    """Whether the platform answered that signers can see the flow. RUNNING means that the flow's state confirms it."""


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """The state that a send reached, and its results so far.

    If the state is neither final nor waiting for a person, the send is paused: ``error`` is the reason, and ``run``
    continues. ``links`` come from the response to ``start``. Signers without a link have no entry.
    """

    submission_id: SubmissionId
    state: SubmissionState
    flow_id: FlowId | None = None
    links: Mapping[SignerId, tuple[str, ...]] = field(default_factory=dict, repr=False)
    error: AppError | None = None
    links_are_missing: bool = False
    """Whether a flow for signers by link was started without any link; the platform's own messages reach them."""

    @property
    def is_paused(self) -> bool:
        return not self.state.is_final and not self.state.waits_for_person


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """A send that has not ended."""

    id: SubmissionId
    state: SubmissionState
    environment: EnvironmentKind
    project_id: str
    draft_id: DraftId
    title: str = field(repr=False)
    queued_at_ms: int
    can_be_cancelled: bool
    may_be_visible: bool = False
    """Whether signers may see a flow that is unknown here, because start was to show it at once."""
    origin: str = ""
    """Source of the send, as labelled by its caller."""
    base_url: str = ""
    """The platform's address when the send was queued."""
    is_under_way: bool = False
    """Whether this program is sending it at this moment."""

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


class LearnsLinksTold(Protocol):
    """A function that learns whether ``start`` returns signing links before the flow is executed."""

    def __call__(self, kind: EnvironmentKind, /, *, is_told: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class SubmissionPlatforms:
    """The functions through which a send accesses the platform, mostly methods of EnvironmentService."""

    environment_of: Callable[[EnvironmentKind], Environment]
    client_for: Callable[[Environment], PlatformClient]
    learn_links_told: LearnsLinksTold | None = None
    are_links_told: Callable[[EnvironmentKind], bool | None] | None = None
    end_replaced: Callable[[FlowId], FlowRecord] | None = None
    """Ends a flow that another one replaces; see ``FlowService.end_replaced``."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The pauses, in seconds, between attempts at a repeatable request. There is one attempt more than pauses."""

    call_s: tuple[float, ...] = (0.5, 2.0)
    execute_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
