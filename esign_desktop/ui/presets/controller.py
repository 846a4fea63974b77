"""Save the open contract as a preset, edit presets and templates in Prepare, and let the user confirm names."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.forms import preset_fields
from esign_desktop.domain.preset.preset import counter_options
from esign_desktop.ui.presets.in_prepare import PrepareAccess
from esign_desktop.ui.presets.making import PresetRequest, SaveSheet
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.draft_controller import DraftController
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.presets.drawing import TemplateDrawing
    from esign_desktop.ui.presets.editing import PresetEditing
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages
    from esign_desktop.ui.widgets.unsaved import UnsavedWork


class PresetController(QObject):
    """Saves contracts as presets, and starts the editing of presets and templates.

    ``saved`` carries each saved ``Preset``. ``prepare_requested`` is emitted when a preset is about to be shown in
    Prepare, so that the window can switch to that room.
    """

    saved = Signal(object)
    prepare_requested = Signal()
    room_requested = Signal()
    """Emitted when the user wants to see all presets."""
    template_closed = Signal(object)
    """Carries the ``Template`` that was created or saved in Prepare, or None if the user left it."""

    def __init__(
        self,
        services: Services,
        session: ContractSession,
        prepare: PrepareRoom,
        tasks: TaskRunner,
        messages: Messages,
        drafts: DraftController,
        may_replace_contract: Callable[[], bool],
        before_leaving: Callable[[Callable[[], object]], object],
        parent: QObject | None = None,
    ) -> None:
        """Create the controller. ``PrepareAccess`` describes the last two functions."""
        super().__init__(parent)
        self._access = PrepareAccess(
            services, session, prepare, tasks, messages, drafts, may_replace_contract, before_leaving
        )
        self._services = services
        self._session = session
        self._prepare = prepare
        self._tasks = tasks
        self._messages = messages
        self._sheet: SaveSheet | None = None
        self._editing: PresetEditing | None = None
        self._drawing: TemplateDrawing | None = None

    @property
    def editing(self) -> PresetEditing:
        """The controller of the preset that is edited in Prepare, which is created on first use."""
        if self._editing is None:
            from esign_desktop.ui.presets.editing import PresetEditing

            self._editing = PresetEditing(self._access, self)
            self._editing.prepare_requested.connect(self.prepare_requested)
            self._editing.saved.connect(self._show_saved)
            self._editing.saved.connect(self._look_at_names)
            self._editing.failed.connect(self._on_failed)
        return self._editing

    @property
    def drawing(self) -> TemplateDrawing:
        """The controller of the template whose fields are edited in Prepare, which is created on first use."""
        if self._drawing is None:
            from esign_desktop.ui.presets.drawing import TemplateDrawing

            self._drawing = TemplateDrawing(self._access, self)
            self._drawing.prepare_requested.connect(self.prepare_requested)
            self._drawing.closed.connect(self.template_closed)
        return self._drawing

    @property
    def is_busy(self) -> bool:
        """Whether a template is being created on the platform."""
        return self._drawing is not None and self._drawing.is_busy

    def environment_changed(self) -> None:
        """Show the environment in which a template would be created. Call this after the environment has changed."""
        if self._drawing is not None:
            self._drawing.show_environment()

    @property
    def sheet(self) -> SaveSheet | None:
        """The overlay in which the user saves the contract as a preset, or None while it is closed."""
        return self._sheet

    def save(self) -> None:
        """Open the overlay in which the user saves the contract as a preset.

        If the contract has no document or no signer, show a message instead. Do nothing if the overlay is already open.
        """
        if self._sheet is not None:
            return
        if not self._session.draft.documents or not self._session.draft.signers:
            self._messages.show_message(
                self.tr("A preset needs a document and a signer."),
                MessageLevel.INFO,
                remedy=self.tr(
                    "First prepare the contract the way it should be sent each time, then save it as a preset."
                ),
                key="preset",
            )
            return
        self._sheet = SaveSheet(self._session.draft, self._services.documents, self._tasks)
        self._sheet.save_requested.connect(self._on_sheet_save_requested)
        self._sheet.cancelled.connect(self._leave)
        self._sheet.destroyed.connect(self._on_sheet_destroyed)
        self._prepare.show_overlay(self._sheet)
        self._tasks.start(self._services.presets.list, owner=self._sheet, on_done=self._sheet.show_presets)

    def edit(self, preset: Preset) -> None:
        """Open a preset in Prepare, in place of the open contract, which is saved as a draft.

        The pages of the preset are searched for names in the background, and doubts about names are shown in a dialog.
        """
        self.editing.edit(preset)
        self._look_at_names(preset)

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the preset or template that is being edited if it has unsaved changes."""
        edited = self._prepare.state.edited_preset
        return edited.unsaved() if edited is not None else ()

    def edit_fields(self, template: Template) -> None:
        """Edit the fields of a template in Prepare."""
        self.drawing.edit(template)

    def draw_fields(self, path: Path) -> None:
        """Draw the fields of a new template on the pages of a PDF in Prepare."""
        self.drawing.open_pdf(path)

    def create_template(self, document_id: DocumentId) -> None:
        """Create a template from a document of the contract in Prepare, and then a preset from this template.

        Do nothing if the contract no longer contains the document.
        """
        draft = self._session.draft
        if all(one.id != document_id for one in draft.documents):
            return

        def then(template: Template | None) -> None:
            if template is not None:
                self._edit_template(draft, document_id, template)

        self.drawing.open_document(draft.document(document_id), then)

    def _edit_template(self, draft: ContractDraft, document_id: DocumentId, template: Template) -> None:
        """Create a preset from a template and the document of the contract from which it was created, and edit it.

        ``draft`` is the contract when the creation of the template began. It is used if the open contract no longer
        contains the document.
        """
        now = self._session.draft
        draft = now if any(one.id == document_id for one in now.documents) else draft
        filling = TemplateFilling(template.template_id, preset_fields=preset_fields(template.fields))
        presets, environments = self._services.presets, self._services.environments
        self._tasks.start(
            lambda: presets.of_template(draft, document_id, filling, environments.current()),
            owner=self,
            on_done=self._on_template_preset_made,
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def _on_template_preset_made(self, preset: Preset) -> None:
        self.editing.edit(preset, opens_fields=True)
        self._look_at_names(preset)
        self.saved.emit(preset)

    # Saving the contract as a preset

    def _on_sheet_save_requested(self, request: PresetRequest) -> None:
        self._tasks.start(
            partial(self._make, self._services.presets, self._session.draft, request),
            owner=self,
            on_done=self._on_made,
            on_error=self._on_making_failed,
            lane=Lane.PDF,
        )

    def _make(self, presets: PresetService, draft: ContractDraft, request: PresetRequest) -> Preset | tuple[Doubt, ...]:
        """Save the contract as a preset and return it.

        If there are unsettled doubts about names on its pages, save nothing and return all doubts.
        """
        if not request.keeps_tables:
            for document in draft.documents:
                draft = set_blocks(draft, document.id, ())
        named = presets.named_in(draft, request.customers, titles=request.titles)
        if any(doubt.key not in request.settled for doubt in named):
            return named
        if request.for_counter:
            draft = replace(draft, options=counter_options(draft.options))
        here = self._services.environments.current()
        preset = presets.make(
            draft,
            request.customers,
            name=request.name,
            environment=here,
            titles=request.titles,
            settled=request.settled,
        )
        if request.key is not None:
            presets.assign_key(preset.id, request.key)
        return preset

    def _on_made(self, made: Preset | tuple[Doubt, ...]) -> None:
        if isinstance(made, tuple):
            if self._sheet is not None:
                self._sheet.show_names(made)
            return
        self._leave()
        self._show_saved(made)

    def settle(self, preset: Preset, then: Callable[[Preset], None]) -> None:
        """Open the dialog in which the user confirms the names on a preset's pages.

        ``then`` is called with the preset after the user has settled all doubts.
        """
        from esign_desktop.ui.presets.settling import SettlingDialog

        services = self._services
        window = self._prepare.window()
        dialog = SettlingDialog(preset, services.presets, services.documents, self._tasks, window)
        dialog.settled.connect(then)
        dialog.settled.connect(self.saved)
        dialog.edit_requested.connect(self.editing.edit)
        dialog.failed.connect(self._on_failed)
        dialog.open()

    def _look_at_names(self, preset: Preset) -> None:
        """Search a preset's pages for names in the background, and open the dialog if there are unsettled doubts."""
        self._tasks.start(
            partial(self._services.presets.pages.unsettled, preset),
            owner=self,
            on_done=partial(self._on_names_found, preset),
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def _on_names_found(self, preset: Preset, doubts: tuple[Doubt, ...]) -> None:
        if doubts:
            self.settle(preset, lambda _settled: None)

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key="preset")

    def _show_saved(self, preset: Preset) -> None:
        self._messages.show_message(
            self.tr("“{name}” has been saved as a preset.").format(name=one_line(preset.name)),
            MessageLevel.INFO,
            key="preset",
            action=(self.tr("Show presets"), self.room_requested.emit),
        )
        self.saved.emit(preset)

    def _on_making_failed(self, error: AppError) -> None:
        if self._sheet is not None:
            self._sheet.show_status(error_sentence(error).text)

    def _leave(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._prepare.close_overlay(sheet)

    def _on_sheet_destroyed(self) -> None:
        self._sheet = None
