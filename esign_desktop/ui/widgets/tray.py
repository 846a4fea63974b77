"""Show notifications on the desktop about events that happen while the user does not look at the window."""

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
    """Shows notifications, and a tray icon from the first notification on.

    If the desktop has no tray, nothing is shown.
    """

    activated = Signal()
    """Emitted when the user clicked a notification or the icon."""

    def __init__(self, parent: QObject | None = None, *, may_speak: Callable[[], bool] = lambda: True) -> None:
        super().__init__(parent)
        self._may_speak = may_speak
        self._icon: QSystemTrayIcon | None = None

    def notify(self, title: str, text: str) -> bool:
        """Show a notification, and return whether it was shown.

        It is not shown if the desktop can't show it, or if ``may_speak`` returns False, for example because a customer
        can see the screen.
        """
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
    """Return a text that no notification service interprets as markup, cut to 300 characters.

    Some services would load a picture that the text names.
    """
    return one_line(text, most_characters=_MOST_CHARACTERS).translate(_LETTERS)
