"""Store the last state of the window in a small file, so that the window can be shown before the database is read.

The settings in the database take precedence. If the file differs from the settings, the settings are applied a moment
later.
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
    """The part of the window in which pages are shown, in logical pixels.

    ``device_ratio`` is the number of device pixels per logical pixel.
    """

    left: int = 250
    top: int = 58
    width: int = 650
    height: int = 700
    device_ratio: float = 1.0
    margin: int = 24

    @property
    def page_width_px(self) -> float:
        """The width, in device pixels, of a page that fills this part of the window."""
        return max(1.0, self.width - 2 * self.margin) * self.device_ratio


class SavedWindowState(NamedTuple):
    """The last state of the window: language, theme, text size and geometry (in hexadecimal).

    The desktop's setting is used if ``language`` or ``text_size`` is empty, or if ``theme`` is ``system``. ``desktop``
    contains the desktop's own preferences, separated by spaces. ``motion`` is ``none`` or empty. ``pages`` contains the
    numbers of a PagesPlace, separated by spaces. ``room`` is the page to be shown after a restart, or empty. ``bulk``
    is empty if the rail did not contain Bulk.
    """

    language: str = ""
    theme: str = "system"
    geometry: str = ""
    pages: str = ""
    room: str = ""
    text_size: str = ""
    motion: str = ""
    desktop: str = ""
    bulk: str = ""

    @property
    def text_percent(self) -> int:
        """The text size that the user has chosen, in percent, or 0 if the desktop's text size is used."""
        return int(self.text_size) if self.text_size in {"100", "125", "150", "200"} else 0

    @property
    def pages_place(self) -> PagesPlace:
        """The stored part of the window that shows pages, or the default if the stored value is missing or invalid."""
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
        """The window's geometry in Qt's format, or None if no valid geometry is stored."""
        try:
            return bytes.fromhex(self.geometry) or None
        except ValueError:
            return None


def window_state_path(cache_dir: Path) -> Path:
    """Return the path of the file in which the window's state is stored."""
    return cache_dir / "first-look.json"


def read_window_state(path: Path) -> SavedWindowState:
    """Read the stored state of the window. If the file cannot be read, return the default state."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return SavedWindowState(**{key: value for key, value in values.items() if isinstance(value, str)})
    except (OSError, ValueError, TypeError, AttributeError):
        return SavedWindowState()


def write_window_state(path: Path, look: SavedWindowState) -> None:
    """Store the state of the window. Errors are ignored: they only make the window flicker at the next start."""
    scratch = path.with_suffix(".part")
    with suppress(OSError):
        scratch.write_text(json.dumps(look._asdict()), encoding="utf-8")
        scratch.replace(path)
