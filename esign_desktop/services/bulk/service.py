"""The service for bulk sending: one contract for each row of a sheet, planned before it is sent and never sent twice.

A row is recognized by a keyed digest of its values, and the id of its draft is derived from this digest. The journal
contains the result of sending the draft. If a sheet is sent again, even after a crash, only rows that have not been
sent before are sent.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.errors import CancelToken, InputError, StoreError
from esign_desktop.domain.preset.checks import require_usable
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.results import ResultChoice, ResultWords, export_results
from esign_desktop.services.bulk.run import BulkRun
from esign_desktop.services.bulk.values import (
    BulkPlan,
    BulkProgress,
    BulkReport,
    BulkStop,
    InterruptedRun,
    PlannedRow,
    RowState,
    comparable,
)
from esign_desktop.services.exclusive import Exclusive
from esign_desktop.services.sending.approvals import Approvals
from esign_desktop.store.tables.bulk import Bulk
from esign_desktop.store.tables.bulk import BulkRun as KeptRun

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.bulk.plan import BulkPlanner
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.store.tables.audit import Audit
    from esign_desktop.store.tables.flows import Flows


class BulkService:
    """The service that plans and runs bulk sends.

    Calls block on the store, the disk and the network. Each of ``senders`` sends one row at a time, in parallel with
    the others; all share one register of running sends.
    """

    def __init__(
        self,
        presets: PresetService,
        *,
        store: Bulk,
        flows: Flows,
        audit: Audit,
        planner: BulkPlanner,
        senders: Sequence[SubmissionService],
        environment: Callable[[], Environment],
        clock_ms: Callable[[], int],
        approvals: Approvals | None = None,
    ) -> None:
        self._presets = presets
        self._approvals = approvals or Approvals()
        self._store, self._flows, self._audit = store, flows, audit
        self._planner = planner
        self._senders = senders
        self._environment = environment
        self._clock_ms = clock_ms
        self._exclusive = Exclusive("bulk.busy")

    def preset_obstacle(self, preset: Preset) -> InputError | None:
        """Return the error that currently prevents the preset from being used with any sheet.

        The result is None if the preset can be used. An example of an error is InputError ``preset.other_environment``.
        """
        try:
            self._presets.pages.require_settled(preset)
            require_usable(preset, self._environment())
        except InputError as error:
            # The sheet may name people who are unknown to the preset.
            return None if error.code == "preset.staff_unknown" else error
        return None

    def columns_for(self, preset: Preset, sheet: Sheet) -> ColumnChoice:
        """Return the meaning of each column of a sheet. See ``BulkPlanner.columns_for``."""
        return self._planner.columns_for(preset, sheet)

    def plan(
        self,
        preset: Preset,
        sheet: Sheet,
        columns: ColumnChoice,
        *,
        again: Collection[int] = (),
        cancel: CancelToken | None = None,
    ) -> BulkPlan:
        """Return a plan that states what would be sent for each row and what the total cost would be. Nothing is sent.

        ``again`` holds the indices of rows that were already sent and that the user wants to send again. Raises
        Cancelled, StoreError, and InputError ``preset.other_environment``, ``preset.staff_unknown`` or
        ``preset.deadline_past``.
        """
        self._presets.pages.require_settled(preset)
        environment, token = self._environment(), cancel or CancelToken()
        return self._planner.plan(preset, sheet, columns, environment, again=again, cancel=token)

    def run(
        self,
        plan: BulkPlan,
        *,
        on_progress: Callable[[BulkProgress], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> BulkReport:
        """Continue unfinished rows and send rows that are ready, until all are done or the run has to stop.

        ``cancel`` takes effect between rows; sends in progress are completed. ``on_progress`` is called on other
        threads, one call at a time. To continue after a stop, make a new plan and run it. Before anything is sent,
        raises StoreError, or InputError ``bulk.busy``, ``bulk.nothing_to_send``, ``bulk.environment_changed``,
        ``bulk.preset_changed``, or ``second_person.missing`` if a second person must approve the contracts first.
        """
        with self._exclusive():
            preset = self._preset_of(plan)
            needs_approval = self._approvals.are_needed(plan.environment)
            if needs_approval:
                self._approvals.require(plan.ready_digests())
            run_id = uuid4().hex
            self._begin(run_id, plan)
            with suppress(StoreError):
                kind, title = plan.environment.kind, f"{plan.preset.title} · {len(plan.rows)}"
                self._audit.note(AuditAction.BULK_BEGUN, environment=kind, title=title)
            # The run uses the preset as planned, even if the preset is edited in the meantime.
            run = BulkRun(
                plan,
                self._senders,
                self._store,
                run_id=run_id,
                draft_of=partial(self._planner.draft, preset, plan),
                on_progress=on_progress or (lambda _progress: None),
                cancel=cancel or CancelToken(),
                clock_ms=self._clock_ms,
            )
            report = run.run()
            if needs_approval:
                self._approvals.use(plan.digests(row for row in report.rows if row.state is RowState.SENT))
            self._finish(run_id, plan, report)
            return report

    def interrupted(self) -> InterruptedRun | None:
        """Return the last unfinished run in the current environment, or None if no run has rows that remain to be sent.

        Rows that are waiting for the user's decision do not count as remaining. Raises StoreError.
        """
        environment = self._environment()
        run = self._store.open_run(environment.kind, environment.project_id)
        if run is None:
            return None
        draft_ids = self._store.drafts_of_run(run.id)
        states = [send.state for send in self._store.sends_of(draft_ids).values()]
        sent_count = states.count(SubmissionState.DONE)
        waiting_count = sum(state.waits_for_person for state in states)
        if sent_count + waiting_count == len(draft_ids):
            # The program ended after the last row. Rows that wait for a person are in Track.
            return None
        return InterruptedRun(
            run.id,
            run.preset_id,
            run.sheet_path,
            run.worksheet,
            run.columns,
            run.begun_at_ms,
            run.row_count,
            sent_count,
        )

    def dismiss(self, run_id: str) -> None:
        """Stop reporting this run as interrupted. Rows that it has sent are still recognized. Raises StoreError."""
        self._store.end(run_id, self._clock_ms())

    def export_results(
        self, plan: BulkPlan, rows: Sequence[PlannedRow], target: Path, words: ResultWords, choice: ResultChoice
    ) -> int:
        """Export the results of a plan and record the export in the audit log. Raises StoreError.

        See the function ``results.export_results`` for the arguments and the result.
        """
        count = export_results(plan, rows, target, words, self._flows, choice)
        with suppress(StoreError):
            self._audit.note(AuditAction.EXPORTED, title="bulk")
        return count

    def _preset_of(self, plan: BulkPlan) -> Preset:
        if not plan.can_run:
            raise InputError("bulk.nothing_to_send")
        if not self._environment().is_reached_as(plan.environment):
            raise InputError("bulk.environment_changed")
        preset = self._presets.get(plan.preset.id)
        if comparable(preset) != comparable(plan.preset):
            raise InputError("bulk.preset_changed")
        return preset

    def _begin(self, run_id: str, plan: BulkPlan) -> None:
        rows = [row for row in plan.rows if row.state in {RowState.READY, RowState.UNFINISHED}]
        sheet, environment = plan.sheet, plan.environment
        kept = KeptRun(
            run_id,
            environment.kind,
            environment.project_id,
            plan.preset.id,
            sheet.path,
            sheet.worksheet,
            plan.columns,
            len(rows),
            self._clock_ms(),
        )
        self._store.begin(kept, [claim for row in rows for claim in row.claims])
        self._planner.remember_columns(plan)

    def _finish(self, run_id: str, plan: BulkPlan, report: BulkReport) -> None:
        """Record the end of a run. An error while recording it does not affect the contracts that were sent."""
        outcome = "" if report.stop is BulkStop.DONE else report.stop.value
        if report.error is not None:
            outcome = report.error.code
        with suppress(StoreError):
            self._audit.note(
                AuditAction.BULK, environment=plan.environment.kind, title=plan.preset.title, outcome=outcome
            )
        with suppress(StoreError):
            if report.stop is BulkStop.DONE:
                self._store.end(run_id, self._clock_ms())
            if plan.environment.is_binding and report.count(RowState.SENT):
                self._presets.forget_numbers(plan.preset.id)
