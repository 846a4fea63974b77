"""How long it takes from Enter to a code that a phone can read on the customer's screen.

As ``counter``, with the windows on top: the line is typed, the code is painted, and a decoder reads the picture.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.preferences import Preferences
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.counter import controller as controller_module
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.window import CounterWindow
from esign_desktop.ui.shell.application import create_application
from esign_desktop.ui.tasks import TaskRunner
from tests.benchmarks.counter import DELAY_S, LIMIT, RUNS, longest_path_s
from tests.services.counter_desk import CounterDesk, made_up_number
from tests.services.sandbox_platform import SandboxPlatform
from tests.ui.qr_reading import seen_on
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

PATIENCE_MS = 30_000
WATCH_MS = 100
NAP_S = 0.001


class Counter:
    """Both windows over one installation."""

    def __init__(self, application: QApplication, folder: Path, platform: SandboxPlatform) -> None:
        self._application = application
        self._platform = platform
        self.installation = CounterDesk(folder / "desk", platform.environment)
        self.preset = self.installation.make_preset(folder / "preset")
        # Who has signed a contract today is asked about before the same one is sent again: these sign another.
        other = self.installation.make_preset(folder / "other preset")
        self.installation.presets.assign_key(self.preset.id, 2)
        self.installation.presets.assign_key(other.id, 3)
        self.tasks = TaskRunner()
        preferences = Preferences(Settings(self.installation.database))
        self.desk = CounterController(self.installation.counter, self.installation.presets, preferences, self.tasks)
        self.window = CounterWindow(self.desk)
        self.window.open_on(QGuiApplication.primaryScreen(), "")
        self.window.display.resize(1280, 800)
        self.window.display.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)

    def serve_s(self, count: int, key: int = 2) -> float:
        """Serve one customer with the preset of a function key; return the seconds from Enter to the painted code."""
        self.desk.choose(key)
        self._wait(lambda: self.desk.view.next_role is not None)
        line = self.window.line.focusProxy()
        assert line is not None
        type_text(line, f"样例 {made_up_number(count)} 13800000000")
        self._wait(lambda: "✓" in self.window.line.reading[1])
        began_s = time.perf_counter()
        QTest.keyClick(line, Qt.Key.Key_Return)
        self._wait(lambda: bool(self.window.display.code.text))
        self.window.display.repaint()
        took_s = time.perf_counter() - began_s
        if seen_on(self.window.display) != [self.desk.view.link]:
            raise RuntimeError("the code on the customer's screen is another one")
        self._wait(lambda: self.desk.view.state is CounterState.SHOWING)
        self._platform.sign(self.desk.view.link)
        self._wait(lambda: self.desk.view.state is CounterState.SIGNED)
        return took_s

    def close(self) -> None:
        self.window.take_down()
        self.tasks.stop()
        self.installation.close()

    def _wait(self, is_so: Callable[[], bool]) -> None:
        retry = QElapsedTimer()
        retry.start()
        while not is_so():
            self._application.processEvents()
            # The workers share the interpreter with this loop.
            time.sleep(NAP_S)
            if retry.hasExpired(PATIENCE_MS):
                raise RuntimeError(f"the counter stands at {self.desk.view.state}: {self.desk.view.error}")


def measure() -> tuple[dict[str, str | float], ...]:
    """Measure, and return rows for ``build/bench.json``."""
    application = create_application(sys.argv[:1])
    with (
        # Two seconds a customer would be most of the time; nothing is asked before the code is there.
        patch.object(controller_module, "WATCH_MS", WATCH_MS),
        tempfile.TemporaryDirectory() as folder,
        SandboxPlatform(Path(folder) / "platform") as platform,
    ):
        platform.set_faults({"path": "/", "fault": "slow", "seconds": DELAY_S, "times": None})
        counter = Counter(application, Path(folder), platform)
        try:
            counter.serve_s(0)
            peers = [longest_path_s(counter.installation, counter.preset, platform) for _ in range(RUNS)]
            fresh = [counter.serve_s(count) for count in range(1, RUNS + 1)]
            known = [counter.serve_s(count, key=3) for count in range(1, RUNS + 1)]
        finally:
            counter.close()
    peer_s = statistics.median(peers)
    return (
        _row("counter, known customer: Enter to a code that is read", statistics.median(known), peer_s),
        _row("counter, new customer: Enter to a code that is read", statistics.median(fresh), peer_s),
    )


def _row(name: str, ours_s: float, peer_s: float) -> dict[str, str | float]:
    return {
        "name": name,
        "ours": round(ours_s * 1000, 1),
        "unit": "ms",
        "peer_name": "the calls on the longest path, each by itself",
        "peer": round(peer_s * 1000, 1),
        "ratio": round(ours_s / peer_s, 3),
        "limit": LIMIT,
    }
