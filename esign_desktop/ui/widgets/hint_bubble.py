"""Show a hint that points at a part of the window until the user closes the hint."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QPushButton, QWidget
from shiboken6 import isValid

from esign_desktop.override import override
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import sized, theme

_ARROW_PX: Final = 10
_WIDTH_PX: Final = 300
_EDGE_PX: Final = 8
_LOW_PX: Final = 120
_ROUND_PX: Final = 8
_FOLLOWED: Final = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide})


class HintBubble(QWidget):
    """A bubble with a text and buttons that points at a widget. It never takes the focus, but Tab reaches its buttons.

    The bubble is beside the widget or, if there is no space, inside the widget near its upper edge. It follows the
    widget.
    """

    dismissed = Signal()
    """Emitted when the user pressed the button that closes the hint. Call ``leave`` to hide the bubble."""
    help_taken = Signal()
    """Emitted when the user pressed the second button."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._target: QWidget | None = None
        self._arrow = QPolygon()
        self._count = PlainLabel(self, look="hint")
        self._text = PlainLabel(self, is_wrapped=True)
        self._help, self._close = QPushButton(self), QPushButton(self.tr("Got it"), self)
        for button in (self._help, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._help.setObjectName("primary")
        margin = _ARROW_PX + 12
        foot = hbox(self._count, 1, self._close, self._help)
        vbox(self._text, foot, spacing=12, margins=(margin, margin, margin, margin - 2), parent=self)
        self.setFixedWidth(sized(_WIDTH_PX))
        self._close.clicked.connect(self.dismissed)
        self._help.clicked.connect(self.help_taken)
        self._moved = QTimer(self, singleShot=True, interval=0)
        self._moved.timeout.connect(self._place)
        parent.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The displayed text, or an empty text if the bubble points at nothing."""
        return self._text.text() if self._target is not None else ""

    def point_at(self, target: QWidget, text: str, *, count: str = "", help_text: str = "") -> None:
        """Point at a widget, as long as the widget is visible. ``count`` is a text such as *2 of 5*.

        ``help_text`` is the text of a second button, or empty if there is none.
        """
        self._watch(target)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._count.setText(count)
        self._help.setText(help_text)
        self._help.setVisible(bool(help_text))
        self._place()

    def leave(self) -> None:
        """Hide the bubble until ``point_at`` is called again. Do nothing if it is hidden."""
        self._watch(None)
        self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOWED:
            # Deferred, because a window that is being hidden is iterating over its children.
            self._moved.start()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme().accent))
        painter.setBrush(theme().panel)
        body = self.rect().adjusted(_ARROW_PX, _ARROW_PX, -_ARROW_PX - 1, -_ARROW_PX - 1)
        painter.drawRoundedRect(body, _ROUND_PX, _ROUND_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().accent)
        painter.drawPolygon(self._arrow)

    def _watch(self, target: QWidget | None) -> None:
        former, self._target = self._target, target
        if former is not None and isValid(former):
            former.removeEventFilter(self)
        if target is not None:
            target.installEventFilter(self)

    def _place(self) -> None:
        target, room = self._target, self.parentWidget()
        if target is None or room is None:
            return
        if not isValid(target) or not room.isVisible() or not target.isVisibleTo(room):
            self.hide()
            return
        width = self.width()
        self.setFixedHeight(self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height())
        # The target may be in the status bar, outside of the room.
        around = QRect(room.mapFromGlobal(target.mapToGlobal(QPoint())), target.size())
        self._stand_beside(around, room.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX))
        self.show()
        self.raise_()
        self.update()

    def _stand_beside(self, around: QRect, room: QRect) -> None:
        width, height, tip = self.width(), self.height(), _ARROW_PX
        middle = around.center()
        is_low, is_narrow = around.height() < _LOW_PX, around.width() < room.width() // 2
        # The bubble starts at the top of a low widget, because a message above the widget is to be read, too.
        beside_y = around.top() - tip if is_low else middle.y() - height // 2
        if is_low and around.bottom() > room.center().y() and around.top() - height >= room.top():
            # A low widget in the lower half is usually in a row of buttons, whose other buttons must stay visible.
            place, tip_at = QPoint(middle.x() - width // 2, around.top() - height), "bottom"
        elif is_narrow and around.left() - width >= room.left():
            place, tip_at = QPoint(around.left() - width, beside_y), "right"
        elif is_narrow and around.right() + width <= room.right():
            place, tip_at = QPoint(around.right(), beside_y), "left"
        elif is_low and around.bottom() + height <= room.bottom():
            place, tip_at = QPoint(middle.x() - width // 2, around.bottom() + 1 - tip), "top"
        else:
            place, tip_at = QPoint(middle.x() - width // 2, around.top() + _EDGE_PX), ""
        x = max(room.left(), min(place.x(), room.right() - width))
        y = max(room.top(), min(place.y(), room.bottom() - height))
        self.move(x, y)
        across = max(3 * tip, min(middle.x() - x, width - 3 * tip))
        along = max(3 * tip, min(middle.y() - y, height - 3 * tip))
        far_x, far_y = width - tip - 1, height - tip - 1
        arrows = {
            "right": ((far_x, along - tip), (far_x + tip, along), (far_x, along + tip)),
            "left": ((tip, along - tip), (0, along), (tip, along + tip)),
            "top": ((across - tip, tip), (across, 0), (across + tip, tip)),
            "bottom": ((across - tip, far_y), (across, far_y + tip), (across + tip, far_y)),
        }
        self._arrow = QPolygon([QPoint(*corner) for corner in arrows.get(tip_at, ())])
