"""Reads a QR code back from what a window shows, as a phone's camera would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap


def read_qr_codes(picture: QPixmap | QImage) -> tuple[str, ...]:
    """Return the text of every QR code in the picture."""
    import zxingcpp

    image = picture if isinstance(picture, QImage) else picture.toImage()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    # bytes() copies: the bits belong to an image that goes away.
    pixels = memoryview(bytes(grey.constBits())).cast("B", (grey.height(), grey.bytesPerLine()))
    found = zxingcpp.read_barcodes(
        pixels, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]), try_invert=False
    )
    return tuple(code.text for code in found)
