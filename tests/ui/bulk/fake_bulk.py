"""A bulk service without platform or store: rows are checked for real, and each is sent when the test lets it."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from esign_desktop.domain.account import masked_name
from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget, missing_targets
from esign_desktop.domain.bulk.headings import match_columns, match_contents
from esign_desktop.domain.bulk.rows import read_row
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.flow import FlowId, FlowSigner
from esign_desktop.services.bulk.results import export_results
from esign_desktop.services.bulk.values import (
    BulkCost,
    BulkPlan,
    BulkProgress,
    BulkReport,
    BulkStop,
    PlannedRow,
    RowState,
)
from esign_desktop.services.presets.pages import OpenPages
from tests.bulk_samples import BORROWER, CHECKS, id_number, person_row
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.errors import AppError, CancelToken, InputError
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.bulk.results import ResultChoice, ResultWords
    from esign_desktop.services.bulk.values import InterruptedRun

PATIENCE_S = 20.0


class FakePages:
    """Opens pages when the test lets it, and notes which are open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.open_ids: list[DraftId] = []
        self.opened_count = 0

    def open(self, _preset: Preset) -> OpenPages:
        assert self.gate.wait(PATIENCE_S)
        pages = OpenPages(ContractDraft.new())
        self.open_ids.append(pages.draft.id)
        self.opened_count += 1
        return pages

    def close(self, pages: OpenPages) -> None:
        self.open_ids.remove(pages.draft.id)


class FakePresets:
    def __init__(self, *presets: Preset) -> None:
        self.presets = presets
        self.pages = FakePages()

    def list(self) -> tuple[Preset, ...]:
        return self.presets


class FakeBulk:
    """``sent`` are the ID numbers of what was sent; ``ends`` are states that rows come to instead, by index."""

    def __init__(self) -> None:
        self.environment = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9", "project")
        self.sent: dict[str, int] = {}
        self.ends: dict[int, tuple[RowState, AppError]] = {}
        self.stops_after: tuple[int, BulkStop, AppError | None] | None = None
        self.gate = threading.Semaphore(10_000)
        self.interrupted_run: InterruptedRun | None = None
        self.dismissed: list[str] = []
        self.obstacle: InputError | None = None
        self.failure: AppError | None = None
        self.left_before: int | None = 1_337
        self.is_package_over = False

    def preset_obstacle(self, _preset: Preset) -> InputError | None:
        return self.obstacle

    def columns_for(self, preset: Preset, sheet: Sheet) -> ColumnChoice:
        return match_columns(preset, sheet.headings) if sheet.has_headings else match_contents(preset, sheet.rows)

    def interrupted(self) -> InterruptedRun | None:
        return self.interrupted_run

    def dismiss(self, run_id: str) -> None:
        self.dismissed.append(run_id)

    def plan(
        self, preset: Preset, sheet: Sheet, columns: ColumnChoice, *, again: Collection[int] = (), **_more: Any
    ) -> BulkPlan:
        if self.failure is not None:
            raise self.failure
        rows = tuple(self._planned(preset, sheet, columns, index) for index in range(len(sheet.rows)))
        rows = tuple(replace(row, state=RowState.READY) if row.index in again else row for row in rows)
        ready = sum(row.state is RowState.READY for row in rows)
        left_after = None if self.left_before is None else self.left_before - ready
        cost = BulkCost(ready, Decimal(5) * ready, left_after, self.is_package_over, preset.is_paid_elsewhere)
        missing = missing_targets(preset, columns)
        readings = tuple(read_row(preset, columns, row, CHECKS) for row in sheet.rows)
        return BulkPlan(preset, self.environment, sheet, columns, missing, (), rows, cost, readings)

    def run(
        self,
        plan: BulkPlan,
        *,
        on_progress: Callable[[BulkProgress], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> BulkReport:
        rows = list(plan.rows)
        wanted = [row for row in plan.rows if row.state in {RowState.READY, RowState.UNFINISHED}]
        done = 0

        def tell(row: PlannedRow) -> None:
            rows[row.index] = row
            if on_progress is not None:
                on_progress(BulkProgress(row, done))

        for row in wanted:
            if cancel is not None and cancel.is_cancelled:
                return BulkReport(BulkStop.PAUSED, tuple(rows), None)
            if self.stops_after is not None and done == self.stops_after[0]:
                return BulkReport(self.stops_after[1], tuple(rows), self.stops_after[2])
            tell(replace(row, state=RowState.SENDING))
            assert self.gate.acquire(timeout=PATIENCE_S)
            if row.index in self.ends:
                state, error = self.ends[row.index]
                tell(replace(row, state=state, error=error))
                continue
            done += 1
            number = plan.sheet.rows[row.index].cells[1]
            self.sent[number] = self.sent.get(number, 0) + 1
            tell(replace(row, state=RowState.SENT, flow_id=FlowId(f"flow {row.index}"), sent_at_ms=NOW_MS))
        return BulkReport(BulkStop.DONE, tuple(rows), None)

    def export_results(
        self, plan: BulkPlan, rows: tuple[PlannedRow, ...], target: Path, words: ResultWords, choice: ResultChoice
    ) -> int:
        return export_results(plan, rows, target, words, cast("Any", self), choice)

    def get(self, flow_id: FlowId) -> FlowRecord:
        """Return what the list of flows would have: a link for its only signer."""
        index = int(flow_id.removeprefix("flow "))
        signer = FlowSigner(f"account {index}", "", 1, 1, urls=(f"https://example.com/{index}",))
        return make_flow(name=flow_id, signers=(signer,))

    def _planned(self, preset: Preset, sheet: Sheet, columns: ColumnChoice, index: int) -> PlannedRow:
        row = sheet.rows[index]
        reading = read_row(preset, columns, row, CHECKS)
        name = reading.values.get(ColumnTarget(ColumnKind.NAME, BORROWER), "")
        state = RowState.READY if reading.is_ready else RowState.FAULTY
        is_sent = reading.values.get(ColumnTarget(ColumnKind.ID_NUMBER, BORROWER), "") in self.sent
        return PlannedRow(
            index=index,
            number=row.number,
            state=RowState.SENT if is_sent else state,
            problems=reading.problems,
            title="借款合同",
            masked_names=(masked_name(name),),
            reference="",
            flow_id=FlowId(f"flow {index}") if is_sent else None,
            submission_id=None,
            sent_at_ms=NOW_MS if is_sent else None,
            was_corrected=False,
            error=None,
        )


def good_rows(count: int) -> list[tuple[str, str, str]]:
    """Return so many people, each another one."""
    return [person_row(number) for number in range(1, count + 1)]


def wrong_number(row: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return the row with an ID number whose check digit does not fit."""
    name, number, mobile = row
    last = "0" if number[-1] != "0" else "1"
    return name, f"{number[:-1]}{last}", mobile


def is_right(number: str) -> bool:
    """Whether it is one of the numbers that the samples are made with."""
    return number in {id_number(count) for count in range(1, 200)}
