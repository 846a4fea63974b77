"""Entering each room for the first time: it is made then, and not at the start.

From the key until the room is shown and the event loop has nothing more to do, in the real window with its services.
The longest time between two turns of the loop is told too: that is how long the window does not answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer

from esign_desktop.ui.shell.rail import RoomName
from tests.benchmarks.event_loop import LongestGap
from tests.benchmarks.office import office
from tests.benchmarks.row import Row

if TYPE_CHECKING:
    from esign_desktop.ui.shell.window import MainWindow

NOTICED_MS = 100
"""What comes within this time is felt to come at once."""


def entered_ms(window: MainWindow, name: RoomName) -> tuple[float, float]:
    """Enter a room; return how long that took and the longest gap, in milliseconds."""
    gap, loop = LongestGap(), QEventLoop()
    started_s = time.perf_counter()
    gap.start()
    window.show_room(name)
    # A timer of no time waits until all other events have been handled.
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, loop.quit))
    loop.exec()
    return (time.perf_counter() - started_s) * 1000, gap.stop()


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    with office() as (standing, _folder):
        taken = {name: entered_ms(standing.window, name) for name in RoomName if name is not RoomName.PREPARE}
    return [
        Row(f"entering {name.value} for the first time, ms", whole_ms, f"{NOTICED_MS} ms", NOTICED_MS, 1.0).as_dict()
        for name, (whole_ms, _gap_ms) in taken.items()
    ] + [
        Row(
            "longest gap while a room is entered, ms",
            max(gap_ms for _, gap_ms in taken.values()),
            f"{NOTICED_MS} ms",
            NOTICED_MS,
            1.0,
        ).as_dict()
    ]
