"""A customer whom another program, such as a bank's own, hands over to the counter (resources/customer.schema.json)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.people.documents import DOCUMENT_WORDS


@dataclass(frozen=True, slots=True)
class HandedCustomer:
    """Who it is, and what is to be signed: ``preset_key`` is that of a function key, None the preset in use.

    ``reference`` is the other program's own name for the case; it comes back with every result. ``answers`` are for the
    questions of the forms, by their field's name or label. ``document`` None leaves it to the number.
    """

    name: str = field(repr=False)
    number: str = field(repr=False)
    document: PersonIdType | None = None
    mobile: str = field(default="", repr=False)
    preset_key: int | None = None
    reference: str = ""
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def line(self) -> str:
        """What the customer's line holds, as a teller would type it."""
        word = DOCUMENT_WORDS[self.document][0] if self.document is not None else ""
        return " ".join(part for part in (self.name, word, self.number, self.mobile) if part)

    def is_for_same(self, other: HandedCustomer) -> bool:
        """Whether another hand-over is for the same contract, told once more."""
        return self == other or bool(self.reference and self.reference == other.reference)
