"""Values of a bulk send for display: plans, progress, and results."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from esign_desktop.domain.bulk.columns import ColumnChoice, ColumnTarget
from esign_desktop.domain.bulk.rows import RowProblem, RowReading
from esign_desktop.domain.bulk.sheet import Sheet
from esign_desktop.domain.environment import Environment
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.preset.checks import PresetProblem
from esign_desktop.domain.preset.preset import Preset, PresetId
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.store.tables.bulk import RowClaim


class RowState(StrEnum):
    """The state of a row. SENDING and FAILED occur only during a run and right after it."""

    READY = "ready"
    FAULTY = "faulty"
    SENT = "sent"
    UNFINISHED = "unfinished"
    """The send was interrupted; it is continued and never started anew."""
    HELD = "held"
    """It is unknown whether the send arrived; the user decides (``SubmissionService.held``)."""
    DIFFERS = "differs"
    """The document that the platform created differs from the entered values; the user reviews it."""
    SENDING = "sending"
    FAILED = "failed"
    """The platform refused it, or its draft could not be created; no signer has seen anything."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a plan.

    ``index`` is the row's index in the sheet, counted from 0, and ``number`` is its number in the spreadsheet program.
    ``masked_names`` are the customers' names, in the preset's order. For a SENT row, ``was_corrected`` means that the
    contract's values differ from those in the file, and ``is_reached_otherwise`` that it was sent to a different phone
    number or email address. ``flow_status`` is the stored status of a sent contract. ``claims`` identify the row in the
    store: first the row itself, then its contract, then the row as read from the file.
    """

    index: int
    number: int
    state: RowState
    problems: tuple[RowProblem, ...] = ()
    title: str = field(default="", repr=False)
    masked_names: tuple[str, ...] = field(default=(), repr=False)
    reference: str = field(default="", repr=False)
    flow_id: FlowId | None = None
    flow_status: FlowStatus | None = None
    submission_id: SubmissionId | None = None
    sent_at_ms: int | None = None
    was_corrected: bool = False
    is_reached_otherwise: bool = False
    error: AppError | None = None
    claims: tuple[RowClaim, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class BulkCost:
    """The number of contracts that sending the ready rows freezes, and their price.

    ``left_after`` is the number of contracts left in the package afterwards. It is None if no number was entered, and
    negative if there are too few. ``is_over`` means that the package has expired.
    """

    contract_count: int
    amount_yuan: Decimal
    left_after: int | None = None
    is_over: bool = False
    is_paid_elsewhere: bool = False
    """Whether the preset lets another party pay."""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A plan of what would be sent for each row, and in which environment.

    ``missing`` lists the required columns that the sheet lacks. ``problems`` are the preset's blocking problems;
    nothing can be sent if there are any.
    """

    preset: Preset
    environment: Environment
    sheet: Sheet
    columns: ColumnChoice
    missing: tuple[ColumnTarget, ...]
    problems: tuple[PresetProblem, ...]
    rows: tuple[PlannedRow, ...]
    cost: BulkCost
    readings: tuple[RowReading, ...] = field(default=(), repr=False)

    def count(self, state: RowState) -> int:
        return sum(row.state is state for row in self.rows)

    @property
    def can_run(self) -> bool:
        """Whether any row can be sent or continued."""
        return not self.problems and any(row.state in {RowState.READY, RowState.UNFINISHED} for row in self.rows)


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """A row that has changed, and the number of contracts sent in this run so far."""

    row: PlannedRow
    done: int


class BulkStop(StrEnum):
    """The reason why a run ended."""

    DONE = "done"
    """Every row was tried; some may have failed."""
    PAUSED = "paused"
    """The user stopped it."""
    NETWORK = "network"
    """A send was interrupted, usually because the platform is unreachable; other sends would be too."""
    HELD = "held"
    """It is unknown whether one row's contract arrived."""
    REFUSED = "refused"
    """Several consecutive rows failed alike, or the cause is outside the rows."""
    STORE = "store"
    """The disk or the database failed."""


@dataclass(frozen=True, slots=True)
class BulkReport:
    """The result of a run.

    ``rows`` are the plan's rows in their final state. ``error`` is the reason why the run stopped early.
    """

    stop: BulkStop
    rows: tuple[PlannedRow, ...]
    error: AppError | None = None

    def count(self, state: RowState) -> int:
        return sum(row.state is state for row in self.rows)


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """A run that did not finish. Its sheet has to be read again, because it is not stored."""

    run_id: str
    preset_id: PresetId
    sheet_path: str = field(repr=False)
    worksheet: str = field(repr=False)
    columns: ColumnChoice
    begun_at_ms: int
    row_count: int
    sent_count: int
