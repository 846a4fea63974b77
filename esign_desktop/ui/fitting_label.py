"""A line that says less where there is less room, in whole words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.override import override
from esign_desktop.ui.plain_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget


class FittingLabel(ElidedLabel):
    """Shows the first of its wordings that has room; the last one is cut if need be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wordings: tuple[str, ...] = ("",)

    def show_wordings(self, *wordings: str) -> None:
        """Show one of these, the longest first."""
        self._wordings = wordings
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room, measure = self.width(), self.fontMetrics().horizontalAdvance
        self.setText(next((one for one in self._wordings if measure(one) <= room), self._wordings[-1]))
