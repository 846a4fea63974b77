"""Provide the button with three dots that opens a menu of less frequent commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu


class MoreButton(QToolButton):
    """A button with three dots that opens a menu. Its icon follows the theme."""

    def __init__(self, menu: QMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self.setIcon(icon("more"))
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName(self.tr("More"))
        self.setMenu(menu)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icon("more"))
        super().changeEvent(event)
