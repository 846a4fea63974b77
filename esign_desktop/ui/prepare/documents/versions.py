"""Puts a new version or an upright copy into the place of a document, and tells of files that changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract.document_replacement import DocumentReplacement, take_upright_copy, take_version
from esign_desktop.domain.contract.problems import PlacementSubject, Severity
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken, InputError
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.services.editing.copies import DocumentCopies, UprightCopy
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.tasks import TaskRunner


class DocumentVersions(QObject):
    """Opens new versions and makes upright copies, and has the session put them in the old document's place."""

    copied = Signal(object, object)
    """The ``Document`` that is the upright copy, and the ``DocumentReplacement`` that it came by."""
    placements_outside_found = Signal(object, int)
    """The new version, and how many seals do not fit it."""
    failed = Signal(object, object)
    """An ``AppError`` and the ``Document`` that stays."""
    copying = Signal(str, int, int)
    """A ``DocumentId``, how many pages of its copy were compared, and of how many; 0 of 0 while it is written."""
    copying_failed = Signal(str, object)
    """A ``DocumentId`` and an ``AppError``, or None when the copy was not wanted any more."""

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
        """Open another file for a document; its seals stay, and it is told how many do not fit."""
        self._tasks.start(
            partial(self._documents.open, path),
            owner=self,
            on_done=partial(self._on_version_opened, document),
            on_error=partial(self._on_version_failed, document),
            lane=Lane.PDF,
        )

    def _on_version_opened(self, document: Document, version: Document) -> None:
        if not self._has(document.id):
            self._close(version)
            return
        self._session.apply(
            EditName.REPLACE_DOCUMENT,
            partial(take_version, document_id=document.id, version=version),
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
        """Begin an upright copy of a document, unless one is under way."""
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
        """Give up a copy that is under way; nothing of it is left."""
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
        # Keywords that were placed while the copy was made are known to the session.
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


def _make_copy(
    copies: DocumentCopies,
    draft: ContractDraft,
    document_id: DocumentId,
    target: Path | None,
    cancel: CancelToken,
    report: Callable[[int, int], None],
) -> UprightCopy | None:
    """Make the copy; None if it is not wanted any more. Blocks. Raises as ``DocumentCopies.make_upright``."""

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
    """Nobody waits for this."""


class ChangedFileBar(NoticeBar):
    """Names one file at a time that is gone or has changed, and offers what can be done; hidden while there is none."""

    new_version_requested = Signal(object)
    """The ``Document`` whose file is to be taken as it is now."""
    other_file_requested = Signal(object)
    """The ``DocumentId`` that another file is to be chosen for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._affected: dict[DocumentId, tuple[Document, bool]] = {}
        self._take = self.add_button("", self._on_take_meant)
        self.add_button(self.tr("Choose another file…"), self._on_choose_clicked, is_deliberate=False)
        self.hide()

    def show_document(self, document: Document, *, is_missing: bool) -> None:
        """Say that a document's file is gone, or that it is another one than it was."""
        self._affected[document.id] = (document, is_missing)
        self._show()

    def keep_only(self, documents: tuple[Document, ...]) -> None:
        """Forget documents that were replaced or removed."""
        kept = {document.id: document for document in documents}
        self._affected = {one: entry for one, entry in self._affected.items() if kept.get(one) == entry[0]}
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._affected))
        if not self._affected:
            return
        document, is_missing = next(iter(self._affected.values()))
        sentence = (
            self.tr("The file of “{name}” is no longer where it was. Put it back or choose another; the seals stay.")
            if is_missing
            else self.tr("The file of “{name}” has changed since it was chosen. Check the seals on its new version.")
        )
        self.show_text(sentence.format(name=one_line(document.name)))
        self._take.setText(self.tr("Try again") if is_missing else self.tr("Use the new version"))

    def _on_take_meant(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.new_version_requested.emit(document)

    def _on_choose_clicked(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.other_file_requested.emit(document.id)
