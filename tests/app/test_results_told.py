"""The file of results where it can't be written: the teller is told, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.results import Results
from esign_desktop.ui.shell import background
from tests.conftest import REPOSITORY
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


QUIT = """
import sys, threading
from PySide6.QtCore import QCoreApplication, QMetaObject, Qt
from esign_desktop.__main__ import main

def close():
    print("closed", flush=True)
    QMetaObject.invokeMethod(QCoreApplication.instance(), "quit", Qt.ConnectionType.QueuedConnection)

threading.Timer(6, close).start()
sys.exit(main())
"""
"""The program, whose window is closed after a while."""
BREAKS_AFTER_S = 45
"""The system lets a waiting one through after this time (lease-break-time)."""


def is_told(window: CounterWindow) -> bool:
    return any("Results can't be written" in label.text() for label in window.findChildren(QLabel) if label.isVisible())


def is_written(path: Path, flow_id: str) -> bool:
    with suppress(OSError):
        return flow_id in path.read_text("ascii")
    return False


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts what lets nobody else open the file of results."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", HOLD, str(tmp_path / "results.jsonl")]
        holder = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        return holder

    yield begin
    for holder in started:
        holder.kill()
        holder.communicate()


pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="leases of files are Linux's")


def test_what_keeps_results_from_being_written_stands_at_the_counter_as_long_as_it_does(
    start: Start,
    qtbot: QtBot,
    paths: AppPaths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hold: Callable[[], subprocess.Popen[bytes]],
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

        holder = hold()
        Flows(database).add(make_flow(name="behind a slow share"))
        qtbot.waitUntil(partial(is_told, window), timeout=WAIT_MS)
        # The counter is worked with meanwhile.
        window.lock()
        qtbot.waitUntil(lambda: window.lock_pane.may_be_left, timeout=WAIT_MS)
        holder.kill()
        qtbot.waitUntil(partial(is_written, path, "behind a slow share"), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not is_told(window), timeout=WAIT_MS)


@pytest.mark.nightly
@pytest.mark.slow
def test_a_share_that_hangs_does_not_keep_the_program_from_ending(
    hold: Callable[[], subprocess.Popen[bytes]], tmp_path: Path, paths: AppPaths
) -> None:
    paths.prepare()
    (tmp_path / "results.jsonl").touch()
    with closing(Database(paths.database_path)) as database:
        database.open()
        Results(database).keep(0, {})
        Flows(database).add(make_flow(name="behind a slow share"))
    hold()
    words = ["--data-dir", str(tmp_path / "installation"), "--result-file", str(tmp_path / "results.jsonl")]
    with subprocess.Popen([sys.executable, "-c", QUIT, *words], cwd=REPOSITORY, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"closed\n"
        assert program.wait(BREAKS_AFTER_S - 15) == 0
    assert (tmp_path / "results.jsonl").read_bytes() == b""
