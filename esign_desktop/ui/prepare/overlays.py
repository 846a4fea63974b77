"""Widgets on top of the contract in the Prepare room, such as the review. Each is controlled by its creator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable


class OverlayStack(QStackedWidget):
    """A stack of widgets with the contract at the bottom. Only the top widget is visible."""

    def __init__(self, lowest: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_leave: dict[QWidget, Callable[[], bool]] = {}
        self.addWidget(lowest)

    @property
    def is_uncovered(self) -> bool:
        """Whether the contract is visible."""
        return self.count() == 1

    def push(self, widget: QWidget, may_leave: Callable[[], bool]) -> None:
        """Show a widget on top and take ownership of it. ``may_leave`` returns whether ``clear`` may remove it."""
        self._may_leave[widget] = may_leave
        self.addWidget(widget)
        self.setCurrentWidget(widget)
        widget.setFocus()

    def remove(self, widget: QWidget) -> None:
        """Remove and delete a widget, and show the topmost of the others. Do nothing if it has been removed already."""
        if self._may_leave.pop(widget, None) is not None:
            self.removeWidget(widget)
            widget.deleteLater()
            self.setCurrentIndex(self.count() - 1)

    def clear(self) -> bool:
        """Remove all widgets whose ``may_leave`` returns True, and return whether the contract is visible."""
        for widget in [one for one, may_leave in self._may_leave.items() if may_leave()]:
            self.remove(widget)
        return self.is_uncovered
