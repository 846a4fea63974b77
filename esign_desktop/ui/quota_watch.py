"""Watch the contract plan, for all parts of the window that warn about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.tasks import TaskRunner

REST_MS: Final = 1_000
"""The delay before a check. Changes of contracts often arrive together, and one check covers all of them."""
EVERY_MS: Final = 3600 * 1000
"""The interval of regular checks. A plan expires at the end of a day, even if no contract changes."""


class QuotaWatch(QObject):
    """The watch over the contract plan of the chosen environment.

    ``changed`` carries the ContractAccount if the user must be warned, or None otherwise.
    """

    changed = Signal(object)

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
        """The ContractAccount that the user must be warned about, as of the last check, or None."""
        return self._account

    def look(self, _cause: object = None) -> None:
        """Check the contract plan now."""
        quota, environments = self._services.quota, self._services.environments
        self._tasks.start(lambda: quota.warned(environments.current().kind), owner=self, on_done=self._on_looked)

    def look_soon(self, _cause: object = None) -> None:
        """Check the contract plan after a short delay. Calls during the delay are ignored."""
        if not self._rest.isActive():
            self._rest.start()

    def _on_looked(self, account: ContractAccount | None) -> None:
        if account != self._account:
            self._account = account
            self.changed.emit(account)
