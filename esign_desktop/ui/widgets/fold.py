"""Provide a button that expands and collapses the content below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class FoldButton(QToolButton):
    """A button that is checked while the content below it is expanded. At first, it is not checked.

    Screen readers get the state in words, because Qt has no such state for a button without a menu.
    """

    def __init__(self, parent: QWidget | None, text: str = "", *, about: str = "") -> None:
        """Create the button. ``about`` names the content for screen readers, if the text does not."""
        super().__init__(parent)
        self._about = about
        self.setObjectName("fold")
        self.setText(text)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    def show_about(self, about: str) -> None:
        """Set the name of the content for screen readers."""
        self._about = about
        self._on_toggled(self.isChecked())

    def _on_toggled(self, is_open: bool) -> None:
        self.setIcon(icon("chevron-down" if is_open else "chevron-right"))
        state = self.tr("Expanded") if is_open else self.tr("Collapsed")
        self.setAccessibleDescription(f"{self._about}, {state}" if self._about else state)
