"""What each form field of a template is filled with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from esign_desktop.domain.preset.edits import change_document
from esign_desktop.domain.preset.preset import CustomerDatum, FormField, PlatformTemplate, RoleId
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind
from esign_desktop.domain.preset.soundness import MAX_CHOICES
from esign_desktop.ui.presets.editor.item_list import ItemList
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import datum_words, field_row, kind_words, role_names
from esign_desktop.ui.widgets.fields import fields_form, show_choices, show_text
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import Preset, PresetDocument
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST_NAME: Final = 100
_LONGEST_TEXT: Final = 200
_FIELD: Final = "field"
Fields = tuple[FormField, ...]


class FieldsPage(QWidget):
    """The fields of one template at a time; empty words when no document is made from one."""

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._note = PlainLabel(self)
        self._note.setObjectName("hint")
        self._note.setWordWrap(True)
        self.document = QComboBox(self)
        self.document.setAccessibleName(self.tr("Document"))
        self.list = ItemList(self.tr("Form fields"), {_FIELD: self.tr("Form field")}, self, movable=True)
        self._detail = QWidget(self)
        self.name = QLineEdit(self._detail)
        self.name.setMaxLength(_LONGEST_NAME)
        self.datum = QComboBox(self._detail)
        self.role = QComboBox(self._detail)
        self.text = QLineEdit(self._detail)
        self.text.setMaxLength(_LONGEST_TEXT)
        self.label = QLineEdit(self._detail)
        self.label.setMaxLength(_LONGEST_NAME)
        self.kind = QComboBox(self._detail)
        self.choices = QLineEdit(self._detail)
        self.choices.setPlaceholderText(self.tr("Parted by semicolons"))
        self.most = QSpinBox(self._detail)
        self.most.setRange(1, MAX_CHARACTERS)
        self.required = QCheckBox(self.tr("&Required: nothing is sent as long as it is empty"), self._detail)
        self._form = fields_form(self._detail)
        for text, field in (
            (self.tr("&Name in the template"), self.name),
            (self.tr("&Filled with"), self.datum),
            (self.tr("Of &whom"), self.role),
            (self.tr("&Text"), self.text),
            (self.tr("&Asked for as"), self.label),
            (self.tr("&Kind of answer"), self.kind),
            (self.tr("&Choices"), self.choices),
            (self.tr("&Most characters"), self.most),
            ("", self.required),
        ):
            self._form.addRow(text, field)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.list, 1)
        row.addWidget(self._detail, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 16, 4, 4)
        column.setSpacing(8)
        column.addWidget(self.document)
        column.addWidget(self._note)
        column.addLayout(row, 1)
        self._connect()
        self.show_copy()

    def show_copy(self) -> None:
        """Show what the working copy holds."""
        templates = {str(document.slot): document.name for document in self._templates}
        chosen = self.document.currentData()
        show_choices(self.document, templates, chosen if chosen in templates else next(iter(templates), None))
        self.document.setVisible(len(templates) > 1)
        self._note.setText(
            self.tr("As the fields are called in the template's PDF. What is left out stays as the template has it.")
            if templates
            else self.tr("Only a document that the platform makes from a template has fields: see Documents.")
        )
        self.list.setEnabled(bool(templates))
        names = role_names(self._copy.preset)
        self.list.show_rows(field_row(field, names) for field in self._fields)
        self._show_detail()

    @property
    def _templates(self) -> tuple[PresetDocument, ...]:
        documents = self._copy.preset.documents
        return tuple(document for document in documents if isinstance(document.source, PlatformTemplate))

    @property
    def _shown(self) -> PresetDocument | None:
        slot = self.document.currentData()
        return next((document for document in self._templates if document.slot == slot), None)

    @property
    def _fields(self) -> Fields:
        source = self._shown.source if self._shown is not None else None
        return source.fields if isinstance(source, PlatformTemplate) else ()

    def _connect(self) -> None:
        self.document.activated.connect(self.show_copy)
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.moved.connect(self._on_list_moved)
        self.list.row_changed.connect(self._show_detail)
        self.name.textEdited.connect(self._on_name_text_edited)
        self.datum.activated.connect(self._on_datum_activated)
        self.role.activated.connect(self._on_role_activated)
        self.text.textEdited.connect(self._on_text_text_edited)
        self.required.clicked.connect(self._on_required_clicked)
        self.label.textEdited.connect(self._on_label_text_edited)
        self.kind.activated.connect(self._on_kind_activated)
        self.choices.textEdited.connect(self._on_choices_text_edited)
        self.most.valueChanged.connect(self._on_most_value_changed)

    def _show_detail(self) -> None:
        fields, row = self._fields, self.list.row
        self._detail.setVisible(0 <= row < len(fields))
        if not 0 <= row < len(fields):
            return
        one = fields[row]
        show_text(self.name, one.name)
        show_choices(self.datum, datum_words(), one.datum.value if one.datum is not None else "")
        preset = self._copy.preset
        names = role_names(preset)
        customers = {str(role.id): names[str(role.id)] for role in preset.customers}
        choices = {"": self.tr("The first customer")} | customers
        show_choices(self.role, choices, str(one.role_id or ""))
        show_text(self.text, one.text)
        self._form.setRowVisible(self.text, one.datum is None)
        self.required.setChecked(one.is_required)
        self._form.setRowVisible(self.required, one.datum is not None)
        self._show_question(one)
        takes_from_one = one.datum not in {None, CustomerDatum.TYPED, CustomerDatum.TODAY}
        self._form.setRowVisible(self.role, takes_from_one and len(customers) > 1)

    def _show_question(self, one: FormField) -> None:
        """Show how what is typed in is asked for."""
        question, is_typed = one.question, one.datum is CustomerDatum.TYPED
        show_text(self.label, one.label)
        self.label.setPlaceholderText(one_line(replace(one, label="").question.label))
        words = kind_words()
        guessed = self.tr("As the name says: {kind}").format(kind=words[replace(one, kind=None).question.kind.value])
        show_choices(self.kind, {"": guessed} | words, one.kind.value if one.kind is not None else "")
        if _parted(self.choices.text()) != one.choices:
            self.choices.setText("；".join(one.choices))
        with QSignalBlocker(self.most):
            self.most.setValue(one.most_characters)
        for field in (self.label, self.kind):
            self._form.setRowVisible(field, is_typed)
        self._form.setRowVisible(self.choices, is_typed and question.kind is AnswerKind.CHOICE)
        self._form.setRowVisible(self.most, is_typed and question.kind is AnswerKind.TEXT)

    def _set_fields(self, change: Callable[[Fields], Fields], merge_key: object = None) -> None:
        shown = self._shown
        if shown is None:
            return

        def of_document(document: PresetDocument) -> PresetDocument:
            source = document.source
            if not isinstance(source, PlatformTemplate):
                return document
            return replace(document, source=replace(source, fields=change(source.fields)))

        def of_preset(preset: Preset) -> Preset:
            return change_document(preset, shown.slot, of_document)

        self._copy.apply(of_preset, merge_key)

    def _change(self, merge_key: object = None, **values: Any) -> None:
        row = self.list.row

        def change(fields: Fields) -> Fields:
            return tuple(replace(one, **values) if index == row else one for index, one in enumerate(fields))

        self._set_fields(change, None if merge_key is None else (merge_key, row))

    def _on_list_added(self, _kind: str) -> None:
        self._set_fields(lambda fields: (*fields, FormField("", CustomerDatum.NAME)))
        self.list.choose(len(self._fields) - 1)
        self.name.setFocus()

    def _on_list_removed(self, row: int) -> None:
        self._set_fields(lambda fields: fields[:row] + fields[row + 1 :])

    def _on_list_moved(self, row: int, offset: int) -> None:
        def change(fields: Fields) -> Fields:
            moved = list(fields)
            moved.insert(row + offset, moved.pop(row))
            return tuple(moved)

        self._set_fields(change)

    def _on_name_text_edited(self, text: str) -> None:
        self._change("name", name=text.strip())

    def _on_datum_activated(self) -> None:
        datum = self.datum.currentData()
        self._change(datum=CustomerDatum(datum) if datum else None)

    def _on_role_activated(self) -> None:
        role_id = self.role.currentData()
        self._change(role_id=RoleId(role_id) if role_id else None)

    def _on_required_clicked(self, is_checked: bool) -> None:
        self._change(is_required=is_checked)

    def _on_label_text_edited(self, text: str) -> None:
        self._change("label", label=" ".join(text.split()))

    def _on_kind_activated(self) -> None:
        kind = self.kind.currentData()
        self._change(kind=AnswerKind(kind) if kind else None)

    def _on_choices_text_edited(self, text: str) -> None:
        self._change("choices", choices=_parted(text))

    def _on_most_value_changed(self, most: int) -> None:
        self._change("most", most_characters=most)

    def _on_text_text_edited(self, text: str) -> None:
        self._change("text", text=text.strip())


def _parted(text: str) -> tuple[str, ...]:
    """Read choices as they are typed: each once, without what is empty."""
    parts = (" ".join(part.split())[:MAX_CHARACTERS] for part in text.replace("；", ";").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_CHOICES]
