"""Flinging through a hundred pages in the real window, as a touch pad does: 60 steps a second that grow less.

Each frame is due a sixtieth of a second after the one before; it is late if it stands on the screen more than a frame's
time after its step. And no page may be seen without at least a coarse picture of it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt, QTimer

from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office
from tests.benchmarks.row import Row

if TYPE_CHECKING:
    from esign_desktop.ui.shell.workspace import Workspace

PAGE_COUNT = 100
FRAME_S = 1 / 60
FLINGS = 6
FRAMES_PER_FLING = 120
LATE_SHARE = 0.01


class Fling:
    """Scrolls, paints and keeps the books."""

    def __init__(self, workspace: Workspace) -> None:
        self._view = workspace.prepare.canvas.view
        self.frames = self.late = self.bare = 0
        self.slowest_ms = 0.0

    def run(self, distance_px: float) -> None:
        """Fling so far, up or down."""
        bar = self._view.verticalScrollBar()
        shares = [(FRAMES_PER_FLING - number) ** 2 for number in range(FRAMES_PER_FLING)]
        position = float(bar.value())
        loop = QEventLoop()
        timer = QTimer(timerType=Qt.TimerType.PreciseTimer, singleShot=True)
        timer.timeout.connect(loop.quit)
        due_s = time.perf_counter()
        for share in shares:
            due_s += FRAME_S
            timer.start(max(0, round((due_s - time.perf_counter()) * 1000)))
            # Whatever the window has to do besides is done meanwhile, or makes the frame late.
            loop.exec()
            position += distance_px * share / sum(shares)
            bar.setValue(round(position))
            self._view.viewport().repaint()
            self._note(due_s)

    def _note(self, due_s: float) -> None:
        taken_s = time.perf_counter() - due_s
        self.frames += 1
        self.late += taken_s > FRAME_S
        self.slowest_ms = max(self.slowest_ms, taken_s * 1000)
        cache = self._view.source.cache
        self.bare += any(
            not cache.has_whole_page(slot.document_id, slot.page_number) and self._view.far_pages.picture(slot) is None
            for slot in self._view.slots_in_view
        )


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    with office() as (standing, folder):
        workspace = standing.window.workspace
        assert workspace is not None
        workspace.open_files([write_text_contract(folder / "contract.pdf", PAGE_COUNT)])
        view = workspace.prepare.canvas.view
        run_until(lambda: workspace.session.draft.documents)
        run_until(lambda: not view.is_settling and view.source.is_idle and workspace.tasks.wait_idle(0.0))
        view.fit_width()
        run_until(lambda: not view.is_settling and view.source.is_idle and view.far_pages.is_idle)
        fling = Fling(workspace)
        height_px = view.verticalScrollBar().maximum()
        for number in range(FLINGS):
            fling.run(height_px * (1 if number % 2 == 0 else -1))
    late, bare = 100 * fling.late / fling.frames, 100 * fling.bare / fling.frames
    return [
        Row(f"frames late while flinging through {PAGE_COUNT} pages, %", late, "1 % of the frames", 1.0, 1.0).as_dict(),
        Row("frames of it with a page without any picture, %", bare, "1 % of the frames", 1.0).as_dict(),
    ]
