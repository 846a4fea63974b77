"""What lies over the contract in Prepare, such as the review: each belongs to whoever pushed it, and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable


class OverlayStack(QStackedWidget):
    """The contract is the lowest; what was pushed last is seen. Others may only ask that the contract be uncovered."""

    def __init__(self, lowest: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_leave: dict[QWidget, Callable[[], bool]] = {}
        self.addWidget(lowest)

    @property
    def is_uncovered(self) -> bool:
        """Whether the contract is seen."""
        return self.count() == 1

    def push(self, widget: QWidget, may_leave: Callable[[], bool]) -> None:
        """Show a widget on top and own it. ``may_leave`` answers whether somebody else may take it away."""
        self._may_leave[widget] = may_leave
        self.addWidget(widget)
        self.setCurrentWidget(widget)
        widget.setFocus()

    def remove(self, widget: QWidget) -> None:
        """Take away and delete what its owner pushed; nothing happens if it does not lie here any more."""
        if self._may_leave.pop(widget, None) is not None:
            self.removeWidget(widget)
            widget.deleteLater()
            self.setCurrentIndex(self.count() - 1)

    def clear(self) -> bool:
        """Take away all that may leave, and return whether the contract is uncovered now."""
        for widget in [one for one, may_leave in self._may_leave.items() if may_leave()]:
            self.remove(widget)
        return self.is_uncovered
