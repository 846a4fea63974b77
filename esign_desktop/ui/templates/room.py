"""The Templates room: the list of templates with a preview, and the editor, which replaces both while it is open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QInputDialog, QPushButton, QSplitter, QStackedWidget, QWidget

from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.templates.adding import AddTemplateDialog
from esign_desktop.ui.templates.editor.window import TemplateEditor
from esign_desktop.ui.templates.list import TemplateTable, template_name
from esign_desktop.ui.templates.making import TemplateMaking
from esign_desktop.ui.templates.painting import FieldsOverlay
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.confirmation import centred_card
from esign_desktop.ui.widgets.deliberate import ConfirmButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.templates import Template, TemplateField
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_MESSAGE: Final = "templates"
_CARD_PX: Final = 560
_SHARES: Final = (560, 520)


class TemplatesRoom(QWidget):
    """The Templates room. ``use_requested`` carries a ``Document`` of a template for a new contract."""

    use_requested = Signal(object)

    def __init__(
        self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._templates = services.templates
        self._tasks = tasks
        self._messages = messages
        self._environment: Environment | None = None
        self._presets: tuple[Preset, ...] = ()
        self._shown: Document | None = None
        self._wanted: Template | None = None
        self._preview_of: Template | None = None
        self.making = TemplateMaking(services.templates, services.template_maker, tasks, self)
        self.editor: TemplateEditor | None = None
        self._edited: tuple[Document, Template | None] | None = None
        self.dialog: AddTemplateDialog | None = None
        self.table = TemplateTable(self)
        self.preview = PagesView(services.documents, tasks, self)
        self._overlay = FieldsOverlay()
        self.preview.add_overlay(self._overlay)
        self.title, self.facts = ElidedLabel(self), PlainLabel(self, look="hint", is_wrapped=True)
        self.use = QPushButton(self.tr("&Use in a new contract"), self)
        self.edit = QPushButton(self.tr("&Edit fields…"), self)
        self.again = QPushButton(self.tr("Create &again in this environment…"), self)
        self.rename = QPushButton(self.tr("&Rename…"), self)
        self.add_pdf = QPushButton(self.tr("Add &PDF…"), self)
        self.remove = ConfirmButton(self)
        self.from_pdf = QPushButton(self.tr("Create fro&m PDF…"), self)
        self.by_id = QPushButton(self.tr("Add by &ID…"), self)
        self.from_pdf_first = QPushButton(self.tr("Create fro&m PDF…"), self)
        self.by_id_first = QPushButton(self.tr("Add by &ID…"), self)
        self._no_pages = PlainLabel(self, look="hint", is_wrapped=True)
        self._stack, self._pane = QStackedWidget(self), QStackedWidget(self)
        self._lay_out()
        self._connect()

    @property
    def is_busy(self) -> bool:
        """Whether a template is being created."""
        return self.making.is_busy

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the open editor if its fields were changed."""
        editor = self.editor
        if editor is None or not editor.is_changed:
            return ()
        return (UnsavedWork(self.tr("fields of “{name}”").format(name=one_line(editor.name)), editor.view.setFocus),)

    def activated(self) -> None:
        """Reload the list and set the focus. Call it when the user enters the room."""
        self._messages.clear(_MESSAGE)
        self.reload()
        (self.editor.view if self.editor is not None else self.table).setFocus()

    def environment_changed(self) -> None:
        """Reload the list. Call it after the environment has changed."""
        self.reload()

    def reload(self) -> None:
        """Read the templates, the presets and the current environment in the background, and show them."""
        services = self._services
        self._tasks.start(
            lambda: (services.environments.current(), services.templates.list(), services.presets.list()),
            owner=self,
            on_done=self._on_read,
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def open_pdf(self, path: Path) -> None:
        """Open a PDF in the editor, with the fields of its form, if it has any."""

        def read() -> tuple[Document, tuple[TemplateField, ...]]:
            document = self._services.documents.open(path)
            try:
                return document, self._templates.fields_of(document)
            except Exception:
                self._services.documents.close(document.id)
                raise

        self._tasks.start(
            read,
            owner=self,
            on_done=lambda found: self._edit(found[0], found[1], None),
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    def edit_template(self, template: Template) -> None:
        """Open the PDF and the fields of a template in the editor."""
        self._tasks.start(
            partial(self._templates.open, template),
            owner=self,
            on_done=lambda document: self._edit(document, template.fields, template),
            on_error=self._on_failed,
            lane=Lane.PDF,
        )

    # Parts

    def _lay_out(self) -> None:
        for button in (self.from_pdf, self.from_pdf_first, self.use):
            button.setObjectName("primary")
        self.title.setObjectName("sectionTitle")
        self._no_pages.setAlignment(Qt.AlignmentFlag.AlignCenter)
        heading = PlainLabel(self, self.tr("Templates"), look="panelTitle")
        left = QWidget(self)
        vbox(
            hbox(heading, 1, self.by_id, self.from_pdf),
            (self.table, 1),
            spacing=12,
            margins=(20, 16, 12, 16),
            parent=left,
        )
        self._pane.addWidget(self.preview)
        no_pages = QWidget(self)
        vbox(1, self._no_pages, 1, margins=(24, 24, 24, 24), parent=no_pages)
        self._pane.addWidget(no_pages)
        right = QWidget(self)
        vbox(
            self.title,
            self.facts,
            hbox(self.use, self.edit, self.again, self.add_pdf, 1),
            (self._pane, 1),
            hbox(1, self.rename, self.remove),
            spacing=8,
            margins=(12, 16, 20, 16),
            parent=right,
        )
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(left)
        halves.addWidget(right)
        halves.setChildrenCollapsible(False)
        halves.setSizes(list(_SHARES))
        empty = QWidget(self)
        card = centred_card(empty, _CARD_PX)
        card.addWidget(PlainLabel(empty, self.tr("No templates yet"), look="panelTitle"))
        card.addWidget(
            PlainLabel(
                empty,
                self.tr(
                    "A template is a form stored on the platform: created once from a PDF, filled in "
                    "for each contract. Draw its fields on the pages of a PDF, or add a template "
                    "created elsewhere."
                ),
                look="hint",
                is_wrapped=True,
            )
        )
        card.addLayout(hbox(self.from_pdf_first, self.by_id_first, 1))
        for page in (halves, empty):
            self._stack.addWidget(page)
        vbox((self._stack, 1), spacing=0, parent=self)

    def _connect(self) -> None:
        self.table.chosen_changed.connect(self._show_chosen)
        self.table.opened.connect(self._on_table_opened)
        for button in (self.from_pdf, self.from_pdf_first):
            button.clicked.connect(self._on_from_pdf_clicked)
        for button in (self.by_id, self.by_id_first):
            button.clicked.connect(self._on_by_id_clicked)
        self.use.clicked.connect(self._on_use_clicked)
        self.edit.clicked.connect(self._on_edit_clicked)
        self.again.clicked.connect(self._on_edit_clicked)
        self.rename.clicked.connect(self._on_rename_clicked)
        self.add_pdf.clicked.connect(self._on_add_pdf_clicked)
        self.remove.confirmed.connect(self._on_remove_confirmed)
        self.making.made.connect(self._on_making_made)
        self.making.failed.connect(self._on_making_failed)
        self.making.progressed.connect(self._on_making_progressed)

    @property
    def _home(self) -> PresetHome | None:
        environment = self._environment
        return None if environment is None else PresetHome(environment.kind, environment.project_id)

    def _on_read(self, read: tuple[Environment, tuple[Template, ...], tuple[Preset, ...]]) -> None:
        self._environment, templates, self._presets = read
        self.table.show_templates(templates)
        if self.editor is None:
            self._stack.setCurrentIndex(0 if templates else 1)
        else:
            self.editor.show_environment(self._environment)

    def _show_chosen(self, chosen: Template | None) -> None:
        is_here = chosen is not None and chosen.home == self._home
        has_pages = chosen is not None and bool(chosen.pages)
        self.title.setText("" if chosen is None else template_name(chosen))
        self.facts.setText("" if chosen is None else self._facts_of(chosen))
        self.use.setVisible(is_here and has_pages and chosen is not None and chosen.is_made)
        self.edit.setVisible(is_here and has_pages)
        self.again.setVisible(chosen is not None and not is_here and has_pages)
        self.add_pdf.setVisible(chosen is not None and not has_pages)
        self.rename.setEnabled(chosen is not None and chosen.is_made)
        self.remove.setEnabled(chosen is not None)
        self.remove.set_texts(self.tr("Remove from list"), self.tr("Remove? The platform keeps it"))
        self._wanted = chosen
        if chosen is None or not has_pages:
            self._no_pages.setText(
                ""
                if chosen is None
                else self.tr(
                    "The template's pages are on the platform. To see them and fill in the form, add "
                    "the PDF that the template was created from."
                )
            )
            self._pane.setCurrentIndex(1)
            return
        self._pane.setCurrentIndex(0)
        if self._shown is not None and self._preview_of == chosen:
            return
        self._tasks.start(
            partial(self._templates.open, chosen),
            owner=self,
            on_done=partial(self._on_preview_opened, chosen),
            on_error=partial(self._on_preview_failed, chosen),
            lane=Lane.PDF,
        )

    def _facts_of(self, one: Template) -> str:
        names = [
            one_line(preset.name)
            for preset in self._presets
            if preset.home == one.home
            and any(
                document.template is not None and document.template.template_id == one.template_id
                for document in preset.documents
            )
        ]
        lines = []
        if not one.is_made:
            lines.append(
                self.tr(
                    "The platform's answer was lost, so it's unclear whether the template was "
                    "created. Create it again, or remove it from the list."
                )
            )
        elif one.is_gone:
            lines.append(self.tr("The platform no longer has this template. Create it again."))
        if one.pages:
            pages = self.tr("%n page(s)", "", len(one.pages))
            fields = self.tr("%n field(s)", "", len(one.fields))
            lines.append(f"{pages} · {fields}")
        if one.is_made:
            lines.append(self.tr("ID {id}").format(id=one_line(one.template_id)))
            if names:
                lines.append(self.tr("In presets: {names}").format(names=listed(names)))
        return "\n".join(lines)

    def _on_preview_opened(self, template: Template, document: Document) -> None:
        if template != self._wanted:
            self._templates.close(document)
            return
        before, self._shown, self._preview_of = self._shown, document, template
        self._overlay.fields = template.fields
        self.preview.set_documents((document,))
        if before is not None:
            self._templates.close(before)

    def _on_preview_failed(self, template: Template, error: AppError) -> None:
        if template == self._wanted:
            self._no_pages.setText(error_sentence(error).text)
            self._pane.setCurrentIndex(1)
            self.add_pdf.show()

    # The editor

    def _edit(self, document: Document, fields: tuple[TemplateField, ...], template: Template | None) -> None:
        if self.editor is not None:
            self._tasks.start(partial(self._services.documents.close, document.id), owner=self, lane=Lane.PDF)
            self._messages.show_message(
                self.tr("You are still drawing the fields of “{name}”.").format(name=one_line(self.editor.name)),
                MessageLevel.INFO,
                remedy=self.tr("Before you start another template, create that template or go back to the list."),
                key=_MESSAGE,
            )
            return
        known = template is not None and template.is_made and not template.is_gone and template.home == self._home
        self._edited = document, template
        self.editor = editor = TemplateEditor(
            document, fields, self._services.documents, self._tasks, self, fixed_count=len(fields), known=known
        )
        editor.left.connect(self._leave_editor)
        editor.make_requested.connect(self._on_editor_make_requested)
        editor.save_requested.connect(self._on_editor_save_requested)
        editor.stop_requested.connect(self.making.stop)
        self._stack.addWidget(editor)
        self._stack.setCurrentWidget(editor)
        if self._environment is not None:
            editor.show_environment(self._environment)
        editor.view.setFocus()

    def _leave_editor(self) -> None:
        editor, edited = self.editor, self._edited
        self.editor = self._edited = None
        if editor is not None:
            self._stack.removeWidget(editor)
            editor.deleteLater()
        if edited is not None:
            document = edited[0]
            self._tasks.start(partial(self._services.documents.close, document.id), owner=self, lane=Lane.PDF)
        self._stack.setCurrentIndex(0)
        self.reload()
        self.table.setFocus()

    def _on_editor_make_requested(self, name: str, anew: bool) -> None:
        editor, edited = self.editor, self._edited
        if editor is None or edited is None:
            return
        editor.show_work("")
        is_lost = edited[1] is not None and not edited[1].is_made
        self.making.start(
            edited[0], editor.controller.fields, editor.controller.fixed_count, name, anew=anew or is_lost
        )

    def _on_editor_save_requested(self, name: str) -> None:
        editor, edited = self.editor, self._edited
        if editor is None or edited is None or edited[1] is None:
            return
        template, fields = edited[1], editor.controller.fields

        def save() -> Template:
            return self._templates.rename(self._templates.change_fields(template, fields), name)

        editor.show_work(self.tr("Saving…"))
        self._tasks.start(save, owner=self, on_done=self._on_saved, on_error=self._on_making_failed, lane=Lane.STORE)

    def _on_saved(self, template: Template) -> None:
        self._leave_editor()
        self.table.choose(template)

    def _on_making_made(self, template: Template) -> None:
        self._leave_editor()
        self._messages.show_message(
            self.tr("“{name}” is now a template on the platform.").format(name=template_name(template)),
            MessageLevel.SUCCESS,
            key=_MESSAGE,
        )

    def _on_making_failed(self, error: AppError | None) -> None:
        if self.editor is not None:
            self.editor.end_work(error)

    def _on_making_progressed(self, text: str) -> None:
        if self.editor is not None:
            self.editor.show_work(text)

    # Buttons

    def _on_table_opened(self, template: Template) -> None:
        if template.pages:
            self.edit_template(template)

    def _on_from_pdf_clicked(self) -> None:
        title = self.tr("Choose a PDF for the template")
        choose_file(self, title, FileKind.CONTRACT, (FileType.PDF,), self.open_pdf)

    def _on_edit_clicked(self) -> None:
        if self.table.chosen is not None:
            self.edit_template(self.table.chosen)

    def _on_by_id_clicked(self) -> None:
        if self._environment is None:
            return
        self.dialog = AddTemplateDialog(self._environment, self)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.add_requested.connect(self._on_dialog_add_requested)
        self.dialog.open()

    def _on_dialog_add_requested(self, template_id: str, name: str, pdf: Path | None) -> None:
        dialog = self.dialog
        if dialog is None:
            return

        def added(template: Template) -> None:
            dialog.accept()
            self.reload()
            self.table.choose(template)

        self._tasks.start(
            partial(self._templates.add, template_id, name, pdf),
            owner=dialog,
            on_done=added,
            on_error=dialog.show_error,
            lane=Lane.PDF,
        )

    def _on_use_clicked(self) -> None:
        if self.table.chosen is not None:
            self._tasks.start(
                partial(self._templates.use, self.table.chosen),
                owner=self,
                on_done=self.use_requested.emit,
                on_error=self._on_failed,
                lane=Lane.PDF,
            )

    def _on_rename_clicked(self) -> None:
        template = self.table.chosen
        if template is None:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Rename"))
        dialog.setLabelText(self.tr("Name on this computer; the platform's name doesn't change"))
        dialog.setTextValue(template.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(partial(self._rename, template))
        dialog.open()

    def _rename(self, template: Template, name: str) -> None:
        self._change(partial(self._templates.rename, template, name))

    def _on_add_pdf_clicked(self) -> None:
        template = self.table.chosen
        if template is not None:
            title = self.tr("Choose the PDF the template was created from")
            choose_file(self, title, FileKind.CONTRACT, (FileType.PDF,), partial(self.take_pdf, template))

    def take_pdf(self, template: Template, path: Path) -> None:
        """Store the PDF from which a template was created, and reload the list."""
        self._change(partial(self._templates.take_pdf, template, path))

    def _on_remove_confirmed(self) -> None:
        if self.table.chosen is not None:
            self._change(partial(self._templates.remove, self.table.chosen))

    def _change(self, work: Callable[[], object]) -> None:
        self._tasks.start(
            work, owner=self, on_done=lambda _done: self.reload(), on_error=self._on_failed, lane=Lane.PDF
        )

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key=_MESSAGE)
