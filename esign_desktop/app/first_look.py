"""How the window looked when it was last closed, in a small file: the first paint must not wait for the database.

The database stays the authority; what differs there is put right a moment later.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class FirstLook(NamedTuple):
    """Language and theme as they were chosen, empty and ``system`` for the desktop's; the geometry in hex."""

    language: str = ""
    theme: str = "system"
    geometry: str = ""

    @property
    def geometry_bytes(self) -> bytes | None:
        """What the window wrote about its size and place."""
        try:
            return bytes.fromhex(self.geometry) or None
        except ValueError:
            return None


def read_first_look(path: Path) -> FirstLook:
    """Return what was kept, or the usual look."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return FirstLook(**{key: value for key, value in values.items() if isinstance(value, str)})
    except (OSError, ValueError, TypeError, AttributeError):
        return FirstLook()


def write_first_look(path: Path, look: FirstLook) -> None:
    """Keep it; that it can't be kept costs no more than a flicker."""
    scratch = path.with_suffix(".part")
    with suppress(OSError):
        scratch.write_text(json.dumps(look._asdict()), encoding="utf-8")
        scratch.replace(path)
