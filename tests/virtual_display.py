"""A private X server, so that windows can be driven and photographed where no screen is."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from types import TracebackType

START_LIMIT_S = 60.0
STOP_LIMIT_S = 5.0
POLL_S = 0.01
FIRST_NUMBER = 100
NUMBERS = 400
TRIES = 20


class VirtualDisplay:
    """An Xvfb on a free display; use it as a context manager."""

    def __init__(self, width_px: int = 1600, height_px: int = 1000, *, pixels_in: Path | None = None) -> None:
        """``pixels_in``: a folder in which the server keeps its pixels, as the file ``Xvfb_screen0``."""
        self._pixels_in = pixels_in
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
        # Xvfb's own choice (-displayfd) takes no lock, and two servers that start together take one number.
        # Beginning at the process's number keeps test runs on one machine apart.
        first = FIRST_NUMBER + os.getpid() % NUMBERS
        for number in range(first, first + TRIES):
            if self._start(number):
                self.name = f":{number}"
                return self
        pytest.fail("Xvfb did not come up")

    def _start(self, number: int) -> bool:
        self._process = subprocess.Popen(
            [
                "Xvfb",
                f":{number}",
                *("-screen", "0", f"{self.width_px}x{self.height_px}x24"),
                # Without it the server forgets its screens when the last window closes.
                "-noreset",
                *("-nolisten", "tcp"),
                *(("-fbdir", str(self._pixels_in)) if self._pixels_in is not None else ()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + START_LIMIT_S
        while self._process.poll() is None and time.monotonic() < end:
            if self._owns(number) and _accepts(number):
                return True
            time.sleep(POLL_S)
        self._stop()
        return False

    def _owns(self, number: int) -> bool:
        """True when the lock of the display names our server, not somebody else's."""
        try:
            owner = Path(f"/tmp/.X{number}-lock").read_text(encoding="ascii")  # noqa: S108 - where X servers keep it
        except FileNotFoundError:
            return False
        return self._process is not None and owner.strip() == str(self._process.pid)

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


def _accepts(number: int) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(f"/tmp/.X11-unix/X{number}") == 0  # noqa: S108 - where X servers keep it
