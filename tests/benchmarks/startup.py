"""From the start of the process to a window that can be used, over an empty window of PySide6.

Both are started in turn, several times, each as a process of its own. A window is *interactive* when it has been
painted and its event loop has turned since: menus open and files can be dropped. After that the services are opened
and Prepare is furnished; when nothing is left to do, the window is *populated*, which the empty window never is. That
is all that a start makes: the other rooms are made when they are entered, which ``rooms`` measures.
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

from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.row import Row, best
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 15
PAGE_COUNT = 5
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


def start(kind: str, environment: dict[str, str], *files: Path) -> dict[str, float]:
    """Start one process; return milliseconds by event."""
    program = [sys.executable, "-m", "tests.benchmarks.startup_probe", repr(time.monotonic()), kind, *map(str, files)]
    done = subprocess.run(program, env=environment, stdout=subprocess.PIPE, check=True, text=True, timeout=LIMIT_S)
    told = json.loads(done.stdout)
    return {str(name): float(value) for name, value in told.items()}


def in_turn(environment: dict[str, str], *files: Path) -> dict[str, list[dict[str, float]]]:
    """Start the application and its peer again and again; return milliseconds by event, by kind."""
    kinds = ("application", "peer")
    for kind in kinds:
        # The first start makes folders, database and compiled modules.
        start(kind, environment, *files)
    told: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, results in told.items():
            results.append(start(kind, environment, *files))
    return told


def least(results: list[dict[str, float]], event: str) -> float:
    return best([result[event] for result in results])


def measure() -> list[dict[str, str | float]]:
    """Return the rows."""
    with tempfile.TemporaryDirectory() as folder, display() as screen:
        environment = home(Path(folder)) | screen
        contract = write_text_contract(Path(folder) / "contract.pdf", PAGE_COUNT)
        bare, with_file = in_turn(environment), in_turn(environment, contract)
    return [
        Row(label, least(told["application"], event), peer_name, least(told["peer"], peer_event), limit).as_dict()
        for told, event, peer_event, label, peer_name, limit in (
            (bare, "interactive", "interactive", "interactive window", "empty PySide6 window", 1.5),
            (bare, "populated", "interactive", "Prepare furnished", "empty PySide6 window", None),
            (with_file, "page", "page", "first page painted", "smallest viewer of Qt and PyMuPDF", 1.0),
        )
        for label in (f"process start to {label}, ms",)
    ]
