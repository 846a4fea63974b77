"""The first page of the file that the program was started with, where the room will show it a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSizeF, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from esign_desktop.ui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

_PAPER: Final = QColor(255, 255, 255)
_CAPTION_PX: Final = 40.0
"""What the viewer leaves for the name above a document: see ``viewer.page_layout``, which is not imported so early."""


class FirstSheet(QWidget):
    """Empty ground, then the page. ``place`` is the part of it in which pages will lie, in its own logical pixels."""

    painted = Signal()
    """The page stands on the screen; once."""

    def __init__(self, place: QRect, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = QRectF(place)
        self._image: QImage | None = None
        self._is_painted = False

    def show_image(self, image: QImage) -> None:
        """Show this picture of the page, one of its pixels a pixel of the screen."""
        self._image = image
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = theme()
        painter.fillRect(self.rect(), colours.panel)
        painter.fillRect(self._place, colours.ground)
        if self._image is None:
            return
        size = QSizeF(self._image.size()) / self.devicePixelRatioF()
        sheet = QRectF(self._place.topLeft(), size)
        sheet.moveLeft(round(self._place.left() + (self._place.width() - size.width()) / 2))
        sheet.moveTop(round(self._place.top() + _CAPTION_PX))
        painter.setClipRect(self._place)
        painter.fillRect(sheet, _PAPER)
        painter.drawImage(sheet, self._image)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()
