"""A private X server, so that windows can be driven and photographed where no screen is."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from types import TracebackType

START_LIMIT_S = 20.0
STOP_LIMIT_S = 5.0


class VirtualDisplay:
    """An Xvfb on the first free display; use it as a context manager."""

    def __init__(self, width_px: int = 1600, height_px: int = 1000) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.name = ""
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """Variables that lead a Qt program to this display."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "", "XDG_SESSION_TYPE": "x11"}

    def __enter__(self) -> Self:
        if shutil.which("Xvfb") is None:
            pytest.fail("Xvfb is missing: apt-get install xvfb")
        read_end, write_end = os.pipe()
        try:
            self._process = subprocess.Popen(
                [
                    "Xvfb",
                    *("-displayfd", str(write_end)),
                    *("-screen", "0", f"{self.width_px}x{self.height_px}x24"),
                    # Without it the server forgets its screens when the last window closes.
                    "-noreset",
                    *("-nolisten", "tcp"),
                ],
                pass_fds=[write_end],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            os.close(write_end)
            self.name = f":{self._read_number(read_end)}"
        finally:
            os.close(read_end)
        return self

    def _read_number(self, read_end: int) -> int:
        ready, _, _ = select.select([read_end], [], [], START_LIMIT_S)
        answer = os.read(read_end, 64) if ready else b""
        if not answer:
            self._stop()
            pytest.fail("Xvfb did not come up")
        return int(answer)

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
