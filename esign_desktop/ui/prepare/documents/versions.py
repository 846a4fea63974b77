"""Replace a document with a new version of its file, or with an upright copy."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract.document_replacement import DocumentReplacement, take_upright_copy, take_version
from esign_desktop.domain.contract.problems import PlacementSubject, Severity
from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken, InputError
from esign_desktop.domain.placing.anchors import FoundWords
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.services.editing.anchors import find_again, read_anchors
from esign_desktop.services.editing.session import EditName, with_anchors
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.services.editing.copies import DocumentCopies, UprightCopy
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.tasks import TaskRunner


class DocumentVersions(QObject):
    """Replaces documents with new versions or upright copies, which it opens or creates in the background."""

    copied = Signal(object, object)
    """Carries the upright copy as a ``Document``, and the ``DocumentReplacement``."""
    placements_outside_found = Signal(object, int)
    """Carries the new version as a ``Document``, and the number of its seals that the user must check."""
    failed = Signal(object, object)
    """Carries an ``AppError``, and the ``Document`` that was not replaced."""
    copying = Signal(str, int, int)
    """Carries a ``DocumentId``, the number of compared pages of its copy, and the number of all pages.

    Both numbers are 0 while the copy is being written.
    """
    copying_failed = Signal(str, object)
    """Carries a ``DocumentId``, and an ``AppError`` or None after a cancellation."""

    def __init__(
        self,
        session: ContractSession,
        documents: DocumentService,
        copies: DocumentCopies | None,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._documents = documents
        self._copies = copies
        self._tasks = tasks
        self._under_way: dict[DocumentId, CancelToken] = {}
        if copies is not None:
            tasks.start(copies.sweep, owner=self, on_error=_ignore, lane=Lane.STORE)

    def take_version(self, document: Document, path: Path) -> None:
        """Open a file in the background, and replace a document with it. An error is reported by ``failed``.

        Seals are moved with the words beside them. Seals whose words are not found must be checked by the user. Do
        nothing if the document has been removed in the meantime.
        """
        self._tasks.start(
            partial(_open_version, self._documents, self._copies, self._session.draft, document, path),
            owner=self,
            on_done=partial(self._on_version_opened, document),
            on_error=partial(self._on_version_failed, document),
            lane=Lane.PDF,
        )

    def _on_version_opened(self, document: Document, opened: _OpenedVersion) -> None:
        version = opened.document
        if not self._has(document.id):
            self._close(version)
            return
        if opened.kept_original is not None:
            self._session.learn_path(document.id, opened.kept_original)
        self._session.apply(
            EditName.REPLACE_DOCUMENT,
            partial(take_version, document_id=document.id, version=version, found=opened.found),
            origin=self,
        )
        replacement = self._session.draft.document(version.id)
        outside = {
            problem.subject.placement_id
            for problem in self._session.problems
            if isinstance(problem.subject, PlacementSubject)
            and problem.severity is Severity.BLOCKING
            and problem.code.partition(".")[0] in {"placement", "cross_page"}
            and self._session.draft.placement(problem.subject.placement_id).document_id == version.id
        }
        if outside:
            self.placements_outside_found.emit(replacement, len(outside))

    def _on_version_failed(self, document: Document, error: AppError) -> None:
        self.failed.emit(error, document)

    def make_upright(self, document_id: DocumentId, target: Path | None = None) -> None:
        """Start creating an upright copy of a document, at ``target`` or, by default, in the program's data folder.

        Do nothing if a copy is being created or the document is not in the contract. The result is reported by
        ``copied`` or ``copying_failed``.
        """
        if self._copies is None or document_id in self._under_way or not self._has(document_id):
            return
        cancel = self._under_way[document_id] = CancelToken()
        report = self._tasks.reporter(partial(self._on_copy_progressed, document_id), owner=self)
        self._tasks.start(
            partial(_make_copy, self._copies, self._session.draft, document_id, target, cancel, report),
            owner=self,
            on_done=partial(self._on_copy_made, document_id),
            on_error=partial(self._on_copy_failed, document_id),
            lane=Lane.SEARCH,
        )
        self.copying.emit(document_id, 0, 0)

    def stop(self, document_id: DocumentId) -> None:
        """Cancel the creation of a document's copy, and delete incomplete files. Do nothing if it is not running."""
        cancel = self._under_way.get(document_id)
        if cancel is not None:
            cancel.cancel()

    def _on_copy_progressed(self, document_id: DocumentId, done: int, total: int) -> None:
        if document_id in self._under_way:
            self.copying.emit(document_id, done, total)

    def _on_copy_made(self, document_id: DocumentId, copy: UprightCopy | None) -> None:
        cancel = self._under_way.pop(document_id)
        if copy is None or cancel.is_cancelled or not self._has(document_id):
            if copy is not None:
                self._close(copy.document)
            self.copying_failed.emit(document_id, None)
            return
        if self._session.draft.document(document_id).pages != copy.original.pages:
            self._close(copy.document)
            self.copying_failed.emit(document_id, InputError("document.changed"))
            return
        # The session also knows the matches of keywords that were added during the creation of the copy.
        hits = {**copy.hits, **{key: found for key, found in self._session.hits.items() if found is not None}}
        exchange = take_upright_copy(self._session.draft, document_id, copy.document, hits)
        self._session.apply(EditName.MAKE_UPRIGHT, partial(_taken, exchange), origin=self)
        replacement = self._session.draft.document(copy.document.id)
        self.copied.emit(replacement, exchange)

    def _on_copy_failed(self, document_id: DocumentId, error: AppError) -> None:
        cancel = self._under_way.pop(document_id)
        self.copying_failed.emit(document_id, None if cancel.is_cancelled else error)

    def _has(self, document_id: DocumentId) -> bool:
        return any(document.id == document_id for document in self._session.draft.documents)

    def _close(self, document: Document) -> None:
        self._tasks.start(partial(self._documents.close, document.id), owner=self, lane=Lane.PDF)


@dataclass(frozen=True, slots=True)
class _OpenedVersion:
    """A new version of a document, whose file is open, with the data for the replacement.

    ``found`` is the result of ``find_again``. ``kept_original`` is a copy of the file's previous content for undo, or
    None if the new version is another file or the previous content could not be copied.
    """

    document: Document
    found: Mapping[PlacementId, FoundWords | None]
    kept_original: Path | None


def _open_version(
    documents: DocumentService, copies: DocumentCopies | None, draft: ContractDraft, document: Document, path: Path
) -> _OpenedVersion:
    """Open a version of a document, and find the words beside its seals in the version.

    The call blocks. Raises the errors of ``DocumentService.open``.
    """
    kept = None
    if copies is not None and path == Path(document.path):
        with suppress(AppError):
            kept = copies.keep_original(document)
    unread = tuple(
        placement
        for placement in draft.placements
        if isinstance(placement, CoordinatePlacement)
        and placement.document_id == document.id
        and placement.needs_anchor
    )
    if unread and documents.is_open(document.id):
        with suppress(AppError):
            draft = with_anchors(draft, read_anchors(documents, unread))
    version = documents.open(path)
    return _OpenedVersion(version, find_again(documents, draft, document.id, version), kept)


def _make_copy(
    copies: DocumentCopies,
    draft: ContractDraft,
    document_id: DocumentId,
    target: Path | None,
    cancel: CancelToken,
    report: Callable[[int, int], None],
) -> UprightCopy | None:
    """Create an upright copy, and return it, or None after a cancellation.

    The call blocks. Raises the errors of ``DocumentCopies.make_upright``.
    """

    def on_progress(done: int, total: int) -> None:
        cancel.raise_if_cancelled()
        report(done, total)

    try:
        return copies.make_upright(draft, draft.document(document_id), target=target, on_progress=on_progress)
    except Cancelled:
        return None


def _taken(exchange: DocumentReplacement, _draft: ContractDraft) -> ContractDraft:
    return exchange.draft


def _ignore(_result: object) -> None:
    """Ignore the error, because unused copies are deleted again at the next start."""
