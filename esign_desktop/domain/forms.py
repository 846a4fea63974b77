"""Form fields of a PDF: what a person would fill in, and what a template may fill them with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.preset import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind, guessed_kind
from esign_desktop.domain.templates import MAX_CHOICES, MAX_FIELDS, TemplateField, ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.templates import Template


class FieldKind(StrEnum):
    """What is filled in. The platform fills TEXT alone (platform-api.txt 4.8.2)."""

    TEXT = "text"
    CHECK = "check"
    CHOICE = "choice"
    BUTTON = "button"
    SIGNATURE = "signature"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PdfFormField:
    """One field of a form, by its full name. ``hint`` is what the form itself says of it; pages count from 1.

    ``rect`` is where it is seen, in page space; None for one that is seen nowhere. ``note`` is what this program wrote
    into the field when it was drawn here. ``is_filled``: something stands in it already. ``most_characters`` is 0 where
    the form sets no limit.
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
_SOMEBODY_ELSE: Final = re.compile(
    r"配偶|共同|担保|经办|法人|法定代表|银行|公司|spouse|guarantor|agent|company|bank", re.IGNORECASE
)
# In the order in which they decide.
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


def guessed_datum(one: PdfFormField) -> CustomerDatum:
    """Say what a field probably takes, by its name and what the form says of it; what is unclear is typed in."""
    texts = [text.strip() for text in (one.hint, one.name.rpartition(".")[2])]
    if not any(map(_SOMEBODY_ELSE.search, texts)):
        for text in texts:
            for pattern, datum in _GUESSES:
                if pattern.search(text):
                    return datum
    return CustomerDatum.TYPED


def template_fields(fields: Iterable[PdfFormField]) -> tuple[TemplateField, ...]:
    """Return what a template made of a form with these fields can be filled with, each name once."""
    found: dict[str, TemplateField] = {}
    for one in fields:
        if one.kind is FieldKind.TEXT and one.name and len(found) < MAX_FIELDS:
            found.setdefault(one.name, _template_field(one))
    return tuple(found.values())


def filling_of_template(template: Template) -> TemplateFilling:
    """Return a template with nothing filled in, as it is asked for in Prepare."""
    return TemplateFilling(template.template_id, wanted=tuple(map(_wanted, template.fields)))


def with_places(filling: TemplateFilling, template: Template) -> TemplateFilling:
    """Return what a form is filled with, with the places of its fields; fields that were not asked for are, now."""
    known = {one.name: one for one in map(_wanted, template.fields)}
    asked = tuple(
        replace(one, page_number=known[one.name].page_number, rect=known[one.name].rect) if one.name in known else one
        for one in filling.wanted
    )
    names = {one.name for one in asked}
    return replace(
        filling, wanted=(*asked, *(replace(one, is_required=False) for one in known.values() if one.name not in names))
    )


def preset_fields(fields: Iterable[TemplateField]) -> tuple[FormField, ...]:
    """Return what a preset is to fill into a template with these fields."""
    return tuple(_preset_field(one) for one in fields)


def field_note(one: TemplateField) -> str:
    """Return what is written into a field that is drawn here, so that its kind is known wherever the PDF is read."""
    note: dict[str, object] = {"kind": one.kind.value, "required": one.is_required}
    if one.choices:
        note["choices"] = one.choices
    return json.dumps(note, ensure_ascii=True)


def _template_field(one: PdfFormField) -> TemplateField:
    label = " ".join(one.hint.split())[:_LONGEST_LABEL]
    kind, choices, is_required = _read_note(one.note)
    return TemplateField(
        one.name,
        kind or _KINDS.get(guessed_kind(f"{label} {one.name.rpartition('.')[2]}"), ValueKind.TEXT),
        is_required,
        label,
        choices=choices,
        page_number=one.page_number if one.rect is not None else None,
        rect=one.rect if one.page_number is not None else None,
        most_characters=min(one.most_characters, MAX_CHARACTERS),
    )


def _read_note(text: str) -> tuple[ValueKind | None, tuple[str, ...], bool]:
    """Return kind, choices, and whether it is required. What a note that may be anybody's says wrongly is not taken."""
    try:
        note = json.loads(text) if text else {}
        kind = ValueKind(note["kind"]) if note else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, (), True
    choices = note.get("choices", ())
    are_sound = isinstance(choices, list) and all(
        isinstance(one, str) and 0 < len(one) <= MAX_CHARACTERS for one in choices
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


def _wanted(one: TemplateField) -> WantedField:
    kind = _ANSWERS.get(one.kind, AnswerKind.TEXT)
    if kind in {AnswerKind.TEXT, AnswerKind.AMOUNT} and _guess(one) is AnswerKind.AMOUNT_IN_WORDS:
        kind = AnswerKind.AMOUNT_IN_WORDS
    return WantedField(
        one.name,
        one.is_required and one.kind is not ValueKind.CHECK,
        one.label,
        kind,
        one.choices,
        one.most_characters or MAX_CHARACTERS,
        one.page_number,
        one.rect,
    )


def _guess(one: TemplateField) -> AnswerKind:
    return guessed_kind(f"{one.label} {one.name.rpartition('.')[2]}")


def _preset_field(one: TemplateField) -> FormField:
    datum = CustomerDatum.TYPED
    if one.kind not in {ValueKind.CHOICE, ValueKind.CHECK}:
        datum = guessed_datum(PdfFormField(one.name, FieldKind.TEXT, hint=one.label))
    # What the name says as well is left to it.
    kind = _ANSWERS.get(one.kind, AnswerKind.TEXT)
    is_said = kind is _guess(one) or kind is AnswerKind.TEXT
    return FormField(
        one.name,
        datum,
        label=one.label,
        is_required=one.is_required and one.kind is not ValueKind.CHECK,
        kind=None if is_said else kind,
        choices=one.choices,
        most_characters=one.most_characters or MAX_CHARACTERS,
    )
