"""Define the names of the rooms, and the rail with a button for each room and the environment's color at the edge."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, action_text, tool_tip
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import environment_colours, mixed, sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter, QPaintEvent

    from esign_desktop.domain.environment import Environment


class RoomName(StrEnum):
    """A room. The members are in the order of the rail.

    A member's value is also the name of the action that shows the room.
    """

    PREPARE = "prepare"
    TRACK = "track"
    BULK = "bulk"
    CONTACTS = "contacts"
    PRESETS = "presets"
    SETTINGS = "settings"


def room_title(name: RoomName) -> str:
    """Return the translated name of a room."""
    return action_text(ActionName(name))


WIDTH_PX: Final = 88
EDGE_PX: Final = 8
_STRIPE_PX: Final = 10
_TINT: Final = 0.10


def _button_px() -> int:
    """Return the width of a button in logical pixels. At 100 % text size, it is wider than its text."""
    return WIDTH_PX - EDGE_PX - 8 + (sized(82) - 82)


class Rail(QFrame):
    """A column of buttons that show the rooms. The edge has the color of the environment.

    If contracts are binding in the environment, the edge has white stripes.
    """

    room_chosen = Signal(str)
    """Carries the name of the room that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._environment: Environment | None = None
        self._group = QButtonGroup(self)
        self._buttons = {name: self._button(name) for name in RoomName}
        column = vbox(spacing=4, margins=(EDGE_PX + 4, 8, 4, 8), parent=self)
        for name, button in self._buttons.items():
            if name is RoomName.SETTINGS:
                column.addStretch()
            column.addWidget(button)
        self.setFixedWidth(EDGE_PX + _button_px() + 8)
        # Not ``buttonClicked``, because a screen reader toggles the button.
        self._group.buttonToggled.connect(self._on_group_button_toggled)
        self.setAccessibleName(self.tr("Sections"))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # The style sheet defines the background and the line beside it.
        super().paintEvent(event)
        if self._environment is None:
            return
        # Imported here, because the environment is not known before the first paint.
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect().adjusted(0, 0, -1, 0), self._ground(self._environment))
        self._paint_edge(painter, self._environment)

    def button(self, name: RoomName) -> QToolButton:
        """Return the button that shows a room."""
        return self._buttons[name]

    def show_room(self, name: RoomName) -> None:
        """Mark the button of the current room, without emitting ``room_chosen``."""
        with QSignalBlocker(self._group):
            self._buttons[name].setChecked(True)

    def leave_out(self, names: frozenset[str]) -> None:
        """Hide the buttons of the rooms with these names, and show the others."""
        for name, button in self._buttons.items():
            button.setVisible(name not in names)

    def show_environment(self, environment: Environment) -> None:
        """Show the color of the environment to which contracts are sent.

        Before the first call, the edge has no color.
        """
        self._environment = environment
        self.update()

    def _button(self, name: RoomName) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(ACTIONS[ActionName(name)].icon))
        button.setText(room_title(name))
        button.setToolTip(tool_tip(ActionName(name)))
        button.setAccessibleName(room_title(name))
        button.setIconSize(QSize(sized(22), sized(22)))
        button.setCheckable(True)
        # A click must not focus the button, which would stay focused when the user shows another room by key.
        button.setProperty("focusPolicy", "TabFocus")
        button.setProperty("toolButtonStyle", "ToolButtonTextUnderIcon")
        button.setFixedSize(_button_px(), 56 + sized(40) - 40)
        button.setProperty("room", name.value)
        self._group.addButton(button)
        return button

    def _ground(self, environment: Environment) -> QColor:
        ground, _ = environment_colours(environment.kind)
        return mixed(theme().panel, ground, _TINT)

    def _paint_edge(self, painter: QPainter, environment: Environment) -> None:
        ground, ink = environment_colours(environment.kind)
        edge = QRectF(0, 0, EDGE_PX, self.height())
        painter.fillRect(edge, ground)
        if not environment.is_binding:
            return
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QPolygonF

        painter.setClipRect(edge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        for top in range(-EDGE_PX, self.height() + EDGE_PX, 2 * _STRIPE_PX):
            left_top, left_bottom = QPointF(0, top + EDGE_PX), QPointF(0, top + EDGE_PX + _STRIPE_PX)
            right_top, right_bottom = QPointF(EDGE_PX, top), QPointF(EDGE_PX, top + _STRIPE_PX)
            painter.drawPolygon(QPolygonF([left_top, right_top, right_bottom, left_bottom]))

    def _on_group_button_toggled(self, button: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self.room_chosen.emit(button.property("room"))
