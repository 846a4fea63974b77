"""The editor's page for the form fields of templates, and for the values with which they are filled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from esign_desktop.domain.contract.edits import update_document
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind
from esign_desktop.domain.templates import typed_choices
from esign_desktop.ui.presets.editor.item_list import ItemForm, ItemList
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import datum_words, field_row, kind_words, role_names
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, LineField, NumberField, Row, describe_choice
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST_NAME: Final = 100
_LONGEST_TEXT: Final = 200
_FIELD: Final = "field"
_OF_ANY_CUSTOMER: Final = frozenset({None, CustomerDatum.TYPED, CustomerDatum.TODAY})
Fields = tuple[FormField, ...]


class FieldsPage(QWidget):
    """The page for the form fields of one template at a time: the fields, and the settings of the chosen field."""

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._note = PlainLabel(self, look="hint", is_wrapped=True)
        self.document = ChoiceField()
        describe_choice(self.document, self.tr("Document"))
        self.list = ItemList(self.tr("Form fields"), {_FIELD: self.tr("Form field")}, self, movable=True)
        self.name, self.label = LineField(max_length=_LONGEST_NAME), LineField(max_length=_LONGEST_NAME)
        self.datum = ChoiceField(datum_words().items())
        self.role, self.kind = ChoiceField(), ChoiceField()
        self.text = LineField(max_length=_LONGEST_TEXT)
        self.choices = LineField(max_length=32767, placeholder=self.tr("Separated by semicolons"))
        self.most = NumberField(1, MAX_CHARACTERS)
        self.required = CheckField(self.tr("&Required: must be filled in before sending"))
        self._form: ItemForm[FormField] = ItemForm(FormField(""), self._rows(), self)
        self._body = QWidget(self)
        hbox((self.list, 1), (self._form, 1), spacing=24, parent=self._body)
        vbox(
            self.document,
            self._note,
            (self._body, 1),
            0,
            margins=(4, 16, 4, 4),
            parent=self,
        )
        self.document.edited.connect(self.show_copy)
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.moved.connect(self._on_list_moved)
        self.list.row_changed.connect(self._show_detail)
        self._form.edited.connect(self._on_form_edited)
        self.show_copy()

    def show_copy(self) -> None:
        """Show the current state of the working copy."""
        templates = self._templates
        self.document.offer((document.id, document.name) for document in templates)
        self.document.setVisible(len(templates) > 1)
        self._note.setText(
            self.tr(
                "Enter the names of the form fields in the template's PDF. Fields that aren't "
                "listed stay as they are in the template."
            )
            if templates
            else self.tr("Only documents created from a platform template have form fields; see Documents.")
        )
        # Without a template, an empty list and its buttons would be confusing.
        self._body.setVisible(bool(templates))
        names = role_names(self._copy.preset)
        self.list.show_rows(field_row(field, names) for field in self._fields)
        self._show_detail()

    def _rows(self) -> Iterator[Row[FormField]]:
        yield Row("name", self.tr("&Name in the template"), self.name)
        yield Row(
            "datum",
            self.tr("&Fill with"),
            self.datum,
            lambda one: one.datum or "",
            lambda one, datum: replace(one, datum=CustomerDatum(datum) if datum else None),
        )
        yield Row(
            "role_id",
            self.tr("From &signer"),
            self.role,
            choices=lambda _one: self._customers(),
            is_shown=lambda one: one.datum not in _OF_ANY_CUSTOMER and len(self._copy.preset.customers) > 1,
        )
        yield Row("text", self.tr("&Text"), self.text, is_shown=lambda one: one.datum is None)
        yield Row(
            "label",
            self.tr("L&abel in the form"),
            self.label,
            set=lambda one, text: replace(one, label=" ".join(text.split())),
            is_shown=_is_typed,
        )
        yield Row(
            "kind",
            self.tr("Answer t&ype"),
            self.kind,
            lambda one: one.kind or "",
            lambda one, kind: replace(one, kind=AnswerKind(kind) if kind else None),
            self._kinds,
            _is_typed,
        )
        yield Row(
            "choices",
            self.tr("&Options"),
            self.choices,
            lambda one: "；".join(one.choices),
            lambda one, text: replace(one, choices=typed_choices(text)),
            is_shown=lambda one: _is_typed(one) and one.question.kind is AnswerKind.CHOICE,
        )
        yield Row(
            "most_characters",
            self.tr("&Maximum length"),
            self.most,
            is_shown=lambda one: _is_typed(one) and one.question.kind is AnswerKind.TEXT,
        )
        yield Row("is_required", "", self.required, is_shown=lambda one: one.datum is not None)

    def _customers(self) -> Iterator[tuple[SignerId | None, str]]:
        names = role_names(self._copy.preset)
        yield None, self.tr("First customer")
        yield from ((role.id, names[str(role.id)]) for role in self._copy.preset.customers)

    def _kinds(self, one: FormField) -> Iterator[tuple[str, str]]:
        words = kind_words()
        guessed = words[replace(one, kind=None).question.kind.value]
        yield "", self.tr("Inferred from the name: {kind}").format(kind=guessed)
        yield from words.items()

    @property
    def _templates(self) -> tuple[Document, ...]:
        documents = self._copy.preset.documents
        return tuple(document for document in documents if document.template is not None)

    @property
    def _shown(self) -> Document | None:
        document_id = self.document.read_value()
        return next((document for document in self._templates if document.id == document_id), None)

    @property
    def _fields(self) -> Fields:
        shown = self._shown
        return shown.template.preset_fields if shown is not None and shown.template is not None else ()

    def _show_detail(self) -> None:
        fields, row = self._fields, self.list.row
        self._form.setVisible(0 <= row < len(fields))
        if 0 <= row < len(fields):
            self.label.setPlaceholderText(one_line(replace(fields[row], label="").question.label))
            self._form.show_item((self.document.read_value(), row), fields[row])

    def _set_fields(self, change: Callable[[Fields], Fields], merge_key: str = "") -> None:
        shown = self._shown
        if shown is not None and shown.template is not None:
            template = replace(shown.template, preset_fields=change(shown.template.preset_fields))
            changed = replace(shown, template=template)
            self._copy.apply(lambda preset: update_document(preset, changed), merge_key)

    def _on_form_edited(self, field: FormField, merge_key: str) -> None:
        row = self.list.row
        key = merge_key and f"{merge_key} {row}"
        self._set_fields(lambda fields: (*fields[:row], field, *fields[row + 1 :]), key)

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


def _is_typed(one: FormField) -> bool:
    return one.datum is CustomerDatum.TYPED
