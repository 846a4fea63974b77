"""Mouse, keyboard and eyes at an X display: what a person has."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from esign_desktop.app.self_test.send import read_qr_codes

if TYPE_CHECKING:
    from tests.virtual_display import VirtualDisplay

LIMIT_S = 30.0
READING_S = 0.8
"""A button that sends is not taken for meant before it has stood for 0.7 s."""


def read() -> None:
    """Look at what is to be pressed before it is pressed."""
    time.sleep(READING_S)


class XHands:
    """Moves the pointer, presses and types through the X server, so that the program gets events like any other."""

    def __init__(self, display: VirtualDisplay) -> None:
        self._environment = os.environ | {"DISPLAY": display.name}

    def click(self, x: int, y: int) -> None:
        """Press the left button at a point of the screen."""
        # Two moves: a window that has just opened may not have seen the pointer enter.
        self._run("xdotool", "mousemove", str(x - 1), str(y), "mousemove", "--sync", str(x), str(y), "click", "1")

    def double_click(self, x: int, y: int, *, apart_ms: int = 120) -> None:
        """Press the left button twice at a point of the screen."""
        twice = ("click", "--repeat", "2", "--delay", str(apart_ms), "1")
        self._run("xdotool", "mousemove", str(x - 1), str(y), "mousemove", "--sync", str(x), str(y), *twice)

    def hold(self, x: int, y: int) -> None:
        """Press the left button at a point and keep it down."""
        self._run("xdotool", "mousemove", str(x - 1), str(y), "mousemove", "--sync", str(x), str(y), "mousedown", "1")

    def move_to(self, x: int, y: int) -> None:
        """Move the pointer on."""
        self._run("xdotool", "mousemove", str(x), str(y))

    def let_go(self) -> None:
        """Let go of the left button."""
        self._run("xdotool", "mouseup", "1")

    def scroll(self, x: int, y: int, notches: int) -> None:
        """Turn the wheel, downwards if positive."""
        button = "5" if notches > 0 else "4"
        self._run("xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(abs(notches)), button)

    def type(self, text: str, delay_ms: int = 12) -> None:
        """Type a text; any character, also Chinese, by a key that is bound to it for the moment."""
        self._run("xdotool", "type", "--delay", str(delay_ms), "--", text)

    def press(self, *keys: str) -> None:
        """Press keys one after another, such as ``Return`` or ``ctrl+Return``."""
        self._run("xdotool", "key", "--delay", "8", *keys)

    def hold_keys(self, *keys: str, seconds: float) -> None:
        """Hold keys down, so that the last of them repeats."""
        down = [word for key in keys for word in ("keydown", key)]
        up = [word for key in reversed(keys) for word in ("keyup", key)]
        self._run("xdotool", *down, "sleep", str(seconds), *up)

    def see(self) -> QImage:
        """Take a picture of the screen."""
        # Without compression, which would take most of the time.
        picture = QImage.fromData(self._run("import", "-window", "root", "ppm:-"))
        assert not picture.isNull()
        return picture

    def read_qr_codes(self) -> tuple[str, ...]:
        """Read the QR codes on the screen."""
        return read_qr_codes(self.see())

    def _run(self, *command: str) -> bytes:
        return subprocess.run(
            command, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=LIMIT_S
        ).stdout
