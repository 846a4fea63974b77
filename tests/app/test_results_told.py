"""The file of results where it can't be written: the teller is told, and nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.flows import Flows
from esign_desktop.ui.shell import background
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.counter.window import CounterWindow
    from tests.app.conftest import Start

WAIT_MS = 20_000
HOLD = """
import fcntl, signal, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = open(sys.argv[1], "r+b")
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
time.sleep(60)
"""
"""Lets nobody else open a file, who waits for it meanwhile: as a share that does not answer."""


def is_told(window: CounterWindow) -> bool:
    return any("Results can't be written" in label.text() for label in window.findChildren(QLabel) if label.isVisible())


def is_written(path: Path, flow_id: str) -> bool:
    with suppress(OSError):
        return flow_id in path.read_text("ascii")
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="leases of files are Linux's")
def test_what_keeps_results_from_being_written_stands_at_the_counter_as_long_as_it_does(
    start: Start, qtbot: QtBot, paths: AppPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "RESULTS_PATIENCE_MS", 500)
    path = tmp_path / "results.jsonl"
    program = start(policy={"results": str(path)})
    workspace = program.workspace
    assert workspace is not None
    workspace.open_counter()
    window = workspace.counter.window
    assert window is not None
    qtbot.waitUntil(window.isVisible, timeout=WAIT_MS)
    with closing(Database(paths.database_path)) as database:
        database.open()
        qtbot.waitUntil(lambda: bool(database.query("SELECT 1 FROM settings WHERE key = 'results.revision'")))

        path.mkdir()
        Flows(database).add(make_flow(name="where a folder stands"))
        qtbot.waitUntil(partial(is_told, window), timeout=WAIT_MS)
        path.rmdir()
        qtbot.waitUntil(partial(is_written, path, "where a folder stands"), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not is_told(window), timeout=WAIT_MS)

        command = [sys.executable, "-c", HOLD, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            Flows(database).add(make_flow(name="behind a slow share"))
            qtbot.waitUntil(partial(is_told, window), timeout=WAIT_MS)
            # The counter is worked with meanwhile.
            window.lock()
            qtbot.waitUntil(lambda: window.lock_pane.may_be_left, timeout=WAIT_MS)
            holder.send_signal(signal.SIGKILL)
        qtbot.waitUntil(partial(is_written, path, "behind a slow share"), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not is_told(window), timeout=WAIT_MS)
