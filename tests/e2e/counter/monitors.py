"""Two monitors on one private X server, and the cable that each of them hangs on."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from PySide6.QtCore import QRect

from tests.virtual_display import VirtualDisplay

TELLERS = QRect(0, 0, 1280, 800)
CUSTOMERS = QRect(1280, 0, 1024, 800)
LIMIT_S = 30.0


@dataclass
class Monitors:
    """The customer's can be unplugged."""

    display: VirtualDisplay

    def plug_in_both(self) -> None:
        self._run("--setmonitor", "teller", "1280/338x800/211+0+0", "screen")
        self.plug_in()

    def plug_in(self) -> None:
        self._run("--setmonitor", "customer", f"1024/270x800/211+{CUSTOMERS.x()}+0", "none")

    def unplug(self) -> None:
        self._run("--delmonitor", "customer")

    def _run(self, *words: str) -> None:
        environment = os.environ | {"DISPLAY": self.display.name}
        subprocess.run(["xrandr", *words], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=LIMIT_S)
