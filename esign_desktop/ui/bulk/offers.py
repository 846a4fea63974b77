"""What there is to begin with in the Bulk room: the presets, and a run that was broken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from esign_desktop.domain.preset import Preset, PresetId
    from esign_desktop.services.bulk import BulkService, Leftover
    from esign_desktop.services.presets import PresetService
    from esign_desktop.ui.tasks import TaskRunner


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
        self.leftover: Leftover | None = None

    def preset(self, preset_id: PresetId) -> Preset | None:
        """Return a preset; None if it is not there any more."""
        return next((one for one in self.presets or () if one.id == preset_id), None)

    def read(self) -> None:
        """Ask anew."""
        service, bulk = self._service, self._bulk

        def read() -> tuple[tuple[Preset, ...], Leftover | None]:
            return service.list(), bulk.interrupted()

        self._tasks.start(read, owner=self, on_done=self._on_read, on_error=self.failed.emit, lane=Lane.STORE)

    def dismiss(self) -> None:
        """Offer the run that was broken off no more."""
        leftover, bulk = self.leftover, self._bulk
        if leftover is not None:
            self.leftover = None
            self._tasks.start(
                lambda: bulk.dismiss(leftover.run_id), owner=self, on_done=_nothing, on_error=self.failed.emit
            )
            self.changed.emit()

    def _on_read(self, found: tuple[tuple[Preset, ...], Leftover | None]) -> None:
        self.presets, self.leftover = found
        self.changed.emit()


def _nothing(_result: object) -> None:
    """Nobody waits for it."""
