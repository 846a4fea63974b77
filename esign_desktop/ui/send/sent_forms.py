"""Store the form of a contract that was sent from Prepare."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.presets.sent_forms import KeptForm, ReadContract, SentFormService
    from esign_desktop.services.sending.review import ContractReview
    from esign_desktop.ui.send.controller import SendController
    from esign_desktop.ui.tasks import Task, TaskRunner

_log = logging.getLogger(__name__)


class SentFormKeeper(QObject):
    """Reads a contract while it is being sent, and stores its form after it has been sent.

    Both are done in the background, unless a policy forbids it. A failure is only logged, because the contract has been
    sent.
    """

    kept = Signal()
    """Emitted when the form of a contract was stored. ``last`` is this form."""

    def __init__(self, forms: SentFormService, tasks: TaskRunner, controller: SendController) -> None:
        super().__init__(controller)
        self._forms = forms
        self._tasks = tasks
        self.last: KeptForm | None = None
        """The stored form of the contract that was sent last, or None if it was not stored."""
        self._reading: Task | None = None
        self._read: ReadContract | None = None
        self._sent: FlowRecord | None = None
        """The contract that was sent before its document had been read completely."""
        controller.confirmed.connect(self._on_controller_confirmed)
        controller.sent.connect(self._on_controller_sent)

    def _on_controller_confirmed(self, review: ContractReview) -> None:
        self._read = self._sent = self.last = None
        if self._reading is not None:
            self._reading.cancel()
        if self._forms.remembers:
            self._reading = self._tasks.start(
                partial(self._forms.read, review.draft),
                owner=self,
                on_done=self._on_read,
                on_error=self._on_failed,
                lane=Lane.SEARCH,
            )

    def _on_read(self, read: ReadContract | None) -> None:
        self._read = read
        self._keep()

    def _on_controller_sent(self, record: FlowRecord) -> None:
        self._sent = record
        self._keep()

    def _keep(self) -> None:
        read, sent = self._read, self._sent
        if read is None or sent is None:
            return
        self._read = self._sent = None
        self._tasks.start(
            partial(self._forms.keep, read, sent),
            owner=self,
            on_done=self._on_kept,
            on_error=self._on_failed,
            lane=Lane.SEARCH,
        )

    def _on_kept(self, kept: KeptForm | None) -> None:
        if kept is not None:
            self.last = kept
            self.kept.emit()

    def _on_failed(self, error: AppError) -> None:
        _log.warning("the form of a sent contract was not remembered: %s", error.code)
