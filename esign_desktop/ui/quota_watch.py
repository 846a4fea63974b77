"""How the package that pays stands, for everything in the window that warns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.tasks import TaskRunner

REST_MS: Final = 1_000
"""News of contracts come in numbers: the package is looked at once for all of them."""
EVERY_MS: Final = 3600 * 1000
"""A package ends with a day, also where nobody does anything."""


class QuotaWatch(QObject):
    """``changed`` carries the ContractAccount of the chosen environment if it deserves a word, else None."""

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
        """What was told last."""
        return self._account

    def look(self, _cause: object = None) -> None:
        """Look now."""
        quota, environments = self._services.quota, self._services.environments
        self._tasks.start(lambda: quota.warned(environments.current().kind), owner=self, on_done=self._on_looked)

    def look_soon(self, _cause: object = None) -> None:
        """Look once things have settled."""
        if not self._rest.isActive():
            self._rest.start()

    def _on_looked(self, account: ContractAccount | None) -> None:
        if account != self._account:
            self._account = account
            self.changed.emit(account)
