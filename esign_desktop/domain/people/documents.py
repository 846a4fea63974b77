"""Identity documents: the names of their types in a line of text, and the formats of their numbers.

The types are defined by the platform (platform documentation, appendix). The formats are those of the numbers printed
on the documents. A number in the right format is possible, but not necessarily genuine.

Residence permits for people from Hong Kong (81…), Macao (82…) and Taiwan (83…) have numbers like those of resident
identity cards. The platform has no type for these permits, so the user must choose between an identity card and a
travel permit.
"""

from __future__ import annotations

import re
from typing import Final

from esign_desktop.domain.account import PersonIdType

_K = PersonIdType

DOCUMENT_WORDS: Final[dict[PersonIdType, tuple[str, ...]]] = {
    _K.RESIDENT_IDENTITY: ("居民身份证", "二代身份证", "resident identity card"),
    _K.PASSPORT: ("护照", "外国护照", "passport"),
    _K.HONG_KONG_MACAO_PERMIT: ("港澳通行证", "港澳居民来往内地通行证", "回乡证", "Hong Kong Macao permit"),
    _K.TAIWAN_PERMIT: ("台胞证", "台湾居民来往大陆通行证", "台湾通行证", "Taiwan permit"),
    _K.FOREIGN_RESIDENCE: (
        *("永久居留证", "外国人永久居留身份证", "外国人永久居留证", "外国人居留证"),
        *("foreign residence permit", "permanent residence"),
    ),
    _K.TEMPORARY_IDENTITY: ("临时身份证", "临时居民身份证", "temporary id card"),
    _K.HOUSEHOLD_REGISTER: ("户口簿", "户口本", "household register"),
    _K.SOCIAL_SECURITY: ("社保卡", "社会保障卡", "social security card"),
    _K.MILITARY: ("军官证", "士兵证", "军人身份证", "military id"),
    _K.ARMED_POLICE: ("武警证", "武装警察身份证件", "armed police id"),
}
"""The names of each document type. The program itself writes the first name of a type into a customer line."""

_RESIDENT: Final = r"[1-8][0-9]{16}[0-9X]"
_CITIZEN: Final = rf"(?!8[123]){_RESIDENT}"
_RESIDENCE_PERMIT: Final = re.compile(r"8[123][0-9]{15}[0-9X]")
_SERVICE: Final = r"[\u4e00-\u9fff]{1,3}字第?[0-9]{4,9}号?|[A-Z0-9]{6,18}"
_FORMS: Final = {
    kind: re.compile(form)
    for kind, form in {
        _K.RESIDENT_IDENTITY: _RESIDENT,
        _K.PASSPORT: r"(?=(?:[A-Z]*[0-9]){4})[A-Z0-9]{5,12}",
        _K.HONG_KONG_MACAO_PERMIT: r"[HM][0-9]{8}(?:[0-9]{2})?|8[12][0-9]{15}[0-9X]",
        _K.TAIWAN_PERMIT: r"[0-9]{8}|[0-9]{10}(?:\(?[A-Z]\)?)?|83[0-9]{15}[0-9X]",
        _K.FOREIGN_RESIDENCE: r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}",
        _K.TEMPORARY_IDENTITY: _CITIZEN,
        _K.HOUSEHOLD_REGISTER: _CITIZEN,
        _K.SOCIAL_SECURITY: rf"{_RESIDENT}|[A-Z0-9]{{8,20}}",
        _K.MILITARY: _SERVICE,
        _K.ARMED_POLICE: _SERVICE,
    }.items()
}
_SURE: Final = (
    (re.compile(_CITIZEN), _K.RESIDENT_IDENTITY),
    (_FORMS[_K.FOREIGN_RESIDENCE], _K.FOREIGN_RESIDENCE),
    (re.compile(r"武字.*"), _K.ARMED_POLICE),
    (re.compile(r"[\u4e00-\u9fff]{1,3}字.*"), _K.MILITARY),
    (re.compile(r"[HM][0-9]{10}"), _K.HONG_KONG_MACAO_PERMIT),
    (re.compile(r"[0-9]{10}\(?[A-Z]\)?"), _K.TAIWAN_PERMIT),
)
_HONG_KONG_OR_PASSPORT: Final = re.compile(r"[HM][0-9]{8}")


def fits(kind: PersonIdType, number: str) -> bool:
    """Return whether the number has the format of the document type. Check digits are not verified.

    The number must consist of digits and capital letters, without spaces.
    """
    return bool(_FORMS[kind].fullmatch(number))


def is_residence_permit(number: str) -> bool:
    """Return whether the number belongs to a residence permit for people from Hong Kong, Macao or Taiwan."""
    return bool(_RESIDENCE_PERMIT.fullmatch(number))


def fitting_kinds(number: str) -> tuple[PersonIdType, ...]:
    """Return all document types whose number format matches this number, with the most common type first."""
    return tuple(kind for kind in DOCUMENT_WORDS if fits(kind, number))


def likely_kinds(number: str, *, has_chinese_name: bool) -> tuple[PersonIdType, ...]:
    """Return the types of documents to which the number probably belongs, with the most probable type first.

    If neither the number nor the name determines the type, the result contains several types. Permits for Hong Kong and
    Macao have numbers in the same format as some passports, but the holders of such permits have Chinese names.
    """
    if is_residence_permit(number):
        return (_K.RESIDENT_IDENTITY, _K.TAIWAN_PERMIT if number[1] == "3" else _K.HONG_KONG_MACAO_PERMIT)
    for form, kind in _SURE:
        if form.fullmatch(number):
            return (kind,)
    if _HONG_KONG_OR_PASSPORT.fullmatch(number):
        permit = (_K.HONG_KONG_MACAO_PERMIT,)
        return permit if has_chinese_name else (*permit, _K.PASSPORT)
    if not number.isdecimal() and fits(_K.PASSPORT, number):
        return (_K.PASSPORT,)
    return fitting_kinds(number)


def plain_word(text: str) -> str:
    """Return the name of a document type in lower case, without spaces or punctuation."""
    return re.sub(r"[\W_]+", "", text.casefold())


def word_pattern() -> re.Pattern[str]:
    """Return a pattern that matches the name of a document type, including a following label such as 号码.

    The text to be searched must be in upper case.
    """
    words = sorted((word for words in DOCUMENT_WORDS.values() for word in words), key=len, reverse=True)
    found = "|".join(re.escape(word.upper()).replace(r"\ ", " ?") for word in words)
    return re.compile(rf"(?<![A-Z])({found})(?![A-Z])(?:件?(?:号码?|编号)| ?(?:NO|NUMBER)\b)?\s*[:.]?")


KIND_BY_WORD: Final = {plain_word(word): kind for kind, words in DOCUMENT_WORDS.items() for word in words}
