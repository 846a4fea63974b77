"""Makes presets of the contract being prepared, and opens the windows of the presets that are kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.preset import counter_options
from esign_desktop.ui.presets.list import PresetListWindow
from esign_desktop.ui.presets.making import PresetWish, SaveSheet
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.draft_controller import DraftController
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.presets.editor.window import PresetEditor
    from esign_desktop.ui.presets.layout import LayoutController
    from esign_desktop.ui.presets.template import TemplateController
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


class PresetController(QObject):
    """``saved`` carries the ``Preset`` that was made."""

    saved = Signal(object)

    def __init__(
        self,
        services: Services,
        session: ContractSession,
        prepare: PrepareRoom,
        tasks: TaskRunner,
        messages: Messages,
        desk: DraftController,
        is_desk_free: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """``is_desk_free`` answers whether the contract may be replaced; if not, it says why to the person."""
        super().__init__(parent)
        self._is_desk_free = is_desk_free
        self._desk = desk
        self._services = services
        self._session = session
        self._prepare = prepare
        self._tasks = tasks
        self._messages = messages
        self._sheet: SaveSheet | None = None
        self._list: PresetListWindow | None = None
        self._editor: PresetEditor | None = None
        self._layout: LayoutController | None = None
        self._templates: TemplateController | None = None

    @property
    def editor(self) -> PresetEditor | None:
        """A preset's own window while it is open."""
        return self._editor

    @property
    def layout(self) -> LayoutController:
        """Lays presets out in Prepare; made on first use."""
        if self._layout is None:
            from esign_desktop.ui.presets.layout import LayoutController

            self._layout = LayoutController(self._services, self._session, self._prepare, self._tasks, self)
            self._layout.laid_out.connect(self._on_layout_laid_out)
            self._layout.ended.connect(self._on_layout_ended)
            self._layout.saved.connect(self._on_layout_saved)
            self._layout.failed.connect(self._on_layout_failed)
        return self._layout

    @property
    def templates(self) -> TemplateController:
        """Makes templates of forms; made on first use."""
        if self._templates is None:
            from esign_desktop.ui.presets.template import TemplateController

            self._templates = TemplateController(
                *(
                    self._services.templates,
                    self._services.presets,
                    self._session,
                    self._prepare,
                    self._tasks,
                    self._messages,
                ),
                is_desk_free=self._is_desk_free,
                parent=self,
            )
            self._templates.made.connect(self._on_templates_made)
        return self._templates

    @property
    def sheet(self) -> SaveSheet | None:
        """The sheet while it is open."""
        return self._sheet

    @property
    def list_window(self) -> PresetListWindow | None:
        """The list while it is open."""
        return self._list

    def save(self) -> None:
        """Ask how the contract is to be saved as a preset."""
        presets = self._services.presets
        if self._sheet is not None:
            return
        if not self._session.draft.documents or not self._session.draft.signers:
            self._messages.show_message(
                self.tr("A preset needs a document and a signer."),
                MessageLevel.INFO,
                remedy=self.tr("Prepare the contract as it is to be sent each time, then save it as a preset."),
                key="preset",
            )
            return
        self._sheet = SaveSheet(self._session.draft)
        self._sheet.save_requested.connect(self._on_sheet_save_requested)
        self._sheet.cancelled.connect(self._leave)
        self._sheet.destroyed.connect(self._on_sheet_destroyed)
        self._prepare.show_overlay(self._sheet)
        self._tasks.start(presets.list, owner=self._sheet, on_done=self._sheet.show_presets)

    def show_list(self) -> None:
        """Open the list of presets."""
        presets = self._services.presets
        if self._list is None:
            self._list = PresetListWindow(presets, self._tasks, self._prepare.window())
            self._list.finished.connect(self._on_list_finished)
            self._list.edit_requested.connect(self.edit)
        self._list.read()
        self._list.show()
        self._list.activateWindow()

    def import_from(self, path: Path) -> None:
        """Show a preset from a file, and ask whether to import it."""
        self.show_list()
        if self._list is not None:
            self._list.import_from(path)

    def edit(self, preset: Preset) -> None:
        """Open a preset's editor, or raise it. An editor of another preset with unsaved changes stays."""
        presets = self._services.presets
        editor = self._editor
        if editor is not None and editor.copy.preset.id != preset.id:
            if editor.copy.is_changed:
                editor.show_other(preset.name)
            else:
                editor.done(0)
        if self._editor is None:
            from esign_desktop.ui.presets.editor.window import PresetEditor

            services = self._services
            self._editor = PresetEditor(
                *(preset, presets, services.documents, services.environments, self._tasks),
                parent=self._list or self._prepare.window(),
            )
            self._editor.saved.connect(self._on_editor_saved)
            self._editor.finished.connect(self._on_editor_finished)
            self._editor.prepare_requested.connect(self._on_editor_prepare_requested)
        self._editor.show()
        self._editor.activateWindow()

    def take_down(self) -> None:
        """Close the windows and drop unsaved changes."""
        if self._editor is not None:
            self._editor.done(0)
        if self._list is not None:
            self._list.close()

    def _on_sheet_save_requested(self, wish: PresetWish) -> None:
        self._tasks.start(
            partial(self._make, self._services.presets, self._session.draft, wish),
            owner=self,
            on_done=self._on_made,
            on_error=self._on_making_failed,
            lane=Lane.PDF,
        )

    def _make(self, presets: PresetService, draft: ContractDraft, wish: PresetWish) -> Preset:
        if wish.for_counter:
            draft = replace(draft, options=counter_options(draft.options))
        preset = presets.make(
            draft,
            wish.customers,
            name=wish.name,
            environment=self._services.environments.current(),
            titles=wish.titles,
        )
        if wish.key is not None:
            presets.assign_key(preset.id, wish.key)
        return preset

    def _on_made(self, preset: Preset) -> None:
        self._leave()
        self._tell_saved(preset)
        if self._list is not None:
            self._list.read()
        self.saved.emit(preset)

    def _tell_saved(self, preset: Preset) -> None:
        self._messages.show_message(
            self.tr("“{name}” is saved as a preset.").format(name=one_line(preset.name)),
            MessageLevel.INFO,
            key="preset",
            action=(self.tr("Show presets"), self.show_list),
        )

    def _on_making_failed(self, error: AppError) -> None:
        if self._sheet is not None:
            self._sheet.show_status(error_sentence(error).text)

    def _leave(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._prepare.close_overlay(sheet)

    def _on_sheet_destroyed(self) -> None:
        self._sheet = None

    def _on_editor_saved(self, preset: Preset) -> None:
        if self._list is not None:
            self._list.read()
        self.saved.emit(preset)

    def _on_editor_finished(self) -> None:
        if self._editor is not None:
            self._editor.deleteLater()
            self._editor = None

    def _on_editor_prepare_requested(self, preset: Preset) -> None:
        if self._may_take_desk():
            self.layout.begin(preset)

    def _may_take_desk(self) -> bool:
        """Whether the contract may be replaced by a preset's; if not, the editor says so too."""
        is_free = self._is_desk_free() and self._prepare.uncover()
        if not is_free and self._editor is not None:
            self._editor.show_error(InputError("submission.busy", retryable=True))
        return is_free

    def _on_layout_laid_out(self, draft: ContractDraft) -> None:
        if not self._may_take_desk():
            return
        # The editor's unsaved changes are in the draft too, and are saved with it.
        if self._editor is not None:
            self._editor.done(0)
        if self._list is not None:
            self._list.close()
        self._desk.take_in(draft, then=self._prepare.canvas.setFocus)

    def _on_layout_ended(self) -> None:
        if self._is_desk_free():
            self._desk.discard()

    def _on_layout_saved(self, preset: Preset) -> None:
        self._tell_saved(preset)
        self.saved.emit(preset)

    def _on_layout_failed(self, error: AppError) -> None:
        if self._editor is not None:
            self._editor.show_error(error)

    def _on_templates_made(self, preset: Preset) -> None:
        if self._list is not None:
            self._list.read()
        self.edit(preset)
        editor = self._editor
        if editor is not None and editor.copy.preset.id == preset.id:
            editor.tabs.setCurrentWidget(editor.fields)
        self.saved.emit(preset)

    def _on_list_finished(self) -> None:
        if self._list is not None:
            self._list.deleteLater()
            self._list = None
