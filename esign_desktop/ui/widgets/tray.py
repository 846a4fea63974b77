"""Tells the desktop that something happened while nobody looked at the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_CHARACTERS: Final = 300
_LETTERS: Final = str.maketrans("<>&", "＜＞＆")


class Tray(QObject):
    """The icon appears with the first notification; where a desktop has no tray, nothing is said."""

    activated = Signal()
    """The notification or the icon was clicked."""

    def __init__(self, parent: QObject | None = None, *, may_speak: Callable[[], bool] = lambda: True) -> None:
        super().__init__(parent)
        self._may_speak = may_speak
        self._icon: QSystemTrayIcon | None = None

    def notify(self, title: str, text: str) -> bool:
        """Show a notification; return whether the desktop can, and whoever looks at its screens may see it."""
        can_speak = QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()
        if not (can_speak and self._may_speak()):
            return False
        if self._icon is None:
            self._icon = QSystemTrayIcon(QIcon(str(resource_path("icons", "esign-desktop.svg"))), self)
            self._icon.setToolTip(QGuiApplication.applicationDisplayName())
            self._icon.messageClicked.connect(self.activated)
            self._icon.activated.connect(self.activated)
            self._icon.show()
        self._icon.showMessage(notice_text(title), notice_text(text))
        return True


def notice_text(text: str) -> str:
    """Return a text that no notification service reads as markup: some of them would load a picture named in it."""
    return one_line(text, most_characters=_MOST_CHARACTERS).translate(_LETTERS)
