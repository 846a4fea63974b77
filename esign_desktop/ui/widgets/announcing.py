"""Saying to a screen reader what changes on the screen by itself, wherever the keyboard is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Have a text read aloud: after what is being read, or at once. Costs nothing where no screen reader listens."""
    if not text or not is_read_aloud():
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
