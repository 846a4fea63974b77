"""Hold a value that is being edited, with undo and redo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable


Value = TypeVar("Value")


class EditedCopy(QObject, Generic[Value]):
    """A value that is being edited, with its undo history. Values must be immutable."""

    changed = Signal()
    """Emitted after every change of the value, including undo and redo."""

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
        """Replace the value by the result of ``change``. Do nothing if the result is equal to the value.

        Consecutive changes with the same ``merge_key`` that is not empty are a single step of the history.
        """
        self.become(change(self._value), merge_key)

    def become(self, value: Value, merge_key: str = "") -> None:
        """Replace the value.

        Do nothing if the new value is equal. ``merge_key`` has the same meaning as in ``apply``.
        """
        if value == self._value:
            return
        if not merge_key or merge_key != self._merge_key:
            self._done.append(self._value)
        self._undone.clear()
        self._show(value, merge_key)

    def undo(self) -> None:
        """Undo the last step. Do nothing if there is none."""
        if self._done:
            self._undone.append(self._value)
            self._show(self._done.pop())

    def redo(self) -> None:
        """Redo the step that was undone last. Do nothing if there is none."""
        if self._undone:
            self._done.append(self._value)
            self._show(self._undone.pop())

    def _show(self, value: Value, merge_key: str = "") -> None:
        self._value, self._merge_key = value, merge_key
        self.changed.emit()
