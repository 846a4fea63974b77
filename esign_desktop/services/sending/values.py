"""What a send tells the outside, and what it is given to work with."""

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
    """Where a send stands. Bytes are those of the document that is being uploaded, numbered from 1."""

    submission_id: SubmissionId
    state: SubmissionState
    document_number: int | None = None
    document_count: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    flow_id: FlowId | None = None
    links: Mapping[SignerId, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Told from STARTED on; they work once the platform has answered execute."""
    is_execute_answered: bool = False
    """The platform says that the signers can see the flow; RUNNING means that the flow itself says so too."""


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """How far a send came.

    A state that is neither final nor waits for a person means that it pauses: ``error`` says why, and ``run`` goes on
    from there. ``links`` are told once, by start; signers whose link was not told have no entry.
    """

    submission_id: SubmissionId
    state: SubmissionState
    flow_id: FlowId | None = None
    links: Mapping[SignerId, tuple[str, ...]] = field(default_factory=dict, repr=False)
    error: AppError | None = None
    links_are_missing: bool = False
    """Whether a flow was started for people to sign, and the platform told no link: its own messages reach them."""

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
    """Whether its signers may see a flow of which nothing is known here: start was to show it by itself."""
    origin: str = ""
    """Where it came from, in the word of whoever sent it."""
    base_url: str = ""
    """The platform's address as it was when the send was taken on."""
    is_under_way: bool = False
    """Whether it is being sent at this moment, by this program."""

    @property
    def home(self) -> Environment:
        return Environment(self.environment, self.base_url, self.project_id)


@dataclass(frozen=True, slots=True)
class SubmissionStores:
    """Where a send leaves its traces."""

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
    """Hears whether start told the signing links of a flow that is not executed yet."""

    def __call__(self, kind: EnvironmentKind, /, *, is_told: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class SubmissionPlatforms:
    """How a send reaches its platform; mostly methods of EnvironmentService."""

    environment_of: Callable[[EnvironmentKind], Environment]
    client_for: Callable[[Environment], PlatformClient]
    learn_links_told: LearnsLinksTold | None = None
    are_links_told: Callable[[EnvironmentKind], bool | None] | None = None
    end_replaced: Callable[[FlowId], FlowRecord] | None = None
    """Ends a flow that another one replaces; see ``FlowService.end_replaced``."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses between tries of a call that may be repeated; as many tries as pauses, and one more."""

    call_s: tuple[float, ...] = (0.5, 2.0)
    execute_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
