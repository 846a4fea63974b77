"""Adds fields at the blanks of the pages of the template that is edited."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain import field_edits
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence

if TYPE_CHECKING:
    from esign_desktop.domain.blanks import Blank
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.prepare.fields.controller import FieldController
    from esign_desktop.ui.tasks import TaskRunner

_Found = list[tuple[int, "Blank"]]


class BlankFields(QObject):
    """Finds the blanks of all pages in the background, adds a field at each, and selects the new fields."""

    def __init__(
        self, controller: FieldController, documents: DocumentService, tasks: TaskRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._documents = documents
        self._tasks = tasks

    def add(self) -> None:
        """Start to search the blanks. ``hint_given`` of the controller carries a sentence about the result."""
        if not self._controller.pages:
            return
        document_id = self._controller.document_id
        self._tasks.start(
            partial(_found, self._documents, document_id, len(self._controller.pages)),
            owner=self,
            on_done=partial(self._on_found, document_id),
            on_error=self._on_failed,
            lane=Lane.SEARCH,
        )

    def _on_found(self, document_id: DocumentId, blanks: _Found) -> None:
        controller = self._controller
        if not controller.pages or controller.document_id != document_id:
            return
        before = len(controller.fields)
        pages, unnamed = controller.pages, self.tr("Blank")
        fields = field_edits.add_blanks(controller.fields, blanks, pages, unnamed)
        count = len(fields) - before
        if count:
            controller.become(fields)
            controller.choose(range(before, len(fields)))
            controller.reveal(before)
        message = self.tr("Fields were added at %n blanks. Check their names and kinds.", "", count)
        controller.hint_given.emit(message if count else self.tr("No blanks without a field were found."))

    def _on_failed(self, error: AppError) -> None:
        self._controller.hint_given.emit(error_sentence(error).text)


def _found(documents: DocumentService, document_id: DocumentId, page_count: int) -> _Found:
    return [(number, blank) for number in range(1, page_count + 1) for blank in documents.blanks(document_id, number)]
