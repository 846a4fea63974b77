"""Start and stop the listener for notices, and provide it with the secrets of the accepted senders."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.flows.listener import NoticeListener, Sender
    from esign_desktop.store.tables.notices import NoticeInbox

_SENDERS_HOLD_S: Final = 30.0
"""Seconds for which secrets are cached unless one changes, so that a flood of notices does not flood the keyring."""


class NoticeService:
    """The service that starts and stops the listener for notices.

    Calls block on the keyring and the network, and may come from any thread.
    """

    def __init__(self, inbox: NoticeInbox, environments: EnvironmentService, *, clock_ms: Callable[[], int]) -> None:
        self._inbox = inbox
        self._environments = environments
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._listener: NoticeListener | None = None
        self._known: tuple[Sender, ...] = ()
        self._known_at_s: float | None = None
        self._known_change = 0

    @property
    def port(self) -> int | None:
        """The port that receives notices, or None if the listener is stopped."""
        listener = self._listener
        return listener.port if listener is not None else None

    def start(self, port: int, *, on_received: Callable[[], None] | None = None) -> int | None:
        """Start receiving notices on a local port, and return the number of that port.

        If ``port`` is 0, the system chooses a port. ``on_received`` is called after notices have been written to disk.
        Raises StoreError ``notices.port_taken``.
        """
        # Imported here: an HTTP server takes a tenth of the start-up time, and few users need it.
        from esign_desktop.services.flows.listener import NoticeListener

        self.stop()
        listener = NoticeListener(self._inbox, self._senders, clock_ms=self._clock_ms, on_received=on_received)
        listener.start(port)
        self._listener = listener
        return listener.port

    def stop(self) -> None:
        """Stop receiving notices. This has no effect if the listener is not running."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()

    def _senders(self) -> tuple[Sender, ...]:
        with self._lock:
            now_s, change = time.monotonic(), self._environments.change_count
            is_old = self._known_at_s is None or now_s - self._known_at_s > _SENDERS_HOLD_S
            if is_old or change != self._known_change:
                self._known_at_s, self._known_change = now_s, change
                self._known = tuple(self._read())
            return self._known

    def _read(self) -> list[Sender]:
        from esign_desktop.services.flows.listener import Sender

        found: list[Sender] = []
        for environment in self._environments.all():
            if not environment.project_id:
                continue
            try:
                secret = self._environments.secret(environment)
            except AppError:
                continue
            if secret is not None:
                found.append(Sender(environment.kind, environment.project_id, secret))
        return found
