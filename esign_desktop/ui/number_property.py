"""A few of Qt's enums by their numbers, for what is built before the window is first painted.

PySide makes all 93 enums of the namespace ``Qt`` when it is first touched: 18 ms, an eighth of the time until the
window stands. So until then nothing touches it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

PLAIN_TEXT: Final = 0
"""Qt.TextFormat"""
ALIGN_CENTRE: Final = 0x0084
"""Qt.AlignmentFlag"""
TEXT_UNDER_ICON: Final = 3
"""Qt.ToolButtonStyle"""
TAB_FOCUS: Final = 1
"""Qt.FocusPolicy"""


def number_property(thing: QObject, name: str, number: int) -> None:
    """Set one of its properties that is an enum. Raises AttributeError if there is none of this name."""
    if not thing.setProperty(name, number):
        raise AttributeError(name)
