"""How large things on a screen really are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

_FEWEST_PER_INCH: Final = 40.0
_MOST_PER_INCH: Final = 400.0
_SKEW: Final = 1.15


def true_pixels_per_inch(screen: QScreen | None, fallback: float) -> float:
    """Return how many logical pixels of the screen are an inch on its glass.

    Projectors, remote desktops and some monitors tell no size, a wrong one, or that of a television: what no screen can
    be like, or where pixels would not be square, gives the fallback.
    """
    if screen is None:
        return fallback
    across, down = screen.physicalDotsPerInchX(), screen.physicalDotsPerInchY()
    is_credible = all(_FEWEST_PER_INCH <= value <= _MOST_PER_INCH for value in (across, down))
    if not is_credible or max(across, down) > _SKEW * min(across, down):
        return fallback
    return (across + down) / 2
