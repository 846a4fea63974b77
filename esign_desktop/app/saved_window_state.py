"""Store the last state of the window in a small file, so that the first paint does not wait for the database.

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
    """The area of the window that shows pages, in logical pixels, and the number of device pixels per logical pixel."""

    left: int = 250
    top: int = 58
    width: int = 650
    height: int = 700
    device_ratio: float = 1.0
    margin: int = 24

    @property
    def page_width_px(self) -> float:
        """The width of a page that fills the area, in device pixels."""
        return max(1.0, self.width - 2 * self.margin) * self.device_ratio


class SavedWindowState(NamedTuple):
    """The last state of the window: language, theme, text size and geometry (in hexadecimal).

    An empty ``language`` or ``text_size``, and the theme ``system``, mean that the desktop's setting is used.
    ``desktop`` contains the desktop's own preferences as words. ``motion`` is ``none`` or empty. ``pages`` is a
    PagesPlace as words. ``room`` is the page to be shown after a restart, or empty.
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
        """The text size that the user chose, in percent, or 0 if the desktop's text size is used."""
        return int(self.text_size) if self.text_size in {"100", "125", "150", "200"} else 0

    @property
    def pages_place(self) -> PagesPlace:
        """The stored area that shows pages, or the default area if none is stored or it is invalid."""
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
        """The geometry of the window in Qt's format, or None if none is stored."""
        try:
            return bytes.fromhex(self.geometry) or None
        except ValueError:
            return None


def window_state_path(cache_dir: Path) -> Path:
    """Return the path of the file with the state of the window."""
    return cache_dir / "first-look.json"


def read_window_state(path: Path) -> SavedWindowState:
    """Return the stored state of the window, or the default state if it cannot be read."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return SavedWindowState(**{key: value for key, value in values.items() if isinstance(value, str)})
    except (OSError, ValueError, TypeError, AttributeError):
        return SavedWindowState()


def write_window_state(path: Path, look: SavedWindowState) -> None:
    """Store the state of the window. A failure is ignored, because it only makes the window flicker next time."""
    scratch = path.with_suffix(".part")
    with suppress(OSError):
        scratch.write_text(json.dumps(look._asdict()), encoding="utf-8")
        scratch.replace(path)
