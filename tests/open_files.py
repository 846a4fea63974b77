"""Makes this process keep open files as Windows does: they can be neither deleted nor replaced."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def keep_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        return
    unlink, replace = os.unlink, os.replace

    def careful_unlink(path: Any, *arguments: Any, **ways: Any) -> None:
        _refuse_open(path)
        unlink(path, *arguments, **ways)

    def careful_replace(source: Any, target: Any, *arguments: Any, **ways: Any) -> None:
        _refuse_open(source)
        _refuse_open(target)
        replace(source, target, *arguments, **ways)

    monkeypatch.setattr("os.unlink", careful_unlink)
    monkeypatch.setattr("os.replace", careful_replace)


def _refuse_open(path: Any) -> None:
    """Raise what Windows' ERROR_SHARING_VIOLATION is to Python."""
    real = os.path.realpath(path)
    for descriptor in Path("/proc/self/fd").iterdir():
        if os.path.realpath(descriptor) == real:
            raise PermissionError(13, "used by another process", os.fspath(path))
