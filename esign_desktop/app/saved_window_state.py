"""Store the last state of the window in a small file, so that the first paint need not wait for the database.

The database remains authoritative. If its settings differ, they are applied a moment later.
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
    """The place of the pages in the window, in logical pixels, and the number of device pixels per logical pixel."""

    left: int = 250
    top: int = 58
    width: int = 650
    height: int = 700
    device_ratio: float = 1.0
    margin: int = 24

    @property
    def page_width_px(self) -> float:
        """The width in device pixels of a page that fills the place."""
        return max(1.0, self.width - 2 * self.margin) * self.device_ratio


class SavedWindowState(NamedTuple):
    """The user's language, theme and text size, and the window's geometry in hexadecimal.

    An empty ``language`` or ``text_size``, and the theme ``system``, follow the desktop. ``desktop`` contains the
    desktop's own preferences as words. ``motion`` is ``none`` or empty.

    ``pages`` is a PagesPlace in the form of words. ``room`` is the page to show after a restart, or otherwise empty.
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
        """The text size that the user chose, in percent, or 0 for the desktop's text size."""
        return int(self.text_size) if self.text_size in {"100", "125", "150", "200"} else 0

    @property
    def pages_place(self) -> PagesPlace:
        """The last place of the pages, or the default if none is stored."""
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
        """The geometry of the window as saved by Qt, or None if none is stored."""
        try:
            return bytes.fromhex(self.geometry) or None
        except ValueError:
            return None


def window_state_path(cache_dir: Path) -> Path:
    """Return the path of the file that contains the window's state."""
    return cache_dir / "first-look.json"


def read_window_state(path: Path) -> SavedWindowState:
    """Return the stored state, or the default if it cannot be read."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return SavedWindowState(**{key: value for key, value in values.items() if isinstance(value, str)})
    except (OSError, ValueError, TypeError, AttributeError):
        return SavedWindowState()


def write_window_state(path: Path, look: SavedWindowState) -> None:
    """Store the state. A failure is ignored, because its only effect is that the next start flickers."""
    scratch = path.with_suffix(".part")
    with suppress(OSError):
        scratch.write_text(json.dumps(look._asdict()), encoding="utf-8")
        scratch.replace(path)
