"""The window's event loop: how long it stands still, and letting it run until something is so."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S = 120.0


def run_until(is_done: Callable[[], object], *, limit_s: float = LIMIT_S, step_ms: int = 2) -> None:
    """Let the loop run; other threads are not held up meanwhile. Raises TimeoutError."""
    loop = QEventLoop()
    ends_at_s = time.monotonic() + limit_s
    check = QTimer()
    check.timeout.connect(lambda: loop.quit() if is_done() or time.monotonic() > ends_at_s else None)
    check.start(step_ms)
    loop.exec()
    check.stop()
    if not is_done():
        raise TimeoutError


class LongestGap:
    """Counts between ``start`` and ``stop``: the longest time between two turns of a timer of one millisecond."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last_s = 0.0
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=1)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self._last_s = time.perf_counter()
        self._timer.start()

    def stop(self) -> float:
        self._on_timeout()
        self._timer.stop()
        return self.longest_ms

    def _on_timeout(self) -> None:
        now_s = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now_s - self._last_s) * 1000)
        self._last_s = now_s
