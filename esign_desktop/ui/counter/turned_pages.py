"""Pages of which one is seen, and those behind it take no room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget

from esign_desktop.override import override


class TurnedPages(QStackedWidget):
    """Wants as much as its present page; Qt's own wants as much as the largest of all."""

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        return False
