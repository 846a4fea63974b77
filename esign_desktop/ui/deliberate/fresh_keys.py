"""Tells a press of a key from the repeats of one that is held down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer

from esign_desktop.ui.deliberate import standing

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_GAP_MS: Final = 30
"""Nobody lets go of a key and presses it again within this time."""


class FreshKeys:
    """Hears of every release too: over X, repeats may come as releases and presses, and not be marked as repeats."""

    def __init__(self) -> None:
        self._released: dict[int, QElapsedTimer] = {}

    def note_release(self, event: QKeyEvent) -> None:
        """Remember that a key was let go of, or seems to have been."""
        self._released.setdefault(event.key(), QElapsedTimer()).start()

    def is_fresh(self, event: QKeyEvent) -> bool:
        """Whether somebody pressed the key now."""
        return not (event.isAutoRepeat() or self.is_held(event.key()))

    def is_held(self, key: int) -> bool:
        """Whether a press of this key that comes now is a repeat, though it is not marked as one."""
        released = self._released.get(key)
        return released is not None and released.elapsed() < min(_GAP_MS, standing.moment_ms())
