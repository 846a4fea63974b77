"""From the start of the process to a window that can be used, over an empty window of PySide6.

Both are started in turn, several times, each as a process of its own. A window is *interactive* when it has been
painted and its event loop has turned since: menus open and files can be dropped. The rooms come after that; when they
stand in the window and nothing is left to do, it is *furnished*, which the empty window never is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.row import Row, median
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 9
LIMIT_S = 60.0


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """A screen, if there is an X server to make one; else windows are drawn into memory."""
    if shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    with VirtualDisplay() as screen:
        yield screen.environment()


def home(folder: Path) -> dict[str, str]:
    """Return the variables of somebody who starts the installed program for the second time.

    Nothing on the command line, their own folders, and modules that are compiled, as they are once installed.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "CACHE", "STATE", "CONFIG")}
    return kept | places | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def start(kind: str, environment: dict[str, str]) -> dict[str, float]:
    """Start one process; return milliseconds by event."""
    command = [sys.executable, "-m", "tests.benchmarks.startup_probe", repr(time.monotonic()), kind]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True, timeout=LIMIT_S)
    told = json.loads(done.stdout)
    return {str(name): float(value) for name, value in told.items()}


def measure() -> list[dict[str, str | float]]:
    """Return two rows."""
    with tempfile.TemporaryDirectory() as folder, display() as screen:
        environment = home(Path(folder)) | screen
        for kind in ("application", "empty"):
            # The first start makes folders, database and compiled modules.
            start(kind, environment)
        told: dict[str, list[dict[str, float]]] = {"application": [], "empty": []}
        for _ in range(ROUNDS):
            for kind, results in told.items():
                results.append(start(kind, environment))
    peer = median([result["interactive"] for result in told["empty"]])
    return [
        Row(
            label, median([result[event] for result in told["application"]]), "empty PySide6 window", peer, limit
        ).as_dict()
        for event, label, limit in (
            ("interactive", "process start to interactive window, ms", 1.5),
            ("furnished", "process start to furnished rooms, ms", None),
        )
    ]
