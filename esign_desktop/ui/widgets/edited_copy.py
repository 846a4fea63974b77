"""A value as it is being edited, with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable


Value = TypeVar("Value")


class EditedCopy(QObject, Generic[Value]):
    """``changed`` comes after every change, also of undo and redo."""

    changed = Signal()

    def __init__(self, value: Value, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first = value
        self._value = value
        self._done: list[Value] = []
        self._undone: list[Value] = []
        self._merge_key = ""

    @property
    def value(self) -> Value:
        """The value as it stands."""
        return self._value

    @property
    def first(self) -> Value:
        """The value at first."""
        return self._first

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the value at first."""
        return self._value != self._first

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._undone)

    def apply(self, change: Callable[[Value], Value], merge_key: str = "") -> None:
        """Change the value. Changes with the same key in a row are one step of the history."""
        self.become(change(self._value), merge_key)

    def become(self, value: Value, merge_key: str = "") -> None:
        """Put another value in its place, as ``apply``."""
        if value == self._value:
            return
        if not merge_key or merge_key != self._merge_key:
            self._done.append(self._value)
        self._undone.clear()
        self._show(value, merge_key)

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            self._undone.append(self._value)
            self._show(self._done.pop())

    def redo(self) -> None:
        """Make it again."""
        if self._undone:
            self._done.append(self._value)
            self._show(self._undone.pop())

    def _show(self, value: Value, merge_key: str = "") -> None:
        self._value, self._merge_key = value, merge_key
        self.changed.emit()
