"""Windows no larger than the screen that they open on: what lies outside it can't warn anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FRAME_PX: Final = QSize(4, 32)
"""What a desktop lays around a window, which nobody knows before it is shown."""


def room_for(window: QWidget) -> QSize:
    """Return how large a window may be on the screen that it opens on, that of its parent if it has one."""
    parent = window.parentWidget()
    screen = (parent.window() if parent is not None else window).screen()
    return screen.availableGeometry().size() - _FRAME_PX


def fit_on_screen(window: QWidget, width: int, height: int) -> None:
    """Give a window its first size, or what there is of it on its screen."""
    room = room_for(window)
    window.setMinimumSize(window.minimumSize().boundedTo(room))
    window.resize(QSize(width, height).boundedTo(room))
