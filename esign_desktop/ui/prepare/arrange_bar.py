"""The buttons that line up several seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from esign_desktop.ui.prepare.seal_actions import ALIGN_ACTIONS, DISTRIBUTE_ACTIONS

if TYPE_CHECKING:
    from esign_desktop.ui.prepare.seal_actions import SealActions


class ArrangeBar(QWidget):
    """One icon each for six ways to align and two to distribute; the words are in their tool tips."""

    def __init__(self, actions: SealActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for name in (*ALIGN_ACTIONS, *DISTRIBUTE_ACTIONS):
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(QSize(18, 18))
            row.addWidget(button)
        row.addStretch()
