"""Has PySide not look through the source of every module that is imported.

PySide can give its classes snake_case names in modules that ask for it (``from __feature__ import …``). To learn
which could, it reads the whole source of each module when it is first imported, the standard library's too: 6 ms of a
start. Nothing here asks for it.
"""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any


def look_for_no_features() -> None:
    """Answer for all modules that are imported from now on; where PySide has another way, it keeps it."""
    # What asks comes with it.
    importlib.import_module("PySide6.QtCore")
    with suppress(ImportError):
        feature: Any = importlib.import_module("shibokensupport.feature")
        if hasattr(feature, "_mod_uses_pyside"):
            feature._mod_uses_pyside = lambda _module: False  # noqa: SLF001
