"""A signing code on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog

from esign_desktop.ui.qr.qr_image import file_image

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def print_code(parent: QWidget, link: str, *lines: str) -> None:
    """Ask for a printer, without waiting, and print the code with lines of text around it."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def on_finished(result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            print_page(printer, link, lines)

    dialog.finished.connect(on_finished)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.show()


def print_page(printer: QPrinter, link: str, lines: tuple[str, ...]) -> None:
    """Print the code 80 mm wide, or as wide as the page allows, above the lines."""
    painter = QPainter()
    if not painter.begin(printer):
        return
    try:
        page = painter.viewport()
        side = min(round(printer.resolution() * 80 / 25.4), page.width(), page.height() // 2)
        place = QRect((page.width() - side) // 2, page.height() // 10, side, side)
        painter.drawImage(place, file_image(link))
        font = painter.font()
        font.setPointSize(14)
        painter.setFont(font)
        rest = QRect(0, place.bottom(), page.width(), page.height() - place.bottom())
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(rest, int(flags), "\n".join(line for line in lines if line))
    finally:
        painter.end()
