"""Asks for a printer, without waiting."""

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
    """Call ``on_chosen`` once a printer is chosen, or ``otherwise``."""
    # Not above: the rooms that may print are entered by everybody, and few print.
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
