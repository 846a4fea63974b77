"""Which screen is the customer's, and how large things are on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

CODE_MM: Final = 60.0
"""A code is at least as wide, its quiet zone not counted."""

_USUAL_PX_PER_MM: Final = 96 / 25.4
_NARROWEST_MM: Final = 80.0
_DENSEST_PX_PER_MM: Final = 24.0
_MOST_OF_THE_HEIGHT: Final = 0.6


def screen_identity(screen: QScreen) -> str:
    """Return what a screen is known again by when it is plugged in again."""
    return f"{screen.manufacturer()}\n{screen.model()}\n{screen.serialNumber()}\n{screen.name()}"


def other_screens(own: QScreen | None) -> tuple[QScreen, ...]:
    """Return the screens that the operator's window does not stand on."""
    return tuple(screen for screen in QGuiApplication.screens() if screen is not own)


def customer_screen(own: QScreen | None, identity: str) -> QScreen | None:
    """Return the screen that was chosen, if it is plugged in; without a choice, the only other one."""
    others = other_screens(own)
    if identity:
        return next((screen for screen in others if screen_identity(screen) == identity), None)
    return others[0] if len(others) == 1 else None


def next_screen(own: QScreen | None, present: QScreen | None) -> QScreen | None:
    """Return the other screen that comes after the present one, in turn."""
    others = other_screens(own)
    if not others:
        return None
    index = others.index(present) + 1 if present in others else 0
    return others[index % len(others)]


def px_per_mm(screen: QScreen) -> float:
    """Return device-independent pixels a millimetre; 96 to the inch where a screen tells nonsense about its size."""
    width_mm = screen.physicalSize().width()
    if width_mm < _NARROWEST_MM:
        return _USUAL_PX_PER_MM
    found = screen.geometry().width() / width_mm
    return found if found * screen.devicePixelRatio() <= _DENSEST_PX_PER_MM else _USUAL_PX_PER_MM


def code_side_px(module_count: int, quiet_modules: int, screen: QScreen) -> int:
    """Return how wide a code must be, with its quiet zone, to be 6 cm wide without it; each module whole pixels."""
    ratio = screen.devicePixelRatio()
    module_px = math.ceil(CODE_MM * px_per_mm(screen) * ratio / module_count)
    wanted = math.ceil(module_px * (module_count + 2 * quiet_modules) / ratio) + 1
    # On a small screen it is as large as there is room.
    return min(wanted, int(screen.geometry().height() * _MOST_OF_THE_HEIGHT))
