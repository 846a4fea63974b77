"""The buttons that choose the environment whose settings are shown, each in the environment's color."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import environment_colours, sized

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton

_MARK_PX = 16


class EnvironmentPicker(QWidget):
    """Buttons with which the user chooses the environment whose settings are shown.

    This does not change the environment to which contracts are sent.
    """

    picked = Signal(object)
    """Carries the ``EnvironmentKind`` that the user has chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used: EnvironmentKind | None = None
        self._group = QButtonGroup(self)
        self._buttons = {kind: self._add_button(kind) for kind in EnvironmentKind}
        row = hbox(parent=self)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch()
        # Screen readers toggle the button, so ``clicked`` would not be emitted.
        self._group.buttonToggled.connect(self._on_group_button_toggled)
        self._show()

    def show_used(self, kind: EnvironmentKind) -> None:
        """Mark the environment to which contracts are sent."""
        self._used = kind
        self._show()

    def pick(self, kind: EnvironmentKind) -> None:
        """Check the button of an environment without emitting ``picked``."""
        with QSignalBlocker(self._group):
            self._buttons[kind].setChecked(True)

    def button(self, kind: EnvironmentKind) -> QToolButton:
        """Return the button of an environment."""
        return self._buttons[kind]

    def _show(self) -> None:
        for kind, button in self._buttons.items():
            name = environment_name(kind)
            is_used = kind is self._used
            button.setText(self.tr("{environment} · in use").format(environment=name) if is_used else name)
            button.setIcon(_mark(kind))

    def _add_button(self, kind: EnvironmentKind) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("choice")
        button.setCheckable(True)
        button.setIconSize(QSize(sized(_MARK_PX), sized(_MARK_PX)))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setMinimumHeight(sized(36))
        button.setProperty("kind", kind.value)
        self._group.addButton(button)
        return button

    def _on_group_button_toggled(self, button: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self.picked.emit(EnvironmentKind(button.property("kind")))


def _mark(kind: EnvironmentKind) -> QIcon:
    ratio = 2
    pixmap = QPixmap(_MARK_PX * ratio, _MARK_PX * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(environment_colours(kind)[0])
    painter.drawEllipse(2, 2, _MARK_PX - 4, _MARK_PX - 4)
    painter.end()
    return QIcon(pixmap)
