"""Makes a document of the contract a template at the platform, without the window waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from esign_desktop.domain.draft import ContractDraft
from esign_desktop.domain.errors import AppError, Cancelled
from esign_desktop.services.templates import CancelToken
from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.messages import Tone
from esign_desktop.ui.presets.template_sheet import TemplateSheet
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.preset import PlatformTemplate, Preset
    from esign_desktop.services.presets import PresetService
    from esign_desktop.services.session import ContractSession
    from esign_desktop.services.templates import TemplateLook, TemplateService
    from esign_desktop.ui.messages import Messages
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import TaskRunner

_PERCENT = 100


@dataclass
class _Making:
    """One document on its way; ``draft`` is the contract as it was when that was asked for."""

    draft: ContractDraft
    cancel: CancelToken = field(default_factory=CancelToken)
    percent: int = -1


class TemplateDesk(QObject):
    """``made`` carries the ``Preset`` whose document is the template. Progress and failures stand at the document."""

    made = Signal(object)
    _progressed = Signal(str, int)

    def __init__(
        self,
        templates: TemplateService,
        presets: PresetService,
        session: ContractSession,
        prepare: PrepareRoom,
        tasks: TaskRunner,
        messages: Messages,
        *,
        is_desk_free: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_desk_free = is_desk_free
        self._templates = templates
        self._presets = presets
        self._session = session
        self._prepare = prepare
        self._tasks = tasks
        self._messages = messages
        self._making: dict[DocumentId, _Making] = {}
        self._sheet: TemplateSheet | None = None
        self._progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)
        prepare.remedies.stop_requested.connect(self._on_remedies_stop_requested)

    @property
    def sheet(self) -> TemplateSheet | None:
        """The sheet while it is open."""
        return self._sheet

    def ask(self, document_id: DocumentId) -> None:
        """Read a document's form, and show what is to be decided."""
        if document_id in self._making or self._sheet is not None:
            return
        making = self._making[document_id] = _Making(self._session.draft)
        document = making.draft.document(document_id)
        self._prepare.remedies.show_work(document_id, self.tr("Reading the form…"), 0, 0)
        self._tasks.start(
            partial(self._templates.look, document),
            owner=self,
            on_done=partial(self._on_looked, document),
            on_error=partial(self._on_failed, document),
            lane=Lane.PDF,
        )

    def _on_looked(self, document: Document, look: TemplateLook) -> None:
        is_wanted = not self._making.pop(document.id).cancel.is_cancelled
        self._prepare.remedies.end_work(document.id)
        if is_wanted and self._sheet is None and self._is_here(document) and self._is_desk_free():
            self._sheet = TemplateSheet(document.name, look)
            self._sheet.make_requested.connect(partial(self._on_sheet_make_requested, document, look))
            self._sheet.cancelled.connect(self._leave)
            self._sheet.destroyed.connect(self._on_sheet_destroyed)
            self._prepare.show_overlay(self._sheet)

    def _on_sheet_make_requested(self, document: Document, look: TemplateLook, anew: bool) -> None:
        self._leave()
        making = self._making[document.id] = _Making(self._session.draft)
        self._prepare.remedies.show_work(document.id, self.tr("Uploading the template…"), 0, _PERCENT)
        self._tasks.start(
            partial(self._make, document, look, making, anew=anew),
            owner=self,
            on_done=partial(self._on_made, document, look),
            on_error=partial(self._on_failed, document),
            lane=Lane.NETWORK,
        )

    def _make(self, document: Document, look: TemplateLook, making: _Making, *, anew: bool) -> PlatformTemplate | None:
        def on_progress(done_bytes: int, total_bytes: int) -> None:
            percent = done_bytes * _PERCENT // max(1, total_bytes)
            if percent != making.percent:
                making.percent = percent
                self._progressed.emit(document.id, percent)

        try:
            return self._templates.make(document, look, on_progress=on_progress, cancel=making.cancel, anew=anew)
        except Cancelled:
            return None

    def _on_made(self, document: Document, look: TemplateLook, template: PlatformTemplate | None) -> None:
        making = self._making[document.id]
        if template is None:
            del self._making[document.id]
            self._prepare.remedies.end_work(document.id)
            return
        draft = self._session.draft if self._is_here(document) else making.draft
        self._prepare.remedies.show_work(document.id, self.tr("Making the preset…"), 0, 0)
        self._tasks.start(
            partial(self._presets.of_template, draft, document.id, template, look.environment),
            owner=self,
            on_done=partial(self._on_preset_made, document),
            on_error=partial(self._on_preset_failed, document),
            lane=Lane.PDF,
        )

    def _on_preset_made(self, document: Document, preset: Preset) -> None:
        self._making.pop(document.id, None)
        self._prepare.remedies.end_work(document.id)
        self._messages.tell(
            self.tr("“{name}” is a template at the platform now.").format(name=one_line(document.name)),
            Tone.SUCCESS,
            remedy=self.tr("Its preset is open: say what each field is filled with, and where the seals go."),
            key="template",
        )
        self.made.emit(preset)

    def _on_preset_failed(self, document: Document, error: AppError) -> None:
        self._making.pop(document.id, None)
        sentence = error_sentence(error)
        kept = self.tr("The template is made and not lost: choose “Make it a template…” again, nothing is sent twice.")
        self._prepare.remedies.end_work(document.id, f"{one_line(sentence.title)} {kept}")

    def _on_failed(self, document: Document, error: AppError) -> None:
        making = self._making.pop(document.id, None)
        if making is not None and making.cancel.is_cancelled and error.code != "template.answer_lost":
            self._prepare.remedies.end_work(document.id)
            return
        sentence = error_sentence(error)
        failure = f"{one_line(sentence.title)} {sentence.remedy}"
        if self._prepare.remedies.end_work(document.id, failure):
            return
        # The document is not on the desk any more, where it would be said.
        self._messages.tell(one_line(sentence.title), Tone.ERROR, remedy=sentence.remedy, key="template")

    def _is_here(self, document: Document) -> bool:
        return any(one.id == document.id for one in self._session.draft.documents)

    def _leave(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._prepare.close_overlay(sheet)

    def _on_sheet_destroyed(self) -> None:
        self._sheet = None

    def _on_remedies_stop_requested(self, document_id: DocumentId) -> None:
        making = self._making.get(document_id)
        if making is not None:
            making.cancel.cancel()

    def _on_progressed(self, document_id: DocumentId, percent: int) -> None:
        if document_id in self._making:
            text = self.tr("Uploading the template…") if percent < _PERCENT else self.tr("Making the template…")
            self._prepare.remedies.show_work(document_id, text, percent, _PERCENT)
