"""Open a PDF or a template in the editor of its fields, and create or save the template in the background."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.domain.forms import template_fields
from esign_desktop.domain.templates import Template
from esign_desktop.services.templates.making import home_of
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.templates.editor.window import TemplateEditor
from esign_desktop.ui.templates.words import template_name
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.templates.making import TemplateLook
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

    Then = Callable[[Template | None], object]

_PERCENT: Final = 100
MESSAGE: Final = "templates"
"""The key of the messages about templates."""


class TemplateEditing(QObject):
    """Opens the editor of a template's fields, and creates or saves the template. At most one editor is open."""

    opened = Signal(object)
    """Carries the ``TemplateEditor`` that the owner shows."""
    closed = Signal(object)
    """Carries the ``Template`` that was created or saved, or None if the user left.

    The editor is deleted afterwards.
    """

    def __init__(self, services: Services, tasks: TaskRunner, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._templates = services.templates
        self._tasks = tasks
        self._messages = messages
        self._environment: Environment | None = None
        self._edited: tuple[Document, Template | None] | None = None
        self._then: Then | None = None
        self.editor: TemplateEditor | None = None
        self._cancel: CancelToken | None = None
        """The token that cancels the creation of a template, or None while no template is being created."""

    @property
    def is_busy(self) -> bool:
        """Whether a template is being created at the platform."""
        return self._cancel is not None

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the fields in the open editor if they have unsaved changes."""
        editor = self.editor
        if editor is None or not editor.is_changed:
            return ()
        return (UnsavedWork(self.tr("fields of “{name}”").format(name=one_line(editor.name)), editor.view.setFocus),)

    def show_environment(self, environment: Environment) -> None:
        """Set the environment in which templates are created, and show it in the open editor."""
        self._environment = environment
        if self.editor is not None:
            self.editor.show_environment(environment)

    def open_pdf(self, path: Path) -> None:
        """Open a PDF in the editor in the background, with the fields of the PDF's own form.

        If an editor is already open, show a message instead.
        """
        self._read(path, None, None)

    def open_document(self, document: Document, then: Then) -> None:
        """Open the PDF of a document of the contract in the editor, like ``open_pdf``.

        ``then`` is called with the template that was created, or with None if the user left or the PDF could not be
        opened. If a template was created from this PDF earlier, it is passed to ``then``, and no editor is opened.
        """
        self._read(Path(document.path), document, then)

    def _read(self, path: Path, origin: Document | None, then: Then | None) -> None:
        maker, documents = self._services.template_maker, self._services.documents

        def read() -> tuple[Document, TemplateLook] | Template:
            document = documents.open(path)
            try:
                look = maker.look(document)
                if origin is None:
                    return document, look
                if documents.complete(origin).sha256 != look.sha256:
                    raise InputError("document.changed", document_id=origin.id)
                document = replace(document, name=origin.name)
                if look.earlier is None or not look.earlier.is_made:
                    return document, look
                made = maker.make(document, look)
            except Exception:
                documents.close(document.id)
                raise
            documents.close(document.id)
            return made

        self._tasks.start(
            read,
            owner=self,
            on_done=partial(self._on_read, then),
            on_error=partial(self._on_unreadable, then),
            lane=Lane.PDF,
        )

    def _on_read(self, then: Then | None, found: tuple[Document, TemplateLook] | Template) -> None:
        if not isinstance(found, Template):
            self._edit(found[0], template_fields(found[1].fields), None, found[1], then)
        elif then is not None:
            self._show_made(found)
            then(found)

    def _on_unreadable(self, then: Then | None, error: AppError) -> None:
        self._on_failed(error)
        if then is not None:
            then(None)

    def edit(self, template: Template) -> None:
        """Open the PDF and the fields of a template in the editor in the background.

        If an editor is already open, show a message instead.
        """
        self._tasks.start(
            partial(self._templates.open, template),
            owner=self,
            on_done=lambda document: self._edit(document, template.fields, template),
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def _edit(
        self,
        document: Document,
        fields: tuple[TemplateField, ...],
        template: Template | None,
        look: TemplateLook | None = None,
        then: Then | None = None,
    ) -> None:
        if self.editor is not None:
            self._close(document)
            self._messages.show_message(
                self.tr("You are still drawing the fields of “{name}”.").format(name=one_line(self.editor.name)),
                MessageLevel.INFO,
                remedy=self.tr("Before you start another template, create that template or go back to the list."),
                key=MESSAGE,
            )
            return
        here = self._environment
        known = template is not None and template.is_made and not template.is_gone
        known = known and template is not None and here is not None and template.home == home_of(here)
        self._edited, self._then = (document, template), then
        self.editor = editor = TemplateEditor(
            document, fields, self._services.documents, self._tasks, fixed_count=len(fields), known=known
        )
        editor.left.connect(self._end)
        editor.make_requested.connect(self._on_editor_make_requested)
        editor.save_requested.connect(self._on_editor_save_requested)
        editor.stop_requested.connect(self._on_editor_stop_requested)
        self.opened.emit(editor)
        if here is not None:
            editor.show_environment(here)
        if look is not None:
            editor.show_form(look.fields)
            if look.earlier is not None and not look.earlier.is_made:
                editor.end_work(InputError("template.outcome_unknown"))
        # The form of a document of the contract often needs no other fields.
        (editor.make if then is not None and editor.make.isEnabled() else editor.view).setFocus()

    def _end(self, template: Template | None = None) -> None:
        editor, edited, then = self.editor, self._edited, self._then
        self.editor = self._edited = self._then = None
        if edited is not None:
            self._close(edited[0])
        self.closed.emit(template)
        if then is not None:
            then(template)
        if editor is not None:
            editor.deleteLater()

    def _close(self, document: Document) -> None:
        self._tasks.start(partial(self._services.documents.close, document.id), owner=self, lane=Lane.PDF)

    def _on_editor_make_requested(self, name: str, anew: bool) -> None:
        """Write the drawn fields into the PDF, upload it, and create the template, in the background.

        If ``anew`` is True, a template is created even though an earlier attempt, whose answer was lost, may have
        created one.
        """
        editor, edited = self.editor, self._edited
        if editor is None or edited is None or self._cancel is not None:
            return
        is_lost = edited[1] is not None and not edited[1].is_made
        self._cancel = CancelToken()
        fields, drawn = editor.controller.fields, editor.drawn
        editor.show_work(self.tr("Writing fields…"))
        report = self._tasks.reporter(self._on_progressed, owner=self)
        make = partial(self._make, edited[0], fields, drawn, name, self._cancel, report, anew=anew or is_lost)
        self._tasks.start(make, owner=self, on_done=self._on_made, on_error=self._on_failed_to_make, lane=Lane.NETWORK)

    def _make(
        self,
        document: Document,
        fields: tuple[TemplateField, ...],
        drawn: tuple[TemplateField, ...],
        name: str,
        cancel: CancelToken,
        report: Callable[..., None],
        *,
        anew: bool,
    ) -> Template | None:
        maker = self._services.template_maker
        written = self._templates.draw(document, drawn) if drawn else None
        reported = [-1]

        def on_progress(done_bytes: int, total_bytes: int) -> None:
            percent = done_bytes * _PERCENT // max(1, total_bytes)
            if percent != reported[0]:
                reported[0] = percent
                report(percent)

        try:
            look = maker.look(written or document)
            make = partial(maker.make, written or document, look, name=name, fields=fields)
            return make(on_progress=on_progress, cancel=cancel, anew=anew)
        except Cancelled:
            return None
        finally:
            if written is not None:
                self._templates.discard_drawn(written)

    def _on_editor_stop_requested(self) -> None:
        """Cancel the creation of the template. This has no effect after the platform has been asked to create it."""
        if self._cancel is not None:
            self._cancel.cancel()

    def _on_progressed(self, percent: int) -> None:
        if self._cancel is not None and self.editor is not None:
            done = self.tr("Creating template…")
            text = self.tr("Uploading template… {percent} %").format(percent=percent)
            self.editor.show_work(text if percent < _PERCENT else done)

    def _on_editor_save_requested(self, name: str) -> None:
        editor, edited = self.editor, self._edited
        if editor is None or edited is None or edited[1] is None:
            return
        template, fields = edited[1], editor.controller.fields

        def save() -> Template:
            return self._templates.rename(self._templates.change_fields(template, fields), name)

        editor.show_work(self.tr("Saving…"))
        self._tasks.start(save, owner=self, on_done=self._end, on_error=self._on_failed_to_save, lane=Lane.STORE)

    def _on_made(self, template: Template | None) -> None:
        self._cancel = None
        if template is None:
            self._on_failed_to_save(None)
            return
        self._end(template)
        self._show_made(template)

    def _show_made(self, template: Template) -> None:
        self._messages.show_message(
            self.tr("“{name}” is now a template on the platform.").format(name=template_name(template)),
            MessageLevel.SUCCESS,
            key=MESSAGE,
        )

    def _on_failed_to_make(self, error: AppError) -> None:
        was_stopped = self._cancel is not None and self._cancel.is_cancelled
        self._cancel = None
        self._on_failed_to_save(None if was_stopped and error.code != "template.answer_lost" else error)

    def _on_failed_to_save(self, error: AppError | None) -> None:
        if self.editor is not None:
            self.editor.end_work(error)

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key=MESSAGE)
