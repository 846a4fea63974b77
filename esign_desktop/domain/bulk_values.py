"""Values of a sheet in their plain form, in which they are compared and sent."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.bulk_columns import ColumnKind
from esign_desktop.domain.customer_line import tidy_name

_K = ColumnKind
_MOST_ROUNDS: Final = 5
"""Removing a space can bring an accent to its letter, and so on; two rounds do for what people type."""

_ID_TYPES: Final = {
    PersonIdType.RESIDENT_IDENTITY: "身份证 居民身份证 二代身份证 idcard identitycard residentidentitycard",
    PersonIdType.PASSPORT: "护照 外国护照 passport",
    PersonIdType.MILITARY: "军官证 士兵证 militaryid",
    PersonIdType.SOCIAL_SECURITY: "社会保障卡 社保卡 socialsecuritycard",
    PersonIdType.ARMED_POLICE: "武装警察身份证件 武警证 armedpoliceid",
    PersonIdType.HONG_KONG_MACAO_PERMIT: "港澳通行证 港澳居民来往内地通行证 回乡证 hongkongmacaopermit",
    PersonIdType.TAIWAN_PERMIT: "台胞证 台湾居民来往大陆通行证 taiwanpermit",
    PersonIdType.HOUSEHOLD_REGISTER: "户口簿 户口本 householdregister",
    PersonIdType.TEMPORARY_IDENTITY: "临时身份证 临时居民身份证 temporaryidcard",
    PersonIdType.FOREIGN_RESIDENCE: "外国人居留证 外国人永久居留身份证 永久居留证 foreignresidencepermit",
}
_ID_TYPE_BY_WORD: Final = {word: kind for kind, words in _ID_TYPES.items() for word in words.split()}


def id_type_of(text: str) -> PersonIdType | None:
    """Return the kind of document that a text names, or its number at the platform; None for any other text."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    if plain.isdecimal() and int(plain) in set(PersonIdType):
        return PersonIdType(int(plain))
    return _ID_TYPE_BY_WORD.get(plain)


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
            # An apostrophe is how one types a number as text.
            return re.sub(r"[\s'’-]", "", unicodedata.normalize("NFKC", text)).upper()
        case _K.MOBILE:
            plain = re.sub(r"[\s'’()-]", "", unicodedata.normalize("NFKC", text))
            return re.sub(r"^(?:\+|00)86(?=1[3-9][0-9]{9}$)|^86(?=1[3-9][0-9]{9}$)", "", plain)
        case _K.EMAIL:
            return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
        case _:
            return " ".join(text.split())
