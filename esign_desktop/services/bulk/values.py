"""Values of bulk sending that windows display: plans, progress and results."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.bulk.columns import ColumnChoice, ColumnTarget
from esign_desktop.domain.bulk.rows import RowProblem, RowReading
from esign_desktop.domain.bulk.sheet import Sheet
from esign_desktop.domain.contract.problems import Problem
from esign_desktop.domain.environment import Environment
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.preset.preset import Preset, PresetId, without_numbers
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.sending.approvals import digest_in
from esign_desktop.store.codec import preset_to_json
from esign_desktop.store.tables.bulk import RowClaim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class RowState(StrEnum):
    """The state of a row in a plan. SENDING and FAILED occur only during a run and in its report."""

    READY = "ready"
    FAULTY = "faulty"
    SENT = "sent"
    UNFINISHED = "unfinished"
    """The send was interrupted. A run continues it and does not start a new send."""
    HELD = "held"
    """It is unknown whether the platform received the contract. The user decides (see ``SubmissionService.held``)."""
    DIFFERS = "differs"
    """The document that the platform created differs from the entered values. The user reviews it."""
    SENDING = "sending"
    FAILED = "failed"
    """The platform rejected the contract, or its draft could not be created. No signer has seen it."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a bulk plan.

    ``index`` is the zero-based index of the row in the sheet, and ``number`` is its row number in the spreadsheet
    program. ``masked_names`` are the customers' names, in the order of the preset's roles. ``flow_status`` is the
    stored status of a sent contract. ``claims`` identify the row in the store: first the row itself, then its contract,
    then the row as read from the file.

    Two fields apply only to SENT rows. ``was_corrected`` means that the contract's values differ from those in the
    file. ``is_reached_otherwise`` means that the contract was sent to a different phone number or email address.
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
    """The number of contracts needed to send all ready rows, and the price of these contracts.

    ``left_after`` is the number of contracts that will be left in the contract plan. The number is negative if too few
    contracts are left, and None if the user has not entered the size of the contract plan. ``is_over`` means that the
    contract plan has expired.
    """

    contract_count: int
    amount_yuan: Decimal
    left_after: int | None = None
    is_over: bool = False
    is_paid_elsewhere: bool = False
    """Whether the preset's contracts are paid for by another party."""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A plan that states what would be sent for each row of a sheet, and in which environment.

    ``missing`` lists required columns that the sheet does not have. ``problems`` are the preset's blocking problems. If
    there are any, nothing can be sent.
    """

    preset: Preset
    environment: Environment
    sheet: Sheet
    columns: ColumnChoice
    missing: tuple[ColumnTarget, ...]
    problems: tuple[Problem, ...]
    rows: tuple[PlannedRow, ...]
    cost: BulkCost
    readings: tuple[RowReading, ...] = field(default=(), repr=False)

    def count(self, state: RowState) -> int:
        return sum(row.state is state for row in self.rows)

    def digests(self, rows: Iterable[PlannedRow]) -> Iterator[str]:
        """Yield the digests by which a second person approves the contracts of these rows."""
        shared = digest_in(self.environment, preset_to_json(comparable(self.preset)))
        for row in rows:
            values = sorted((repr(target), text) for target, text in self.readings[row.index].values.items())
            yield digest_in(self.environment, f"{shared}\n{values}")

    def ready_digests(self) -> frozenset[str]:
        """Return the digests of all contracts that would be sent."""
        return frozenset(self.digests(row for row in self.rows if row.state is RowState.READY))

    @property
    def can_run(self) -> bool:
        """Whether the preset has no problem and at least one row can be sent or continued."""
        return not self.problems and any(row.state in {RowState.READY, RowState.UNFINISHED} for row in self.rows)


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """A row whose state has changed during a run, and the number of contracts that the run has sent so far."""

    row: PlannedRow
    done: int


class BulkStop(StrEnum):
    """The reason why a run ended."""

    DONE = "done"
    """Every row was tried. Some rows may have failed."""
    PAUSED = "paused"
    """The user stopped the run."""
    NETWORK = "network"
    """A send was interrupted, usually because the platform is unreachable. Other sends would fail in the same way."""
    HELD = "held"
    """It is unknown whether the platform received the contract of a row."""
    REFUSED = "refused"
    """Several consecutive rows failed with the same error, or the cause of a failure lies outside the rows."""
    STORE = "store"
    """The disk or the database failed."""


@dataclass(frozen=True, slots=True)
class BulkReport:
    """The result of a run.

    ``rows`` are the plan's rows in their final state. ``error`` is the error that stopped the run, or None.
    """

    stop: BulkStop
    rows: tuple[PlannedRow, ...]
    error: AppError | None = None

    def count(self, state: RowState) -> int:
        return sum(row.state is state for row in self.rows)


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """A run that did not finish. Only the path of its sheet is stored, so the sheet must be read again.

    Of the run's ``row_count`` rows, ``sent_count`` have been sent.
    """

    run_id: str
    preset_id: PresetId
    sheet_path: str = field(repr=False)
    worksheet: str = field(repr=False)
    columns: ColumnChoice
    begun_at_ms: int
    row_count: int
    sent_count: int


def comparable(preset: Preset) -> Preset:
    """Return the parts of a preset that affect its contracts.

    The ID numbers of staff are left out, because they are deleted once the accounts are known.
    """
    return replace(without_numbers(preset), name="", function_key=None)
