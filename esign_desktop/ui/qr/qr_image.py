"""QR codes as images, always black on white with the quiet zone that readers need."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, qRgb

QUIET_MODULES: Final = 4
"""Width of the white border, from ISO/IEC 18004."""

_FILE_PIXELS: Final = 1024


def is_web_link(text: str) -> bool:
    """Whether a link from outside may be drawn or opened: http or https, and read the same way by everybody."""
    # Backslashes and user parts are where readers disagree about the host.
    if "\\" in text or "@" in text.partition("://")[2].partition("/")[0]:
        return False
    url = QUrl(text, QUrl.ParsingMode.StrictMode)
    try:
        host = urlsplit(text).hostname
    except ValueError:
        return False
    return url.isValid() and url.scheme() in {"http", "https"} and bool(host) and url.host().lower() == host


def module_image(text: str) -> QImage:
    """Return the code with one pixel a module, quiet zone included."""
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
    """Return the code as it is saved and printed: about a thousand pixels wide, each module whole pixels."""
    modules = module_image(text)
    side = modules.width() * max(4, _FILE_PIXELS // modules.width())
    return modules.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation)
