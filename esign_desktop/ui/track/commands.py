"""What can be done with flows, off the window's thread: ask about one, revoke it, take it up again, fetch files."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QStandardPaths, Signal

from esign_desktop.domain.cancel import CancelToken
from esign_desktop.domain.errors import AppError, Cancelled
from esign_desktop.domain.flow import FlowId, FlowRecord
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.corrections import Correction
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner


_PAUSE_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class DownloadReport:
    """What came of a download: the flows whose files are here, and those of which something is missing."""

    records: tuple[FlowRecord, ...]
    failures: tuple[tuple[str, AppError], ...] = ()
    """Titles, and why not."""

    @property
    def file_count(self) -> int:
        """How many files came."""
        return sum(len(record.downloaded_to) for record in self.records)


@dataclass(frozen=True, slots=True)
class RevocationReport:
    """What came of revoking several flows: what is revoked, what failed with its title, and what was not come to."""

    records: tuple[FlowRecord, ...]
    failures: tuple[tuple[FlowId, str, AppError], ...] = ()
    left: frozenset[FlowId] = frozenset()


class _Relay(QObject):
    """Carries a download's progress to the window's thread. Held by the work too, so that it lives as long."""

    progressed = Signal(int, int, int)
    """Which flow of all, from 1; bytes done and in all of its current file."""
    counted = Signal(int)
    """How many flows were come to an end with."""


def usual_folder(preferences: Preferences) -> Path:
    """Return where signed files go; blocks."""
    system = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return preferences.download_folder or Path(system)


class FlowActions(QObject):
    """``refreshed`` and ``revoked`` carry the ``FlowRecord`` as it stands then, ``downloaded`` a ``DownloadReport``.

    ``corrected`` carries a ``Correction``. ``busy_changed`` says what is being done, nothing when it is over, and
    whether it can be stopped.
    """

    refreshed = Signal(object)
    revoked = Signal(object)
    downloaded = Signal(object)
    corrected = Signal(object)
    several_progressed = Signal(int)
    """How many of several are done with."""
    several_revoked = Signal(object)
    """A ``RevocationReport``."""
    busy_changed = Signal(str, bool)
    failed = Signal(object)

    def __init__(self, services: Services, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._cancel: CancelToken | None = None
        self._relay: _Relay | None = None
        self._total = 0
        self._is_busy = False

    @property
    def is_busy(self) -> bool:
        """Whether something is being done; nothing else is begun meanwhile."""
        return self._is_busy

    def refresh(self, record: FlowRecord) -> None:
        """Ask the platform how the flow stands."""
        flows, flow_id = self._services.flows, record.flow_id
        self._start(lambda: flows.refresh(flow_id), self._on_refreshed, self.tr("Asking the platform…"))

    def revoke(self, record: FlowRecord) -> None:
        """End the flow for everybody."""
        flows, flow_id = self._services.flows, record.flow_id
        self._start(lambda: flows.revoke(flow_id), self._on_revoked, self.tr("Revoking…"))

    def revoke_all(self, flow_ids: Sequence[FlowId]) -> None:
        """End several flows for everybody, one after the other; ``stop`` ends that between two."""
        flows, wanted, cancel, relay = self._services.flows, tuple(flow_ids), CancelToken(), _Relay()

        def work() -> RevocationReport:
            records: list[FlowRecord] = []
            failures: list[tuple[FlowId, str, AppError]] = []
            for number, flow_id in enumerate(wanted, 1):
                if cancel.is_cancelled:
                    return RevocationReport(tuple(records), tuple(failures), frozenset(wanted[number - 1 :]))
                try:
                    records.append(flows.revoke(flow_id))
                except AppError as error:
                    failures.append((flow_id, one_line(flows.get(flow_id).title), error))
                relay.counted.emit(number)
                if number < len(wanted):
                    # Each asks how the flow stands, and that is not to be asked more than twice a second.
                    time.sleep(_PAUSE_S)
            return RevocationReport(tuple(records), tuple(failures))

        if self._is_busy or not wanted:
            return
        relay.counted.connect(self.several_progressed)
        self._cancel, self._relay, self._total = cancel, relay, len(wanted)
        self._start(work, self._on_several_revoked, self.tr("Revoking…"), can_stop=True)

    def correct(self, record: FlowRecord) -> None:
        """Take the flow's contract up again; nothing happens to the flow itself."""
        corrections, flow_id = self._services.corrections, record.flow_id
        if corrections is not None:
            take_up = corrections.take_up
            self._start(lambda: take_up(flow_id), self._on_corrected, self.tr("Taking the contract up again…"))

    def download(self, flow_ids: Sequence[FlowId], folder: Path | None = None) -> None:
        """Fetch the files of flows, one flow after the other; None stands for the usual folder."""
        flows, preferences, wanted = self._services.flows, self._services.preferences, tuple(flow_ids)
        cancel, relay = CancelToken(), _Relay()

        def work() -> DownloadReport:
            target = folder or usual_folder(preferences)
            records, failures = [], []
            for number, flow_id in enumerate(wanted, 1):
                title = one_line(flows.get(flow_id).title)
                try:
                    flows.download(
                        flow_id,
                        target,
                        on_progress=partial(relay.progressed.emit, number),
                        cancel=cancel,
                    )
                except Cancelled:
                    break
                except AppError as error:
                    failures.append((title, error))
                else:
                    records.append(flows.get(flow_id))
            return DownloadReport(tuple(records), tuple(failures))

        if self._is_busy or not wanted:
            return
        relay.progressed.connect(self._on_relay_progressed)
        self._cancel, self._relay, self._total = cancel, relay, len(wanted)
        self._start(work, self._on_downloaded, self.tr("Downloading…"), can_stop=True)

    def stop(self) -> None:
        """Break a download off; files that are complete stay."""
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            self.busy_changed.emit(self.tr("Stopping…"), False)
            # Breaking a connection off may take a moment: not on the window's thread.
            self._tasks.start(cancel.cancel, owner=self, lane=Lane.STORE)

    def _start(
        self, work: Callable[[], object], on_done: Callable[..., None], sentence: str, *, can_stop: bool = False
    ) -> None:
        if self._is_busy:
            return
        self._is_busy = True
        self.busy_changed.emit(sentence, can_stop)
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_failed, lane=Lane.NETWORK)

    def _end(self) -> None:
        self._cancel = None
        self._is_busy = False
        self.busy_changed.emit("", False)

    def _on_refreshed(self, record: FlowRecord) -> None:
        self._end()
        self.refreshed.emit(record)

    def _on_revoked(self, record: FlowRecord) -> None:
        self._end()
        self.revoked.emit(record)

    def _on_several_revoked(self, report: RevocationReport) -> None:
        self._end()
        self.several_revoked.emit(report)

    def _on_corrected(self, correction: Correction) -> None:
        self._end()
        self.corrected.emit(correction)

    def _on_downloaded(self, report: DownloadReport) -> None:
        self._end()
        self.downloaded.emit(report)

    def _on_failed(self, error: AppError) -> None:
        self._end()
        self.failed.emit(error)

    def _on_relay_progressed(self, number: int, done_bytes: int, total_bytes: int) -> None:
        if self._cancel is None:
            return
        text = self.tr("Downloading: {done} of {total} MB") if total_bytes else self.tr("Downloading: {done} MB")
        sentence = text.format(done=f"{done_bytes / 1e6:.1f}", total=f"{total_bytes / 1e6:.1f}")
        if self._total > 1:
            several = self.tr("Contract {number} of {count} — {progress}")
            sentence = several.format(number=number, count=self._total, progress=sentence)
        self.busy_changed.emit(sentence, True)
