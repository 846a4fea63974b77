"""Watch the contract plan, for all parts of the window that warn about the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.tasks import TaskRunner

REST_MS: Final = 1_000
"""The delay before a check, in milliseconds.

Changes of contracts often arrive together, and one check covers all of them.
"""
EVERY_MS: Final = 3600 * 1000
"""The interval of regular checks, in milliseconds. A plan expires at the end of a day, even if no contract changes."""


class QuotaWatch(QObject):
    """Checks the contract plan of the chosen environment in the background, every hour and on request."""

    changed = Signal(object)
    """Carries the ``ContractAccount`` about which the user must be warned, or None if no warning is needed."""

    def __init__(self, services: Services, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._account: ContractAccount | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.look)
        self._hour = QTimer(self, interval=EVERY_MS)
        self._hour.timeout.connect(self.look)
        self._hour.start()

    @property
    def account(self) -> ContractAccount | None:
        """The ``ContractAccount`` about which the user must be warned.

        None if no warning is needed or no check has been completed.
        """
        return self._account

    def look(self, _cause: object = None) -> None:
        """Check the contract plan now, and emit ``changed`` if the result differs from that of the last check."""
        quota, environments = self._services.quota, self._services.environments
        self._tasks.start(lambda: quota.warned(environments.current().kind), owner=self, on_done=self._on_looked)

    def look_soon(self, _cause: object = None) -> None:
        """Check the contract plan after a delay of ``REST_MS``. Further calls during the delay do nothing."""
        if not self._rest.isActive():
            self._rest.start()

    def _on_looked(self, account: ContractAccount | None) -> None:
        if account != self._account:
            self._account = account
            self.changed.emit(account)
