"""Show the institution's logo and name side by side, always on a white background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.override import override
from esign_desktop.services.counter import brand as pictures
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import ElidedLabel
from esign_desktop.ui.widgets.layouts import hbox

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_PX: Final = QSize(1600, 480)
_WIDEST: Final = 6.0
HEIGHT_PX: Final = 72
CRAMPED_HEIGHT_PX: Final = 40
_INK: Final = "#1f2430"
IDLE_HEIGHT_PX: Final = 160
"""The height of the logo on the customer's screen while no contract is shown, in logical pixels."""
_TEXT_OF_HEIGHT: Final = 1 / 3
_SMALLEST_TEXT_PX: Final = 24


def read_picture(path: Path | None) -> QImage:
    """Read a logo, and return it scaled down to the largest size that is ever shown. The call blocks on the disk.

    Return a null image if ``path`` is None or the file can't be read.
    """
    if path is None:
        return QImage()
    found = pictures.read_picture(path, most_width_px=_LARGEST_PX.width(), most_height_px=_LARGEST_PX.height())
    if found is None:
        return QImage()
    stride_bytes = found.width_px * 3
    image = QImage(found.data, found.width_px, found.height_px, stride_bytes, QImage.Format.Format_RGB888)
    # ``image`` only refers to ``found.data``; the copy has its own pixels.
    return image.copy()


class Picture(QWidget):
    """Shows a picture at a given height with its aspect ratio. It is hidden until a picture is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._height_px = HEIGHT_PX
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def shown_size(self) -> QSizeF:
        """The size at which the picture is displayed, in logical pixels.

        A very wide picture is lower than the set height.
        """
        size = QSizeF(self._image.size())
        return size.scaled(_WIDEST * self._height_px, self._height_px, Qt.AspectRatioMode.KeepAspectRatio)

    def show_image(self, image: QImage) -> None:
        """Show a picture. If the picture is null, hide the widget."""
        self._image = image
        self.setVisible(not image.isNull())
        self.setFixedSize(self.shown_size.toSize().expandedTo(QSize(1, 1)))
        self.update()

    def set_height(self, height_px: int) -> None:
        """Set the height of the picture, in logical pixels."""
        self._height_px = height_px
        self.show_image(self._image)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(QRectF().topLeft(), self.shown_size)
        area.moveCenter(QRectF(self.rect()).center())
        painter.drawImage(area, self._image)


class BrandBand(QWidget):
    """Shows a logo and a name side by side, centered. Without both, the band takes no space."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = Picture(self)
        self._name = ElidedLabel(self)
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._show_letters(HEIGHT_PX)
        hbox(1, self.picture, self._name, 1, spacing=16, parent=self)
        self._name.hide()

    @property
    def text(self) -> str:
        """The displayed name."""
        return self._name.text()

    def show_brand(self, text: str, image: QImage) -> None:
        """Show a name and a logo. An empty name or a null image is left out."""
        self._name.setText(one_line(text))
        self._name.setVisible(bool(text))
        self.picture.show_image(image)

    def set_height(self, height_px: int) -> None:
        """Set the height of the logo, in logical pixels, and adapt the font size of the name."""
        self.picture.set_height(height_px)
        self._show_letters(height_px)

    def _show_letters(self, height_px: int) -> None:
        text_px = max(_SMALLEST_TEXT_PX, int(height_px * _TEXT_OF_HEIGHT))
        style = f"color: {_INK}; font-size: {text_px}px; font-weight: 600;"
        if style != self._name.styleSheet():
            self._name.setStyleSheet(style)
