"""A value that is being edited, with undo and redo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable


Value = TypeVar("Value")


class EditedCopy(QObject, Generic[Value]):
    """A value with its undo history. ``changed`` is emitted after every change, including undo and redo."""

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
        """The current value."""
        return self._value

    @property
    def first(self) -> Value:
        """The initial value."""
        return self._first

    @property
    def is_changed(self) -> bool:
        """Whether the current value differs from the initial value."""
        return self._value != self._first

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone change to redo."""
        return bool(self._undone)

    def apply(self, change: Callable[[Value], Value], merge_key: str = "") -> None:
        """Change the value. Consecutive changes with the same ``merge_key`` are one step of the history."""
        self.become(change(self._value), merge_key)

    def become(self, value: Value, merge_key: str = "") -> None:
        """Replace the value. ``merge_key`` has the same meaning as in ``apply``."""
        if value == self._value:
            return
        if not merge_key or merge_key != self._merge_key:
            self._done.append(self._value)
        self._undone.clear()
        self._show(value, merge_key)

    def undo(self) -> None:
        """Undo the last change, if there is one."""
        if self._done:
            self._undone.append(self._value)
            self._show(self._done.pop())

    def redo(self) -> None:
        """Redo the change that was undone last, if there is one."""
        if self._undone:
            self._done.append(self._value)
            self._show(self._undone.pop())

    def _show(self, value: Value, merge_key: str = "") -> None:
        self._value, self._merge_key = value, merge_key
        self.changed.emit()
