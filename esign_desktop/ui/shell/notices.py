"""Receives the platform's notices while the program runs, where that is wanted, and has the poller look at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner


class NoticeReception(QObject):
    """``port_changed`` carries the port, or None; a port that the command line names goes before the settings'."""

    port_changed = Signal(object)
    failed = Signal(object)
    _received = Signal()

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        poller: FlowPoller,
        parent: QObject | None = None,
        *,
        port: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._poller = poller
        self._port = port
        self._received.connect(self._on_received)

    def reload(self) -> None:
        """Begin, end or move the reception, as is wanted now."""
        notices, preferences, named, received = (
            *(self._services.notices, self._services.preferences),
            *(self._port, self._received),
        )

        def switch() -> int | None:
            wanted = named if named is not None else preferences.notice_port
            if wanted is None:
                notices.stop()
                return None
            return notices.port if notices.port == wanted else notices.start(wanted, on_received=received.emit)

        self._tasks.start(switch, owner=self, on_done=self._on_switched, on_error=self._on_failed, lane=Lane.NETWORK)

    def take_down(self) -> None:
        """End the reception; what was acknowledged is kept."""
        self._services.notices.stop()

    def _on_switched(self, port: int | None) -> None:
        if port is None:
            self._poller.leave(self)
        else:
            self._poller.follow(self)
        self.port_changed.emit(port)

    def _on_failed(self, error: AppError) -> None:
        self._poller.leave(self)
        self.failed.emit(error)

    def _on_received(self) -> None:
        # Whoever joins is served at once, within the limits of the schedule.
        self._poller.follow(self)
