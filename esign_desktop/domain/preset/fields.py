"""The form fields of a preset, and the sources of their values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from esign_desktop.domain.preset.questions import (
    MAX_CHARACTERS,
    AnswerKind,
    Question,
    guessed_kind,
    readable_name,
)
from esign_desktop.domain.signer import SignerId


class CustomerDatum(StrEnum):
    """The source of a form field's value. The enumeration's values are stored in the database."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    TODAY = "today"
    TYPED = "typed"
    """The value is typed in for each contract, for example an amount."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A form field of a template and the source of the field's value: a customer's data, an answer, or fixed text.

    For TYPED fields, ``label`` is the displayed name; if ``label`` is empty, the field's name is displayed. ``kind``
    restricts the answer; if ``kind`` is None, the kind is guessed from the label and the field's name.
    """

    name: str
    datum: CustomerDatum | None = None
    role_id: SignerId | None = None
    text: str = ""
    is_required: bool = True
    """Whether a contract cannot be sent while the field is empty. A field with an empty fixed text stays optional."""
    label: str = ""
    kind: AnswerKind | None = None
    choices: tuple[str, ...] = ()
    most_characters: int = MAX_CHARACTERS

    @property
    def must_be_filled(self) -> bool:
        """Whether the field needs a value before a contract can be sent."""
        return self.is_required and (self.datum is not None or bool(self.text.strip()))

    @property
    def question(self) -> Question:
        """The question that asks the user for the field's value."""
        label = self.label or readable_name(self.name)
        kind = self.kind or guessed_kind(f"{self.label} {self.name.rpartition('.')[2]}")
        return Question(self.name, label, kind, self.choices, self.most_characters, not self.is_required)
