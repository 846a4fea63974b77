"""Puts a new version or an upright copy into the place of a document, without the window waiting.

A line above the pages about a file that is gone or has changed since it was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from esign_desktop.domain.contract.document_replacement import Exchange, take_upright_copy, take_version
from esign_desktop.domain.contract.problems import PlacementSubject, Severity
from esign_desktop.domain.errors import AppError, Cancelled, InputError
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.services.editing.copies import DocumentCopies, UprightCopy
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.tasks import TaskRunner


_LOOK_MS: Final = 100


@dataclass
class _Progress:
    """Written by the thread that makes the copy, read by the window's."""

    done: int = 0
    total: int = 0
    is_stopped: bool = False
    shown: tuple[int, int] | None = field(default=None)

    def note(self, done: int, total: int) -> None:
        """Hear of a page that was compared. Raises Cancelled."""
        if self.is_stopped:
            raise Cancelled
        self.done, self.total = done, total


class DocumentVersions(QObject):
    """``exchanged`` and ``copied`` carry the ``DocumentId`` that is gone and the ``Document`` that came.

    ``copied`` carries the ``Exchange`` besides; ``misfits_found`` how many seals do not fit the new version.
    """

    exchanged = Signal(str, object)
    copied = Signal(str, object, object)
    misfits_found = Signal(object, int)
    failed = Signal(object, object)
    """An ``AppError`` and the ``Document`` that stays."""
    copying = Signal(str, int, int)
    """A ``DocumentId``, how many pages of its copy were checked, and how many there are; 0 of 0 while it is written."""
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
        self._under_way: dict[DocumentId, _Progress] = {}
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        if copies is not None:
            tasks.start(copies.sweep, owner=self, on_done=_ignore, on_error=_ignore, lane=Lane.STORE)

    # Versions

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
        self.exchanged.emit(document.id, self._session.draft.document(version.id))
        misfits = {
            problem.subject.placement_id
            for problem in self._session.problems
            if isinstance(problem.subject, PlacementSubject)
            and problem.severity is Severity.BLOCKING
            and problem.code.partition(".")[0] in {"placement", "cross_page"}
            and self._session.draft.placement(problem.subject.placement_id).document_id == version.id
        }
        if misfits:
            self.misfits_found.emit(self._session.draft.document(version.id), len(misfits))

    def _on_version_failed(self, document: Document, error: AppError) -> None:
        self.failed.emit(error, document)

    # Copies

    def make_upright(self, document_id: DocumentId, target: Path | None = None) -> None:
        """Begin an upright copy of a document, unless one is under way."""
        if self._copies is None or document_id in self._under_way or not self._has(document_id):
            return
        draft, progress = self._session.draft, _Progress()
        self._under_way[document_id] = progress
        self._tasks.start(
            partial(self._make, self._copies, draft, document_id, target, progress),
            owner=self,
            on_done=partial(self._on_copy_made, document_id),
            on_error=partial(self._on_copy_failed, document_id),
            lane=Lane.SEARCH,
        )
        self._timer.start()
        self._on_timer_timeout()

    def stop(self, document_id: DocumentId) -> None:
        """Give up a copy that is under way; nothing of it is left."""
        progress = self._under_way.get(document_id)
        if progress is not None:
            progress.is_stopped = True

    @staticmethod
    def _make(
        copies: DocumentCopies, draft: ContractDraft, document_id: DocumentId, target: Path | None, progress: _Progress
    ) -> UprightCopy | None:
        try:
            return copies.make_upright(draft, draft.document(document_id), target=target, on_progress=progress.note)
        except Cancelled:
            return None

    def _on_copy_made(self, document_id: DocumentId, copy: UprightCopy | None) -> None:
        progress = self._end(document_id)
        if copy is None or progress.is_stopped or not self._has(document_id):
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
        newcomer = self._session.draft.document(copy.document.id)
        self.exchanged.emit(document_id, newcomer)
        self.copied.emit(document_id, newcomer, exchange)

    def _on_copy_failed(self, document_id: DocumentId, error: AppError) -> None:
        progress = self._end(document_id)
        self.copying_failed.emit(document_id, None if progress.is_stopped else error)

    def _end(self, document_id: DocumentId) -> _Progress:
        progress = self._under_way.pop(document_id)
        if not self._under_way:
            self._timer.stop()
        return progress

    def _on_timer_timeout(self) -> None:
        for document_id, progress in self._under_way.items():
            now = (progress.done, progress.total)
            if now != progress.shown:
                progress.shown = now
                self.copying.emit(document_id, *now)

    def _has(self, document_id: DocumentId) -> bool:
        return any(document.id == document_id for document in self._session.draft.documents)

    def _close(self, document: Document) -> None:
        self._tasks.start(partial(self._documents.close, document.id), owner=self, on_done=_ignore, lane=Lane.PDF)


def _taken(exchange: Exchange, _draft: ContractDraft) -> ContractDraft:
    return exchange.draft


def _ignore(_result: object) -> None:
    """Nobody waits for this."""


class ChangedFileBar(QFrame):
    """Names one file at a time and offers what can be done; hidden while all files are as they were."""

    new_version_requested = Signal(object)
    """The ``Document`` whose file is to be taken as it is now."""
    other_file_requested = Signal(object)
    """The ``DocumentId`` that another file is to be chosen for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._affected: dict[str, tuple[Document, bool]] = {}
        self._sentence = PlainLabel(self)
        self._sentence.setWordWrap(True)
        self._take = DeliberateButton(self)
        self._choose = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._take)
        row.addWidget(self._choose)
        self._take.meant.connect(self._on_take_meant)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)

    def tell(self, document: Document, *, is_missing: bool) -> None:
        """Say that a document's file is gone, or that it is another one than it was."""
        self._affected[document.id] = (document, is_missing)
        self._show()

    def keep_only(self, documents: tuple[Document, ...]) -> None:
        """Forget documents that were replaced or removed."""
        kept = {document.id: document for document in documents}
        self._affected = {
            document_id: entry for document_id, entry in self._affected.items() if kept.get(entry[0].id) == entry[0]
        }
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
        self._sentence.setText(sentence.format(name=one_line(document.name)))
        self._take.setText(self.tr("Try again") if is_missing else self.tr("Use the new version"))
        self._choose.setText(self.tr("Choose another file…"))

    def _on_take_meant(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.new_version_requested.emit(document)

    def _on_choose_clicked(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.other_file_requested.emit(document.id)
