"""Searches for the contract's keywords whenever one has not been searched yet: after undo, loading, or typing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.placement import KeywordHit
    from esign_desktop.services.documents import DocumentService
    from esign_desktop.services.session import Change, ContractSession
    from esign_desktop.ui.tasks import TaskRunner


class KeywordSearches(QObject):
    """Keeps the session's hits complete. A search that failed is tried again only after ``retry``."""

    def __init__(
        self, session: ContractSession, documents: DocumentService, tasks: TaskRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._documents = documents
        self._tasks = tasks
        # What each search was begun for: the bytes of the document, which may be other ones by the time it ends.
        self._begun: dict[tuple[DocumentId, str], str] = {}
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self._search()

    def retry(self, document_id: DocumentId) -> None:
        """Search a document again, because it can be searched only now, or its file changed."""
        self._begun = {key: sha256 for key, sha256 in self._begun.items() if key[0] != document_id}
        self._session.forget_hits(document_id)

    def _search(self) -> None:
        for document_id, keyword in self._session.unsearched():
            sha256 = self._session.draft.document(document_id).sha256
            if self._begun.get((document_id, keyword)) == sha256:
                continue
            self._begun[(document_id, keyword)] = sha256
            self._tasks.start(
                partial(self._documents.find, document_id, keyword),
                owner=self,
                on_done=partial(self._on_hits_found, document_id, keyword, sha256),
                on_error=partial(self._on_search_failed, document_id, keyword),
                lane=Lane.SEARCH,
            )

    def _on_session_changed(self, change: Change) -> None:
        if change.edit is None and not change.hits_changed:
            self._begun.clear()
        self._search()

    def _on_hits_found(self, document_id: DocumentId, keyword: str, sha256: str, hits: tuple[KeywordHit, ...]) -> None:
        self._begun.pop((document_id, keyword), None)
        current = next((d for d in self._session.draft.documents if d.id == document_id), None)
        if current is not None and (current.sha256 == sha256 or not sha256):
            self._session.set_hits(document_id, keyword, hits)

    def _on_search_failed(self, document_id: DocumentId, keyword: str, error: AppError) -> None:
        """Leave the keyword unsearched, which ``checks`` reports as a problem that blocks sending."""
