"""What stands above a window."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from esign_desktop.app.self_test import driver

Window = TypeVar("Window", bound=QWidget)
_KINDS = {Qt.WindowType.Popup, Qt.WindowType.ToolTip}


def popups() -> list[QWidget]:
    """Return the menus and lists that are open."""
    return [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.windowType() in _KINDS]


def close_popups() -> None:
    """Close them."""
    for one in popups():
        one.close()
    driver.rest(50)


def top_level(kind: type[Window]) -> Window:
    """Return the window of a kind, once it stands."""
    found: list[Window] = []

    def look() -> bool:
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(found)

    driver.wait_until(f"a {kind.__name__} opens", look)
    driver.rest(200)
    return found[-1]
