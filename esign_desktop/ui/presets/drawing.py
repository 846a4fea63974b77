"""Draw the fields of a template in Prepare, and create or save the template in the background."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.domain.forms import template_fields
from esign_desktop.domain.templates import Template, TemplateDraft
from esign_desktop.override import override
from esign_desktop.services.templates.making import TemplateLook, home_of
from esign_desktop.ui.prepare.fields.panel import FieldPanel
from esign_desktop.ui.presets.in_prepare import EditedInPrepare, PrepareAccess
from esign_desktop.ui.presets.template_strip import TemplateStrip
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.template import template_name
from esign_desktop.ui.widgets.layouts import ScrolledContent
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.services.editing.session import Change

    Then = Callable[[Template | None], object]

_PERCENT: Final = 100
MESSAGE: Final = "templates"
"""The key of the messages about templates."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A PDF or a template that has been opened. ``is_known`` means that the template exists in this environment."""

    draft: TemplateDraft
    template: Template | None = None
    look: TemplateLook | None = None
    is_known: bool = False


class TemplateDrawing(EditedInPrepare):
    """Edits the fields of a template in Prepare, and creates or saves the template.

    A template that exists in this environment is created anew only if the user draws more fields; other changes are
    saved on this computer.
    """

    closed = Signal(object)
    """Carries the ``Template`` that was created or saved, or None if the user left.

    Emitted when the contract is open again, unless the caller has passed a function for the template.
    """

    is_template = True

    def __init__(self, access: PrepareAccess, parent: QObject | None = None) -> None:
        super().__init__(access, parent)
        prepare = access.prepare
        self._opened: _Opened | None = None
        self._following: tuple[_Opened, Then | None] | None = None
        self._then: Then | None = None
        self._result: tuple[Template | None] | None = None
        """What the editing ended with, while the contract is being opened again."""
        self._cancel: CancelToken | None = None
        """The token that cancels the creation of a template, or None while no template is being created."""
        self._is_saving = False
        self.controller = prepare.canvas.fields
        self.panel = FieldPanel(self.controller)
        self._beside = ScrolledContent(self.panel, prepare)
        self._beside.hide()
        self.strip = TemplateStrip(prepare)
        prepare.add_details(self._beside)
        prepare.add_wide_bar(self.strip)
        self.controller.changed.connect(self._on_controller_changed)
        self.controller.naming_wanted.connect(self._on_naming_wanted)
        self.panel.left.connect(prepare.canvas.setFocus)
        self.strip.edited.connect(self._show)
        self.strip.name.returnPressed.connect(prepare.canvas.setFocus)
        self.strip.leave.clicked.connect(self.leave)
        self.strip.make.meant.connect(self._on_make_meant)
        self.strip.stop.meant.connect(self._on_stop_meant)

    @property
    def is_busy(self) -> bool:
        """Whether a template is being created on the platform."""
        return self._cancel is not None

    @property
    def is_changed(self) -> bool:
        """Whether the fields or the name have unsaved changes."""
        opened, draft = self._opened, self._template_draft
        if opened is None or draft is None:
            return False
        return self.strip.is_renamed or draft.fields != opened.draft.fields

    @override
    def unsaved(self) -> tuple[UnsavedWork, ...]:
        if not self.is_changed and not self.is_busy:
            return ()
        text = self.tr("template “{name}”").format(name=one_line(self.strip.template_name))
        return (UnsavedWork(text, self._focus),)

    def show_environment(self) -> None:
        """Read the environment in which templates are created in the background, for the button that creates one."""
        if self.is_open:
            self._tasks.start(self._services.environments.current, owner=self, on_done=self._on_environment_read)

    def open_pdf(self, path: Path) -> None:
        """Open a PDF in the background to draw fields on it. The fields of the PDF's own form are shown, too."""
        self._request(partial(self._read, path, None), None)

    def open_document(self, document: Document, then: Then) -> None:
        """Open the PDF of a document of the contract, like ``open_pdf``.

        ``then`` is called with the template that was created, or with None if the user left or the PDF could not be
        opened. If a template was created from this PDF earlier, it is passed to ``then``, and nothing is edited.
        """
        self._request(partial(self._read, Path(document.path), document), then)

    def edit(self, template: Template) -> None:
        """Open the PDF and the fields of a template in the background."""
        self._request(partial(self._read_template, template), None)

    def _request(self, read: Callable[[], _Opened | Template], then: Then | None) -> None:
        def start() -> None:
            self._tasks.start(
                read,
                owner=self,
                on_done=partial(self._on_read, then),
                on_error=partial(self._on_unreadable, then),
                lane=Lane.PDF,
            )

        if self._may_begin():
            self._access.before_leaving(start)

    def _read(self, path: Path, origin: Document | None) -> _Opened | Template:
        maker, documents = self._services.template_maker, self._services.documents
        document = documents.open(path)
        try:
            look = maker.look(document)
            if origin is None:
                return _Opened(_draft_of(document, template_fields(look.fields)), look=look)
            if documents.complete(origin).sha256 != look.sha256:
                raise InputError("document.changed", document_id=origin.id)
            document = replace(document, name=origin.name)
            if look.earlier is None or not look.earlier.is_made:
                return _Opened(_draft_of(document, template_fields(look.fields)), look=look)
            made = maker.make(document, look)
        except Exception:
            documents.close(document.id)
            raise
        documents.close(document.id)
        return made

    def _read_template(self, template: Template) -> _Opened:
        is_here = template.home == home_of(self._services.environments.current())
        draft = _draft_of(self._services.templates.open(template), template.fields)
        return _Opened(draft, template, is_known=template.is_made and not template.is_gone and is_here)

    def _on_read(self, then: Then | None, found: _Opened | Template) -> None:
        if isinstance(found, Template):
            self._show_made(found)
            if then is not None:
                then(found)
        elif self._may_begin():
            self._following = found, then
            self._open(found.draft)
        else:
            document = found.draft.documents[0]
            self._tasks.start(partial(self._services.documents.close, document.id), owner=self._tasks, lane=Lane.PDF)

    def _on_unreadable(self, then: Then | None, error: AppError) -> None:
        self._messages.show_message(error, key=MESSAGE)
        if then is not None:
            then(None)

    # While the template is shown

    @property
    def _template_draft(self) -> TemplateDraft | None:
        draft = self._session.draft
        return draft if self.is_open and isinstance(draft, TemplateDraft) else None

    @override
    def _begin(self) -> None:
        following, self._following = self._following, None
        if following is None:
            return
        (self._opened, self._then), self._result, self._is_saving = following, None, False
        look = self._opened.look
        self.strip.begin(self._opened.draft.documents[0].name, None if look is None else look.fields)
        if look is not None and look.earlier is not None and not look.earlier.is_made:
            self.strip.show_error(InputError("template.outcome_unknown"))
        self._beside.show()
        self._show()
        self.show_environment()
        # The form of a document of the contract often needs no other fields.
        is_ready = self._then is not None and self.strip.make.isEnabled()
        (self.strip.make if is_ready else self._prepare.canvas).setFocus()

    @override
    def _end(self, draft: ContractDraft) -> None:
        if self._cancel is not None:
            self._cancel.cancel()
        then, self._then = self._then, None
        result, self._result = self._result, None
        self._opened = None
        self.strip.hide()
        self._beside.hide()
        self._show_busy(is_busy=False)
        # The session is still telling its other listeners that the contract is open again.
        if then is not None:
            QTimer.singleShot(0, self, partial(then, result[0] if result is not None else None))
        elif result is not None:
            QTimer.singleShot(0, self, partial(self.closed.emit, result[0]))

    @override
    def _on_draft_changed(self, change: Change) -> None:
        """Do nothing. The controller of the fields reports their changes."""

    @override
    def _return(self) -> None:
        self._finish(None)

    def _finish(self, template: Template | None) -> None:
        self._result = (template,)
        super()._return()

    def _focus(self) -> None:
        self.prepare_requested.emit()
        self._prepare.canvas.setFocus()

    @property
    def _saves(self) -> bool:
        draft = self._template_draft
        return self._opened is not None and self._opened.is_known and draft is not None and not draft.drawn

    def _lacks(self) -> str:
        if not self.strip.template_name:
            return self.tr("The template needs a name.")
        if not self.controller.fields:
            return self.tr("First draw a field.")
        return self.tr("Fields with errors are marked red in the list.") if self.controller.faults else ""

    def _show(self) -> None:
        if self._template_draft is not None:
            self.strip.show_state(
                saves=self._saves,
                lacks=self._lacks(),
                is_busy=self.is_busy or self._is_saving,
            )
            self._prepare.state.preset_edited.emit()

    def _show_busy(self, *, is_busy: bool) -> None:
        for widget in (self.panel, self._prepare.canvas):
            widget.setEnabled(not is_busy)
        self._show()

    def _on_environment_read(self, environment: Environment) -> None:
        self.strip.show_environment(environment)
        self._show()

    def _on_controller_changed(self) -> None:
        if self._template_draft is not None:
            if not self.strip.is_lost and not self.is_busy:
                self.strip.show_status("")
            self._show()
            if self.controller.only_chosen is not None:
                # On a small screen, the form may be out of view. Its position is known only after the layout.
                QTimer.singleShot(0, self, self._show_form)

    def _show_form(self) -> None:
        self._beside.ensureWidgetVisible(self.panel.form, 0, 0)

    def _on_naming_wanted(self) -> None:
        if self._template_draft is not None:
            self.panel.ask_name()

    # Creating and saving

    def _on_make_meant(self) -> None:
        opened, draft = self._opened, self._template_draft
        if opened is None or draft is None or self._cancel is not None or self._is_saving:
            return
        if self._saves and opened.template is not None:
            self._save(opened.template, draft)
        else:
            self._create(opened, draft)

    def _create(self, opened: _Opened, draft: TemplateDraft) -> None:
        """Write the drawn fields into the PDF, upload it, and create the template, in the background.

        If the answer to an earlier attempt was lost, a template is created even though that one may exist.
        """
        template, name = opened.template, self.strip.template_name
        anew = self.strip.is_lost or (template is not None and not template.is_made)
        self._cancel = CancelToken()
        self.strip.show_status(self.tr("Writing fields…"))
        self._show_busy(is_busy=True)
        report = self._tasks.reporter(self._on_progressed, owner=self)
        make = partial(self._make, draft, name, self._cancel, report, anew=anew)
        self._tasks.start(
            make,
            owner=self,
            on_done=partial(self._on_made, draft),
            on_error=partial(self._on_failed_to_make, draft),
            lane=Lane.NETWORK,
        )

    def _make(
        self,
        draft: TemplateDraft,
        name: str,
        cancel: CancelToken,
        report: Callable[..., None],
        *,
        anew: bool,
    ) -> Template | None:
        maker, document = self._services.template_maker, draft.documents[0]
        written = self._services.templates.draw(document, draft.drawn) if draft.drawn else None
        reported = [-1]

        def on_progress(done_bytes: int, total_bytes: int) -> None:
            percent = done_bytes * _PERCENT // max(1, total_bytes)
            if percent != reported[0]:
                reported[0] = percent
                report(percent)

        try:
            look = maker.look(written or document)
            make = partial(maker.make, written or document, look, name=name, fields=draft.fields)
            return make(on_progress=on_progress, cancel=cancel, anew=anew)
        except Cancelled:
            return None
        finally:
            if written is not None:
                self._services.templates.discard_drawn(written)

    def _save(self, template: Template, draft: TemplateDraft) -> None:
        templates, name = self._services.templates, self.strip.template_name
        self._is_saving = True
        self.strip.show_status(self.tr("Saving…"))
        self._show_busy(is_busy=True)
        self._tasks.start(
            lambda: templates.rename(templates.change_fields(template, draft.fields), name),
            owner=self,
            on_done=self._finish,
            on_error=partial(self._on_failed, draft),
            lane=Lane.STORE,
        )

    def _on_stop_meant(self) -> None:
        """Cancel the creation of the template. This has no effect after the platform has been asked to create it."""
        if self._cancel is not None:
            self._cancel.cancel()

    def _on_progressed(self, percent: int) -> None:
        if self._cancel is not None:
            done = self.tr("Creating template…")
            text = self.tr("Uploading template… {percent} %").format(percent=percent)
            self.strip.show_status(text if percent < _PERCENT else done)

    def _on_made(self, draft: TemplateDraft, template: Template | None) -> None:
        self._cancel = None
        if template is None:
            self._on_failed(draft, None)
            return
        if self._session.draft.id == draft.id:
            self._finish(template)
        self._show_made(template)

    def _show_made(self, template: Template) -> None:
        self._messages.show_message(
            self.tr("“{name}” is now a template on the platform.").format(name=template_name(template)),
            MessageLevel.SUCCESS,
            key=MESSAGE,
            everywhere=True,
        )

    def _on_failed_to_make(self, draft: TemplateDraft, error: AppError) -> None:
        was_stopped = self._cancel is not None and self._cancel.is_cancelled
        self._cancel = None
        self._on_failed(draft, None if was_stopped and error.code != "template.answer_lost" else error)

    def _on_failed(self, draft: TemplateDraft, error: AppError | None) -> None:
        """Enable editing again, and show the error, if any, and the field that caused it, if the error names one."""
        self._is_saving = False
        if self._session.draft.id != draft.id:
            # The user has left the template.
            if error is not None:
                self._messages.show_message(error, key=MESSAGE)
            return
        self._show_busy(is_busy=False)
        self.strip.show_status("")
        if error is None:
            return
        index = error.params.get("index")
        if error.code == "pdf.no_glyphs" and index is not None:
            at = int(index) + draft.fixed_count
            self.controller.choose({at})
            self.controller.reveal(at)
        self.strip.show_error(error)
        self._show()


def _draft_of(document: Document, fields: tuple[TemplateField, ...]) -> TemplateDraft:
    return TemplateDraft(id=ContractDraft.new().id, documents=(document,), fields=fields, fixed_count=len(fields))
