"""From the start of the process to the window's pixels, of the frozen program over the checkout's.

Seen from outside, where both are alike: the X server's memory is watched until something is drawn. Without a frozen
program (``make frozen``) or an X server nothing is measured.
"""

from __future__ import annotations

import mmap
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.row import Row, best
from tests.benchmarks.startup import LIMIT_S, home
from tests.virtual_display import VirtualDisplay

REPOSITORY: Final = Path(__file__).resolve().parents[2]
FROZEN: Final = REPOSITORY / "build" / "frozen" / "esign-desktop" / "esign-desktop"
CHECKOUT: Final = Path(sys.executable).with_name("esign-desktop")
ROUNDS: Final = 15
LIMIT: Final = 1.3
_LOOK_S: Final = 0.001
_BYTES_PER_PIXEL: Final = 4
_END_S: Final = 15.0


class Screen:
    """The X server's pixels."""

    def __init__(self, file: Path, width_px: int, height_px: int) -> None:
        size = width_px * height_px * _BYTES_PER_PIXEL
        # The server takes connections before it has made its screen.
        end_s = time.monotonic() + LIMIT_S
        while not (file.exists() and file.stat().st_size > size) and time.monotonic() < end_s:
            time.sleep(_LOOK_S)
        with file.open("rb") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        # What is before them is the header of xwd's format. A row in the middle of a window says enough.
        self._begin = len(self._memory) - size + size // 3
        self._end = self._begin + width_px * _BYTES_PER_PIXEL

    def row(self) -> bytes:
        return self._memory[self._begin : self._end]


def start(program: Path, environment: dict[str, str], screen: Screen) -> float:
    """Start it, end it when it is seen, and return the milliseconds between."""
    empty, begin_s = screen.row(), time.monotonic()
    process = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while screen.row() == empty:
            if process.poll() is not None or time.monotonic() - begin_s > LIMIT_S:
                raise RuntimeError(f"{program}: no window (exit status {process.returncode})")
            time.sleep(_LOOK_S)
        seen_s = time.monotonic()
    finally:
        process.terminate()
        process.wait(_END_S)
    while screen.row() != empty:
        time.sleep(_LOOK_S)
    return (seen_s - begin_s) * 1000


def measure() -> list[dict[str, str | float]]:
    """Return the row, or none."""
    if not FROZEN.exists() or shutil.which("Xvfb") is None:
        print("frozen_start: left out, since there is no frozen program or no X server", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder:
        times: dict[Path, list[float]] = {FROZEN: [], CHECKOUT: []}
        with VirtualDisplay(pixels_in=Path(folder)) as display:
            screen = Screen(Path(folder) / "Xvfb_screen0", display.width_px, display.height_px)
            for one in range(ROUNDS + 1):
                for program, told in times.items():
                    took_ms = start(program, home(Path(folder) / program.parent.name) | display.environment(), screen)
                    # The first start makes folders, database and compiled modules.
                    if one:
                        told.append(took_ms)
        frozen_ms, checkout_ms = best(times[FROZEN]), best(times[CHECKOUT])
    return [Row("process start to window seen, frozen, ms", frozen_ms, "the checkout", checkout_ms, LIMIT).as_dict()]
