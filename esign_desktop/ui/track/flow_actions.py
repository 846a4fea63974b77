"""What can be done with a flow: ask how it stands, revoke it, fetch its files; off the window's thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from esign_desktop.services.flows import CancelToken
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows import FlowRecord
    from esign_desktop.ui.tasks import TaskRunner


class _Relay(QObject):
    """Carries a download's progress to the window's thread. Held by the work too, so that it lives as long."""

    progressed = Signal(int, int)


class FlowActions(QObject):
    """``refreshed``, ``revoked`` and ``downloaded`` carry the ``FlowRecord`` as it stands then.

    ``busy_changed`` says what is being done, nothing when it is over, and whether it can be stopped.
    """

    refreshed = Signal(object)
    revoked = Signal(object)
    downloaded = Signal(object)
    busy_changed = Signal(str, bool)
    failed = Signal(object)

    def __init__(self, services: Services, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._cancel: CancelToken | None = None
        self._relay: _Relay | None = None

    def refresh(self, record: FlowRecord) -> None:
        """Ask the platform how the flow stands."""
        flows, flow_id = self._services.flows, record.flow_id
        self.busy_changed.emit(self.tr("Asking the platform…"), False)
        self._start(lambda: flows.refresh(flow_id), self._on_refreshed)

    def revoke(self, record: FlowRecord) -> None:
        """End the flow for everybody."""
        flows, flow_id = self._services.flows, record.flow_id
        self.busy_changed.emit(self.tr("Revoking…"), False)
        self._start(lambda: flows.revoke(flow_id), self._on_revoked)

    def download(self, record: FlowRecord, folder: Path | None = None) -> None:
        """Fetch the flow's files into a folder; None stands for the usual one."""
        flows, preferences, flow_id = self._services.flows, self._services.preferences, record.flow_id
        usual = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
        cancel, relay = CancelToken(), _Relay()
        relay.progressed.connect(self._on_relay_progressed)
        self._cancel, self._relay = cancel, relay

        def work() -> FlowRecord:
            target = folder or preferences.download_folder or usual
            flows.download(flow_id, target, on_progress=relay.progressed.emit, cancel=cancel)
            return flows.get(flow_id)

        self.busy_changed.emit(self.tr("Downloading…"), True)
        self._start(work, self._on_downloaded)

    def stop(self) -> None:
        """Break a download off; files that are complete stay."""
        cancel, self._cancel = self._cancel, None
        self.busy_changed.emit("", False)
        if cancel is not None:
            # Breaking a connection off may take a moment: not on the window's thread.
            self._tasks.start(cancel.cancel, owner=self, on_done=_ignore, lane=Lane.STORE)

    def _start(self, work: Callable[[], FlowRecord], on_done: Callable[[FlowRecord], None]) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_failed, lane=Lane.NETWORK)

    def _on_refreshed(self, record: FlowRecord) -> None:
        self.busy_changed.emit("", False)
        self.refreshed.emit(record)

    def _on_revoked(self, record: FlowRecord) -> None:
        self.busy_changed.emit("", False)
        self.revoked.emit(record)

    def _on_downloaded(self, record: FlowRecord) -> None:
        self._cancel = None
        self.busy_changed.emit("", False)
        self.downloaded.emit(record)

    def _on_failed(self, error: AppError) -> None:
        self._cancel = None
        self.busy_changed.emit("", False)
        self.failed.emit(error)

    def _on_relay_progressed(self, done_bytes: int, total_bytes: int) -> None:
        if self._cancel is None:
            return
        text = self.tr("Downloading: {done} of {total} MB") if total_bytes else self.tr("Downloading: {done} MB")
        sizes = {"done": f"{done_bytes / 1e6:.1f}", "total": f"{total_bytes / 1e6:.1f}"}
        self.busy_changed.emit(text.format(**sizes), True)


def _ignore(_nothing: None) -> None:
    """Nobody waits for this."""
