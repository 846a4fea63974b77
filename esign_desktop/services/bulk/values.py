"""What a sheet that is sent row by row tells the window: plans, progress, and how it ended."""

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
    """How a row stands. SENDING and FAILED are told only while rows are sent, and right after."""

    READY = "ready"
    FAULTY = "faulty"
    SENT = "sent"
    UNFINISHED = "unfinished"
    """Its send began and was interrupted: it is gone on with, never begun anew."""
    HELD = "held"
    """Nobody knows whether its send arrived: a person decides (``SubmissionService.held``)."""
    DIFFERS = "differs"
    """What the platform made of a template is not as it was filled in: a person looks at it, and goes on or not."""
    SENDING = "sending"
    FAILED = "failed"
    """The platform refused it, or its draft could not be made; nobody was shown anything."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a plan. ``index`` counts the sheet's rows from 0; ``number`` is what the spreadsheet program shows.

    ``masked_names`` are those of the customers, in the preset's order. A SENT row ``was_corrected`` when the contract
    holds other values than the file, and ``is_reached_otherwise`` when it went to another phone or e-mail than the row
    says. ``flow_status`` is what is known here of a sent contract. ``claims`` name the row
    in the store: its own first, then that of its contract, and the one of the row as the file has it.
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
    """What sending the ready rows freezes, at the price that was chosen. None is left where nobody entered it.

    ``left_after`` below 0 means that there is not enough; ``is_over`` that the package has ended.
    """

    contract_count: int
    amount_yuan: Decimal
    left_after: int | None = None
    is_over: bool = False
    is_paid_elsewhere: bool = False
    """Whether the preset has somebody else pay."""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A dry run: what would be sent where, row by row. ``missing`` are needed columns that the sheet does not have.

    ``problems`` are grave ones of the preset itself; with them nothing can be sent.
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
        """Whether there is anything to send, or to go on with."""
        return not self.problems and any(row.state in {RowState.READY, RowState.UNFINISHED} for row in self.rows)


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """A row that changed, and how many of this run are sent."""

    row: PlannedRow
    done: int


class BulkStop(StrEnum):
    """Why a run returned."""

    DONE = "done"
    """Every row was tried; some may have failed."""
    PAUSED = "paused"
    """Somebody asked for it."""
    NETWORK = "network"
    """A send was interrupted, mostly because the platform can't be reached: the others would be, too."""
    HELD = "held"
    """Of one row nobody knows whether it arrived."""
    REFUSED = "refused"
    """One answer to several rows on end, or what no row can do anything about."""
    STORE = "store"
    """The disk or the database failed."""


@dataclass(frozen=True, slots=True)
class BulkReport:
    """How a run ended. ``rows`` are the plan's, as they stand now; ``error`` is why it stopped before the end."""

    stop: BulkStop
    rows: tuple[PlannedRow, ...]
    error: AppError | None = None

    def count(self, state: RowState) -> int:
        return sum(row.state is state for row in self.rows)


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """A run that did not come to its end. The sheet has to be read anew: nothing of it is kept."""

    run_id: str
    preset_id: PresetId
    sheet_path: str = field(repr=False)
    worksheet: str = field(repr=False)
    columns: ColumnChoice
    begun_at_ms: int
    row_count: int
    sent_count: int
