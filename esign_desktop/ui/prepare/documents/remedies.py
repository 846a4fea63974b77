"""Does what the cards of documents offer: copies, versions, removal, and the way to where a seal belongs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from esign_desktop.domain.contract import edits
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.preflight import Remedy
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.file_dialogs import FileKind, file_dialog
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from esign_desktop.domain.contract.document_replacement import Exchange
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.documents.panel import DocumentsPanel
    from esign_desktop.ui.prepare.documents.versions import DocumentVersions
    from esign_desktop.ui.widgets.notice_bar import Messages


class DocumentRemedies(QObject):
    """Between the cards, which ask, and the versions, which are made; both know nothing of one another."""

    replacement_requested = Signal(object)
    page_requested = Signal(str, int)
    seal_requested = Signal(str, int)
    """A ``DocumentId`` and the number of the page where a seal is to be placed by click."""
    template_requested = Signal(object)
    """The ``DocumentId`` of a form that is wanted as a template."""
    stop_requested = Signal(object)
    """The ``DocumentId`` whose work, as ``show_work`` shows it, is not wanted any more."""
    problems_requested = Signal()

    def __init__(
        self,
        session: ContractSession,
        panel: DocumentsPanel,
        versions: DocumentVersions,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panel = panel
        self._versions = versions
        self._messages = messages
        self._connect()

    def _connect(self) -> None:
        self._panel.remedy_requested.connect(self._on_panel_remedy_requested)
        self._panel.stop_requested.connect(self._versions.stop)
        self._panel.stop_requested.connect(self.stop_requested)
        self._versions.copying.connect(self._on_versions_copying)
        self._versions.copying_failed.connect(self._on_versions_copying_failed)
        self._versions.copied.connect(self._on_versions_copied)
        self._versions.placements_outside_found.connect(self._on_versions_placements_outside_found)

    def show_work(self, document_id: DocumentId, text: str, done: int, total: int) -> None:
        """Say at a document what is done with it, and how far that is; 0 of 0 while nobody knows."""
        card = self._panel.card(document_id)
        if card is not None:
            card.pane.show_work(text, done, total)

    def end_work(self, document_id: DocumentId, failure: str = "") -> bool:
        """Offer the remedies again, with a sentence for what failed; False when the document is not there any more."""
        card = self._panel.card(document_id)
        if card is not None:
            card.end_work(failure)
        return card is not None

    def _on_panel_remedy_requested(self, document_id: DocumentId, remedy: Remedy, page_number: int) -> None:
        match remedy:
            case Remedy.UPRIGHT_COPY:
                self._versions.make_upright(document_id)
            case Remedy.UPRIGHT_COPY_AS:
                self._choose_target(document_id)
            case Remedy.REPLACE:
                self.replacement_requested.emit(document_id)
            case Remedy.REMOVE:
                self._session.apply(
                    EditName.REMOVE_DOCUMENT, partial(edits.remove_document, document_id=document_id), origin=self
                )
            case Remedy.SHOW_PAGE:
                self.page_requested.emit(document_id, max(1, page_number))
            case Remedy.PLACE_BY_CLICK:
                self.seal_requested.emit(document_id, max(1, page_number))
            case Remedy.TEMPLATE:
                self.template_requested.emit(document_id)
            case Remedy.PASSWORD:
                """The card gives it itself."""

    def _choose_target(self, document_id: DocumentId) -> None:
        document = self._session.draft.document(document_id)
        dialog = file_dialog(self._panel, self.tr("Save the upright copy"), FileKind.CONTRACT)
        dialog.setObjectName("copyTarget")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setNameFilters([self.tr("PDF files (*.pdf)")])
        path = Path(document.path)
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(self.tr("{name} (upright).pdf").format(name=path.stem))
        dialog.fileSelected.connect(partial(self._on_target_selected, document_id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_target_selected(self, document_id: DocumentId, path: str) -> None:
        self._versions.make_upright(document_id, Path(path))

    def _on_versions_copying(self, document_id: DocumentId, done: int, total: int) -> None:
        card = self._panel.card(document_id)
        if card is not None:
            card.pane.show_progress(done, total)

    def _on_versions_copying_failed(self, document_id: DocumentId, error: AppError | None) -> None:
        card = self._panel.card(document_id)
        if card is None:
            return
        failure = ""
        if error is not None:
            sentence = error_sentence(error)
            failure = f"{sentence.title} {sentence.remedy}"
        card.end_work(failure)

    def _on_versions_copied(self, copy: Document, exchange: Exchange) -> None:
        remedy = self.tr("Its seals stay where they were. Undo brings the file itself back.")
        if exchange.divided:
            remedy = self.tr(
                "%n keyword(s) became fixed seals, where they were: no one offset suits all pages.",
                "",
                len(exchange.divided),
            )
        if exchange.moved:
            remedy = self.tr(
                "%n cross-page seal(s) stood at another edge of turned pages, now at the right one. Look at them.",
                "",
                len(exchange.moved),
            )
        level = MessageLevel.WARNING if exchange.divided or exchange.moved else MessageLevel.SUCCESS
        title = self.tr("An upright copy took the place of “{name}”.").format(name=copy.name)
        self._messages.show_message(title, level, remedy=remedy, key="upright copy")
        card = self._panel.card(copy.id)
        if card is not None:
            # Its layout would show it a moment later, and what can't be seen takes no focus.
            card.show()
            card.setFocus()

    def _on_versions_placements_outside_found(self, document: Document, count: int) -> None:
        self._messages.show_message(
            self.tr("%n seal(s) do not fit the new version of “{name}”.", "", count).format(name=document.name),
            MessageLevel.WARNING,
            remedy=self.tr("F8 leads from one to the next."),
            key="placements outside",
            action=(self.tr("Show"), self.problems_requested.emit),
        )
