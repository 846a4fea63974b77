"""No class of Qt's comes into being in another thread than the window's."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.ui.deferred_imports import PAGES, REVIEW, DeferredImports
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

LIMIT_S = 60.0
PROGRAM = """
import os, sys, threading

class Watch:
    def find_spec(self, name, path=None, target=None):
        is_here = threading.current_thread() is threading.main_thread()
        if not is_here and name.startswith(("esign_desktop.ui", "PySide6")):
            print(name)

sys.meta_path.insert(0, Watch())
from esign_desktop.app import main as program

def end():
    print("populated")
    sys.stdout.flush()
    os._exit(0)

class Watched(program.Program):
    def start(self):
        self.populated.connect(end)
        super().start()

program.Program = Watched
from esign_desktop.__main__ import main
sys.exit(main())
"""


def test_every_module_is_there() -> None:
    assert [name for name in (*PAGES, *REVIEW) if importlib.util.find_spec(name) is None] == []


def test_the_end_of_the_imports_is_told_once(qtbot: QtBot) -> None:
    imports, done = DeferredImports(("json", "csv")), list[None]()
    imports.done.connect(lambda: done.append(None))
    with qtbot.waitSignal(imports.done):
        imports.begin()
    assert imports.are_read
    imports.begin()
    qtbot.wait(20)
    assert len(done) == 1


@pytest.mark.slow
def test_windows_modules_are_read_in_the_windows_thread(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--data-dir", str(tmp_path / "data")],
        cwd=REPOSITORY,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.stdout.split() == ["populated"], done.stderr
