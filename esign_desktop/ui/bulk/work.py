"""Hold the state of the Bulk room, that is, preset, sheet, plan and run, and provide the actions that change it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.bulk.columns import with_target
from esign_desktop.domain.bulk.headings import with_headings, without_headings
from esign_desktop.domain.bulk.sheet import Worksheets, with_cells
from esign_desktop.domain.errors import CancelToken, StoreError
from esign_desktop.services.bulk.values import BulkStop, RowState
from esign_desktop.services.sheets.reading import open_sheet
from esign_desktop.ui.tasks import Lane, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esign_desktop.domain.bulk.columns import ColumnChoice, ColumnTarget
    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.errors import AppError, InputError
    from esign_desktop.domain.preset.preset import Preset, PresetId
    from esign_desktop.services.bulk.service import BulkService
    from esign_desktop.services.bulk.values import BulkPlan, BulkProgress, BulkReport, InterruptedRun, PlannedRow
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.tasks import TaskRunner


class BulkStage(Enum):
    """The stage of the work on a sheet.

    CHOOSING: no sheet is open. READING: a sheet is being read. ASKING: the user must choose a worksheet. PLANNED: a
    plan is shown. RUNNING: rows are being sent. STOPPED: a run has ended or was paused.
    """

    CHOOSING = auto()
    READING = auto()
    ASKING = auto()
    PLANNED = auto()
    RUNNING = auto()
    STOPPED = auto()


def is_over(report: BulkReport) -> bool:
    """Return whether a run tried all its rows, so that there is nothing to continue."""
    return report.stop is BulkStop.DONE


_MOST_STEPS: Final = 200
_UNSENT: Final = frozenset({RowState.READY, RowState.FAULTY, RowState.FAILED})


class SheetHistory:
    """The undo history of a sheet, with up to 200 steps. Sheets are immutable and share unchanged rows."""

    def __init__(self) -> None:
        self._past: list[Sheet] = []
        self._future: list[Sheet] = []

    def note(self, sheet: Sheet) -> None:
        """Add a sheet that is about to be corrected, and forget what was undone."""
        self._past = [*self._past[1 - _MOST_STEPS :], sheet]
        self._future.clear()

    def back(self, sheet: Sheet) -> Sheet | None:
        """Return the sheet before the last correction, or None if there is none.

        ``sheet`` becomes available to ``forth``.
        """
        if not self._past:
            return None
        self._future.append(sheet)
        return self._past.pop()

    def forth(self, sheet: Sheet) -> Sheet | None:
        """Return the sheet that was undone last, or None if there is none. ``sheet`` becomes available to ``back``."""
        if not self._future:
            return None
        self._past.append(sheet)
        return self._future.pop()

    def clear(self) -> None:
        self._past.clear()
        self._future.clear()


T = TypeVar("T")


class BulkOffers(QObject):
    """Reads the presets, and the interrupted run if there is one, in the background.

    ``presets`` is None until ``read`` has been called and has succeeded. ``interrupted`` is None if no run was
    interrupted.
    """

    changed = Signal()
    """Emitted when the presets or the interrupted run have been read, or when the run was dismissed."""
    failed = Signal(object)
    """Carries the ``AppError`` of an operation that failed."""

    def __init__(
        self, bulk: BulkService, presets: PresetService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bulk = bulk
        self._service = presets
        self._tasks = tasks
        self.presets: tuple[Preset, ...] | None = None
        self.interrupted: InterruptedRun | None = None

    def preset(self, preset_id: PresetId) -> Preset | None:
        """Return the preset with this id, or None if it does not exist or the presets have not been read."""
        return next((one for one in self.presets or () if one.id == preset_id), None)

    def read(self) -> None:
        service, bulk = self._service, self._bulk
        self._tasks.start(
            lambda: (service.list(), bulk.interrupted()),
            owner=self,
            on_done=self._on_read,
            on_error=self.failed.emit,
        )

    def dismiss(self) -> None:
        """Stop offering the interrupted run, also in later sessions. Do nothing if there is none."""
        run, self.interrupted = self.interrupted, None
        if run is not None:
            work = partial(self._bulk.dismiss, run.run_id)
            self._tasks.start(work, owner=self, on_error=self.failed.emit)
            self.changed.emit()

    def _on_read(self, found: tuple[tuple[Preset, ...], InterruptedRun | None]) -> None:
        self.presets, self.interrupted = found
        self.changed.emit()


class BulkWork(QObject):
    """The work on one sheet: reading, correcting, planning and sending it.

    Slow steps run in the background, one at a time, and a new plan replaces an unfinished one. During a run,
    corrections and choices have no effect, and ``done_count`` of ``total_count`` contracts have been sent. If a run is
    continued, the counts continue, too.
    """

    changed = Signal()
    """Emitted when the preset, sheet, plan or stage may have changed."""
    row_changed = Signal(object)
    """Carries the ``PlannedRow`` that changed during a run."""
    failed = Signal(object)
    """Carries the ``AppError`` of an operation that failed."""
    ended = Signal(object)
    """Carries the ``BulkReport`` of a run that has ended or was paused."""
    rows_read = Signal(int)
    """Carries the number of rows of the sheet that have been read so far."""

    def __init__(
        self, bulk: BulkService, presets: PresetService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bulk = bulk
        self.offers = BulkOffers(bulk, presets, tasks, self)
        self._tasks = tasks
        self._task: Task | None = None
        self._cancel = CancelToken()
        self._pause = CancelToken()
        self._done_before = 0
        self.done_count = 0
        self.total_count = 0
        self.preset: Preset | None = None
        self.obstacle: InputError | None = None
        self.path: Path | None = None
        self.sheet: Sheet | None = None
        self.worksheets: Worksheets | None = None
        """The worksheets from which the user must choose, or None if there is no choice to make."""
        self.history = SheetHistory()
        self.columns: ColumnChoice = ()
        self.plan: BulkPlan | None = None
        self.report: BulkReport | None = None
        self.stage = BulkStage.CHOOSING
        self.rows: list[PlannedRow] = []
        self.again: set[int] = set()
        """The indexes of rows that were sent and that the user wants to send again."""
        self.is_planning = False
        self.is_stale = False
        """Whether the last planning failed, so that the plan does not match the displayed rows."""
        self.offers.failed.connect(self.failed)
        self.offers.changed.connect(self._on_offers_changed)

    @property
    def is_running(self) -> bool:
        return self.stage is BulkStage.RUNNING

    @property
    def is_pausing(self) -> bool:
        """Whether the run will stop when the contracts that are being sent now are complete."""
        return self.is_running and self._pause.is_cancelled

    @property
    def may_send(self) -> bool:
        """Whether a plan is shown, matches the displayed rows, and contains something to send."""
        return (
            self.stage is BulkStage.PLANNED
            and not self.is_planning
            and not self.is_stale
            and self.plan is not None
            and self.plan.can_run
        )

    @property
    def send_count(self) -> int:
        """The number of contracts that a run of the current plan would send. 0 without a plan."""
        plan = self.plan
        return 0 if plan is None else plan.count(RowState.READY) + plan.count(RowState.UNFINISHED)

    @property
    def has_corrections(self) -> bool:
        """Whether cells were corrected in rows that have not been sent. The corrections are not stored in the file."""
        sheet = self.sheet
        return sheet is not None and any(
            sheet.rows[row.index].original is not None for row in self.rows if row.state in _UNSENT
        )

    def count(self, *states: RowState) -> int:
        """Return the number of rows in one of these states, including changes of a run in progress."""
        return sum(row.state in states for row in self.rows)

    def indexes(self, *states: RowState) -> list[int]:
        """Return the indexes of the rows in one of these states, counted from 0 in the sheet."""
        return [row.index for row in self.rows if row.state in states]

    def choose_preset(self, preset_id: PresetId) -> None:
        """Choose a preset, and find out in the background whether it can be used here.

        A sheet that waits for a preset is read.

        Do nothing if the preset does not exist.
        """
        found = self.offers.preset(preset_id)
        if found is None or self.is_running:
            return
        self.preset, self.obstacle = found, None
        self.elsewhere(partial(self._bulk.preset_obstacle, found), partial(self._on_obstacle_known, found))
        self.changed.emit()
        if self.path is not None:
            self.take_sheet(self.path)

    def take_sheet(self, path: Path, worksheet: str | None = None) -> None:
        """Read a sheet in the background, or remember its path until a preset is chosen.

        Without ``worksheet``, the user is asked if several worksheets have rows.
        """
        if self.is_running:
            return
        self.path = path
        if self.preset is None:
            self.changed.emit()
        else:
            self._read(self.preset, path, worksheet)

    def cancel_reading(self) -> None:
        """Stop reading or choosing a worksheet, and return to the previous sheet, if any.

        Do nothing in other stages.
        """
        if self.stage in {BulkStage.READING, BulkStage.ASKING}:
            self._leave_reading()

    def choose_worksheet(self, worksheet: str) -> None:
        """Read the worksheet that the user chose. Do nothing unless the user is asked for a worksheet."""
        if self.stage is BulkStage.ASKING and self.preset is not None and self.path is not None:
            self._read(self.preset, self.path, worksheet)

    def take_first_row(self, *, as_headings: bool) -> None:
        """Treat the first row of the sheet as headings or as a contract's data.

        The columns are matched with the preset again, and the rows are planned. Planning runs in the background. Do
        nothing without a preset and a sheet.
        """
        preset, sheet, bulk = self.preset, self.sheet, self._bulk
        if preset is None or sheet is None or self.is_running:
            return
        changed = with_headings(sheet) if as_headings else without_headings(sheet)
        self._start(
            lambda: bulk.plan(preset, changed, bulk.columns_for(preset, changed)),
            self._on_read,
            self._on_planning_failed,
        )
        self.changed.emit()

    def correct(self, row_index: int, column_index: int, text: str) -> None:
        """Change the value of a cell, as a single undo step, and plan the rows again. The file is unchanged."""
        self.correct_cells({(row_index, column_index): text})

    def correct_cells(self, texts: Mapping[tuple[int, int], str]) -> None:
        """Change the values of cells, keyed by row index and column index, as a single undo step.

        The rows are planned again. Do nothing without a sheet.
        """
        if self.sheet is not None and not self.is_running:
            self.history.note(self.sheet)
            self.sheet = with_cells(self.sheet, texts)
            self.replan()

    def undo(self) -> None:
        self._travel(self.history.back)

    def redo(self) -> None:
        self._travel(self.history.forth)

    def select_again(self, row_index: int, *, is_selected: bool) -> None:
        """Set whether a row that was sent is to be sent again, and plan the rows again."""
        if not self.is_running:
            (self.again.add if is_selected else self.again.discard)(row_index)
            self.replan()

    def choose_target(self, column_index: int, target: ColumnTarget | None) -> None:
        """Set the meaning of a column, or ignore the column if ``target`` is None, and plan the rows again."""
        if not self.is_running:
            self.columns = with_target(self.columns, column_index, target)
            self.replan()

    def replan(self) -> None:
        """Create a new plan in the background.

        Call this when an input of the plan has changed. Do nothing without a sheet.
        """
        self._look_through(self._on_planned)

    def run(self, *, goes_on: bool = False) -> None:
        """Send the rows of the plan in the background. Do nothing if ``may_send`` is False.

        With ``goes_on``, the counts continue those of a run that has stopped.
        """
        if self.plan is not None and self.may_send:
            self.report = None
            # Corrections of rows that have been sent cannot be undone.
            self.history.clear()
            self._pause = CancelToken()
            self._done_before = self.done_count = self.done_count if goes_on else 0
            self.total_count = max(self.total_count if goes_on else 0, self._done_before + self.send_count)
            report = self._tasks.reporter(self._on_run_progressed, owner=self)
            work = partial(self._bulk.run, self.plan, on_progress=report, cancel=self._pause)
            self._tasks.start(
                work, owner=self, on_done=self._on_run_ended, on_error=self._on_run_failed, lane=Lane.BULK
            )
            self._set_stage(BulkStage.RUNNING)

    def pause(self) -> None:
        """Stop sending further rows.

        Contracts that are being sent are completed. Do nothing if no run is in progress.
        """
        if self.is_running:
            self._pause.cancel()
            self.changed.emit()

    def go_on(self) -> None:
        """Make a new plan, and continue a run that has stopped.

        If the plan would send more rows than the user confirmed, or if preset or environment differ, only show the
        plan.
        """
        before = self.plan
        if before is None:
            return
        agreed = _open_count(before)

        def on_planned(plan: BulkPlan) -> None:
            report = self.report
            self._on_planned(plan)
            is_where_agreed = plan.environment.is_reached_as(before.environment) and plan.preset == before.preset
            if report is not None and is_where_agreed and self.send_count <= agreed:
                self.run(goes_on=True)

        self._look_through(on_planned)

    def resume(self, interrupted: InterruptedRun) -> None:
        """Read the sheet of an interrupted run again in the background, with the same preset, worksheet and columns.

        Nothing is sent. Emit ``failed`` if the preset no longer exists or the sheet cannot be read. Do nothing if a run
        is in progress.
        """
        if self.is_running:
            return
        found = self.offers.preset(interrupted.preset_id)
        if found is None:
            self.failed.emit(StoreError("store.no_such_preset"))
            return
        self.preset, self.path = found, Path(interrupted.sheet_path)
        self._read(found, self.path, interrupted.worksheet, interrupted.columns)

    def reset(self) -> None:
        """Close the sheet, return to the choice of preset and sheet, and read the presets again."""
        if not self.is_running:
            self._drop_task()
            self.path = self.sheet = self.plan = self.report = self.worksheets = None
            self.history.clear()
            self.rows, self.columns = [], ()
            self.again.clear()
            self._set_stage(BulkStage.CHOOSING)
            self.offers.read()

    def elsewhere(self, work: Callable[[], T], on_done: Callable[[T], None]) -> None:
        """Run other work on files or the store in the background. An error is reported by ``failed``."""
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self.failed.emit, lane=Lane.STORE)

    def _read(self, preset: Preset, path: Path, worksheet: str | None, columns: ColumnChoice = ()) -> None:
        """Read and plan a sheet. ``columns`` is used if its length matches, otherwise the columns are matched again."""
        self._drop_task()
        bulk, cancel, report = self._bulk, self._cancel, self._tasks.reporter(self.rows_read.emit, owner=self)

        def read() -> BulkPlan | Worksheets:
            sheet = open_sheet(path, worksheet=worksheet or None, cancel=cancel, on_rows=report)
            if isinstance(sheet, Worksheets):
                return sheet
            is_same = len(columns) == len(sheet.headings)
            return bulk.plan(preset, sheet, columns if is_same else bulk.columns_for(preset, sheet), cancel=cancel)

        self.worksheets = None
        self._set_stage(BulkStage.READING)
        self._start(read, self._on_read_or_asked, self._on_reading_failed)

    def _travel(self, step: Callable[[Sheet], Sheet | None]) -> None:
        if self.sheet is not None and not self.is_running:
            sheet = step(self.sheet)
            if sheet is not None:
                self.sheet = sheet
                self.replan()

    def _look_through(self, on_planned: Callable[[BulkPlan], None]) -> None:
        preset, sheet, columns, bulk = self.preset, self.sheet, self.columns, self._bulk
        again = frozenset(self.again)
        if preset is None or sheet is None or self.is_running:
            return
        self._start(lambda: bulk.plan(preset, sheet, columns, again=again), on_planned, self._on_planning_failed)
        self.changed.emit()

    def _start(self, work: Callable[[], T], on_done: Callable[[T], None], on_error: Callable[[AppError], None]) -> None:
        self._drop_task()
        self.is_planning = True
        self._task = self._tasks.start(work, owner=self, on_done=on_done, on_error=on_error, lane=Lane.BULK)

    def _drop_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._cancel.cancel()
            self._cancel = CancelToken()
        self.is_planning = False

    def _set_stage(self, stage: BulkStage) -> None:
        self.stage = stage
        self.changed.emit()

    def _on_offers_changed(self) -> None:
        presets = self.offers.presets or ()
        found = self.offers.preset(self.preset.id) if self.preset is not None else None
        if self.stage is BulkStage.CHOOSING:
            before, self.preset = self.preset, found
            if before is None and len(presets) == 1:
                self.choose_preset(presets[0].id)
            elif found is not None and found != before:
                # An obstacle of the previous version may have been removed.
                self.choose_preset(found.id)
        elif found is not None and found != self.preset and not self.is_running:
            # The preset was edited, so the plan is outdated.
            self.preset = found
            if self.stage is BulkStage.PLANNED:
                self.replan()

    def _on_obstacle_known(self, preset: Preset, obstacle: InputError | None) -> None:
        if preset is self.preset:
            self.obstacle = obstacle
            self.changed.emit()

    def _on_read_or_asked(self, found: BulkPlan | Worksheets) -> None:
        if isinstance(found, Worksheets):
            self._task, self.is_planning = None, False
            self.worksheets = found
            self._set_stage(BulkStage.ASKING)
        else:
            self._on_read(found)

    def _on_read(self, plan: BulkPlan) -> None:
        self.again.clear()
        self.history.clear()
        self._on_planned(plan)

    def _on_planned(self, plan: BulkPlan) -> None:
        self._task = None
        self.is_planning = self.is_stale = False
        self.rows = list(plan.rows)
        self.plan, self.sheet, self.columns, self.report = plan, plan.sheet, plan.columns, None
        self._set_stage(BulkStage.PLANNED)

    def _on_reading_failed(self, error: AppError) -> None:
        self._leave_reading()
        self.failed.emit(error)

    def _leave_reading(self) -> None:
        self._drop_task()
        self.worksheets = None
        if self.sheet is None:
            self.path = None
            self._set_stage(BulkStage.CHOOSING)
        else:
            # The open sheet is kept, because it may have been corrected.
            self.path = Path(self.sheet.path)
            self._set_stage(BulkStage.STOPPED if self.report is not None else BulkStage.PLANNED)

    def _on_planning_failed(self, error: AppError) -> None:
        self._task = None
        # The plan was made from earlier inputs, so it must not be sent.
        self.is_planning, self.is_stale = False, True
        self.changed.emit()
        self.failed.emit(error)

    def _on_run_progressed(self, progress: BulkProgress) -> None:
        row, self.done_count = progress.row, self._done_before + progress.done
        self.rows[row.index] = row
        if row.state is RowState.SENT:
            self.again.discard(row.index)
        self.row_changed.emit(row)

    def _on_run_ended(self, report: BulkReport) -> None:
        self.rows = list(report.rows)
        self.again.difference_update(self.indexes(RowState.SENT))
        if self.plan is not None:
            self.plan = replace(self.plan, rows=report.rows)
        self.report = report
        self._set_stage(BulkStage.STOPPED)
        self.ended.emit(report)

    def _on_run_failed(self, error: AppError) -> None:
        # The run did not start, so a new plan is made.
        self._set_stage(BulkStage.PLANNED)
        self.failed.emit(error)
        self.replan()
        self.offers.read()


def _open_count(plan: BulkPlan) -> int:
    """Return how many rows a run would still send. Failed rows become ready in the next plan, so they count."""
    states = (RowState.READY, RowState.UNFINISHED, RowState.FAILED)
    return sum(plan.count(state) for state in states)
