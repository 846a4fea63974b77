"""Recognize the text of image-only pages in the background, starting near the page in view.

The text recognized so far is kept if the recognition is cancelled or fails.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.ui.prepare.preflight import ScanReading
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.tasks import TaskRunner


class PageReading(QObject):
    """Recognizes the text of documents in the background, one document after the other.

    The recognition of a document that is removed from the contract is cancelled.
    """

    progressed = Signal(str, int, int)
    """Carries a ``DocumentId``, the number of pages recognized so far, and the total number of pages to recognize."""
    ended = Signal(str, object)
    """Carries a ``DocumentId``, and an ``AppError`` or None after success or cancellation."""

    def __init__(
        self, session: ContractSession, documents: DocumentService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._tasks = tasks
        self._under_way: dict[DocumentId, CancelToken] = {}
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def state(self, document: Document) -> ScanReading:
        """Return whether the text of a document's image-only pages has been, or can be, recognized."""
        if document.facts.pages_without_text and not self._documents.unread_pages(document):
            return ScanReading.READ
        if self._documents.can_recognise():
            return ScanReading.UNREAD
        return ScanReading.PACKAGED if getattr(sys, "frozen", False) else ScanReading.MISSING

    def read(self, document: Document, near_page: int) -> None:
        """Start recognizing a document's remaining image-only pages, those nearest to ``near_page`` first.

        Do nothing if the document's recognition is running or no page remains.
        """
        numbers = sorted(self._documents.unread_pages(document), key=lambda number: abs(number - near_page))
        if document.id in self._under_way or not numbers:
            return
        cancel = self._under_way[document.id] = CancelToken()
        report = self._tasks.reporter(partial(self._on_page_read, document.id, len(numbers)), owner=self)
        self._tasks.start(
            partial(self._read, document.id, numbers, report, cancel),
            owner=self,
            on_done=partial(self._on_read, document.id),
            on_error=partial(self._on_failed, document.id),
            lane=Lane.READING,
        )
        self.progressed.emit(document.id, 0, len(numbers))

    def stop(self, document_id: DocumentId) -> None:
        """Cancel the recognition of a document. Do nothing if it is not running."""
        if document_id in self._under_way:
            self._under_way[document_id].cancel()

    def _read(
        self, document_id: DocumentId, numbers: Sequence[int], report: Callable[..., None], cancel: CancelToken
    ) -> None:
        """Recognize pages until the recognition is cancelled. Runs on a background thread."""

        def check_cancelled() -> None:
            if cancel.is_cancelled or self._tasks.is_stopped:
                raise Cancelled

        try:
            self._documents.recognise(document_id, numbers, report, check_cancelled)
        except Cancelled:
            return

    def _on_page_read(self, document_id: DocumentId, total: int, done: int) -> None:
        if document_id in self._under_way:
            self.progressed.emit(document_id, done, total)

    def _on_read(self, document_id: DocumentId, _nothing: None) -> None:
        del self._under_way[document_id]
        self.ended.emit(document_id, None)

    def _on_failed(self, document_id: DocumentId, error: AppError) -> None:
        cancel = self._under_way.pop(document_id)
        self.ended.emit(document_id, None if cancel.is_cancelled else error)

    def _on_session_changed(self, change: Change) -> None:
        for document_id in self._under_way.keys() - {document.id for document in change.after.documents}:
            self.stop(document_id)
