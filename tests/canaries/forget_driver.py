"""Forgets a person and dies by SIGKILL at a chosen moment, in a process of its own.

One line of JSON on standard input a crash: it forks, and the fork kills itself at the n-th thing that it does to a file
or asks of the database. Forking a process that has imported everything and started no thread is quick.
"""

from __future__ import annotations

import os
import shutil
import signal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esign_desktop.app.composition import build_services
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from tests.forked_orders import serve_orders
from tests.pdf.local_engine import LocalEngine
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable


class Fate:
    """Ends the process when its time has come."""

    def __init__(self, moments: int) -> None:
        self._moments_left = moments

    def strikes(self) -> None:
        self._moments_left -= 1
        if self._moments_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, owner: Any, name: str) -> None:
        """Let the process die before or after any call of a function."""
        real: Callable[..., Any] = getattr(owner, name)

        @wraps(real)
        def call(*arguments: Any, **options: Any) -> Any:
            self.strikes()
            result = real(*arguments, **options)
            self.strikes()
            return result

        setattr(owner, name, call)


def forget(order: dict[str, Any]) -> None:
    paths = AppPaths.at(Path(order["root"]))
    database = Database(paths.database_path)
    database.open()
    services = build_services(paths, database, LocalEngine(), clock_ms=clock_ms)
    (person,) = [one for one in services.people.list() if one.name == order["name"]]
    agreed = [one.preset.id for one in services.people.presets_about(person)]
    fate = Fate(order["moment"])
    for owner, name in (
        (os, "fsync"),
        (Path, "replace"),
        (Path, "unlink"),
        (shutil, "rmtree"),
        (Database, "_on_thread"),
    ):
        fate.watch(owner, name)
    services.people.forget(person, presets=agreed)


if __name__ == "__main__":
    serve_orders(forget)
