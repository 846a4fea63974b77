"""Windows and areas that take no more room than there is, or than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


_FRAME_PX: Final = QSize(4, 32)
"""What a desktop lays around a window, which nobody knows before it is shown."""


def room_for(window: QWidget) -> QSize:
    """Return how large a window may be: what lies outside its screen, which is its parent's, can't warn anybody."""
    parent = window.parentWidget()
    screen = (parent.window() if parent is not None else window).screen()
    return screen.availableGeometry().size() - _FRAME_PX


def fit_on_screen(window: QWidget, width: int, height: int) -> None:
    """Give a window its first size, or what there is of it on its screen."""
    room = room_for(window)
    window.setMinimumSize(window.minimumSize().boundedTo(room))
    window.resize(QSize(width, height).boundedTo(room))


class YieldingScrollArea(QScrollArea):
    """As high as what it shows; it shrinks and scrolls before its neighbours do, which stay visible."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("horizontalScrollBarPolicy", "ScrollBarAlwaysOff")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidgetResizable(True)
        self.setWidget(content)
        content.installEventFilter(self)

    @override
    def sizeHint(self) -> QSize:
        content = self.widget()
        layout = content.layout() if content is not None else None
        if content is None or layout is None:
            return super().sizeHint()
        hint = layout.sizeHint()
        width = self.viewport().width()
        return QSize(hint.width(), layout.heightForWidth(width) if layout.hasHeightForWidth() else hint.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class CurrentPageStack(QStackedWidget):
    """Asks for the room of its current page; Qt's own asks for that of the largest page."""

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        return False
