"""How the window looked when it was last closed, in a small file: the first paint must not wait for the database.

The database stays the authority; what differs there is put right a moment later.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

MOST_PX: Final = 20_000
MOST_RATIO: Final = 8.0


class PagesPlace(NamedTuple):
    """Where in the window's rooms pages are shown, in logical pixels, and how many device pixels one of them is."""

    left: int = 250
    top: int = 58
    width: int = 650
    height: int = 700
    device_ratio: float = 1.0
    margin: int = 24

    @property
    def page_width_px(self) -> float:
        """The width of a page that fills the place, in device pixels."""
        return max(1.0, self.width - 2 * self.margin) * self.device_ratio


class SavedWindowState(NamedTuple):
    """Language, theme and text size as they were chosen, empty and ``system`` for the desktop's; the geometry in hex.

    ``desktop`` is what the desktop asked for the last time, in words, ``motion`` ``none`` or empty.

    ``pages`` is a PagesPlace in words. ``room`` is where a program comes back that restarts itself, else empty.
    """

    language: str = ""
    theme: str = "system"
    geometry: str = ""
    pages: str = ""
    room: str = ""
    text_size: str = ""
    motion: str = ""
    desktop: str = ""

    @property
    def text_percent(self) -> int:
        """The size of letters that was chosen; 0 for the desktop's."""
        return int(self.text_size) if self.text_size in {"100", "125", "150", "200"} else 0

    @property
    def pages_place(self) -> PagesPlace:
        """Where pages were shown the last time."""
        try:
            *lengths, ratio = self.pages.split()
            left, top, width, height = (int(length) for length in lengths)
            place = PagesPlace(left, top, width, height, float(ratio))
        except ValueError:
            return PagesPlace()
        is_sane = MOST_PX > place.width > 0 and 0 < place.device_ratio <= MOST_RATIO
        return place if is_sane else PagesPlace()

    @property
    def geometry_bytes(self) -> bytes | None:
        """What the window wrote about its size and place."""
        try:
            return bytes.fromhex(self.geometry) or None
        except ValueError:
            return None


def window_state_path(cache_dir: Path) -> Path:
    """Return the file's path."""
    return cache_dir / "first-look.json"


def read_window_state(path: Path) -> SavedWindowState:
    """Return what was kept, or the usual look."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return SavedWindowState(**{key: value for key, value in values.items() if isinstance(value, str)})
    except (OSError, ValueError, TypeError, AttributeError):
        return SavedWindowState()


def write_window_state(path: Path, look: SavedWindowState) -> None:
    """Keep it; that it can't be kept costs no more than a flicker."""
    scratch = path.with_suffix(".part")
    with suppress(OSError):
        scratch.write_text(json.dumps(look._asdict()), encoding="utf-8")
        scratch.replace(path)
