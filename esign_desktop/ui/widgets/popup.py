"""A small window over the work that a click beside it, or Esc, closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QRegion
from PySide6.QtWidgets import QFrame

from esign_desktop.override import override
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget


_RADIUS_PX: Final = 8
"""As cards have it."""


class Popup(QFrame):
    """It is gone once it is closed. A subclass sets its focus proxy to what has the keyboard first."""

    def __init__(self, title: str, parent: QWidget) -> None:
        # Round all the way: neither the system's frame and shadow nor a ground shows behind the corners.
        super().__init__(
            parent,
            Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)

    def open_at(self, position: QPoint) -> None:
        """Show it at a position of the screen, wholly on the screen."""
        self.adjustSize()
        area = self.screen().availableGeometry()
        x, y = min(position.x(), area.right() - self.width()), min(position.y(), area.bottom() - self.height())
        self.move(max(area.left(), x), max(area.top(), y))
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        """Do what Enter does, where no button has the keyboard."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # The style sheet paints nothing in a window that can be seen through.
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
        # Desktops of X that can't show through would paint the corners black.
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), _RADIUS_PX, _RADIUS_PX)
        self.setMask(QRegion(outline.toFillPolygon().toPolygon()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif press_focused_button(event):
            return
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.accept()
        else:
            super().keyPressEvent(event)
