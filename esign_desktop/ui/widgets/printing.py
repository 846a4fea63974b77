"""Ask the user for a printer, without blocking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPageLayout
from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QWidget


def ask_for_printer(
    window: QWidget,
    on_chosen: Callable[[QPrinter], None],
    *,
    otherwise: Callable[[], None] | None = None,
    is_landscape: bool = False,
) -> None:
    """Show the print dialog, and call ``on_chosen`` with the printer, or ``otherwise`` if the user cancels.

    The call returns at once. With ``is_landscape``, the orientation is preset to landscape.
    """
    # Imported here, because all users enter rooms with a print button, but few print.
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if is_landscape:
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    dialog = QPrintDialog(printer, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)

    def on_finished(result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            on_chosen(printer)
        elif otherwise is not None:
            otherwise()

    dialog.finished.connect(on_finished)
    dialog.show()


def prints_to_file(printer: QPrinter) -> bool:
    """Return whether a printer writes to a file instead of paper."""
    return bool(printer.outputFileName())
