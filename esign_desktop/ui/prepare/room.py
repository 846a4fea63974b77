"""The Prepare room, with documents, pages, signers and the send button."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from esign_desktop.domain.contract.problems import (
    DocumentSubject,
    FieldSubject,
    OptionsSubject,
    PlacementSubject,
    Problem,
    SignerSubject,
)
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.override import override
from esign_desktop.services.people.identity import identity_problems
from esign_desktop.services.presets.form_values import value_problems
from esign_desktop.ui.prepare.account_problems import AccountProblems
from esign_desktop.ui.prepare.canvas import SealCanvas
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.documents.blocks import BlocksPane
from esign_desktop.ui.prepare.documents.changed_files import ChangedFileBar, ChangedFiles
from esign_desktop.ui.prepare.documents.from_template import TemplateDocuments, TemplateList
from esign_desktop.ui.prepare.documents.incoming import IncomingFiles
from esign_desktop.ui.prepare.documents.opening import DocumentOpening, PasswordBar
from esign_desktop.ui.prepare.documents.panel import DocumentsPanel
from esign_desktop.ui.prepare.documents.reading import PageReading
from esign_desktop.ui.prepare.documents.versions import DocumentVersions
from esign_desktop.ui.prepare.finished import Booklet, FinishedBar
from esign_desktop.ui.prepare.keys import RoomKeys
from esign_desktop.ui.prepare.keyword.finder import KeywordSearches
from esign_desktop.ui.prepare.overlays import OverlayStack
from esign_desktop.ui.prepare.panes import HANDLE_PX, Panes
from esign_desktop.ui.prepare.problems import ProblemsBar
from esign_desktop.ui.prepare.properties.panel import SealDetails
from esign_desktop.ui.prepare.proposals.controller import ProposalController
from esign_desktop.ui.prepare.proposals.search import SealProposals
from esign_desktop.ui.prepare.seals.anchor_reader import AnchorReader
from esign_desktop.ui.prepare.seals.rows import SealRows
from esign_desktop.ui.prepare.signers.panel import SignersPanel
from esign_desktop.ui.prepare.tool_strip import ToolStrip
from esign_desktop.ui.prepare.tools.state import Selection, ToolName, ToolState
from esign_desktop.ui.prepare.welcome import WelcomePage
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.widgets.file_dialogs import CONTRACT_TYPES, FileKind, FileType, choose_file, choose_files
from esign_desktop.ui.widgets.layouts import CurrentPageStack, ScrolledContent, vbox
from esign_desktop.ui.widgets.theme import are_letters_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.options import OptionsPopup
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_FILLED_IN: Final = frozenset({"form.value_missing", "form.correction_empty"})
_LEAST_LOWER_SHARE = 0.45
"""The minimum share of the height for the keyword bar, regardless of the number of signers."""


class PrepareRoom(QWidget):
    """The room in which the user prepares a contract. All of its widgets display the state of the session."""

    send_requested = Signal()
    file_opened = Signal(str)
    """Carries the path of an added file, for the list of recent files."""
    overlaid = Signal()
    """Emitted when an overlay has been shown or removed."""
    template_requested = Signal(object)
    """Carries the ``DocumentId`` of a form from which the user wants to create a template."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        session: ContractSession,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._session = session
        self.state = ToolState(self)
        self.selection = Selection(self)
        self.opening = DocumentOpening(session, services.documents, services.copies, tasks, self)
        self._incoming = IncomingFiles(self.opening, self.state, services, tasks, messages, self)
        self._at_rest = DebouncedChanges(session, self)
        # Parents are created before their children, because Qt styles a widget again when its parent changes.
        self._content = QWidget(self)
        self._overlays = OverlayStack(self._content, self)
        self._sides = Panes(self._content)
        self._column = QWidget(self._sides)
        self._middle = CurrentPageStack(self._column)
        self._details = QSplitter(Qt.Orientation.Vertical, self._sides)
        self._searches = KeywordSearches(session, services.documents, tasks, self)
        # The documents panel is created before the canvas, because it must highlight the canvas's first current page.
        self._versions = DocumentVersions(session, services.documents, services.copies, tasks, self)
        self._reading = PageReading(session, services.documents, tasks, self)
        self.documents = DocumentsPanel(
            session, services.documents, self._versions, self._reading, messages, tasks, self._sides
        )
        self.canvas = SealCanvas(
            session, self.state, self.selection, services.documents, services.preferences, tasks, self._middle
        )
        AnchorReader(session, services.documents, self._at_rest, tasks, self)
        self.proposals = SealProposals(session, self.state, services, tasks, self)
        """The proposed signers and seals that the user has not accepted yet."""
        self._strip = ToolStrip(
            *(session, self.state, self.canvas.fields, self.canvas.view, self.canvas.sizes, services, tasks),
            self._content,
        )
        # Created after the strip, because Qt moves the focus to the next widget when the bar is hidden. In the title
        # field of the strip, the keys of the tools would be typed as letters.
        self.problems_bar = ProblemsBar(self)
        self.signers = SignersPanel(session, self.state, services, tasks, self._details)
        self._proposal_controller = ProposalController(
            *(session, self.proposals, self.problems_bar.proposals, self.canvas, self.documents, self.signers),
            *(self.state, self.selection, messages, self),
            is_seen=lambda: self._overlays.is_uncovered,
        )
        self.seal_rows = SealRows(
            *(session, self.state, self.selection, self.canvas.commands, self.canvas.actions_by_name, self.signers)
        )
        self.signers.show_seals(self.seal_rows)
        self._accounts = AccountProblems(session, self._at_rest, services, tasks, self)
        self._password_bar = PasswordBar(self._column)
        self._changed_bar = ChangedFileBar(self._column)
        self._changed_files = ChangedFiles(session, services.documents, self._versions, tasks, self._changed_bar)
        self._finished_bar = FinishedBar(self.toggle_finished, self._column)
        self._booklet = Booklet(self.canvas.view.picture, self._details)
        self.blocks = BlocksPane(session, services.documents, services.copies, tasks, self._column)
        self.forms = TemplateDocuments(session, services, tasks, self)
        self.welcome = WelcomePage(self._middle)
        self._around_pages = QVBoxLayout(self._column)
        self._is_split_by_hand = False
        self._lay_out()
        self._connect()
        self._show()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_details()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste an image, or choose a tool or a signer by key, if the focused widget has not handled the key."""
        is_paste = event.matches(QKeySequence.StandardKey.Paste) and not self.state.is_finished
        if is_paste and self._incoming.paste_image():
            return
        if not self.canvas.use_letter(event):
            super().keyPressEvent(event)

    def open_files(self, paths: Iterable[Path]) -> None:
        """Add files to the contract, as ``IncomingFiles.open`` does."""
        self._incoming.open(paths)

    def choose_files(self) -> None:
        """Ask the user for PDFs and images, and add them to the contract."""
        choose_files(self, self.tr("Choose PDFs or images"), FileKind.CONTRACT, CONTRACT_TYPES, self.open_files)

    def choose_template(self) -> None:
        """Read the templates in the background, and ask the user for one from which a document is added."""
        self.forms.look()

    def add_template(self, template: Template) -> None:
        """Add a document from a template, in the background, and let the user fill in its form."""
        self.forms.add(template)

    def show_recents(self, paths: tuple[str, ...]) -> None:
        """Set the recent files, which are shown while the contract has no document."""
        self.welcome.show_recents(paths)

    def add_bar(self, bar: QWidget) -> None:
        """Add a bar below the pages, which therefore do not move when the bar is shown or hidden."""
        self._around_pages.insertWidget(self._around_pages.indexOf(self._middle) + 1, bar)

    def add_wide_bar(self, bar: QWidget) -> None:
        """Add a bar that the user opens below the pages and the panels beside them, the lower ends of which move."""
        self._across.insertWidget(self._across.indexOf(self._sides) + 1, bar)

    def add_details(self, panel: QWidget) -> None:
        """Add a panel for the place of the signers, which are hidden while the fields of a template are edited."""
        self._details.addWidget(panel)

    @property
    def is_covered(self) -> bool:
        """Whether an overlay, such as the review, covers the contract."""
        return not self._overlays.is_uncovered

    def show_overlay(self, widget: QWidget, *, may_leave: Callable[[], bool] | None = None) -> None:
        """Show a widget on top of the contract, such as the review, until the caller closes it.

        ``may_leave`` returns whether ``uncover`` may remove the widget. If it is None, ``uncover`` may always remove
        it.
        """
        self.state.set_finished(is_finished=False)
        self._overlays.push(widget, may_leave or (lambda: True))

    def close_overlay(self, widget: QWidget) -> None:
        """Remove an overlay that the caller has shown, and show the overlay or the contract below it."""
        self._overlays.remove(widget)
        if self._overlays.is_uncovered:
            self.canvas.setFocus()

    def uncover(self) -> bool:
        """Remove all overlays whose ``may_leave`` returns True, and return whether the contract is visible."""
        is_uncovered = self._overlays.clear()
        if is_uncovered:
            self.canvas.setFocus()
        return is_uncovered

    def toggle_finished(self) -> None:
        """Switch between editing and the finished look, with seals as printed. Without documents, only end it."""
        self.state.set_finished(is_finished=bool(self._session.draft.documents) and not self.state.is_finished)

    def open_options(self) -> OptionsPopup:
        """Open the options of the contract in a popup, and return the popup."""
        return self._strip.open_options()

    def open_details(self) -> SealDetails | None:
        """Open the details of the selected seals. Return None if no seal is selected or in the finished look."""
        if not self.selection.ids or self.state.is_finished:
            return None
        canvas = self.canvas
        details = SealDetails(
            self._session, self.selection, canvas.commands, canvas.actions_by_name, canvas.sizes, self
        )
        details.panel.input_failed.connect(self._messages.show_message)
        details.panel.hit_chosen.connect(self._on_properties_hit_chosen)
        details.open_beside(canvas.area_of_selection())
        details.panel.focus_first()
        return details

    def open_history(self) -> None:
        """Open the list of undo steps."""
        self._strip.open_history()

    def go_to_next_problem(self) -> None:
        """Go to the location of the next problem, cyclically. Do nothing if there are no problems."""
        self.problems_bar.go_to_next(+1)

    def go_to_previous_problem(self) -> None:
        """Go to the location of the previous problem, cyclically. Do nothing if there are no problems."""
        self.problems_bar.go_to_next(-1)

    def _press_send(self) -> None:
        self._at_rest.pass_on()
        self.problems_bar.press_send()

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems of the contract, the most severe first."""
        draft = self._session.draft
        found = (*self._session.problems, *identity_problems(draft), *value_problems(draft), *self._accounts.problems)
        return tuple(sorted(found, key=lambda problem: -problem.severity))

    def _lay_out(self) -> None:
        self.documents.setObjectName("panel")
        self.documents.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._welcome_place = ScrolledContent(self.welcome, self._middle) if are_letters_large() else self.welcome
        self._middle.addWidget(self._welcome_place)
        self._middle.addWidget(self.canvas)
        column = self._around_pages
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._middle, 1)
        # The bars are below the pages, so that the pages do not move when a bar appears while the user aims.
        for widget in (self._password_bar, self._changed_bar, self.blocks, self._finished_bar):
            column.addWidget(widget)
        details = self._details
        details.setObjectName("panel")
        details.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        details.addWidget(self.signers)
        details.addWidget(self.canvas.keyword_bar)
        details.addWidget(self._booklet)
        self.canvas.keyword_bar.hide()
        self._booklet.hide()
        details.setStretchFactor(0, 1)
        details.setChildrenCollapsible(False)
        details.setHandleWidth(HANDLE_PX)
        self._sides.fill(self.documents, self._column, details)
        self._across = vbox(self._strip, (self._sides, 1), spacing=0, parent=self._content)
        layout = vbox(spacing=6, parent=self)
        layout.addWidget(self._overlays)

    def _connect(self) -> None:
        self.canvas.commands.paste_image = self._incoming.paste_image
        self._overlays.currentChanged.connect(self.overlaid)
        self._at_rest.changed.connect(self._on_session_changed)
        self.destroyed.connect(self._session.subscribe(self._on_history_changed))
        for signal in (self.welcome.open_requested, self.documents.add_requested):
            signal.connect(self.choose_files)
        self.welcome.recent_requested.connect(self._on_empty_recent_requested)
        self.documents.page_chosen.connect(self.canvas.view.go_to)
        self.documents.party_chosen.connect(self._on_documents_party_chosen)
        for signal in (self.documents.replacement_requested, self._changed_bar.other_file_requested):
            signal.connect(self._on_replacement_requested)
        self._versions.failed.connect(self._on_versions_failed)
        self._reading.ended.connect(self._on_reading_ended)
        self.documents.keyword_requested.connect(partial(self.state.set_tool, ToolName.KEYWORD))
        for signal in (self.welcome.template_requested, self.documents.add_from_template_requested):
            signal.connect(self.choose_template)
        self.forms.found.connect(self._on_forms_found)
        self.forms.added.connect(self._on_forms_added)
        self.forms.completed.connect(self._on_forms_completed)
        self.forms.failed.connect(self._messages.show_message)
        self.documents.field_focused.connect(self.canvas.show_field)
        self.documents.blocks_requested.connect(self.blocks.open)
        self.blocks.page_requested.connect(self.canvas.view.go_to)
        self.blocks.failed.connect(self._on_blocks_failed)
        self.documents.value_finished.connect(self._at_rest.pass_on)
        self.documents.seal_requested.connect(self._on_documents_seal_requested)
        self.documents.template_requested.connect(self.template_requested)
        self.documents.problems_requested.connect(self.go_to_next_problem)
        for given in (self._password_bar.password_given, self.documents.password_given):
            given.connect(self._on_password_given)
        self.opening.password_needed.connect(self._password_bar.ask)
        self.opening.turn_changed.connect(self.documents.show_opening)
        self.opening.turn_changed.connect(self._show)
        self.documents.opening_shown.connect(self._show)
        self.opening.size_known.connect(self.documents.show_opening_size)
        self.documents.opening.cancel_requested.connect(self.opening.give_up)
        self.opening.document_opened.connect(self._on_document_opened)
        self.opening.document_reopened.connect(self._on_document_reopened)
        self.opening.document_locked.connect(self._on_opening_document_locked)
        self.opening.failed.connect(self._on_opening_failed)
        self.canvas.signer_wanted.connect(self.signers.find_signer)
        self.signers.search_left.connect(self.canvas.setFocus)
        self.canvas.hint_given.connect(self._messages.show_message)
        self.canvas.view.current_page_changed.connect(self.documents.show_current_page)
        self.signers.failed.connect(self._messages.show_message)
        self.signers.signer_added.connect(self._on_signers_signer_added)
        self.canvas.sizes.failed.connect(self._messages.show_message)
        self.signers.form_shown.connect(self._show)
        self.signers.form_shown.connect(self._show_details)
        self.state.tool_changed.connect(self._show_details)
        self.state.finished_changed.connect(self._on_state_finished_changed)
        self.signers.content_resized.connect(self._fit_details)
        self._details.splitterMoved.connect(self._on_details_splitter_moved)
        self.canvas.actions_by_name.details_requested.connect(self.open_details)
        self.seal_rows.details_requested.connect(self.open_details)
        self.seal_rows.seal_chosen.connect(self.canvas.show_placement)
        self.state.preset_changed.connect(self.problems_bar.set_aside)
        self.state.preset_changed.connect(self._show)
        self.problems_bar.problem_activated.connect(self._on_problem_activated)
        self.problems_bar.send_requested.connect(self._changed_files.check_before_send)
        self._changed_files.checked.connect(self.send_requested)
        self._accounts.changed.connect(self._show)
        self.problems_bar.follow(self._content)
        RoomKeys(
            *(self, self.problems_bar),
            use_key=self.keyPressEvent,
            next_problem=self.go_to_next_problem,
            previous_problem=self.go_to_previous_problem,
            send=self._press_send,
        )

    def _show(self) -> None:
        has_documents = bool(self._session.draft.documents)
        was_at_welcome = self._middle.currentWidget() is not self.canvas
        self._middle.setCurrentWidget(self.canvas if has_documents else self._welcome_place)
        if has_documents and was_at_welcome and not self.signers.is_form_shown:
            # Qt would move the focus to the title, where the keys of the tools would be typed as letters.
            self.canvas.setFocus()
        self._strip.setEnabled(has_documents)
        # Before the contract has a document or a signer, only the page in the middle is of use.
        is_begun = has_documents or bool(self._session.draft.signers) or self.signers.is_form_shown
        parts = (self._strip, self._details)
        focused = QApplication.focusWidget()
        if (
            not is_begun
            and focused is not None
            and any(part.isAncestorOf(focused) for part in (*parts, self.documents, self.problems_bar.buttons))
        ):
            # Qt would move the focus to a button, which a repeated Enter would press.
            self.welcome.setFocus()
        for part in parts:
            part.setVisible(is_begun)
        self.problems_bar.set_begun(is_begun=is_begun)
        # The documents panel also shows the card of the first file while that is being opened.
        is_template = self.state.shows_template
        self.documents.setVisible(not is_template and (is_begun or not self.documents.opening.isHidden()))
        self.signers.setVisible(not is_template)
        self.problems_bar.show_problems(self.problems(), self._session.draft)

    def _fit_details(self) -> None:
        """Give the signers the height of their content, and the remaining height to the widget below them.

        If the user has moved the handle between them, keep the height of the signers.
        """
        if self.state.shows_template:
            return
        height_px = self._details.height()
        signers_px = min(self.signers.content_height_px, round(height_px * (1 - _LEAST_LOWER_SHARE)))
        if self._is_split_by_hand:
            signers_px = self._details.sizes()[0]
        self._details.setSizes([signers_px, *2 * [height_px - signers_px]])

    def _show_details(self) -> None:
        """Show the booklet in the finished look, or the keyword bar if its tool is active and no form is open."""
        is_keyword, is_form = self.state.tool is ToolName.KEYWORD, self.signers.is_form_shown
        is_finished = self.state.is_finished
        current = self.canvas.view.current_page
        is_joined = (
            is_finished
            and current is not None
            and self._booklet.show_document(self._session.draft, self._session.marks, current[0])
        )
        self._booklet.setVisible(is_joined)
        was_hidden = self.canvas.keyword_bar.isHidden()
        self.canvas.keyword_bar.setVisible(is_keyword and not is_form and not is_joined)
        self._fit_details()
        if is_keyword and not is_form and not is_finished and was_hidden:
            self.canvas.keyword_bar.start_typing()

    def _on_details_splitter_moved(self) -> None:
        self._is_split_by_hand = True

    def _on_state_finished_changed(self, is_finished: bool) -> None:
        self._finished_bar.show_finished(is_finished=is_finished)
        for part in (
            *(self.documents, self.signers, self.blocks),
            *(self.canvas.keyword_bar, self.problems_bar.proposals),
        ):
            part.setEnabled(not is_finished)
        self._strip.show_finished(is_finished=is_finished)
        self._show_details()

    def _on_session_changed(self, change: Change) -> None:
        if change.before.id != change.after.id:
            self._on_draft_loaded(change)
        elif change.origin is None:
            # An undo may restore a document that was closed, or whose file has changed since.
            before = {document.id for document in change.before.documents}
            self.opening.reopen(document for document in change.after.documents if document.id not in before)
        self._changed_bar.keep_only(change.after.documents)
        self._show()

    def _on_reading_ended(self, document_id: DocumentId) -> None:
        self.canvas.find_again()
        self.proposals.look_further(document_id)

    def _on_history_changed(self, _change: Change) -> None:
        self._strip.show_history()

    def _on_draft_loaded(self, change: Change) -> None:
        self.state.set_finished(is_finished=False)
        self.state.set_tool(ToolName.SELECT)
        self.selection.clear()
        self._password_bar.clear()
        self.opening.leave_contract()
        self.opening.reopen(change.after.documents)
        kept = {document.id for document in change.after.documents}
        documents = self._services.documents
        for document in change.before.documents:
            if document.id not in kept:
                self._tasks.start(partial(documents.close, document.id), owner=self, lane=Lane.PDF)

    def _on_document_opened(self, document: Document) -> None:
        self.file_opened.emit(document.path)
        self.proposals.look(document)
        if len(self._session.draft.documents) > 1:
            self.canvas.view.go_to(document.id, 1)

    def _on_blocks_failed(self, error: AppError, about: str) -> None:
        self._messages.show_message(error, about=about)

    def _on_forms_found(self, templates: tuple[Template, ...]) -> None:
        beside = self.welcome.from_template if self.welcome.isVisible() else self.documents.add
        chooser = TemplateList(templates, self)
        chooser.chosen.connect(self.add_template)
        chooser.open_at(beside.mapToGlobal(QPoint(0, beside.height() + 4)))

    def _on_forms_added(self, document: Document) -> None:
        self.canvas.view.go_to(document.id, 1)
        self.documents.fill_form(document.id)

    def _on_forms_completed(self, document: Document) -> None:
        if document.path and not self._services.documents.is_open(document.id):
            self.opening.reopen((document,))

    def _on_document_reopened(self, document: Document) -> None:
        self.documents.set_locked(document.id, is_locked=False)
        if not self._session.draft.placements and not self.state.shows_template:
            self.proposals.look(document)
        self.canvas.refresh_document(document.id)
        self.documents.refresh(document.id)
        self._searches.retry(document.id)

    def _on_opening_document_locked(self, document: Document) -> None:
        self.documents.set_locked(document.id, is_locked=True)

    def _on_opening_failed(self, error: AppError, path: str) -> None:
        affected = next((d for d in self._session.draft.documents if d.path == path), None)
        if affected is not None and error.code in {"document.missing", "document.changed"}:
            self._changed_bar.show_document(affected, is_missing=error.code == "document.missing")
            return
        self._messages.show_message(error, about=Path(path).name)

    def _on_empty_recent_requested(self, path: str) -> None:
        self.open_files([Path(path)])

    def _on_password_given(self, path: str, password: str) -> None:
        self.opening.open_with_password(Path(path), password)

    def _on_replacement_requested(self, document_id: DocumentId) -> None:
        use = partial(self._on_replacement_selected, document_id)
        choose_file(self, self.tr("Choose PDFs"), FileKind.CONTRACT, (FileType.PDF, FileType.ALL), use)

    def _on_replacement_selected(self, document_id: DocumentId, path: Path) -> None:
        document = next((d for d in self._session.draft.documents if d.id == document_id), None)
        if document is not None:
            self._versions.take_version(document, path)

    def _on_versions_failed(self, error: AppError, document: Document) -> None:
        self._messages.show_message(error, about=document.name)

    def _on_documents_seal_requested(self, document_id: DocumentId, page_number: int) -> None:
        self.canvas.view.go_to(document_id, page_number)
        if self.state.active_signer_id is None:
            self.signers.find_signer()
            return
        self.state.set_tool(ToolName.SEAL, is_suggested=True)
        self.canvas.setFocus()

    def _on_signers_signer_added(self) -> None:
        # As the text of the empty signer list states, a click now places a seal. The keyword tool stays active.
        if self._session.draft.documents and self.state.tool is not ToolName.KEYWORD:
            self.state.set_tool(ToolName.SEAL, is_suggested=True)
            self.canvas.setFocus()

    def _on_documents_party_chosen(self, document_id: DocumentId, signer_id: SignerId, is_missing: bool) -> None:
        self.state.set_active_signer(signer_id)
        here = (p for p in self._session.draft.placements if (p.document_id, p.signer_id) == (document_id, signer_id))
        seal = next(here, None)
        if seal is not None:
            self.canvas.show_placement(seal.id)
        elif is_missing:
            self._on_documents_seal_requested(document_id, 1)
        else:
            self.canvas.view.go_to(document_id, 1)

    def _on_properties_hit_chosen(self, _document_id: str, index: int) -> None:
        (placement,) = self.canvas.commands.selected
        hits = self._session.hits.get((placement.document_id, getattr(placement, "keyword", ""))) or ()
        if index < len(hits):
            self.canvas.view.go_to(placement.document_id, hits[index].page_number, hits[index].rects[0])

    def _on_problem_activated(self, problem: Problem) -> None:
        match problem.subject:
            case None if problem.code == "contract.no_documents":
                self.choose_files()
            case None:
                self.signers.find_signer()
            case OptionsSubject(name=name):
                if name == "business_scene":
                    self._strip.edit_title()
                else:
                    self._strip.open_options(name)
            case SignerSubject(signer_id=signer_id, name=""):
                self.state.set_active_signer(signer_id)
                self.state.set_tool(ToolName.SEAL, is_suggested=True)
                self.canvas.setFocus()
            case SignerSubject(signer_id=signer_id, name=name):
                self.signers.edit(signer_id, name)
            case DocumentSubject() | FieldSubject() as subject:
                self._show_in_document(subject, problem.code)
            case PlacementSubject(placement_id=placement_id, page_number=page_number):
                self.canvas.show_placement(placement_id, page_number)
                details = self.open_details()
                if details is not None and isinstance(self._session.draft.placement(placement_id), KeywordPlacement):
                    details.panel.focus_keyword()

    def _show_in_document(self, subject: DocumentSubject | FieldSubject, code: str) -> None:
        if isinstance(subject, FieldSubject) or code in _FILLED_IN:
            self.documents.fill_form(subject.document_id, getattr(subject, "name", ""))
        else:
            self.canvas.view.go_to(subject.document_id, 1)
