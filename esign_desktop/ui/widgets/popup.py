"""Provide a small window over the others that closes on Esc or on a click outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QRegion
from PySide6.QtWidgets import QApplication, QFrame

from esign_desktop.override import override
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget


_RADIUS_PX: Final = 8
"""The corner radius in logical pixels, which is the same as that of cards."""


class Popup(QFrame):
    """A popup that closes on Esc or on a click outside, and is deleted then.

    A subclass sets the focus proxy to the widget that has the focus first.
    """

    def __init__(self, title: str, parent: QWidget) -> None:
        # Neither the system's frame and shadow nor a background may be visible behind the round corners.
        super().__init__(
            parent,
            Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)

    def open_at(self, position: QPoint) -> None:
        """Show the popup at a position of the screen, moved so that it is completely on the screen, and focus it."""
        self.adjustSize()
        area = self.screen().availableGeometry()
        x, y = min(position.x(), area.right() - self.width()), min(position.y(), area.bottom() - self.height())
        self.move(max(area.left(), x), max(area.top(), y))
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        """Called when Enter is pressed while no button has the focus.

        Subclasses override this; the default implementation does nothing.
        """

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # A style sheet paints no background in a translucent window.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().frame)
        painter.setBrush(theme().panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if QGuiApplication.platformName() != "xcb":
            return
        # An X11 desktop without transparency would paint the corners black.
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), _RADIUS_PX, _RADIUS_PX)
        self.setMask(QRegion(outline.toFillPolygon().toPolygon()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif self.isAncestorOf(QApplication.focusWidget() or self) and press_focused_button(event):
            return
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.accept()
        else:
            super().keyPressEvent(event)
