"""The form fields of a PDF, and the conversion of these fields to fields of templates and presets."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind, guessed_kind
from esign_desktop.domain.templates import MAX_CHOICES, MAX_FIELDS, TemplateField, ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.templates import Template


class FieldKind(StrEnum):
    """The type of a PDF form field. The platform can fill in only TEXT fields (platform documentation 4.8.2)."""

    TEXT = "text"
    CHECK = "check"
    CHOICE = "choice"
    BUTTON = "button"
    SIGNATURE = "signature"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PdfFormField:
    """A form field of a PDF, identified by its full name. Page numbers are counted from 1.

    ``hint`` is the field's description in the PDF. ``rect`` is the field's position in page space, or None if the field
    is not visible. ``note`` is the text that this program stores in fields that it creates. ``is_filled`` means that
    the field already has a value. ``most_characters`` is 0 if the PDF sets no limit.
    """

    name: str
    kind: FieldKind
    page_number: int | None = None
    hint: str = field(default="", repr=False)
    is_filled: bool = False
    most_characters: int = 0
    rect: PageRect | None = None
    note: str = ""


_LONGEST_LABEL: Final = 60
_OTHER_PARTY: Final = re.compile(
    r"配偶|共同|担保|经办|法人|法定代表|银行|公司|spouse|guarantor|agent|company|bank", re.IGNORECASE
)
# The first pattern that matches decides.
_GUESSES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), datum)
    for pattern, datum in (
        (r"身份证|证件号|id[\s_-]?(card|no|num)", CustomerDatum.ID_NUMBER),
        (r"手机|电话|mobile|phone|(?<![a-z])tel(?![a-z])", CustomerDatum.MOBILE),
        (r"出生|birth", CustomerDatum.BIRTH_DATE),
        (r"性别|(?<![a-z])(sex|gender)(?![a-z])", CustomerDatum.SEX),
        (r"年龄|(?<![a-z])age(?![a-z])", CustomerDatum.AGE),
        (r"^(签订|签署|填表)?日期$|^(today|date)$", CustomerDatum.TODAY),
        (r"姓名|^(客户|借款人|申请人|customer|borrower)$|^(full|customer|borrower)?[\s_-]?name$", CustomerDatum.NAME),
    )
)


def guessed_datum(field: PdfFormField) -> CustomerDatum:
    """Return the item of customer data that the field probably expects, based on the field's name and hint.

    If the item cannot be determined, TYPED is returned, and the teller enters the value.
    """
    texts = [text.strip() for text in (field.hint, field.name.rpartition(".")[2])]
    if not any(map(_OTHER_PARTY.search, texts)):
        for text in texts:
            for pattern, datum in _GUESSES:
                if pattern.search(text):
                    return datum
    return CustomerDatum.TYPED


def template_fields(fields: Iterable[PdfFormField]) -> tuple[TemplateField, ...]:
    """Return the template fields for a PDF form. Each named text field is included once."""
    found: dict[str, TemplateField] = {}
    for pdf_field in fields:
        if pdf_field.kind is FieldKind.TEXT and pdf_field.name and len(found) < MAX_FIELDS:
            found.setdefault(pdf_field.name, _template_field(pdf_field))
    return tuple(found.values())


def filling_of_template(template: Template) -> TemplateFilling:
    """Return an empty form for a template, to be added to a contract."""
    return TemplateFilling(template.template_id, wanted=tuple(map(_wanted, template.fields)))


def with_places(filling: TemplateFilling, template: Template) -> TemplateFilling:
    """Return the form with the positions of its fields taken from the template.

    Fields that exist only in the template are added as optional fields.
    """
    known = {wanted.name: wanted for wanted in map(_wanted, template.fields)}
    asked = tuple(
        replace(wanted, page_number=known[wanted.name].page_number, rect=known[wanted.name].rect)
        if wanted.name in known
        else wanted
        for wanted in filling.wanted
    )
    names = {wanted.name for wanted in asked}
    return replace(
        filling,
        wanted=(*asked, *(replace(wanted, is_required=False) for wanted in known.values() if wanted.name not in names)),
    )


def preset_fields(fields: Iterable[TemplateField]) -> tuple[FormField, ...]:
    """Return the form fields of a preset for a template with these fields."""
    return tuple(_preset_field(template_field) for template_field in fields)


def field_note(template_field: TemplateField) -> str:
    """Return the note that this program stores in a PDF field that it creates. The note records the field's kind."""
    note: dict[str, object] = {"kind": template_field.kind.value, "required": template_field.is_required}
    if template_field.choices:
        note["choices"] = template_field.choices
    return json.dumps(note, ensure_ascii=True)


def _template_field(pdf_field: PdfFormField) -> TemplateField:
    label = " ".join(pdf_field.hint.split())[:_LONGEST_LABEL]
    kind, choices, is_required = _read_note(pdf_field.note)
    return TemplateField(
        pdf_field.name,
        kind or _KINDS.get(guessed_kind(f"{label} {pdf_field.name.rpartition('.')[2]}"), ValueKind.TEXT),
        is_required,
        label,
        choices=choices,
        page_number=pdf_field.page_number if pdf_field.rect is not None else None,
        rect=pdf_field.rect if pdf_field.page_number is not None else None,
        most_characters=min(pdf_field.most_characters, MAX_CHARACTERS),
    )


def _read_note(text: str) -> tuple[ValueKind | None, tuple[str, ...], bool]:
    """Return the kind of a field, its choices, and whether it is required, as read from its note.

    Any program may have written the note, so invalid values are ignored. The kind is None if the note does not state
    it.
    """
    try:
        note = json.loads(text) if text else {}
        kind = ValueKind(note["kind"]) if note else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, (), True
    choices = note.get("choices", ())
    are_sound = isinstance(choices, list) and all(
        isinstance(choice, str) and 0 < len(choice) <= MAX_CHARACTERS for choice in choices
    )
    sound = tuple(dict.fromkeys(choices))[:MAX_CHOICES] if are_sound else ()
    if kind is ValueKind.CHOICE and not sound:
        kind = ValueKind.TEXT
    return kind, sound, note.get("required") is not False


_KINDS: Final = {
    AnswerKind.DATE: ValueKind.DATE,
    AnswerKind.AMOUNT: ValueKind.AMOUNT,
    AnswerKind.ID_NUMBER: ValueKind.ID_NUMBER,
    AnswerKind.MOBILE: ValueKind.MOBILE,
}
_ANSWERS: Final = {
    ValueKind.DATE: AnswerKind.DATE,
    ValueKind.AMOUNT: AnswerKind.AMOUNT,
    ValueKind.NUMBER: AnswerKind.NUMBER,
    ValueKind.ID_NUMBER: AnswerKind.ID_NUMBER,
    ValueKind.MOBILE: AnswerKind.MOBILE,
    ValueKind.CHOICE: AnswerKind.CHOICE,
    ValueKind.CHECK: AnswerKind.CHECK,
}


def _wanted(template_field: TemplateField) -> WantedField:
    kind = _ANSWERS.get(template_field.kind, AnswerKind.TEXT)
    if kind in {AnswerKind.TEXT, AnswerKind.AMOUNT} and _guess(template_field) is AnswerKind.AMOUNT_IN_WORDS:
        kind = AnswerKind.AMOUNT_IN_WORDS
    return WantedField(
        template_field.name,
        template_field.is_required and template_field.kind is not ValueKind.CHECK,
        template_field.label,
        kind,
        template_field.choices,
        template_field.most_characters or MAX_CHARACTERS,
        template_field.page_number,
        template_field.rect,
    )


def _guess(template_field: TemplateField) -> AnswerKind:
    return guessed_kind(f"{template_field.label} {template_field.name.rpartition('.')[2]}")


def typed_field(wanted: WantedField) -> FormField:
    """Return a preset field that asks the user for a value in the same way as the contract's field."""
    return FormField(
        wanted.name,
        CustomerDatum.TYPED,
        label=wanted.label,
        is_required=wanted.is_required,
        # For TEXT, the kind is not stored; it is guessed from the name again, as it was for the contract.
        kind=None if wanted.kind is AnswerKind.TEXT else wanted.kind,
        choices=wanted.choices,
        most_characters=wanted.most_characters,
    )


def _preset_field(template_field: TemplateField) -> FormField:
    datum = CustomerDatum.TYPED
    if template_field.kind not in {ValueKind.CHOICE, ValueKind.CHECK}:
        datum = guessed_datum(PdfFormField(template_field.name, FieldKind.TEXT, hint=template_field.label))
    # The kind is stored only if it cannot be guessed from the field's name.
    kind = _ANSWERS.get(template_field.kind, AnswerKind.TEXT)
    is_said = kind is _guess(template_field) or kind is AnswerKind.TEXT
    return FormField(
        template_field.name,
        datum,
        label=template_field.label,
        is_required=template_field.is_required and template_field.kind is not ValueKind.CHECK,
        kind=None if is_said else kind,
        choices=template_field.choices,
        most_characters=template_field.most_characters or MAX_CHARACTERS,
    )
