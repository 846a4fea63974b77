"""The dry run: every row read, checked, and looked up among what was sent before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from esign_desktop.domain.account import masked_name
from esign_desktop.domain.bulk_columns import ColumnKind, fitted, missing_targets, named_by_sheet
from esign_desktop.domain.bulk_filling import fill_row, title_of
from esign_desktop.domain.bulk_rows import DUPLICATES, RowProblem, read_row, read_rows
from esign_desktop.domain.bulk_sheet import without_formats
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset_checks import check_preset, require_sendable
from esign_desktop.services.bulk_people import row_checks
from esign_desktop.services.bulk_values import BulkCost, BulkPlan, PlannedRow, RowState
from esign_desktop.store.bulk import RowClaim
from esign_desktop.store.journal import SubmissionState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from esign_desktop.api.exchange import CancelToken
    from esign_desktop.domain.bulk_columns import ColumnChoice
    from esign_desktop.domain.bulk_rows import RowReading
    from esign_desktop.domain.bulk_sheet import Sheet, SheetRow
    from esign_desktop.domain.draft import DraftId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset import Preset
    from esign_desktop.services.bulk_people import BulkPeople
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.services.quota import QuotaService
    from esign_desktop.services.row_keys import RowKeys
    from esign_desktop.store.bulk import Bulk, SendState


class BulkPlanner:
    """Reads and looks up; sends and keeps nothing. Blocks for the store."""

    def __init__(
        self,
        store: Bulk,
        keys: RowKeys,
        people: BulkPeople,
        *,
        quota: QuotaService,
        preferences: Preferences,
        clock_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._keys = keys
        self._people = people
        self._quota = quota
        self._preferences = preferences
        self._clock_ms = clock_ms

    def plan(
        self,
        preset: Preset,
        sheet: Sheet,
        columns: ColumnChoice,
        environment: Environment,
        *,
        again: Collection[int],
        cancel: CancelToken,
    ) -> BulkPlan:
        """Return the plan. Raises Cancelled, StoreError, and InputError of a preset that can't be used here and now."""
        columns = fitted(preset, columns, len(sheet.headings))
        now_ms = self._clock_ms()
        require_usable(preset, columns, environment)
        _require_time(preset, now_ms)
        checks = row_checks(now_ms)
        readings = read_rows(preset, columns, sheet.rows, checks)
        readings = self._people.with_names_known_otherwise(readings, columns, environment)
        readings = self._people.with_form_values(preset, columns, readings, now_ms)
        _require_everybody(preset, columns, readings)
        cancel.raise_if_cancelled()

        def digest(row: SheetRow, reading: RowReading | None = None) -> str:
            if reading is None or row.bare:
                # Another format in the spreadsheet does not make another contract.
                reading = read_row(preset, columns, without_formats(row), checks)
            return self._keys.row(environment, preset.id, reading.values)

        def contract(row: SheetRow, reading: RowReading) -> str:
            if row.bare:
                reading = read_row(preset, columns, without_formats(row), checks)
            return self._keys.contract(environment, preset.id, reading.values)

        own = [digest(row, reading) for row, reading in zip(sheet.rows, readings, strict=True)]
        contracts = [contract(row, reading) for row, reading in zip(sheet.rows, readings, strict=True)]
        original = {
            index: digest(replace(row, cells=row.original, original=None))
            for index, row in enumerate(sheet.rows)
            if row.original is not None
        }
        kept = self._store.claims([*own, *contracts, *original.values()])
        claims = [
            kept.get(values) or _renamed(kept.get(one), values) or RowClaim(values, 0, self._keys.draft_id(one, 0))
            for values, one in zip(own, contracts, strict=True)
        ]
        cancel.raise_if_cancelled()
        sends = self._store.sends_of(claim.draft_id for claim in claims)
        rows = []
        for index, (reading, known) in enumerate(zip(readings, claims, strict=True)):
            claim = known
            if index in again and _is_sent(sends.get(known.draft_id)):
                # Whichever phone the last one had.
                attempt = max(known.attempt, kept.get(contracts[index], known).attempt) + 1
                claim = RowClaim(known.digest, attempt, self._keys.draft_id(contracts[index], attempt))
            elsewhere = own[index] not in kept and contracts[index] in kept
            row = self._row(preset, index, reading, claim, sends, is_reached_otherwise=elsewhere)
            others = [replace(claim, digest=contracts[index], is_as_read=False)]
            if index in original and original[index] != claim.digest:
                others.append(replace(claim, digest=original[index], is_as_read=True))
            rows.append(replace(row, claims=(claim, *others)))
        ready = sum(row.state is RowState.READY for row in rows)
        return BulkPlan(
            preset,
            environment,
            sheet,
            columns,
            missing_targets(preset, columns),
            tuple(problem for problem in check_preset(preset) if problem.is_grave),
            tuple(rows),
            self._cost(ready * len(preset.documents), environment),
            readings,
        )

    def _row(
        self,
        preset: Preset,
        index: int,
        reading: RowReading,
        claim: RowClaim,
        sends: Mapping[DraftId, SendState],
        *,
        is_reached_otherwise: bool,
    ) -> PlannedRow:
        # A row that stands there twice is not two contracts that were sent.
        is_double = any(problem.code in DUPLICATES for problem in reading.problems)
        send = None if is_double else sends.get(claim.draft_id)
        row = PlannedRow(
            index,
            reading.number,
            RowState.READY if reading.is_ready else RowState.FAULTY,
            reading.problems,
            title_of(preset, reading),
            tuple(masked_name(reading.of(ColumnKind.NAME, role.id)) for role in preset.customers),
            reading.of(ColumnKind.REFERENCE),
            claims=(claim,),
        )
        if send is None:
            return row
        found = with_send(row, send)
        if is_reached_otherwise and found.state in {RowState.UNFINISHED, RowState.HELD}:
            # To go on would send it to where its people are not reached any more.
            problem = RowProblem("bulk.begun_with_other_reach")
            return replace(found, state=RowState.FAULTY, problems=(*reading.problems, problem))
        return replace(found, is_reached_otherwise=is_reached_otherwise and found.state is RowState.SENT)

    def _cost(self, contract_count: int, environment: Environment) -> BulkCost:
        amount = (self._preferences.tier.price_per_contract_yuan * contract_count).quantize(Decimal("0.01"))
        left = self._quota.account(environment.kind).remaining_count
        return BulkCost(contract_count, amount, left, None if left is None else left - contract_count)


def _renamed(claim: RowClaim | None, digest: str) -> RowClaim | None:
    return None if claim is None else replace(claim, digest=digest, is_as_read=False)


def _is_sent(send: SendState | None) -> bool:
    return send is not None and send.state is SubmissionState.DONE


def with_send(row: PlannedRow, send: SendState) -> PlannedRow:
    """Return a row as its send makes it: one that failed or was called off can be sent anew."""
    match send.state:
        case SubmissionState.FAILED | SubmissionState.CANCELLED:
            return row
        case SubmissionState.DONE:
            was_corrected = any(claim.is_as_read for claim in row.claims)
            state = RowState.SENT
        case SubmissionState.HELD:
            was_corrected, state = False, RowState.HELD
        case _:
            was_corrected, state = False, RowState.UNFINISHED
    return replace(
        row,
        state=state,
        problems=() if state is RowState.SENT else row.problems,
        flow_id=send.flow_id,
        flow_status=send.flow_status,
        submission_id=send.submission_id,
        sent_at_ms=send.queued_at_ms if state is RowState.SENT else None,
        was_corrected=was_corrected,
    )


def require_usable(preset: Preset, columns: ColumnChoice, environment: Environment) -> None:
    """Raise InputError ``preset.other_environment``, ``preset.staff_unknown`` for whom the sheet does not name.

    And whatever ``require_sendable`` raises.
    """
    home = preset.home
    if home is not None and (home.environment, home.project_id) != (environment.kind, environment.project_id):
        raise InputError("preset.other_environment", environment=home.environment.value)
    unknown = set(preset.knows_nobody_yet) - named_by_sheet(preset, columns)
    if unknown:
        raise InputError("preset.staff_unknown", count=len(unknown))
    require_sendable(preset)


def _require_time(preset: Preset, now_ms: int) -> None:
    """Raise InputError ``preset.deadline_past``: a day that was fixed when the preset was made may be over."""
    options = preset.options
    deadline_ms = options.deadline_ms(now_ms)
    is_past = deadline_ms is not None and deadline_ms <= now_ms
    if is_past or (options.archive_until_ms is not None and options.archive_until_ms <= (deadline_ms or now_ms)):
        raise InputError("preset.deadline_past")


def _require_everybody(preset: Preset, columns: ColumnChoice, readings: Sequence[RowReading]) -> None:
    """Raise InputError ``preset.staff_unknown`` where the sheet names a branch, and nobody knows its agent."""
    ready = next((reading for reading in readings if reading.is_ready), None)
    if ready is not None:
        unknown = fill_row(preset, columns, ready).preset.knows_nobody_yet
        if unknown:
            raise InputError("preset.staff_unknown", count=len(unknown))
