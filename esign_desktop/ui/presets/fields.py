"""The pane in which the user edits the form fields of a preset and the values that fill them in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QSpacerItem, QToolButton, QWidget

from esign_desktop.domain.contract.edits import update_document
from esign_desktop.domain.document import TemplateFilling, new_document_id
from esign_desktop.domain.forms import filling_of_template, preset_fields, typed_field
from esign_desktop.domain.preset.edits import with_other_document
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind
from esign_desktop.domain.signer import OpenSigner
from esign_desktop.domain.templates import typed_choices
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.presets.item_list import ItemForm, ItemList
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import datum_words, field_row, kind_words, role_names
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, LineField, NumberField, Row, describe_choice
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.editing.session import Change, ContractSession

_LONGEST_NAME: Final = 100
_LONGEST_TEXT: Final = 200
_FIELD: Final = "field"
_OF_ANY_CUSTOMER: Final = frozenset({None, CustomerDatum.TYPED, CustomerDatum.TODAY})
_HEIGHT_PX: Final = 260
Fields = tuple[FormField, ...]


class FieldsPane(QFrame):
    """The pane for the form fields of a document of the preset that is edited in Prepare.

    The user chooses the document and its template, changes the list of fields, and edits the current field.
    ``field_chosen`` carries a ``DocumentId`` and the name of the current field.
    """

    manual_page = "presets#edit"

    field_chosen = Signal(object, str)

    def __init__(self, session: ContractSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._session = session
        self._is_used = False
        self._known: set[DocumentId] = set()
        self._pdfs: dict[DocumentId, Document] = {}
        """The PDFs that documents had before the user chose a template for them, keyed by the documents' new ids."""
        self._templates: tuple[Template, ...] = ()
        self._note = PlainLabel(
            self,
            self.tr(
                "Enter the names of the form fields in the template's PDF. Fields that aren't "
                "listed stay as they are in the template."
            ),
            look="hint",
            is_wrapped=True,
        )
        self.document, self.template = ChoiceField(), ChoiceField()
        describe_choice(self.document, self.tr("Document"))
        describe_choice(self.template, self.tr("Template"))
        close = QToolButton(self)
        close.setAutoRaise(True)
        close.setIcon(icon("close"))
        close.setToolTip(self.tr("Close"))
        close.setAccessibleName(close.toolTip())
        self.list = ItemList(self.tr("Form fields"), {_FIELD: self.tr("Form field")}, self, movable=True)
        self.name, self.label = LineField(max_length=_LONGEST_NAME), LineField(max_length=_LONGEST_NAME)
        self.datum = ChoiceField(datum_words().items())
        self.role, self.kind = ChoiceField(), ChoiceField()
        self.text = LineField(max_length=_LONGEST_TEXT)
        self.choices = LineField(max_length=32767, placeholder=self.tr("Separated by semicolons"))
        self.most = NumberField(1, MAX_CHARACTERS)
        self.required = CheckField(self.tr("&Required before sending"))
        self._form: ItemForm[FormField] = ItemForm(FormField(""), self._rows(), self)
        scroll = QScrollArea(self)
        scroll.setWidget(self._form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        # A document without a template has no fields to fill in, so the list and its buttons would be confusing.
        self._body = QWidget(self)
        row = hbox((self.list, 1), (scroll, 2), spacing=16, parent=self._body)
        vbox(
            hbox(self.document, self.template, (self._note, 1), close),
            (self._body, 1),
            margins=(12, 8, 12, 8),
            parent=self,
        )
        # The pane has the same height for each field, but may shrink on a small screen, so that it doesn't cover the
        # strip.
        row.addItem(QSpacerItem(0, sized(_HEIGHT_PX), QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum))
        self.setMaximumHeight(sized(_HEIGHT_PX))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.document.edited.connect(self._show)
        self.template.edited.connect(self._on_template_edited)
        close.clicked.connect(self.hide)
        self.list.added.connect(self._on_list_added)
        self.list.removed.connect(self._on_list_removed)
        self.list.moved.connect(self._on_list_moved)
        self.list.row_changed.connect(self._on_list_row_changed)
        self._form.edited.connect(self._on_form_edited)
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self.hide()

    def begin(self) -> None:
        """Show the form fields of the open contract, and follow its changes until ``end`` is called.

        The pane stays hidden.
        """
        self._is_used = True
        self._pdfs.clear()
        self._known = {document.id for document in self._session.draft.documents}
        self._show()

    def end(self) -> None:
        """Hide the pane, and stop following the changes of the open contract."""
        self._is_used = False
        self.hide()

    def toggle(self) -> None:
        """Show the pane, with a document that has a template if there is one, or hide it."""
        self.setVisible(self.isHidden())
        if not self.isHidden():
            if self._shown is None or self._shown.template is None:
                self._choose_form()
            self._show()
            (self.list if self._fields else self.template).setFocus()

    @property
    def may_be_used(self) -> bool:
        """Whether a document has a template, or a template can be chosen for it."""
        return bool(self._templates) or any(one.template is not None for one in self._session.draft.documents)

    def offer_templates(self, templates: Iterable[Template]) -> None:
        """Offer templates in the choice of the document's template."""
        self._templates = tuple(templates)
        if self._is_used:
            self._show()

    def _show(self) -> None:
        self._take_in()
        documents = self._session.draft.documents
        self.document.offer((document.id, document.name) for document in documents)
        self.document.setVisible(len(documents) > 1)
        shown = self._shown
        if shown is None:
            self.hide()
            return
        offered: dict[str | None, str] = {}
        own = shown.template.template_id if shown.template is not None else None
        if own is None or shown.path or shown.id in self._pdfs:
            offered[None] = self.tr("A PDF stored on this computer and uploaded each time")
        if own is not None:
            offered[own] = own
        offered |= {one.template_id: one.name or one.template_id for one in self._templates}
        self.template.offer(offered.items())
        self.template.show_value(own)
        self._body.setVisible(own is not None)
        self._note.setVisible(own is not None)
        names = role_names(self._session.draft)
        self.list.show_rows(field_row(field, names) for field in self._fields)
        self._show_detail()

    def _choose_form(self) -> None:
        """Choose the first document that has a template. If there is none, the choice stays as it is."""
        form = next((one.id for one in self._session.draft.documents if one.template is not None), None)
        if form is not None:
            self.document.offer((one.id, one.name) for one in self._session.draft.documents)
            self.document.show_value(form)

    def _take_in(self) -> None:
        """Add a preset's settings for the fields of forms that the user has added in Prepare.

        Such a form initially has only the values of a contract.
        """
        fields = {one.template_id: preset_fields(one.fields) for one in self._templates}
        for document in self._session.draft.documents:
            template = document.template
            if template is not None and template.wanted and document.id not in self._known:
                self._known.add(document.id)
                found = fields.get(template.template_id) or tuple(map(typed_field, template.wanted))
                self._session.learn_form(replace(document, template=replace(template, preset_fields=found)))

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
            is_shown=lambda one: one.datum not in _OF_ANY_CUSTOMER and len(self._open_signers) > 1,
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

    @property
    def _open_signers(self) -> tuple[OpenSigner, ...]:
        return tuple(one for one in self._session.draft.signers if isinstance(one, OpenSigner))

    def _customers(self) -> Iterator[tuple[SignerId | None, str]]:
        names = role_names(self._session.draft)
        yield None, self.tr("First customer")
        yield from ((role.id, names[str(role.id)]) for role in self._open_signers)

    def _kinds(self, one: FormField) -> Iterator[tuple[str, str]]:
        words = kind_words()
        guessed = words[replace(one, kind=None).question.kind.value]
        yield "", self.tr("Inferred from the name: {kind}").format(kind=guessed)
        yield from words.items()

    @property
    def _shown(self) -> Document | None:
        document_id = self.document.read_value()
        return next((document for document in self._session.draft.documents if document.id == document_id), None)

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
            self._apply(replace(shown, template=template), merge_key)

    def _apply(self, document: Document, merge_key: str = "") -> None:
        self._session.apply(
            EditName.CHANGE_FIELDS,
            lambda draft: update_document(draft, document),
            merge_key=f"preset.fields {document.id} {merge_key}" if merge_key else None,
        )

    def _on_template_edited(self) -> None:
        """Use the chosen template for the document, with the template's fields and pages, or the document's own PDF.

        Pages that were appended to a form are kept.
        """
        wanted, shown = self.template.read_value(), self._shown
        own = shown.template.template_id if shown is not None and shown.template is not None else None
        if shown is None or wanted == own:
            return
        template = next((one for one in self._templates if one.template_id == wanted), None)
        if template is not None:
            before = shown.template or TemplateFilling("")
            filling = replace(
                filling_of_template(template),
                blocks=before.blocks,
                added_pages=before.added_pages,
                preset_fields=preset_fields(template.fields),
            )
            changed = shown.created_from(filling)
            changed = changed.with_own_pages(template.pages) if template.pages else changed
        elif wanted is None:
            own_pdf = self._pdfs.get(shown.id, replace(shown, pages=shown.own_pages))
            changed = replace(own_pdf, name=shown.name, template=None)
        else:
            self._show()
            return
        # The document gets another id, because the pages that are open under its present id are those of another file.
        changed = replace(changed, id=new_document_id())
        pdf = shown if shown.template is None else self._pdfs.get(shown.id)
        if pdf is not None:
            self._pdfs[changed.id] = pdf
        self._known.add(changed.id)
        self._session.apply(
            EditName.CHANGE_FIELDS, partial(with_other_document, document_id=shown.id, document=changed)
        )
        self.document.show_value(changed.id)
        self._show()

    def _on_list_row_changed(self, row: int) -> None:
        self._show_detail()
        fields = self._fields
        if 0 <= row < len(fields):
            self.field_chosen.emit(self.document.read_value(), fields[row].name)

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if self._is_used and (before.documents, before.signers) != (after.documents, after.signers):
            self._show()

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
