"""A plan on its way: what was sent of it so far, and a way to stop it between two rows.

What there is to begin with in the Bulk room: the presets, and a run that was broken off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.cancel import CancelToken
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset, PresetId
    from esign_desktop.services.bulk.service import BulkService
    from esign_desktop.services.bulk.values import BulkPlan, BulkProgress, BulkReport, InterruptedRun
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.tasks import TaskRunner


class _Relay(QObject):
    """Carries progress from the senders' threads to the window's. Held by the work too, so that it lives as long."""

    progressed = Signal(object)


class SheetRun(QObject):
    """``done_count`` of ``total_count`` contracts are sent; that counts on when a run goes on after a stop."""

    progressed = Signal(object)
    """The ``PlannedRow`` that changed."""
    ended = Signal(object)
    """A ``BulkReport``."""
    failed = Signal(object)
    """An ``AppError``: it did not begin."""

    def __init__(self, bulk: BulkService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bulk = bulk
        self._tasks = tasks
        self._relay = _Relay()
        self._pause = CancelToken()
        self._done_before = 0
        self.is_running = False
        self.done_count = 0
        self.total_count = 0

    @property
    def is_pausing(self) -> bool:
        """Whether it ends as soon as the contracts under way are finished."""
        return self.is_running and self._pause.is_cancelled

    def begin(self, plan: BulkPlan, count: int, *, goes_on: bool) -> None:
        """Send what the plan holds, so many contracts."""
        bulk, self._pause, self._relay = self._bulk, CancelToken(), _Relay()
        pause, relay = self._pause, self._relay
        relay.progressed.connect(self._on_relay_progressed)
        self._done_before = self.done_count = self.done_count if goes_on else 0
        self.total_count = max(self.total_count if goes_on else 0, self._done_before + count)
        self.is_running = True
        self._tasks.start(
            lambda: bulk.run(plan, on_progress=relay.progressed.emit, cancel=pause),
            owner=self,
            on_done=self._on_ended,
            on_error=self._on_failed,
            lane=Lane.BULK,
        )

    def pause(self) -> None:
        """Send no more rows; those under way are finished."""
        self._pause.cancel()

    def _on_relay_progressed(self, progress: BulkProgress) -> None:
        self.done_count = self._done_before + progress.done
        self.progressed.emit(progress.row)

    def _on_ended(self, report: BulkReport) -> None:
        self.is_running = False
        self.ended.emit(report)

    def _on_failed(self, error: AppError) -> None:
        self.is_running = False
        self.failed.emit(error)


class BulkOffers(QObject):
    """``presets`` is None before the first answer."""

    changed = Signal()
    failed = Signal(object)
    """An ``AppError``."""

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
        """Return a preset; None if it is not there any more."""
        return next((one for one in self.presets or () if one.id == preset_id), None)

    def read(self) -> None:
        """Ask anew."""
        service, bulk = self._service, self._bulk

        def read() -> tuple[tuple[Preset, ...], InterruptedRun | None]:
            return service.list(), bulk.interrupted()

        self._tasks.start(read, owner=self, on_done=self._on_read, on_error=self.failed.emit, lane=Lane.STORE)

    def dismiss(self) -> None:
        """Offer the run that was broken off no more."""
        interrupted, bulk = self.interrupted, self._bulk
        if interrupted is not None:
            self.interrupted = None
            self._tasks.start(
                lambda: bulk.dismiss(interrupted.run_id), owner=self, on_done=_nothing, on_error=self.failed.emit
            )
            self.changed.emit()

    def _on_read(self, found: tuple[tuple[Preset, ...], InterruptedRun | None]) -> None:
        self.presets, self.interrupted = found
        self.changed.emit()


def _nothing(_result: object) -> None:
    """Nobody waits for it."""
