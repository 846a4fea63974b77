"""Poll the platform for the state of flows that are visible, within the platform's query limits."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.errors import Cancelled
from esign_desktop.services.flows.progress import payer_name
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.people.accounts import AccountService, Reach
    from esign_desktop.ui.tasks import TaskRunner

_IDLE_S: Final = 5.0
_LONGEST_WAIT_S: Final = 30.0
_MARGIN_S: Final = 0.01


class FlowPoller(QObject):
    """Polls the platform for the state of flows in the background while it has viewers.

    All rooms and windows share one poller, so that each of them receives every result. The service enforces the query
    limits (docs/platform-answers.md#query-limits) and queries a watched flow more often. After errors, the pauses
    become longer.
    """

    flow_changed = Signal(object)
    """Carries the ``FlowRecord`` of a flow that was queried. Its state may be unchanged."""
    trouble_changed = Signal(object)
    """Carries the ``AppError`` of a failed query, or None when a query has succeeded again."""

    def __init__(
        self,
        flows: FlowService,
        environments: EnvironmentService,
        tasks: TaskRunner,
        parent: QObject | None = None,
        *,
        accounts: AccountService | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._flows = flows
        self._environments = environments
        self._tasks = tasks
        self._viewers: dict[int, tuple[FlowId, EnvironmentKind] | None] = {}
        self._trouble: AppError | None = None
        self._pause_s = _IDLE_S
        self._is_asking = False
        self._is_urgent = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def tasks(self) -> TaskRunner:
        """The task runner, which viewers use for their background work."""
        return self._tasks

    @property
    def trouble(self) -> AppError | None:
        """The error of the latest query, or None if that query succeeded or no query was made."""
        return self._trouble

    def follow(self, viewer: QObject) -> None:
        """Poll the open flows of the chosen environment for a viewer, until ``leave`` is called for the viewer."""
        self._join(viewer, None)

    def watch(self, viewer: QObject, flow_id: FlowId, kind: EnvironmentKind) -> None:
        """Poll one flow often for a viewer, until ``leave``, ``follow`` or ``watch`` is called for the viewer.

        If several viewers watch a flow, only the flow of the latest viewer is polled often.
        """
        self._join(viewer, (flow_id, kind))

    def leave(self, viewer: QObject) -> None:
        """Stop polling for a viewer. Do nothing if the poller does not poll for the viewer."""
        if self._viewers.pop(id(viewer), None) is not None:
            self._tell_watched()
        if not self._viewers:
            self._timer.stop()

    def tell_reaches(self, record: FlowRecord, viewer: QObject, on_told: Callable[[dict[int, Reach]], None]) -> None:
        """Find out in the background how the platform contacts the signers of a flow, as far as is known.

        The result is passed to ``on_told``, keyed by signer number. Do nothing without an account service.
        """
        accounts = self._accounts
        if accounts is not None:
            self._tasks.start(lambda: accounts.reached(record), owner=viewer, on_done=on_told, lane=Lane.STORE)

    def tell_payer(self, record: FlowRecord, viewer: QObject, on_told: Callable[[str, str], None]) -> None:
        """Find out in the background whose account pays for a flow, and pass its id and owner's name to ``on_told``.

        Do nothing if a signer pays, or without an account service.
        """
        accounts, account_id = self._accounts, record.payer_account_id
        if accounts is not None and account_id and not payer_name(record):
            done = partial(on_told, account_id)
            self._tasks.start(lambda: accounts.payer_name(record), owner=viewer, on_done=done, lane=Lane.STORE)

    def note_printed(self, flow_id: FlowId) -> None:
        """Record in the audit log, in the background, that a flow's QR code was printed."""
        self._tasks.start(partial(self._flows.note_printed, flow_id, "code"), owner=self)

    def announce(self, record: FlowRecord) -> None:
        """Emit ``flow_changed`` for a flow that the caller queried itself, so that all viewers show its state."""
        self.flow_changed.emit(record)

    def _join(self, viewer: QObject, watched: tuple[FlowId, EnvironmentKind] | None) -> None:
        self._viewers.pop(id(viewer), None)
        self._viewers[id(viewer)] = watched
        self._tell_watched()
        self._pause_s = _IDLE_S
        # A query that is already running was started for another viewer, so the next one follows without a pause.
        self._is_urgent = self._is_asking
        self._wait(0.0)

    @property
    def _watched(self) -> tuple[FlowId, EnvironmentKind] | None:
        return next((one for one in reversed(self._viewers.values()) if one is not None), None)

    def _tell_watched(self) -> None:
        watched = self._watched
        self._flows.watch(watched[0] if watched else None)

    def _wait(self, wait_s: float) -> None:
        if self._is_urgent:
            wait_s = 0.0
        if self._viewers and not self._is_asking:
            self._is_urgent = False
            self._timer.start(int(min(wait_s + _MARGIN_S, _LONGEST_WAIT_S) * 1000))

    def _on_timer_timeout(self) -> None:
        flows, environments = self._flows, self._environments
        kind = self._watched[1] if self._watched else None

        def ask() -> tuple[FlowRecord | None, float | None]:
            try:
                return flows.poll(kind if kind is not None else environments.current().kind), flows.poll_wait_s()
            except Cancelled:
                # The connection was closed during the query, for example because the environment was changed.
                return None, None

        self._is_asking = True
        self._tasks.start(
            ask, owner=self, on_done=self._on_asking_done, on_error=self._on_asking_failed, lane=Lane.NETWORK
        )

    def _on_asking_done(self, answer: tuple[FlowRecord | None, float | None]) -> None:
        record, wait_s = answer
        self._is_asking = False
        if record is not None:
            self._set_trouble(None)
            self._pause_s = _IDLE_S
            self.flow_changed.emit(record)
        self._wait(_IDLE_S if wait_s is None else wait_s)

    def _on_asking_failed(self, error: AppError) -> None:
        self._is_asking = False
        self._set_trouble(error)
        # Computers whose network recovers at the same moment must not all send their next query at the same moment.
        self._wait(self._pause_s * random.uniform(0.75, 1.25))  # noqa: S311  not a secret
        self._pause_s = min(2 * self._pause_s, _LONGEST_WAIT_S)

    def _set_trouble(self, error: AppError | None) -> None:
        before, self._trouble = self._trouble, error
        if (before.code if before else None) != (error.code if error else None):
            self.trouble_changed.emit(error)
