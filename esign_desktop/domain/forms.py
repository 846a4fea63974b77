"""Form fields of a PDF: what a person would fill in, and what a template may fill them with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.preset.preset import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable


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

    ``is_filled``: something stands in it already. ``most_characters`` is 0 where the form sets no limit.
    """

    name: str
    kind: FieldKind
    page_number: int | None = None
    hint: str = field(default="", repr=False)
    is_filled: bool = False
    most_characters: int = 0


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


def template_fields(fields: Iterable[PdfFormField]) -> tuple[FormField, ...]:
    """Return what a preset is to fill into a template made of a form with these fields, each name once."""
    texts: dict[str, PdfFormField] = {}
    for one in fields:
        if one.kind is FieldKind.TEXT and one.name:
            texts.setdefault(one.name, one)
    return tuple(_filled(name, one) for name, one in texts.items())


def _filled(name: str, one: PdfFormField) -> FormField:
    label = " ".join(one.hint.split())[:_LONGEST_LABEL]
    longest = min(one.most_characters, MAX_CHARACTERS) if one.most_characters else MAX_CHARACTERS
    return FormField(name, guessed_datum(one), label=label, most_characters=longest)
