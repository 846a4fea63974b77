"""What lies over the desk, one on top of the other: each belongs to whoever laid it there, and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable


class Overlays(QStackedWidget):
    """The desk is the lowest; what was laid last is seen. Others may only ask that the desk be uncovered."""

    def __init__(self, desk: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_leave: dict[QWidget, Callable[[], bool]] = {}
        self.addWidget(desk)

    @property
    def is_uncovered(self) -> bool:
        """Whether the desk is seen."""
        return self.count() == 1

    def lay(self, widget: QWidget, may_leave: Callable[[], bool]) -> None:
        """Lay a widget on top and own it. ``may_leave`` answers whether somebody else may take it away."""
        self._may_leave[widget] = may_leave
        self.addWidget(widget)
        self.setCurrentWidget(widget)
        widget.setFocus()

    def lift(self, widget: QWidget) -> None:
        """Take away and delete what its owner laid; nothing happens if it does not lie here any more."""
        if self._may_leave.pop(widget, None) is not None:
            self.removeWidget(widget)
            widget.deleteLater()
            self.setCurrentIndex(self.count() - 1)

    def clear(self) -> bool:
        """Take away all that may leave, and return whether the desk is uncovered now."""
        for widget in [one for one, may_leave in self._may_leave.items() if may_leave()]:
            self.lift(widget)
        return self.is_uncovered
