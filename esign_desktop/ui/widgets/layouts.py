"""Create layouts from lists of their items, and windows and areas that fit the available space.

A layout from which widgets are taken while it is in use must be added to its parent first, and filled then. If a layout
has items when it is added, PySide 6.11.3 creates Python objects for the items, and does not release them when Qt
deletes an item. If an object of another type is then created at the same address, for example a ``QListWidgetItem``,
the program ends with a segmentation fault when Qt deletes that object.
"""

from __future__ import annotations

from enum import Flag
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.ui.widgets.theme import are_letters_large, sized

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QResizeEvent, QShowEvent

Item: TypeAlias = "QWidget | QLayout | int | tuple[QWidget | QLayout, int | Qt.AlignmentFlag]"
"""A widget or layout, optionally in a tuple with its stretch or alignment. A number alone is an empty stretch."""
Margins: TypeAlias = tuple[int, int, int, int]


def hbox(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QHBoxLayout:
    """Return a horizontal layout with ``items``, installed on ``parent`` if there is one.

    Lengths are in logical pixels.
    """
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    _fill(layout, items, spacing, margins)
    return layout


def vbox(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QVBoxLayout:
    """Return a vertical layout with ``items``, installed on ``parent`` if there is one.

    Lengths are in logical pixels.
    """
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    _fill(layout, items, spacing, margins)
    return layout


def _fill(layout: QBoxLayout, items: tuple[Item, ...], spacing: int, margins: Margins) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        match item:
            case int(stretch):
                layout.addStretch(stretch)
            # Not ``Qt.AlignmentFlag``, because the first access to Qt's constants is slow, and the first window needs
            # none.
            case (QWidget() as widget, Flag() as alignment):
                layout.addWidget(widget, 0, alignment)
            case (QWidget() as widget, int(stretch)):
                layout.addWidget(widget, stretch)
            case (QLayout() as inner, int(stretch)):
                layout.addLayout(inner, stretch)
            case QWidget() as widget:
                layout.addWidget(widget)
            case QLayout() as inner:
                layout.addLayout(inner)
            case _:
                raise TypeError(item)


FIT_EVENTS: Final = frozenset({QEvent.Type.Resize, QEvent.Type.LayoutRequest})
"""The events after which the space beside an item of a layout may be different."""
_FRAME_PX: Final = QSize(4, 32)
"""The size of the desktop's frame around a window, assumed because it is not known before the window is shown."""


def room_for(window: QWidget) -> QSize:
    """Return the maximum size at which a window fits on its screen, in logical pixels.

    A dialog is on its parent's screen.
    """
    parent = window.parentWidget()
    screen = (parent.window() if parent is not None else window).screen()
    return screen.availableGeometry().size() - _FRAME_PX


def fit_on_screen(window: QWidget, width: int, height: int) -> None:
    """Set the initial size of a window, in logical pixels at 100 % text size, limited to the size of its screen."""
    room = room_for(window)
    window.setMinimumSize(window.minimumSize().boundedTo(room))
    window.resize(QSize(sized(width), sized(height)).boundedTo(room))


class YieldingScrollArea(QScrollArea):
    """A vertical scroll area that is at most as high as its content, and that scrolls if there is less space."""

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


class ScrolledContent(YieldingScrollArea):
    """A scroll area for content that may be larger than its window, for example because of a large text size."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(content, parent)
        self.setProperty("horizontalScrollBarPolicy", "ScrollBarAsNeeded")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # The Tab key moves only among the widgets in the content, which is scrolled with them.
        self.setProperty("focusPolicy", "NoFocus")


class FittingDialog(QDialog):
    """A dialog that is not larger than its screen.

    At a large text size, its content scrolls if there is too little space.
    """

    @override
    def showEvent(self, event: QShowEvent) -> None:
        layout = self.layout()
        if are_letters_large() and layout is not None and self.findChild(ScrolledContent) is None:
            room = room_for(self)
            content = QWidget(self)
            content.setMinimumSize(self.minimumSize())
            content.setLayout(layout)
            self.setMinimumSize(self.minimumSize().boundedTo(room))
            self.setMaximumSize(self.maximumSize().boundedTo(room))
            vbox(ScrolledContent(content, self), spacing=0, parent=self)
            self.resize(self.sizeHint().expandedTo(self.size()).boundedTo(room))
        super().showEvent(event)


class CurrentPageStack(QStackedWidget):
    """A stack of pages with the size hints of its current page. A ``QStackedWidget`` has those of its largest page."""

    @override
    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize() if page is None else page.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        return False
