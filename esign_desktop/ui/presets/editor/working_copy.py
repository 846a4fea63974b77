"""The preset as it is being edited, with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import Preset


class WorkingCopy(QObject):
    """``changed`` comes after every change, also of undo and redo."""

    changed = Signal()

    def __init__(self, preset: Preset, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first = preset
        self._preset = preset
        self._done: list[Preset] = []
        self._undone: list[Preset] = []
        self._merge_key = ""

    @property
    def preset(self) -> Preset:
        """The preset as it stands."""
        return self._preset

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the preset at first."""
        return self._preset != self._first

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._undone)

    def apply(self, change: Callable[[Preset], Preset], merge_key: str = "") -> None:
        """Change the preset. Changes with the same key in a row are one step of the history."""
        self.become(change(self._preset), merge_key)

    def become(self, preset: Preset, merge_key: str = "") -> None:
        """Put another value in the preset's place, as ``apply``."""
        if preset == self._preset:
            return
        if not merge_key or merge_key != self._merge_key:
            self._done.append(self._preset)
        self._undone.clear()
        self._show(preset, merge_key)

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            self._undone.append(self._preset)
            self._show(self._done.pop())

    def redo(self) -> None:
        """Make it again."""
        if self._undone:
            self._done.append(self._preset)
            self._show(self._undone.pop())

    def _show(self, preset: Preset, merge_key: str = "") -> None:
        self._preset, self._merge_key = preset, merge_key
        self.changed.emit()
