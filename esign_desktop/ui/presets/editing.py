"""Edit a preset in Prepare, in place of a contract."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.problems import Severity
from esign_desktop.domain.preset.checks import check_preset, uncounted_keywords
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.presets.fallbacks import FallbackPane
from esign_desktop.ui.presets.fields import FieldsPane
from esign_desktop.ui.presets.in_prepare import EditedInPrepare, PrepareAccess
from esign_desktop.ui.presets.strip import PresetStrip, with_minutes
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import problem_sentence
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.making import LaidOut
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.editing.session import Change

_MOST_SENTENCES: Final = 3


class PresetEditing(EditedInPrepare):
    """Edits a preset in Prepare. *Save preset* saves it, and ``saved`` carries the saved ``Preset``."""

    saved = Signal(object)

    def __init__(self, access: PrepareAccess, parent: QObject | None = None) -> None:
        super().__init__(access, parent)
        session, prepare = access.session, access.prepare
        self._laid_out: LaidOut | None = None
        self._following: LaidOut | None = None
        """The preset whose contract is about to be opened."""
        self._is_saving = self._opens_fields = False
        self._failure = ""
        """The sentence that says why saving failed, shown until the user changes something or saves again."""
        self.strip = PresetStrip(prepare)
        self.fields = FieldsPane(session, prepare)
        self.fallbacks = FallbackPane(session, prepare.selection, prepare)
        for bar in (self.strip, self.fields, self.fallbacks):
            prepare.add_wide_bar(bar)
        self.strip.edited.connect(self._on_edited)
        self.strip.minutes_edited.connect(self._on_strip_minutes_edited)
        self.strip.fields_requested.connect(self.fields.toggle)
        self.strip.save_requested.connect(self.save)
        self.strip.leave_requested.connect(self.leave)
        self.fields.field_chosen.connect(prepare.canvas.show_field)

    @property
    def preset(self) -> Preset | None:
        """The preset that is being edited, including all unsaved changes, or None."""
        laid_out = self._named
        return laid_out.edited(self._session.draft) if laid_out is not None else None

    @property
    def is_changed(self) -> bool:
        """Whether the preset has unsaved changes."""
        laid_out, named = self._laid_out, self._named
        if laid_out is None or named is None:
            return False
        return named.preset != laid_out.preset or any(entry.is_current for entry in self._session.history())

    def edit(self, preset: Preset, *, opens_fields: bool = False) -> None:
        """Open a preset in Prepare in the background, in place of the open contract, which is saved as a draft.

        ``opens_fields`` shows the pane of its form fields, too. If this preset is already being edited, only show it.
        Do nothing if the open contract may not be replaced.
        """
        if self._laid_out is not None and self._laid_out.preset.id == preset.id:
            self._focus()
            return
        if self._may_begin():
            self._opens_fields = opens_fields
            self._access.before_leaving(partial(self._lay_out, preset))

    def save(self) -> None:
        """Save the preset in the background, and return to the contract that was open before.

        Do nothing while *Save preset* is disabled. If the form of a signer has unsaved changes, show this form instead.
        If saving fails, the preset stays open, and the strip shows the error.
        """
        laid_out, draft = self._named, self._session.draft
        if laid_out is None or not self.strip.save.isEnabled():
            return
        forms = self._prepare.signers.unsaved()
        if forms:
            forms[0].show()
            self._failure = self.tr("Save or cancel this signer first.")
            self._show()
            return
        self._is_saving, self._failure = True, ""
        self._show()
        layouts, environments = self._services.preset_layouts, self._services.environments
        self._tasks.start(
            lambda: layouts.save(laid_out, draft, environments.current()),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_save_failed,
            lane=Lane.PDF,
        )

    @override
    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the preset that is being edited if it has unsaved changes."""
        if self._laid_out is None or not self.is_changed:
            return ()
        name = self.tr("preset “{name}”").format(name=one_line(self._laid_out.preset.name))
        return (UnsavedWork(name, self._focus),)

    @property
    def _named(self) -> LaidOut | None:
        """The preset that is being edited, with the name and the key that the user has entered in the strip."""
        laid_out = self._laid_out
        return None if laid_out is None else replace(laid_out, preset=self.strip.named(laid_out.preset))

    def _focus(self) -> None:
        self.prepare_requested.emit()
        self.strip.name.setFocus()

    def _lay_out(self, preset: Preset) -> None:
        self._tasks.start(
            partial(self._services.preset_layouts.lay_out, preset),
            owner=self,
            on_done=self._on_laid_out,
            on_error=self.failed.emit,
            lane=Lane.PDF,
        )

    def _on_laid_out(self, laid_out: LaidOut) -> None:
        if not self._may_begin():
            self._let_go(laid_out)
            return
        self._following = laid_out
        self._open(laid_out.draft)

    @override
    def _on_draft_changed(self, change: Change) -> None:
        if change.hits_changed:
            self._show()
        else:
            self._on_edited()

    def _on_edited(self) -> None:
        self._failure = ""
        self._show()

    @override
    def _begin(self) -> None:
        laid_out, self._following = self._following, None
        if laid_out is None:
            return
        self._laid_out = laid_out
        self._is_saving, self._failure = False, ""
        self.strip.show_preset(laid_out.preset)
        self.fields.begin()
        self.fallbacks.begin()
        self.strip.show()
        self._tasks.start(self._services.presets.list, owner=self, on_done=self.strip.show_others)
        self._tasks.start(self._services.templates.here, owner=self, on_done=self._on_templates_read)
        self._show()
        self._prepare.canvas.setFocus()
        if self._opens_fields:
            self.fields.toggle()

    def _on_templates_read(self, templates: tuple[Template, ...]) -> None:
        self.fields.offer_templates(templates)
        self._show()

    @override
    def _end(self, draft: ContractDraft) -> None:
        laid_out, self._laid_out = self._laid_out, None
        for bar in (self.strip, self.fields, self.fallbacks):
            bar.hide()
        self.fields.end()
        self.fallbacks.end()
        if laid_out is not None:
            self._let_go(laid_out)

    def _let_go(self, laid_out: LaidOut) -> None:
        layouts = self._services.preset_layouts
        self._tasks.start(partial(layouts.end, laid_out), owner=self._tasks, lane=Lane.PDF)

    def _show(self) -> None:
        draft, preset = self._session.draft, self.preset
        if preset is None:
            return
        problems = check_preset(preset, self._counts(draft, preset))
        is_error = any(problem.severity is Severity.BLOCKING for problem in problems)
        sentences = [problem_sentence(problem) for problem in problems[:_MOST_SENTENCES]]
        if len(problems) > _MOST_SENTENCES:
            sentences.append(self.tr("%n more.", "", len(problems) - _MOST_SENTENCES))
        if self.strip.key_note:
            sentences.append(self.strip.key_note)
        self.strip.show_status(self._failure or "\n".join(sentences), is_error=is_error or bool(self._failure))
        self.strip.show_options(draft.options)
        self.strip.fields.setVisible(self.fields.may_be_used)
        # An imported preset whose keywords have not been counted can be saved without changes, which counts them.
        is_worth_it = self.is_changed or any(uncounted_keywords(preset))
        self.strip.save.setEnabled(is_worth_it and not is_error and not self._is_saving)
        self._prepare.state.preset_edited.emit()

    def _counts(self, draft: ContractDraft, preset: Preset) -> dict[tuple[DocumentId, str], int]:
        """Return the number of matches of each keyword in the preset's PDFs.

        Keywords that were not searched are left out.
        """
        ids = {one.id: kept.id for one, kept in zip(draft.documents, preset.documents, strict=True)}
        files = {one.id for one in draft.documents if one.template is None}
        return {
            (ids[document_id], keyword): len(hits)
            for (document_id, keyword), hits in self._session.hits.items()
            if hits is not None and document_id in files
        }

    def _on_strip_minutes_edited(self, minutes: int) -> None:
        self._session.apply(
            EditName.CHANGE_OPTIONS,
            lambda draft: edits.set_options(draft, with_minutes(draft.options, minutes)),
            merge_key="preset.minutes",
        )

    def _on_saved(self, preset: Preset) -> None:
        self._return()
        self.saved.emit(preset)

    def _on_save_failed(self, error: AppError) -> None:
        self._is_saving, self._failure = False, error_sentence(error).text
        self._show()
