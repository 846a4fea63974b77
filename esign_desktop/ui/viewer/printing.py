"""Print documents.

A PDF process renders one page after the other, and the window's thread paints them on the printer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPageLayout, QPainter

from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.tiles import image_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtPrintSupport import QPrinter

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

_PIXELS_PER_POINT: Final = 200 / 72
"""The resolution of printed pages, which is 200 dpi. Text is sharp on paper, and an A4 page takes 15 MB."""


class PrintWork(QObject):
    """A job that prints documents one after the other in the background. It deletes itself after ``ended``."""

    ended = Signal(object)
    """Carries None if all pages are printed, otherwise the ``AppError`` of the page that can't be rendered or printed.

    The pages before it have been printed; the pages after it are not.
    """

    def __init__(
        self,
        printer: QPrinter,
        documents: Sequence[Document],
        renderer: PageRenderer,
        tasks: TaskRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._printer = printer
        self._left = _pages(documents)
        self._renderer = renderer
        self._tasks = tasks
        self._painter = QPainter()

    def begin(self) -> None:
        """Start to render and print the first page, and return at once.

        The other pages follow without further calls.
        """
        self._draw_next()

    def _draw_next(self) -> None:
        page = next(self._left, None)
        if page is None:
            self._end(None)
            return
        document_id, number = page
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
            self._end(InputError("print.failed"))

    def _end(self, error: AppError | None) -> None:
        if self._painter.isActive():
            self._painter.end()
        self.ended.emit(error)
        self.deleteLater()


def _pages(documents: Sequence[Document]) -> Iterator[tuple[DocumentId, int]]:
    for document in documents:
        for number in range(1, len(document.pages) + 1):
            yield document.id, number
