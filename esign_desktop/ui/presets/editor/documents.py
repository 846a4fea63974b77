"""The editor's page for a preset's documents. Each is a stored PDF or a template at the platform."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListWidget, QMenu, QPushButton, QToolButton, QWidget

from esign_desktop.domain.contract.edits import update_document
from esign_desktop.domain.document import Document, DocumentId, TemplateFilling
from esign_desktop.domain.forms import preset_fields
from esign_desktop.domain.preset.edits import with_uncounted_keywords
from esign_desktop.ui.presets.editor.item_list import ItemForm, fit_rows
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file
from esign_desktop.ui.widgets.forms import ChoiceField, LineField, Row
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.templates import Template
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST: Final = 100
_NO_DOCUMENT: Final = Document(DocumentId(""), "", "", 0, "", ())


class _Source(StrEnum):
    """The source of a document's pages."""

    PDF = "pdf"
    TEMPLATE = "template"


class DocumentsPage(QWidget):
    """The page for documents. ``pdf_chosen`` carries a document's id and the path of the PDF that replaces it."""

    pdf_chosen = Signal(str, object)

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._sources: dict[tuple[DocumentId, _Source], Document] = {}
        self._turns_to_pdf = False
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Documents"))
        self.name, self.template_id = LineField(max_length=_LONGEST), LineField(max_length=_LONGEST)
        self.source = ChoiceField(
            (
                (_Source.PDF, self.tr("A PDF stored on this computer and uploaded each time")),
                (_Source.TEMPLATE, self.tr("A template whose form the platform fills in")),
            )
        )
        self.replace_pdf = QPushButton(self.tr("&Replace the PDF…"), self)
        self.replace_pdf.setAutoDefault(False)
        self.choose = QToolButton(self)
        self.choose.setText(self.tr("Choose…"))
        self.choose.setToolTip(self.tr("A template from the list, including its fields"))
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choose.setMenu(QMenu(self.choose))
        self.choose.setEnabled(False)
        self._pages, self._note = PlainLabel(self), PlainLabel(self, is_wrapped=True)
        self._note.setMinimumWidth(1)
        self._form: ItemForm[Document] = ItemForm(_NO_DOCUMENT, self._rows(), self)
        self._form.form_layout.insertRow(1, self.tr("&Source"), self.source)
        self._form.form_layout.insertRow(2, self.tr("Pages"), self._pages)
        self._replace_row = QWidget(self)
        hbox(self.replace_pdf, 1, parent=self._replace_row)
        self._form.form_layout.insertRow(3, "", self._replace_row)
        self._form.form_layout.addRow("", self._note)
        hbox((vbox((self.list, 1000), 1), 2), (self._form, 3), spacing=24, margins=(4, 16, 4, 4), parent=self)
        self.list.currentRowChanged.connect(self._on_list_current_row_changed)
        self.source.edited.connect(self._on_source_edited)
        self.replace_pdf.clicked.connect(self._on_replace_pdf_clicked)
        self._form.edited.connect(self._on_form_edited)
        self.show_copy()

    @property
    def note(self) -> str:
        """The sentence about the last replacement of a PDF."""
        return self._note.text()

    def show_copy(self) -> None:
        """Show the current state of the working copy."""
        documents = self._copy.preset.documents
        row = min(max(self.list.currentRow(), 0), len(documents) - 1)
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([one_line(document.name) for document in documents])
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        fit_rows(self.list)
        self._show_detail()

    def offer_templates(self, templates: Iterable[Template]) -> None:
        """Show these templates in the menu of the *Choose* button."""
        menu = self.choose.menu()
        menu.clear()
        for template in templates:
            text = one_line(template.name or template.template_id).replace("&", "&&")
            menu.addAction(text).triggered.connect(partial(self.take_template, template))
        self.choose.setEnabled(not menu.isEmpty())

    def take_template(self, template: Template) -> None:
        """Set a template as the source of the shown document, with its fields and, if known, its pages.

        The pages at the end of the document stay.
        """
        shown = self._shown
        if shown is None:
            return
        blocks = shown.template.blocks if shown.template is not None else ()
        changed = shown.created_from(
            TemplateFilling(template.template_id, blocks=blocks, preset_fields=preset_fields(template.fields))
        )
        if template.pages:
            changed = replace(changed.with_own_pages(template.pages), digests=())
        self._on_form_edited(changed, "")

    def take_pdf(self, document_id: DocumentId, stored: Document, differences: Iterable[str]) -> None:
        """Replace a document's PDF, and show the differences.

        A document whose source is a template only gets the page sizes of the PDF, unless the user chose the PDF as its
        new source.
        """
        turns_to_pdf = self._turns_to_pdf

        def changed(preset: Preset) -> Preset:
            before = preset.document(document_id)
            document = replace(before.with_own_pages(stored.pages), digests=stored.digests)
            if before.template is None or turns_to_pdf:
                document = _with_content(document, stored)
            return with_uncounted_keywords(update_document(preset, document), document_id)

        self._copy.apply(changed)
        found = [one_line(one) for one in differences]
        self.show_note(
            one_after_another(self.tr("Replaced. The seals stayed in place."), *found)
            if found
            else self.tr("Replaced. No changes affect the seals.")
        )

    def show_note(self, text: str) -> None:
        """Show a sentence about the chosen file."""
        self._note.setText(text)

    def _rows(self) -> Iterator[Row[Document]]:
        # Documents are identified by their names, so an empty name is ignored.
        yield Row(
            "name",
            self.tr("&Name"),
            self.name,
            set=lambda document, text: replace(document, name=text or document.name),
        )
        yield Row(
            "template_id",
            self.tr("&Template ID"),
            self.template_id,
            lambda document: getattr(document.template, "template_id", ""),
            _with_template_id,
            beside=self.choose,
            is_shown=lambda document: document.template is not None,
        )

    @property
    def _shown(self) -> Document | None:
        documents, row = self._copy.preset.documents, self.list.currentRow()
        return documents[row] if 0 <= row < len(documents) else None

    def _show_detail(self) -> None:
        shown = self._shown
        self._form.setVisible(shown is not None)
        if shown is not None:
            self._pages.setText(self.tr("%n page(s)", "", shown.page_count))
            self._form.show_item(shown.id, shown)
            self.source.show_value(_source_of(shown))

    def _on_form_edited(self, document: Document, merge_key: str) -> None:
        key = merge_key and f"{merge_key} {document.id}"
        self._copy.apply(lambda preset: update_document(preset, document), key)

    def _on_list_current_row_changed(self) -> None:
        self._note.clear()
        self._show_detail()

    def _on_source_edited(self) -> None:
        shown, source = self._shown, _Source(self.source.read_value())
        if shown is None or source is _source_of(shown):
            return
        # Stored, so that the user can choose the other source and then this one again without a loss.
        self._sources[shown.id, _source_of(shown)] = shown
        known = self._sources.get((shown.id, source))
        if known is None and source is _Source.TEMPLATE:
            known = shown.created_from(TemplateFilling(""))
        if known is None:
            self._show_detail()
            self._ask_for_file()
            self._turns_to_pdf = True
            return
        self._on_form_edited(_with_content(shown, known), "")

    def _on_replace_pdf_clicked(self) -> None:
        self._turns_to_pdf = False
        self._ask_for_file()

    def _ask_for_file(self) -> None:
        title = self.tr("New version of the PDF")
        choose_file(self, title, FileKind.CONTRACT, (FileType.PDF,), self._on_file_selected)

    def _on_file_selected(self, path: Path) -> None:
        if self._shown is not None:
            self.pdf_chosen.emit(self._shown.id, path)


def _source_of(document: Document) -> _Source:
    return _Source.PDF if document.template is None else _Source.TEMPLATE


def _with_content(document: Document, other: Document) -> Document:
    """Return the document with the PDF or the template of another document, and with that template's last pages."""
    pages = other.with_own_pages(document.own_pages).pages
    return replace(document, size_bytes=other.size_bytes, sha256=other.sha256, template=other.template, pages=pages)


def _with_template_id(document: Document, text: str) -> Document:
    if document.template is None:
        return document
    return replace(document, template=replace(document.template, template_id=text))
