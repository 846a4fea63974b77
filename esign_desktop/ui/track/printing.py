"""Prints a file: its pages are drawn by the PDF process, one after the other, and put on paper here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.tiles import image_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

_PIXELS_PER_POINT: Final = 200 / 72
"""Text is sharp on paper from there, and a page of A4 takes 15 MB."""


def ask_for_printer(
    document: Document,
    renderer: PageRenderer,
    tasks: TaskRunner,
    window: QWidget,
    on_ended: Callable[[AppError | None], None],
) -> None:
    """Ask for a printer, without waiting, and print every page."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    work = PrintWork(printer, document, renderer, tasks, window)
    work.ended.connect(on_ended)

    def on_finished(result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            work.begin()
        else:
            work.deleteLater()

    dialog.finished.connect(on_finished)
    dialog.show()


class PrintWork(QObject):
    """One file on its way to a printer; it goes with ``ended``."""

    ended = Signal(object)
    """None, or the ``AppError`` of a page that can't be drawn: what was printed before it stays."""

    def __init__(
        self, printer: QPrinter, document: Document, renderer: PageRenderer, tasks: TaskRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._printer = printer
        self._document = document
        self._renderer = renderer
        self._tasks = tasks
        self._painter = QPainter()
        self._page_number = 0

    def begin(self) -> None:
        """Draw and print the first page; the others follow."""
        self._draw_next()

    def _draw_next(self) -> None:
        self._page_number += 1
        if self._page_number > len(self._document.pages):
            self._end(None)
            return
        document_id, number = self._document.id, self._page_number
        self._tasks.start(
            lambda: image_of(self._renderer.render(document_id, number, _PIXELS_PER_POINT)),
            owner=self,
            on_done=self._on_drawn,
            on_error=self._end,
            lane=Lane.PDF,
        )

    def _on_drawn(self, image: QImage) -> None:
        turned = (
            QPageLayout.Orientation.Landscape if image.width() > image.height() else QPageLayout.Orientation.Portrait
        )
        self._printer.setPageOrientation(turned)
        is_ready = self._printer.newPage() if self._painter.isActive() else self._painter.begin(self._printer)
        if is_ready:
            paper = self._painter.viewport()
            size = QSize(image.size()).scaled(paper.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(paper.topLeft(), size)
            place.moveCenter(paper.center())
            self._painter.drawImage(place, image)
            self._draw_next()
        else:
            self._end(None)

    def _end(self, error: AppError | None) -> None:
        if self._painter.isActive():
            self._painter.end()
        self.ended.emit(error)
        self.deleteLater()
