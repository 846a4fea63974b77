"""A ``qtbot`` for machines that run several tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytestqt.qtbot import QtBot

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance
    from pytestqt.wait_signal import SignalBlocker

LEAST_MS = 30_000
"""The shortest limit of a wait: a busy machine pauses for seconds, and only a failing test waits to the end."""


class PatientQtBot(QtBot):
    """Waits at least ``LEAST_MS`` for what must happen, where pytest-qt waits five seconds."""

    @override
    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LEAST_MS) -> None:
        super().waitUntil(callback, timeout=max(timeout, LEAST_MS))

    @override
    def waitSignal(
        self, signal: SignalInstance, *, timeout: int = LEAST_MS, raising: bool | None = None, **more: Any
    ) -> SignalBlocker:
        # ``assertNotEmitted`` waits for its time to pass, and does not raise.
        limit_ms = timeout if raising is False else max(timeout, LEAST_MS)
        return super().waitSignal(signal, timeout=limit_ms, raising=raising, **more)
