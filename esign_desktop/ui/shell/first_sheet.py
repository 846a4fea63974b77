"""Show the first page of the file with which the program was started, until Prepare shows it in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QPalette, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QImage, QPaintEvent

_CAPTION_PX: Final = 40
"""The height of the caption above a document, in logical pixels.

It is that in ``viewer.layout``, which is not imported so early.
"""


class FirstSheet(QWidget):
    """A widget that is empty until ``show_image`` is called, and then shows the first page of a file.

    ``place`` is the area in which Prepare will show pages, in logical pixels of this widget.
    """

    painted = Signal()
    """Emitted once, when the page is visible on the screen."""

    def __init__(self, place: QRect, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        fill(self, theme().panel)
        self._ground = QWidget(self)
        self._ground.setGeometry(place)
        fill(self._ground, theme().ground)
        self.page = _Picture(self._ground)
        self.page.hide()
        self.page.painted.connect(self.painted)

    def show_image(self, image: QImage) -> None:
        """Show a picture of the page below the space for a caption, with one pixel of the picture per device pixel."""
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.page.setPixmap(picture)
        size = picture.deviceIndependentSize().toSize()
        left = round((self._ground.width() - size.width()) / 2)
        self.page.setGeometry(QRect(left, _CAPTION_PX, size.width(), size.height()))
        self.page.show()


class _Picture(QLabel):
    painted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_painted = False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            # The work that follows is slow, so it starts after the page has reached the screen.
            QTimer.singleShot(0, self.painted.emit)


def fill(widget: QWidget, colour: QColor) -> None:
    """Fill the background of a widget with a color."""
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.Window, colour)
    widget.setPalette(palette)
    widget.setAutoFillBackground(True)
