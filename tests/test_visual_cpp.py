from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop import visual_cpp

if TYPE_CHECKING:
    from pathlib import Path

CHILD: Final = """
import sys
from esign_desktop import visual_cpp

def load(path):
    assert "pymupdf" not in sys.modules and "_mupdf" not in sys.modules
    print(path.rpartition(chr(92))[2])

visual_cpp._load = load
own = sys.platform
sys.platform = "win32"
visual_cpp.load_visual_cpp()
sys.platform = own
visual_cpp.load_visual_cpp = lambda: print("asked", "pymupdf" in sys.modules)
import esign_desktop.pdf.worker.library
assert "pymupdf" in sys.modules and "PySide6" not in sys.modules
"""


def test_the_runtime_comes_before_what_needs_it_and_without_qt() -> None:
    told = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True).stdout.split()
    assert told == [*visual_cpp.RUNTIME, "asked", "False"]


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_packaged_program_and_other_systems_load_nothing(monkeypatch: pytest.MonkeyPatch, is_frozen: bool) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("esign_desktop.visual_cpp._load", loaded.append)
    monkeypatch.setattr("sys.platform", "win32" if is_frozen else "linux")
    monkeypatch.setattr("sys.frozen", is_frozen, raising=False)
    visual_cpp.load_visual_cpp()
    assert loaded == []


def test_a_copy_that_is_not_there_is_left_to_windows(tmp_path: Path) -> None:
    visual_cpp._load(str(tmp_path / "msvcp140.dll"))  # noqa: SLF001  raises nothing
