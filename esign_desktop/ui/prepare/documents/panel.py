"""The panel with the documents of the contract, each with its card and the thumbnails of its pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.coverage import coverage
from esign_desktop.domain.contract.form_values import fill_form, linked_names
from esign_desktop.domain.document import by_id
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.services.presets.form_values import written
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.documents.field_menu import FieldMenu
from esign_desktop.ui.prepare.documents.opening import OpeningCard
from esign_desktop.ui.prepare.preflight import Remedy
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import full_name
from esign_desktop.ui.viewer.thumbnails import Dot, ThumbnailList
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.theme import signer_colour, sized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.contract.document_replacement import DocumentReplacement
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.domain.placing.proposed_seals import Ghost
    from esign_desktop.ui.prepare.documents.reading import PageReading
    from esign_desktop.ui.prepare.documents.versions import DocumentVersions
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer
    from esign_desktop.ui.widgets.notice_bar import Messages

    _Dots = dict[DocumentId, dict[int, list[Dot]]]

_OPENING_DELAY_MS: Final = 300


class DocumentsPanel(QWidget):
    """Shows the documents of the contract, and lets the user add, change and remove them.

    A click on a card or thumbnail emits ``page_chosen``.
    """

    page_chosen = Signal(str, int)
    """Carries a ``DocumentId`` and a page number."""
    opening_shown = Signal()
    """Emitted when the card of the file that is being opened is shown."""
    add_requested = Signal()
    add_from_template_requested = Signal()
    replacement_requested = Signal(object)
    """Carries the ``DocumentId`` of a document that the user wants to replace with another file."""
    seal_requested = Signal(str, int)
    """Carries a ``DocumentId`` and the number of the page on which the user wants to place a seal."""
    keyword_requested = Signal()
    template_requested = Signal(object)
    """Carries the ``DocumentId`` of a document with a form, from which the user wants to create a template."""
    party_chosen = Signal(object, object, bool)
    """Carries a ``DocumentId``, a ``SignerId``, and whether the signer has no seal in the document."""
    problems_requested = Signal()
    proposals_requested = Signal(object)
    """Carries the ``DocumentId`` of a document in which the user wants to search for parties and seals again."""
    blocks_requested = Signal(object)
    """Carries the ``DocumentId`` of a template document whose tables and pages at the end the user wants to edit."""
    field_focused = Signal(object, str)
    """Carries a ``DocumentId``, and the name of the form field that got the focus."""
    value_finished = Signal()
    """Emitted after the user has finished typing a form value."""
    password_given = Signal(str, str)
    """Carries the path of a file and its password."""
    stop_requested = Signal(object)
    """Carries the ``DocumentId`` of a document whose work, displayed on its card, the user cancels."""

    def __init__(
        self,
        session: ContractSession,
        renderer: PageRenderer,
        versions: DocumentVersions,
        reading: PageReading,
        messages: Messages,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._renderer = renderer
        self._versions = versions
        self._reading = reading
        self._current_page = 1
        self._messages = messages
        self._tasks = tasks
        self._cards: dict[DocumentId, DocumentCard] = {}
        self._thumbnails: dict[DocumentId, ThumbnailList] = {}
        self._proposed: _Dots = {}
        self._title = PlainLabel(self, self.tr("Documents"), look="panelTitle")
        self.add = QToolButton(self)
        self.add.setIcon(icon("add"))
        self.add.setIconSize(QSize(sized(16), sized(16)))
        self.add.setToolTip(self.tr("Add PDFs to the contract"))
        self.add.setAccessibleName(self.tr("Add PDFs to the contract"))
        # A press adds files, which is frequent, and the arrow beside it opens the menu.
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self.add)
        menu.addAction(icon("open"), self.tr("PDFs or images…"), self.add_requested.emit)
        menu.addAction(icon("templates"), self.tr("From a template…"), self.add_from_template_requested.emit)
        self.add.setMenu(menu)
        self._empty = PlainLabel(
            self, self.tr("PDFs you add appear here with all their pages."), look="hint", is_wrapped=True
        )
        self.opening = OpeningCard(self)
        self._opening_name = ""
        self._opening_delay = QTimer(self, singleShot=True, interval=_OPENING_DELAY_MS)
        self._opening_delay.timeout.connect(self._on_opening_delay_timeout)
        self._scroll = QScrollArea(self)
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._lay_out()
        self._connect()
        self._rebuild(())

    def show_opening(self, path: str) -> None:
        """Show which file is being opened, after a delay of 300 ms. An empty path means that none is being opened."""
        self._opening_name = one_line(Path(path).name) if path else ""
        self.opening.show_file(self._opening_name)
        self.opening.hide()
        self._empty.setVisible(not self._session.draft.documents)
        if path:
            self._opening_delay.start()
        else:
            self._opening_delay.stop()

    def show_opening_size(self, size_bytes: int) -> None:
        """Show the size of the file that is being opened."""
        self.opening.show_file(self._opening_name, size_bytes)

    def show_current_page(self, document_id: DocumentId, page_number: int) -> None:
        """Highlight the card and the thumbnail of the page that the canvas shows, and no others."""
        self._current_page = page_number
        for card_id, card in self._cards.items():
            card.set_chosen(is_chosen=card_id == document_id)
        for list_id, thumbnails in self._thumbnails.items():
            thumbnails.set_current_page(page_number if list_id == document_id else None)

    def show_proposed(self, draft: ContractDraft, ghosts: Iterable[Ghost]) -> None:
        """Mark the positions of proposed seals on the thumbnails, with open dots.

        ``draft`` contains the signers of the proposed seals.
        """
        self._proposed = _dots(draft, (mark for ghost in ghosts for mark in ghost.marks), are_open=True)
        self._show_dots()

    def card(self, document_id: DocumentId) -> DocumentCard | None:
        """Return the card of a document, or None if the document is not in the contract."""
        return self._cards.get(document_id)

    def fill_form(self, document_id: DocumentId, name: str = "") -> None:
        """Focus a field of a document's form, and scroll to it, by default to the first required field left empty.

        Do nothing if the document is not in the contract or has no form.
        """
        card = self._cards.get(document_id)
        row = None if card is None else card.form.focus_field(name)
        if row is not None:
            self._scroll.ensureWidgetVisible(row)

    def set_locked(self, document_id: DocumentId, *, is_locked: bool) -> None:
        """Set whether a document needs its password. Do nothing if the document is not in the contract."""
        if document_id in self._cards:
            self._cards[document_id].set_locked(is_locked=is_locked)

    def refresh(self, document_id: DocumentId) -> None:
        """Render the thumbnails of a document again. Do nothing if the document is not in the contract."""
        if document_id in self._thumbnails:
            self._thumbnails[document_id].refresh()

    def _lay_out(self) -> None:
        header = hbox((self._title, 1), self.add, spacing=6, margins=(12, 8, 8, 4))
        self._column.setContentsMargins(8, 4, 8, 8)
        self._column.setSpacing(8)
        self._empty.setContentsMargins(4, 0, 4, 0)
        self._column.addWidget(self._empty)
        self._column.addWidget(self.opening)
        self.opening.hide()
        self._column.addStretch(1)
        scroll = self._scroll
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._list)
        vbox(header, (scroll, 1), spacing=0, parent=self)

    def _connect(self) -> None:
        self.destroyed.connect(self._session.subscribe(self._on_session_changed))
        self._at_rest = DebouncedChanges(self._session, self)
        self._at_rest.changed.connect(self._on_at_rest)
        self.add.clicked.connect(self.add_requested)
        self.stop_requested.connect(self._versions.stop)
        self.stop_requested.connect(self._reading.stop)
        self._reading.progressed.connect(self._on_reading_progressed)
        self._reading.ended.connect(self._on_reading_ended)
        self._versions.copying.connect(self._on_versions_copying)
        self._versions.copying_failed.connect(self._on_versions_copying_failed)
        self._versions.copied.connect(self._on_versions_copied)
        self._versions.placements_outside_found.connect(self._on_versions_placements_outside_found)

    def _show_dots(self) -> None:
        """Mark seals on the thumbnails with dots in the colors of their signers. Proposed seals have open dots."""
        dots = _dots(self._session.draft, self._session.marks)
        for document_id, thumbnails in self._thumbnails.items():
            placed, proposed = dots.get(document_id, {}), self._proposed.get(document_id, {})
            pages = {*placed, *proposed}
            thumbnails.show_dots({page: (*placed.get(page, ()), *proposed.get(page, ())) for page in pages})

    def _on_at_rest(self, _change: Change) -> None:
        self._show_dots()
        self._show_covers()

    def _show_covers(self) -> None:
        """Show on each card which signers have seals in its document."""
        session = self._session
        covers = coverage(session.draft, session.marks, session.hits)
        for document, row in zip(session.draft.documents, covers, strict=True):
            if document.id in self._cards:
                self._cards[document.id].show_covers(session.draft.signers, row)

    def _on_session_changed(self, change: Change) -> None:
        if change.before.documents != change.after.documents:
            self._rebuild(change.before.documents)
        elif change.before.signers != change.after.signers:
            self._rebuild(change.after.documents)

    def _rebuild(self, before: tuple[Document, ...]) -> None:
        """Update cards and thumbnails. Those of remaining documents are reused with their rendered images."""
        documents = self._session.draft.documents
        old = {document.id: document for document in before}
        for document_id in set(self._cards) - {document.id for document in documents}:
            for widget in (self._cards.pop(document_id), self._thumbnails.pop(document_id)):
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        for index, document in enumerate(documents):
            if document.id not in self._cards:
                self._add_document(document)
            elif old.get(document.id) != document:
                self._cards[document.id].show_document(document)
                if old.get(document.id) is None or not document.may_be(old[document.id]):
                    self._thumbnails[document.id].set_document(document)
            self._cards[document.id].set_moves(can_move_up=index > 0, can_move_down=index < len(documents) - 1)
            self._cards[document.id].set_reading(self._reading.state(document))
            linked = linked_names(self._session.draft, document.id)
            self._cards[document.id].show_form(self._session.draft.signers, linked)
            self._column.insertWidget(2 * index, self._cards[document.id])
            self._column.insertWidget(2 * index + 1, self._thumbnails[document.id])
        self._empty.setVisible(not documents and self.opening.isHidden())

    def _add_document(self, document: Document) -> None:
        card = DocumentCard(document, self._list)
        card.chosen.connect(self._on_card_chosen)
        card.renamed.connect(self._on_card_renamed)
        card.move_requested.connect(self._on_card_move_requested)
        card.removal_requested.connect(self._on_card_removal_requested)
        card.replacement_requested.connect(self.replacement_requested)
        card.remedy_requested.connect(self._on_card_remedy_requested)
        card.password_given.connect(self.password_given)
        card.stop_requested.connect(self.stop_requested)
        card.value_edited.connect(self._on_card_value_edited)
        card.value_finished.connect(self._on_card_value_finished)
        card.field_focused.connect(self.field_focused)
        card.blocks_requested.connect(self.blocks_requested)
        card.proposals_requested.connect(self.proposals_requested)
        card.party_chosen.connect(self.party_chosen)
        card.field_menu_requested.connect(self._on_card_field_menu_requested)
        thumbnails = ThumbnailList(document, self._renderer, self._tasks, self._list)
        thumbnails.page_chosen.connect(self.page_chosen)
        self._cards[document.id] = card
        self._thumbnails[document.id] = thumbnails

    def _on_opening_delay_timeout(self) -> None:
        self.opening.show()
        self._empty.hide()
        self.opening_shown.emit()

    def _on_card_chosen(self, document_id: DocumentId) -> None:
        self.page_chosen.emit(document_id, 1)

    def _on_card_renamed(self, document_id: DocumentId, name: str) -> None:
        self._session.apply(
            EditName.RENAME_DOCUMENT, lambda draft: edits.rename_document(draft, document_id, name), origin=self
        )

    def _on_card_value_edited(self, document_id: DocumentId, name: str, value: str) -> None:
        self._session.apply(
            EditName.FILL_FORM,
            lambda draft: fill_form(draft, document_id, name, value),
            origin=self,
            merge_key=f"form {document_id} {name}",
        )

    def _on_card_value_finished(self, document_id: DocumentId, name: str) -> None:
        self._session.end_merging()
        # The field also loses the focus when the contract is closed, and then the session no longer has the document.
        if any(document.id == document_id for document in self._session.draft.documents):
            self._tidy_value(document_id, name)
        self.value_finished.emit()

    def _tidy_value(self, document_id: DocumentId, name: str) -> None:
        template = self._session.draft.document(document_id).template
        if template is None or template.source(name) is not None:
            return
        wanted = next((one for one in template.all_wanted if one.name == name), None)
        if wanted is not None:
            tidy = written(wanted, template.value(name))
            self._session.apply(
                EditName.FILL_FORM, lambda draft: fill_form(draft, document_id, name, tidy), origin=self
            )

    def _on_card_field_menu_requested(self, document_id: DocumentId, name: str, position: QPoint) -> None:
        FieldMenu(self._session, document_id, name, self).popup(position)

    def _on_card_move_requested(self, document_id: DocumentId, by: int) -> None:
        ids = [document.id for document in self._session.draft.documents]
        to_index = max(0, ids.index(document_id) + by)
        self._session.apply(
            EditName.MOVE_DOCUMENT, lambda draft: edits.move_document(draft, document_id, to_index), origin=self
        )

    def _on_card_removal_requested(self, document_id: DocumentId) -> None:
        self._session.apply(
            EditName.REMOVE_DOCUMENT, lambda draft: edits.remove_document(draft, document_id), origin=self
        )

    def _on_card_remedy_requested(self, document_id: DocumentId, remedy: Remedy, page_number: int) -> None:
        match remedy:
            case Remedy.UPRIGHT_COPY:
                self._versions.make_upright(document_id)
            case Remedy.UPRIGHT_COPY_AS:
                self._choose_target(document_id)
            case Remedy.REPLACE:
                self.replacement_requested.emit(document_id)
            case Remedy.REMOVE:
                self._on_card_removal_requested(document_id)
            case Remedy.SHOW_PAGE:
                self.page_chosen.emit(document_id, max(1, page_number))
            case Remedy.READ_PAGES:
                self._reading.read(self._session.draft.document(document_id), self._current_page)
            case Remedy.FIND_KEYWORD:
                self.keyword_requested.emit()
            case Remedy.PLACE_BY_CLICK:
                self.seal_requested.emit(document_id, max(1, page_number))
            case Remedy.TEMPLATE:
                self.template_requested.emit(document_id)
            # The remaining remedy, entering the password, is handled by the card.

    def _choose_target(self, document_id: DocumentId) -> None:
        document = self._session.draft.document(document_id)
        path = Path(document.path)
        choose_target(
            self,
            self.tr("Save upright copy"),
            FileKind.CONTRACT,
            (FileType.PDF,),
            partial(self._versions.make_upright, document_id),
            suffix="pdf",
            name=self.tr("{name} (upright).pdf").format(name=path.stem),
            folder=path.parent,
        )

    def _on_versions_copying(self, document_id: DocumentId, done: int, total: int) -> None:
        card = self._cards.get(document_id)
        if card is not None:
            card.pane.show_progress(done, total)

    def _on_reading_progressed(self, document_id: DocumentId, done: int, total: int) -> None:
        card = self._cards.get(document_id)
        if card is not None:
            text = self.tr("Reading pages: {done} of {count}…").format(done=done, count=total)
            card.pane.show_work(text, done, total)

    def _on_reading_ended(self, document_id: DocumentId, error: AppError | None) -> None:
        card = self._cards.get(document_id)
        if card is not None:
            card.set_reading(self._reading.state(self._session.draft.document(document_id)))
            card.end_work("" if error is None else error_sentence(error).text)

    def _on_versions_copying_failed(self, document_id: DocumentId, error: AppError | None) -> None:
        card = self._cards.get(document_id)
        if card is not None:
            card.end_work("" if error is None else error_sentence(error).text)

    def _on_versions_copied(self, copy: Document, exchange: DocumentReplacement) -> None:
        remedy = self.tr("The seals stayed in place. Undo restores the original file.")
        if exchange.divided:
            remedy = self.tr(
                "%n keyword(s) converted to fixed seal positions, because no single offset fits all pages.",
                "",
                len(exchange.divided),
            )
        if exchange.moved:
            remedy = self.tr(
                "%n cross-page seal(s) on rotated pages moved to the right edge. Check them.",
                "",
                len(exchange.moved),
            )
        level = MessageLevel.WARNING if exchange.divided or exchange.moved else MessageLevel.SUCCESS
        title = self.tr("“{name}” has been replaced with an upright copy.").format(name=copy.name)
        self._messages.show_message(title, level, remedy=remedy, key="upright copy")
        card = self._cards.get(copy.id)
        if card is not None:
            # The layout would show the card later, and a hidden widget cannot get the focus.
            card.show()
            card.setFocus()

    def _on_versions_placements_outside_found(self, document: Document, count: int) -> None:
        self._messages.show_message(
            self.tr("Check %n seal(s) on the new version of “{name}”.", "", count).format(name=document.name),
            MessageLevel.WARNING,
            remedy=self.tr("Press F8 to go through the seals."),
            key="placements outside",
            action=(self.tr("Show"), self.problems_requested.emit),
        )


def _dots(draft: ContractDraft, marks: Iterable[SealMark], *, are_open: bool = False) -> _Dots:
    dots: _Dots = {}
    colours = {signer.id: signer_colour(number) for number, signer in enumerate(draft.signers, 1)}
    names = {signer.id: full_name(signer) for signer in draft.signers}
    documents = by_id(draft.documents)
    for mark in marks:
        document = documents.get(mark.document_id)
        if document is not None and mark.signer_id in colours:
            frame = document.frame(mark.page_number)
            middle = frame.rect_to_display(mark.rect).center
            share = middle.x_pt / frame.display_width_pt, middle.y_pt / frame.display_height_pt
            dot = Dot(*share, colours[mark.signer_id], are_open, names[mark.signer_id])
            dots.setdefault(mark.document_id, {}).setdefault(mark.page_number, []).append(dot)
    return dots
