"""What must not be done before the window stands, since it takes long: told by a start of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60.0
PROGRAM = """
import os, sys
import PySide6.QtCore, PySide6.QtGui
from esign_desktop.app import main as program

def painted():
    found = [name for name in os.environ["HEAVY"].split() if name in sys.modules]
    # PySide makes a class when it is first asked for: the names of all constants take a sixth of the whole start.
    found += [name for name in ("Qt", "QAccessible") if name in vars(PySide6.QtCore) | vars(PySide6.QtGui)]
    print(*found)
    sys.stdout.flush()
    os._exit(0)

class Watched(program.Program):
    def start(self):
        first = self.first_sheet.painted if self.first_sheet is not None else self.window.painted
        first.disconnect()
        first.connect(painted)
        super().start()

program.Program = Watched
program.LONGEST_BARE_MS = 60_000
from esign_desktop.__main__ import main
sys.exit(main())
"""
HEAVY = (
    "sqlite3 requests keyring pymupdf html esign_desktop.domain.environment esign_desktop.services.catalogue"
    " esign_desktop.ui.tasks esign_desktop.ui.widgets.deliberate"
)


@pytest.mark.slow
@pytest.mark.parametrize("has_file", [False, True])
def test_nothing_heavy_is_touched_before_the_first_paint(has_file: bool, tmp_path: Path) -> None:
    files = [str(write_text_pdf(tmp_path / "合同.pdf", [["Contract"]]))] if has_file else []
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *files],
        cwd=REPOSITORY,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "HEAVY": HEAVY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.stdout.strip() == "", done.stderr
