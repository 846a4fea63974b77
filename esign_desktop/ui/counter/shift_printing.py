"""A shift sheet on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPageLayout, QTextCursor, QTextDocument, QTextTableFormat
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def print_sheet(parent: QWidget, title: str, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    """Ask for a printer, without waiting, and print the table below its title."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    dialog = QPrintDialog(printer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def on_finished(result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            sheet_document(title, headings, rows).print_(printer)

    dialog.finished.connect(on_finished)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.show()


def sheet_document(title: str, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> QTextDocument:
    """Return the sheet as pages; texts go in as text, never as markup."""
    document = QTextDocument()
    font = QFont()
    font.setPointSize(9)
    document.setDefaultFont(font)
    cursor = QTextCursor(document)
    cursor.insertText(f"{title}\n")
    look = QTextTableFormat()
    look.setHeaderRowCount(1)
    look.setCellPadding(3)
    look.setCellSpacing(0)
    look.setBorder(0.5)
    table = cursor.insertTable(len(rows) + 1, len(headings), look)
    for row, cells in enumerate((headings, *rows)):
        for column, text in enumerate(cells):
            table.cellAt(row, column).firstCursorPosition().insertText(text)
    return document
