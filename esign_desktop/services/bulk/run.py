"""Run a bulk plan: several senders send rows in parallel, and the journal records each contract like any other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.api.errors import Refused
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.errors import ApiError, AppError, Cancelled, InputError, StoreError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.plan import with_send
from esign_desktop.services.bulk.values import BulkProgress, BulkReport, BulkStop, RowState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.services.bulk.values import BulkPlan, PlannedRow
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.services.sending.values import SubmissionOutcome
    from esign_desktop.store.tables.bulk import Bulk

MAX_SAME_FAILURES: Final = 3
"""Consecutive failures with one error code after which the run stops, because the rows are not the likely cause."""
_NOT_THE_ROWS_FAULT: Final = ("document.", "preset.", "environment.", "keyring.")
_WHO: Final = frozenset({ColumnKind.ID_NUMBER, ColumnKind.ORGANIZATION_CODE})


class BulkRun:
    """A single run of a bulk plan.

    ``draft_of`` creates the contract for the row with a given index. ``on_progress`` is called on the senders' threads,
    by one thread at a time.
    """

    def __init__(
        self,
        plan: BulkPlan,
        senders: Sequence[SubmissionService],
        store: Bulk,
        *,
        run_id: str,
        draft_of: Callable[[int], ContractDraft],
        on_progress: Callable[[BulkProgress], None],
        cancel: CancelToken,
        clock_ms: Callable[[], int],
    ) -> None:
        self._plan = plan
        self._senders = senders
        self._store = store
        self._origin = f"bulk:{run_id}"
        self._draft_of = draft_of
        self._on_progress = on_progress
        self._cancel = cancel
        self._clock_ms = clock_ms
        self._lock = threading.RLock()
        self._rows = list(plan.rows)
        unfinished = [row.index for row in plan.rows if row.state is RowState.UNFINISHED]
        self._waiting = [*unfinished, *(row.index for row in plan.rows if row.state is RowState.READY)]
        self._done = 0
        self._busy: dict[int, frozenset[str]] = {}
        self._stop: BulkStop | None = None
        self._error: AppError | None = None
        self._same_failures: tuple[object, int] = (None, 0)

    def run(self) -> BulkReport:
        """Send rows until all are done or the run has to stop, and return the report.

        Sends in progress are completed before the run stops.
        """
        # Send one row alone first, so that the accounts of staff, for example, are known to all others.
        while self._done == 0 and self._do_next(self._senders[0]):
            pass
        with ThreadPoolExecutor(len(self._senders), thread_name_prefix="bulk") as pool:
            for future in [pool.submit(self._work, sender) for sender in self._senders]:
                future.result()
        stop = self._stop or (BulkStop.PAUSED if self._waiting else BulkStop.DONE)
        return BulkReport(stop, tuple(self._rows), self._error)

    def _work(self, sender: SubmissionService) -> None:
        while self._do_next(sender):
            pass

    def _do_next(self, sender: SubmissionService) -> bool:
        index = self._take_next()
        if index is None:
            return False
        try:
            self._send(sender, index)
        except BaseException:
            # This is a programming error. Stop the other senders.
            self._stop_for(BulkStop.STORE, None)
            raise
        finally:
            with self._lock:
                self._busy.pop(index, None)
        return True

    def _take_next(self) -> int | None:
        """Return the next row whose people do not occur in a running send. Each account is therefore created only once.

        Return None if there is no such row or the run was stopped.
        """
        with self._lock:
            if self._stop is not None or self._cancel.is_cancelled:
                return None
            taken = frozenset().union(*self._busy.values())
            for position, index in enumerate(self._waiting):
                values = self._plan.readings[index].values.items()
                people = frozenset(text for target, text in values if target.kind in _WHO)
                if taken.isdisjoint(people):
                    del self._waiting[position]
                    self._busy[index] = people
                    return index
            return None

    def _send(self, sender: SubmissionService, index: int) -> None:
        row = self._rows[index]
        self._report(replace(row, state=RowState.SENDING, error=None))
        try:
            if row.state is RowState.UNFINISHED and row.submission_id is not None:
                outcome = sender.run(row.submission_id)
            else:
                outcome = sender.send(self._draft_of(index), self._plan.environment, origin=self._origin)
        except Cancelled:
            self._stop_for(BulkStop.PAUSED, None)
            self._report(self._as_kept(row))
        except AppError as error:
            self._settle_error(row, error)
        else:
            self._settle(row, outcome)

    def _settle(self, row: PlannedRow, outcome: SubmissionOutcome) -> None:
        was_begun = row.state is RowState.UNFINISHED
        row = replace(row, submission_id=outcome.submission_id, flow_id=outcome.flow_id, error=outcome.error)
        match outcome.state:
            case SubmissionState.DONE:
                with self._lock:
                    self._done += 1
                    self._same_failures = (None, 0)
                corrected = any(claim.is_as_read for claim in row.claims)
                row = replace(row, error=None, sent_at_ms=self._clock_ms(), was_corrected=corrected)
                self._report(replace(row, state=RowState.SENT, problems=()))
            case SubmissionState.HELD:
                if not was_begun:
                    # The answer was lost just now, so the next ones might be lost too.
                    self._stop_for(BulkStop.HELD, outcome.error)
                self._report(replace(row, state=RowState.HELD))
            case SubmissionState.MADE:
                self._report(replace(row, state=RowState.DIFFERS))
            case SubmissionState.FAILED | SubmissionState.CANCELLED:
                error = outcome.error or ApiError("submission.interrupted", retryable=True)
                self._fail(row, error)
            case _:
                is_store = isinstance(outcome.error, StoreError)
                self._stop_for(BulkStop.STORE if is_store else BulkStop.NETWORK, outcome.error)
                self._report(replace(row, state=RowState.UNFINISHED))

    def _settle_error(self, row: PlannedRow, error: AppError) -> None:
        if isinstance(error, StoreError):
            self._stop_for(BulkStop.STORE, error)
            self._report(replace(self._as_kept(row), error=error))
            return
        if isinstance(error, InputError) and error.code in {"submission.sent_before", "submission.busy"}:
            kept = self._as_kept(row)
            if kept.state is RowState.READY:
                # Only the ledger has the earlier send, because the database was restored from a backup.
                kept = replace(kept, state=RowState.FAILED, error=error)
            # Otherwise another window or Track is sending it or has sent it.
            self._report(kept)
            return
        if error.code.startswith(_NOT_THE_ROWS_FAULT):
            self._stop_for(BulkStop.REFUSED, error)
        self._fail(row, error)

    def _fail(self, row: PlannedRow, error: AppError) -> None:
        key = (error.code, error.err_code if isinstance(error, Refused) else None)
        with self._lock:
            count = self._same_failures[1] + 1 if self._same_failures[0] == key else 1
            self._same_failures = (key, count)
        if count >= MAX_SAME_FAILURES:
            self._stop_for(BulkStop.REFUSED, error)
        self._report(replace(row, state=RowState.FAILED, error=error))

    def _as_kept(self, row: PlannedRow) -> PlannedRow:
        """Return the row with its state read from the journal, or unchanged if the journal cannot be read."""
        draft_id = row.claims[0].draft_id
        with suppress(StoreError):
            send = self._store.sends_of([draft_id]).get(draft_id)
            if send is not None:
                return with_send(row, send)
        return row

    def _stop_for(self, stop: BulkStop, error: AppError | None) -> None:
        with self._lock:
            if self._stop is None:
                self._stop, self._error = stop, error

    def _report(self, row: PlannedRow) -> None:
        with self._lock:
            self._rows[row.index] = row
            self._on_progress(BulkProgress(row, self._done))
