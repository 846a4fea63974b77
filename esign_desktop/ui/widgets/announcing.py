"""Announce changes of the screen to screen readers, even if the changed widget does not have the focus."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


_SAME_S: Final = 2.0
_said: tuple[str, float] = "", 0.0


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Have a screen reader read a text, after the current speech or, if ``is_urgent`` is True, immediately.

    Do nothing if the text is empty or no screen reader is running; the call is cheap then. Two widgets may show the
    same news, so a text that is announced again within two seconds is read only once.
    """
    global _said  # noqa: PLW0603 - shared by all widgets
    if not text or not is_read_aloud():
        return
    now = time.monotonic()
    is_echo = _said[0] == text and now - _said[1] < _SAME_S
    _said = text, now
    if is_echo:
        return
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(widget, text)
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


def is_read_aloud() -> bool:
    """Return whether a screen reader, or another program that reads the contents of windows, is running."""
    # Imported here, because no window needs it before it is shown.
    from PySide6.QtGui import QAccessible

    return QAccessible.isActive()
