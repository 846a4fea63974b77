"""Detect files that another program has changed or removed since they were added to the contract."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from esign_desktop.domain.errors import InputError
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.services.editing.documents import DocumentService, FileStamp
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.documents.versions import DocumentVersions
    from esign_desktop.ui.tasks import TaskRunner

_MOST_WAIT_MS: Final = 100
"""The longest time for which a check delays the review. The review compares the files again."""


class ChangedFiles(QObject):
    """Checks in the background whether files of the contract are missing or have changed.

    A check runs when the application becomes active and before the review. ``bar`` shows the files that it finds.
    """

    checked = Signal()
    """Emitted after ``check_before_send`` if no file is missing or changed, or if the check takes over 100 ms."""

    def __init__(
        self,
        session: ContractSession,
        documents: DocumentService,
        versions: DocumentVersions,
        tasks: TaskRunner,
        bar: ChangedFileBar,
    ) -> None:
        super().__init__(bar)
        self._session = session
        self._documents = documents
        self._versions = versions
        self._tasks = tasks
        self.bar = bar
        self._stamps: dict[DocumentId, FileStamp] = {}
        self._is_checking = False
        self._is_review_wanted = False
        self._patience = QTimer(self, singleShot=True, interval=_MOST_WAIT_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        bar.new_version_requested.connect(self._on_bar_new_version_requested)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application_state_changed)

    def check(self) -> None:
        """Start a check in the background, unless one is running."""
        if self._is_checking:
            return
        files = tuple(one for one in self._session.draft.documents if one.path and one.sha256)
        self._is_checking = True
        self._tasks.start(
            partial(_states, self._documents, files, dict(self._stamps)),
            owner=self,
            on_done=self._on_states_read,
            lane=Lane.READING,
        )

    def check_before_send(self) -> None:
        """Start a check, unless one is running, and emit ``checked`` as soon as the review may open."""
        self._is_review_wanted = True
        self._patience.start()
        self.check()

    def _on_states_read(self, states: Mapping[DocumentId, FileStamp | str]) -> None:
        self._is_checking = False
        current = {document.id: document for document in self._session.draft.documents}
        has_fault = False
        for document_id, state in states.items():
            document = current.get(document_id)
            if document is None:
                continue
            if isinstance(state, str):
                has_fault = True
                self.bar.show_document(document, is_missing=state == "document.missing")
            else:
                self._stamps[document_id] = state
                self.bar.forget(document_id)
        self._stamps = {key: stamp for key, stamp in self._stamps.items() if key in current}
        if self._is_review_wanted and not has_fault:
            self._on_patience_timeout()
        self._is_review_wanted = False
        self._patience.stop()

    def _on_patience_timeout(self) -> None:
        if self._is_review_wanted:
            self._is_review_wanted = False
            self.checked.emit()

    def _on_application_state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.check()

    def _on_bar_new_version_requested(self, document: Document) -> None:
        self._versions.take_version(document, Path(document.path))


def _states(
    documents: DocumentService, files: tuple[Document, ...], known: Mapping[DocumentId, FileStamp]
) -> dict[DocumentId, FileStamp | str]:
    """Return, for each document, the stamp of its unchanged file or the error code of a problem. The call blocks."""
    states: dict[DocumentId, FileStamp | str] = {}
    for document in files:
        try:
            states[document.id] = documents.verify(document, known.get(document.id))
        except InputError as error:
            states[document.id] = error.code
    return states


class ChangedFileBar(NoticeBar):
    """The bar that shows one missing or changed file at a time, with remedies. It is hidden if there is none."""

    new_version_requested = Signal(object)
    """Carries the ``Document`` whose file, which has changed or was missing, the user wants to open again."""
    other_file_requested = Signal(object)
    """Carries the ``DocumentId`` of the document whose file the user wants to replace with another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._affected: dict[DocumentId, tuple[Document, bool]] = {}
        self._take = self.add_button("", self._on_take_meant)
        self.add_button(self.tr("Choose another file…"), self._on_choose_clicked, is_deliberate=False)
        self.hide()

    def show_document(self, document: Document, *, is_missing: bool) -> None:
        """Add a document whose file is missing or, otherwise, has changed. The bar shows the document added first."""
        self._affected[document.id] = (document, is_missing)
        self._show()

    def forget(self, document_id: DocumentId) -> None:
        """Remove a document from the bar, because its file is unchanged. Do nothing if the bar does not contain it."""
        if self._affected.pop(document_id, None) is not None:
            self._show()

    def keep_only(self, documents: tuple[Document, ...]) -> None:
        """Remove documents that have been replaced or removed. ``documents`` contains the contract's documents now."""
        kept = {document.id: document for document in documents}
        self._affected = {
            document_id: entry for document_id, entry in self._affected.items() if kept.get(document_id) == entry[0]
        }
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._affected))
        if not self._affected:
            return
        document, is_missing = next(iter(self._affected.values()))
        sentence = (
            self.tr(
                "“{name}” is no longer in its folder. Put the file back or choose another file; the seals are kept."
            )
            if is_missing
            else self.tr("The file of “{name}” has changed. The contract still uses the version you opened.")
        )
        self.show_text(sentence.format(name=one_line(document.name)))
        self._take.setText(self.tr("Try again") if is_missing else self.tr("Use the new version"))

    def _on_take_meant(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.new_version_requested.emit(document)

    def _on_choose_clicked(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.other_file_requested.emit(document.id)
