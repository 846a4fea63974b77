"""Puts a finished file in the place of another one."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S: Final = 2.0 if sys.platform == "win32" else 0.0
_PAUSE_S: Final = 0.05


def replace_file(source: Path, target: Path, *, patience_s: float = PATIENCE_S) -> None:
    """Rename ``source``, in the place of ``target`` if there is one; both are on one disk. Raises OSError.

    Windows renames nothing that somebody has open, such as a virus scanner that looks at what was just written: it is
    waited for. What a person has open stays in the way, and is an error in the end.
    """
    ends_at_s = time.monotonic() + patience_s
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if time.monotonic() >= ends_at_s:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
