"""The preset as it is being edited, with everything that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import Preset


class WorkingCopy(QObject):
    """``changed`` after every change; what was not changed is told by nobody."""

    changed = Signal()

    def __init__(self, preset: Preset, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first = preset
        self._preset = preset
        self._done: list[Preset] = []
        self._undone: list[Preset] = []
        self._merge_key: object = None

    @property
    def preset(self) -> Preset:
        """The preset as it stands."""
        return self._preset

    @property
    def is_changed(self) -> bool:
        """Whether it is another than at first."""
        return self._preset != self._first

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._undone)

    def apply(self, change: Callable[[Preset], Preset], merge_key: object = None) -> None:
        """Change the preset. Changes with the same key, one after the other, are undone in one."""
        after = change(self._preset)
        if after == self._preset:
            return
        if merge_key is None or merge_key != self._merge_key:
            self._done.append(self._preset)
        self._merge_key = merge_key
        self._undone.clear()
        self._preset = after
        self.changed.emit()

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            self._undone.append(self._preset)
            self._become(self._done.pop())

    def redo(self) -> None:
        """Make it again."""
        if self._undone:
            self._done.append(self._preset)
            self._become(self._undone.pop())

    def _become(self, preset: Preset) -> None:
        self._merge_key = None
        self._preset = preset
        self.changed.emit()
