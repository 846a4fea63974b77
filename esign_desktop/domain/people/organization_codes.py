"""Organization codes: the names of their types, and their formats (platform documentation, appendix).

An organization code (GB 11714) has eight characters and a check character. A business registration number has 13 or 15
digits; older registration numbers may contain other characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from esign_desktop.domain.account import OrganizationCodeType
from esign_desktop.domain.people.documents import plain_word

_T = OrganizationCodeType

_WORDS: Final[dict[OrganizationCodeType, str]] = {
    _T.UNIFIED_SOCIAL_CREDIT: "统一社会信用代码 社会信用代码 信用代码 三证合一 unifiedsocialcreditcode creditcode uscc",
    _T.ORGANIZATION_CODE: "组织机构代码 组织机构代码证 机构代码 organizationcode organisationcode",
    _T.BUSINESS_REGISTRATION: "企业工商注册号 工商注册号 工商登记号 注册号 营业执照注册号 businessregistration"
    " businessregistrationnumber registrationnumber registrationno",
}
_TYPE_BY_WORD: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_FORMS: Final = {
    _T.UNIFIED_SOCIAL_CREDIT: re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}"),
    _T.ORGANIZATION_CODE: re.compile(r"[0-9A-Z]{8}[0-9X]"),
    _T.BUSINESS_REGISTRATION: re.compile(r"(?=(?:[^0-9]*[0-9]){4})[0-9A-Z\u4e00-\u9fff()]{6,30}"),
}
_REGISTRATION: Final = re.compile(r"[0-9]{13}(?:[0-9]{2})?")
_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def code_type_of(text: str) -> OrganizationCodeType | None:
    """Return the code type with this name or platform number, or None if the text is neither."""
    plain = plain_word(unicodedata.normalize("NFKC", text))
    if plain.isdecimal() and int(plain) in set(_T):
        return _T(int(plain))
    return _TYPE_BY_WORD.get(plain)


def likely_code_type(code: str) -> OrganizationCodeType:
    """Return the probable type of a code, which must be in capital letters, without spaces or dashes."""
    if _FORMS[_T.ORGANIZATION_CODE].fullmatch(code):
        return _T.ORGANIZATION_CODE
    return _T.BUSINESS_REGISTRATION if _REGISTRATION.fullmatch(code) else _T.UNIFIED_SOCIAL_CREDIT


def code_fits(kind: OrganizationCodeType, code: str) -> bool:
    """Return whether the code has the format of this type. The check character of an organization code is verified.

    The code must be in capital letters, without spaces or dashes. ``services.people.identity`` verifies the check
    character of a unified social credit code.
    """
    if not _FORMS[kind].fullmatch(code):
        return False
    return kind is not _T.ORGANIZATION_CODE or code[-1] == _check_character(code)


def _check_character(code: str) -> str:
    total = sum(weight * int(character, 36) for weight, character in zip(_WEIGHTS, code, strict=False))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
