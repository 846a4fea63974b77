"""Reads QR codes with a decoder that knows nothing of how they were drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zxingcpp
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def decoded(image: QImage) -> list[str]:
    """Return the texts of all QR codes in an image; white on black does not count."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = memoryview(bytes(grey.constBits())).cast("B", (grey.height(), grey.bytesPerLine()))
    found = zxingcpp.read_barcodes(
        pixels, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), try_invert=False
    )
    return [one.text for one in found]


def seen_on(widget: QWidget) -> list[str]:
    """Return what a phone in front of a widget reads."""
    return decoded(widget.grab().toImage())
