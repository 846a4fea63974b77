"""Draw QR codes as images and in a widget: always black on white, with the quiet zone that scanners need."""

from __future__ import annotations

import math
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import QRect, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QPainter, QPaintEvent, qRgb
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.override import override

QUIET_MODULES: Final = 4
"""The width of the white border in modules, from ISO/IEC 18004."""

_FILE_PIXELS: Final = 1024


def is_web_link(text: str) -> bool:
    """Return whether a link from outside may be drawn or opened.

    It must be an http or https link in which all URL parsers find the same host.
    """
    # URL parsers disagree about the host if there are backslashes or a user name.
    if "\\" in text or "@" in text.partition("://")[2].partition("/")[0]:
        return False
    url = QUrl(text, QUrl.ParsingMode.StrictMode)
    try:
        host = urlsplit(text).hostname
    except ValueError:
        return False
    return url.isValid() and url.scheme() in {"http", "https"} and bool(host) and url.host().lower() == host


def module_image(text: str) -> QImage:
    """Return the QR code of a text with one pixel per module, including the quiet zone."""
    import segno

    rows = segno.make(text, error="m", micro=False).matrix
    side = len(rows) + 2 * QUIET_MODULES
    image = QImage(side, side, QImage.Format.Format_RGB32)
    black, white = qRgb(0, 0, 0), qRgb(255, 255, 255)
    image.fill(white)
    for y, row in enumerate(rows, QUIET_MODULES):
        for x, is_dark in enumerate(row, QUIET_MODULES):
            if is_dark:
                image.setPixel(x, y, black)
    return image


def file_image(text: str) -> QImage:
    """Return the QR code of a text for saving and printing: about 1,000 pixels wide, with equal pixels per module."""
    modules = module_image(text)
    side = modules.width() * max(4, _FILE_PIXELS // modules.width())
    return modules.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation)


_MIN_MODULE_PX: Final = 3
_HINT_PX: Final = 420


class QrCode(QWidget):
    """Shows a QR code that fills the widget, with a whole number of device pixels per module.

    Without a text, it is empty.

    The text is not part of any accessible text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._modules = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def text(self) -> str:
        """The text of the code, or an empty text if there is no code."""
        return self._text

    @property
    def module_count(self) -> int:
        """The number of modules on each side of the code, without the quiet zone, or 0 if there is no code."""
        return max(0, self._modules.width() - 2 * QUIET_MODULES)

    @property
    def modules(self) -> QImage:
        """The code with one pixel per module, including the quiet zone, or a null image if there is no code."""
        return self._modules

    def show_text(self, text: str, *, drawn: QrCode | None = None) -> None:
        """Show the code of a text, or nothing if the text is empty. Do nothing if the code is shown already.

        Computing a code takes about 10 ms. This is avoided if ``drawn`` already shows the code of the same text.
        """
        if text != self._text:
            self._text = text
            if drawn is not None and drawn.text == text:
                self._modules = drawn.modules
            else:
                self._modules = module_image(text) if text else QImage()
            self.updateGeometry()
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_HINT_PX, _HINT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        side = _MIN_MODULE_PX * max(self._modules.width(), 45)
        return QSize(side, side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._modules.isNull():
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        width, height = math.floor(self.width() * ratio), math.floor(self.height() * ratio)
        module_px = max(1, min(width, height) // self._modules.width())
        side = module_px * self._modules.width()
        # From here on, one unit of the painter is one device pixel.
        painter.scale(1 / ratio, 1 / ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        place = QRect((width - side) // 2, (height - side) // 2, side, side)
        painter.fillRect(place, Qt.GlobalColor.white)
        painter.drawImage(place, self._modules)
