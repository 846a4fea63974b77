"""Where a preset's documents come from: a PDF that lies with it, or a template at the platform."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.preset.edits import change_document, with_uncounted_keywords
from esign_desktop.domain.preset.preset import KeptPdf, PlatformTemplate
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.fields import fields_form, show_choices, show_text
from esign_desktop.ui.widgets.file_dialogs import FileKind, file_dialog
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.preset.making import DocumentTrait
    from esign_desktop.domain.preset.preset import DocumentSource, PresetDocument
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST: Final = 100


class _Source(StrEnum):
    """Where the bytes come from."""

    PDF = "pdf"
    TEMPLATE = "template"


class DocumentsPage(QWidget):
    """``pdf_chosen`` carries the slot of a document and the file that is to take its place."""

    pdf_chosen = Signal(str, object)

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._sources: dict[tuple[DocumentId, _Source], DocumentSource] = {}
        self._turns_to_pdf = False
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Documents"))
        self._detail = QWidget(self)
        self.name = QLineEdit(self._detail)
        self.name.setMaxLength(_LONGEST)
        self.source = QComboBox(self._detail)
        self._pages = PlainLabel(self._detail)
        self.replace_pdf = QPushButton(self.tr("&Replace the PDF…"), self._detail)
        self.replace_pdf.setAutoDefault(False)
        self.template_id = QLineEdit(self._detail)
        self.template_id.setMaxLength(_LONGEST)
        self._note = PlainLabel(self._detail)
        self._note.setWordWrap(True)
        self._note.setMinimumWidth(1)
        self._form = fields_form(self._detail)
        for text, field in (
            (self.tr("&Name"), self.name),
            (self.tr("&Comes from"), self.source),
            (self.tr("Pages"), self._pages),
            ("", self.replace_pdf),
            (self.tr("&Template's id"), self.template_id),
            ("", self._note),
        ):
            self._form.addRow(text, field)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.list, 2)
        row.addWidget(self._detail, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 16, 4, 4)
        column.addLayout(row, 1)
        self._connect()
        self.show_copy()

    @property
    def note(self) -> str:
        """In what a new version differs."""
        return self._note.text()

    def show_copy(self) -> None:
        """Show what the working copy holds."""
        documents = self._copy.preset.documents
        row = min(max(self.list.currentRow(), 0), len(documents) - 1)
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([one_line(document.name) for document in documents])
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show_detail()

    def take_pdf(self, slot: DocumentId, trait: DocumentTrait, differences: Iterable[str]) -> None:
        """Put another PDF in a document's place, and say in what it differs; a template only takes its pages."""
        turns_to_pdf = self._turns_to_pdf

        def change(document: PresetDocument) -> PresetDocument:
            stays = isinstance(document.source, PlatformTemplate) and not turns_to_pdf
            return replace(document, fingerprint=trait.fingerprint, source=document.source if stays else trait.source)

        self._copy.apply(lambda preset: with_uncounted_keywords(change_document(preset, slot, change), slot))
        found = [one_line(one) for one in differences]
        self.tell(
            " ".join([self.tr("Replaced; the seals stay where they were."), *found])
            if found
            else self.tr("Replaced; nothing differs that matters to a seal.")
        )

    def tell(self, text: str) -> None:
        """Say what became of a file."""
        self._note.setText(text)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_list_current_row_changed)
        self.name.textEdited.connect(self._on_name_text_edited)
        self.source.activated.connect(self._on_source_activated)
        self.replace_pdf.clicked.connect(self._on_replace_pdf_clicked)
        self.template_id.textEdited.connect(self._on_template_id_text_edited)

    @property
    def _shown(self) -> PresetDocument | None:
        documents, row = self._copy.preset.documents, self.list.currentRow()
        return documents[row] if 0 <= row < len(documents) else None

    def _show_detail(self) -> None:
        shown = self._shown
        self._detail.setVisible(shown is not None)
        if shown is None:
            return
        is_pdf = isinstance(shown.source, KeptPdf)
        show_text(self.name, shown.name)
        choices = {
            _Source.PDF.value: self.tr("A PDF that is kept here and uploaded each time"),
            _Source.TEMPLATE.value: self.tr("A template at the platform, which fills its form"),
        }
        show_choices(self.source, choices, (_Source.PDF if is_pdf else _Source.TEMPLATE).value)
        self._pages.setText(self.tr("%n page(s)", "", len(shown.fingerprint.pages)))
        show_text(self.template_id, shown.source.template_id if isinstance(shown.source, PlatformTemplate) else "")
        self._form.setRowVisible(self.template_id, not is_pdf)

    def _change(
        self, slot: DocumentId, change: Callable[[PresetDocument], PresetDocument], merge_key: object = None
    ) -> None:
        self._copy.apply(lambda preset: change_document(preset, slot, change), merge_key)

    def _on_list_current_row_changed(self) -> None:
        self._note.clear()
        self._show_detail()

    def _on_name_text_edited(self, text: str) -> None:
        shown, name = self._shown, text.strip()
        if shown is not None and name:
            self._change(shown.slot, lambda document: replace(document, name=name), ("document name", shown.slot))

    def _on_source_activated(self) -> None:
        shown, wanted = self._shown, _Source(self.source.currentData())
        if shown is None:
            return
        has = _Source.PDF if isinstance(shown.source, KeptPdf) else _Source.TEMPLATE
        if wanted is has:
            return
        # Going there and back loses nothing.
        self._sources[shown.slot, has] = shown.source
        source = self._sources.get((shown.slot, wanted))
        if source is None and wanted is _Source.TEMPLATE:
            source = PlatformTemplate("")
        if source is None:
            self._show_detail()
            self._ask_for_file()
            self._turns_to_pdf = True
            return
        known = source
        self._change(shown.slot, lambda document: replace(document, source=known))

    def _on_replace_pdf_clicked(self) -> None:
        self._turns_to_pdf = False
        self._ask_for_file()

    def _ask_for_file(self) -> None:
        dialog = file_dialog(self, self.tr("A new version of the PDF"), FileKind.CONTRACT)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("PDF (*.pdf *.PDF)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    def _on_file_selected(self, path: str) -> None:
        if self._shown is not None:
            self.pdf_chosen.emit(self._shown.slot, Path(path))

    def _on_template_id_text_edited(self, text: str) -> None:
        shown, template_id = self._shown, text.strip()
        if shown is not None and isinstance(shown.source, PlatformTemplate):
            source = shown.source
            self._change(
                shown.slot,
                lambda document: replace(document, source=replace(source, template_id=template_id)),
                ("template", shown.slot),
            )
