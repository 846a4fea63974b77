"""Enter presses the button that has the keyboard, in windows too: Qt lets it do so in dialogs only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


def press_focused_button(event: QKeyEvent) -> bool:
    """Press the button that has the keyboard if the key is Enter; return whether there is one.

    A key that repeats presses nothing, and is used up all the same: what is behind the button must not take it.
    """
    if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return False
    focus = QApplication.focusWidget()
    if not isinstance(focus, QPushButton | QToolButton):
        return False
    if event.isAutoRepeat() or not focus.isEnabled():
        return True
    if isinstance(focus, QToolButton) and focus.menu() is not None:
        focus.showMenu()
    else:
        focus.click()
    return True
