"""Load the Visual C++ runtime on Windows for processes that do not load Qt.

The libraries of PyMuPDF and zxing-cpp import ``MSVCP140.dll``, which neither their packages nor Python nor a newly
installed Windows contain. PySide6 contains it. A library that is already loaded is found by its name, so loading that
copy suffices; the packaged program has the runtime in its own folder, where each process finds it.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import Final

RUNTIME: Final = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll")
"""In the order in which they import each other."""


def load_visual_cpp() -> None:
    """Load the runtime that PySide6 contains; without it, Windows looks for its own. Has no effect on other systems."""
    if sys.platform == "win32" and not getattr(sys, "frozen", False):
        found = PathFinder.find_spec("PySide6")
        for folder in (found and found.submodule_search_locations) or ():
            for name in RUNTIME:
                _load(f"{folder}\\{name}")


def _load(path: str) -> None:
    from contextlib import suppress
    from ctypes import CDLL

    with suppress(OSError):
        CDLL(path)
