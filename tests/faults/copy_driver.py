"""Copies to a second folder, or restores from one, and dies by SIGKILL at a chosen moment, in a process of its own.

One line of JSON on standard input a crash: it forks, and the fork kills itself at the n-th thing that it does to a file
or asks of the database.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.store.backup.sealed import Sealer
from esign_desktop.store.database.connection import Database
from tests.canaries.forget_driver import Fate
from tests.forked_orders import serve_orders
from tests.services.desk import Desk
from tests.services.second_computer import copy_now, restore_into


def work(order: dict[str, Any]) -> None:
    desk = Desk(Path(order["root"]), Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    fate = Fate(order["moment"])
    for owner, name in (
        (os, "fsync"),
        (Path, "replace"),
        (Path, "unlink"),
        (shutil, "rmtree"),
        (Database, "_on_thread"),
        (Sealer, "sealed"),
    ):
        fate.watch(owner, name)
    if order["what"] == "copy":
        copy_now(desk, Path(order["share"]))
    else:
        restore_into(desk, Path(order["share"]))


if __name__ == "__main__":
    serve_orders(work)
