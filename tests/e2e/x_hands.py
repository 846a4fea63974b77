"""Mouse, keyboard and eyes at an X display: what a person has."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from esign_desktop.app.self_test.qr_reading import read_qr_codes

if TYPE_CHECKING:
    from tests.virtual_display import VirtualDisplay

LIMIT_S = 30.0


class XHands:
    """Moves the pointer, presses and types through the X server, so that the program gets events like any other."""

    def __init__(self, display: VirtualDisplay) -> None:
        self._environment = os.environ | {"DISPLAY": display.name}

    def click(self, x: int, y: int) -> None:
        """Press the left button at a point of the screen."""
        # Two moves: a window that has just opened may not have seen the pointer enter.
        self._run("xdotool", "mousemove", str(x - 1), str(y), "mousemove", "--sync", str(x), str(y), "click", "1")

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

    def see(self) -> QImage:
        """Take a picture of the screen."""
        picture = QImage.fromData(self._run("import", "-window", "root", "png:-"))
        assert not picture.isNull()
        return picture

    def read_qr_codes(self) -> tuple[str, ...]:
        """Read the QR codes on the screen."""
        return read_qr_codes(self.see())

    def _run(self, *command: str) -> bytes:
        return subprocess.run(
            command, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=LIMIT_S
        ).stdout
