"""Download signed files automatically, if the user has enabled this in the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.flow import contract_name
from esign_desktop.ui.widgets.file_dialogs import usual_folder

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.tray import Tray


@dataclass(frozen=True, slots=True)
class _Downloads:
    is_wanted: bool
    missing: tuple[FlowId, ...] = ()


class AutoDownload(QObject):
    """Downloads the signed files of a flow when all signers have signed, if the user has enabled this.

    The user is notified of each download. Flows are downloaded one at a time in the background, even while the Track
    room is closed. A flow whose download fails is tried again at the next program start.
    """

    failed = Signal(object)
    """Carries the ``AppError`` of a failed download."""

    def __init__(
        self, services: Services, tasks: TaskRunner, poller: FlowPoller, tray: Tray, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._poller = poller
        self._tray = tray
        self._is_on = False
        self._waiting: list[FlowId] = []
        self._seen: set[FlowId] = set()
        self._is_fetching = False
        poller.flow_changed.connect(self._on_poller_flow_changed)

    @property
    def is_on(self) -> bool:
        """Whether automatic download is enabled. False until the setting has been read."""
        return self._is_on

    def reload(self) -> None:
        """Read the setting in the background, and start or stop automatic download accordingly.

        If the setting is enabled, the files of completed flows that were sent since it was enabled are downloaded, too.
        """
        preferences, flows, environments = self._services.preferences, self._services.flows, self._services.environments

        def read() -> _Downloads:
            if not preferences.downloads_by_itself:
                return _Downloads(is_wanted=False)
            kind = environments.current().kind
            return _Downloads(True, flows.without_files(kind, since_ms=preferences.downloads_since_ms))

        self._tasks.start(read, owner=self, on_done=self._on_read)

    def _on_read(self, found: _Downloads) -> None:
        if found.is_wanted and not self._is_on:
            self._poller.follow(self)
        elif not found.is_wanted and self._is_on:
            self._poller.leave(self)
        self._is_on = found.is_wanted
        for flow_id in found.missing:
            self._want(flow_id)

    def _on_poller_flow_changed(self, record: FlowRecord) -> None:
        if self._is_on and record.status is FlowStatus.COMPLETED and not record.downloaded_to:
            self._want(record.flow_id)

    def _want(self, flow_id: FlowId) -> None:
        if flow_id not in self._seen:
            self._seen.add(flow_id)
            self._waiting.append(flow_id)
            self._fetch_next()

    def _fetch_next(self) -> None:
        if self._is_fetching or not self._waiting:
            return
        flow_id = self._waiting.pop(0)
        flows, preferences = self._services.flows, self._services.preferences

        def fetch() -> tuple[FlowRecord, str]:
            if not flows.get(flow_id).downloaded_to:
                flows.download(flow_id, usual_folder(preferences.download_folder))
            record = flows.get(flow_id)
            return record, flows.customer_of(record)

        self._is_fetching = True
        self._tasks.start(
            fetch, owner=self, on_done=self._on_fetched, on_error=self._on_fetching_failed, lane=Lane.NETWORK
        )

    def _on_fetched(self, fetched: tuple[FlowRecord, str]) -> None:
        self._is_fetching = False
        record, customer = fetched
        self._poller.announce(record)
        self._tray.notify(
            self.tr("Completed"),
            self.tr("“{title}”: the signed files have been downloaded to this computer.").format(
                title=contract_name(record.title, customer)
            ),
        )
        self._fetch_next()

    def _on_fetching_failed(self, error: AppError) -> None:
        self._is_fetching = False
        self.failed.emit(error)
        self._fetch_next()
