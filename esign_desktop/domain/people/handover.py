"""Customer data that another program, such as a bank's, hands over to the counter.

The format of this data is defined in resources/customer.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.people.documents import DOCUMENT_WORDS


@dataclass(frozen=True, slots=True)
class HandedCustomer:
    """Customer data handed over by another program.

    ``preset_key`` is the function key of the preset to use, or None for the current preset. ``reference`` is the other
    program's case reference, which is returned with every result. ``answers`` holds the values of form fields, keyed by
    field name or label. If ``document`` is None, the document type is inferred from the number.
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
        """The customer line, as a teller would type it."""
        word = DOCUMENT_WORDS[self.document][0] if self.document is not None else ""
        return " ".join(part for part in (self.name, word, self.number, self.mobile) if part)

    def is_for_same(self, other: HandedCustomer) -> bool:
        """Return whether another handover is for the same contract.

        This is the case if both handovers contain the same data or the same case reference.
        """
        return self == other or bool(self.reference and self.reference == other.reference)


class HandoverState(StrEnum):
    """The outcome of a handover: the customer was displayed, added to the queue, or rejected."""

    SHOWN = "shown"
    QUEUED = "queued"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HandoverAnswer:
    """The answer to the program that handed over a customer.

    ``place`` is the customer's position in the queue, counted from 1, or 0 if the customer is not in the queue.
    ``error`` is the reason for a refusal.
    """

    state: HandoverState
    place: int = 0
    error: AppError | None = None
