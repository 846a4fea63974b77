"""Qt's own PDF modules, the peers of the viewer. They lie in build/bench-peers, where ``make bench`` puts them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import PySide6

PEERS = Path(__file__).resolve().parents[2] / "build" / "bench-peers"


def qt_pdf_module(name: str) -> Any:
    """Return PySide6.QtPdf or PySide6.QtPdfWidgets. Raises ModuleNotFoundError if the peers were not installed."""
    folder = str(PEERS / "PySide6")
    if folder not in PySide6.__path__:
        PySide6.__path__.append(folder)
    # What their libraries need is looked for beside them, unless it is loaded already.
    for needed in ("QtNetwork", "QtPrintSupport"):
        import_module(f"PySide6.{needed}")
    # No part of what is installed for tests, so type checkers don't know it either.
    return import_module(f"PySide6.{name}")
