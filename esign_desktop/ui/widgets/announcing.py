"""Saying to a screen reader what changes on the screen by itself, wherever the keyboard is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


_SAME_S: Final = 2.0
_said: tuple[str, float] = "", 0.0


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Have a text read aloud: after what is being read, or at once. Costs nothing where no screen reader listens.

    Two places may show the same news: the same words within two seconds are read once.
    """
    global _said  # noqa: PLW0603 - a screen reader has one voice
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
    """Whether somebody listens: a screen reader, or another program that asks what is on the screen."""
    # Here, since no window needs it before one stands.
    from PySide6.QtGui import QAccessible

    return QAccessible.isActive()
