"""Values of a sheet in their plain form, in which they are compared and sent."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.bulk_columns import ColumnKind
from esign_desktop.domain.customer_line import tidy_name
from esign_desktop.domain.person_documents import KIND_BY_WORD, plain_word

_K = ColumnKind
_MOST_ROUNDS: Final = 5
"""Removing a space can bring an accent to its letter, and so on; two rounds do for what people type."""

_MORE_ID_TYPES: Final = {
    "身份证": PersonIdType.RESIDENT_IDENTITY,
    "idcard": PersonIdType.RESIDENT_IDENTITY,
    "identitycard": PersonIdType.RESIDENT_IDENTITY,
}
"""What names the usual document in a column of kinds, and is no more than a label in a line."""


def id_type_of(text: str) -> PersonIdType | None:
    """Return the kind of document that a text names, or its number at the platform; None for any other text."""
    plain = plain_word(unicodedata.normalize("NFKC", text))
    if plain.isdecimal() and int(plain) in set(PersonIdType):
        return PersonIdType(int(plain))
    return KIND_BY_WORD.get(plain) or _MORE_ID_TYPES.get(plain)


def plain_value(kind: ColumnKind, text: str) -> str:
    """Return a value as it is compared and sent: numbers without spaces and dashes, names with one space at most.

    What is plain already stays as it is, so that a sheet that was saved and read again holds the same values.
    """
    plain = _plainer(kind, text)
    for _ in range(_MOST_ROUNDS):
        before, plain = plain, _plainer(kind, plain)
        if plain == before:
            break
    return plain


def _plainer(kind: ColumnKind, text: str) -> str:
    text = unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in text)).strip()
    match kind:
        case _K.NAME | _K.ORGANIZATION_NAME:
            return tidy_name(text)
        case _K.ID_NUMBER | _K.ORGANIZATION_CODE:
            # An apostrophe is how one types a number as text; commas are how a program may show it.
            return re.sub(r"[\s,'’-]", "", unicodedata.normalize("NFKC", text)).upper()
        case _K.MOBILE:
            plain = re.sub(r"[\s,'’()-]", "", unicodedata.normalize("NFKC", text))
            return re.sub(r"^(?:\+|00)86(?=1[3-9][0-9]{9}$)|^86(?=1[3-9][0-9]{9}$)", "", plain)
        case _K.EMAIL:
            return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
        case _:
            return " ".join(text.split())
