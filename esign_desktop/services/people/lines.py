"""Read a signer's data from one pasted line, in which names and numbers may be in any order."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.people.customer_line import MAX_CHARACTERS, PartKind, read_customer_line
from esign_desktop.services.people.identity import is_credit_code, is_resident_number

_BETWEEN: Final = re.compile(r"[\s,，;；、|]+")
_LABEL: Final = re.compile(
    r"^(?:(?:单位|公司|企业|机构)?名称|单位|公司|统一社会信用代码|信用代码|经办人|代理人|法定代表人|联系人)[:：]"
)
_ORGANIZATION: Final = re.compile(
    r"(?:公司|企业|集团|银行|分行|支行|合伙|中心|学校|大学|医院|工厂|厂|商店|店|事务所|研究院|研究所|合作社|协会|学会|商会"
    r"|基金会|委员会|政府|局|部)(?:[(（][^()（）]+[)）])?$"
)
_NUMBER: Final = re.compile(r"[0-9]{6}")


def read_person(text: str) -> Person | None:
    """Return the person described by a line of text, or None if the line contains only a name or is ambiguous."""
    line = read_customer_line(text, is_resident_number)
    kinds = {part.kind for part in line.parts}
    if PartKind.UNREAD in kinds or line.ambiguous or not kinds & {PartKind.ID_NUMBER, PartKind.MOBILE}:
        return None
    name = line.value(PartKind.NAME)
    number, mobile = line.value(PartKind.ID_NUMBER), line.value(PartKind.MOBILE)
    if not name:
        return None
    if not number:
        return Person(name, mobile=mobile)
    return Person(name, number, line.id_type, mobile) if line.id_type is not None else None


def read_organization(text: str) -> tuple[Organization, Person | None] | None:
    """Return the organization and the agent described by a line of text.

    The agent is None if the line does not name one. The result is None instead of a pair if the line contains only a
    name or is ambiguous.
    """
    words = [_LABEL.sub("", word) for word in _BETWEEN.split(text[:MAX_CHARACTERS]) if word]
    codes = [word for word in words if _is_code(word)]
    names = [word for word in words if _ORGANIZATION.search(word)]
    rest = [word for word in words if word not in {*codes, *names}]
    if len(set(codes)) != 1 or len(set(names)) != 1:
        return None
    organization = Organization(names[0], code=_folded(codes[0]))
    if not rest:
        return organization, None
    agent = read_person(" ".join(rest))
    return (organization, agent) if agent is not None else None


def is_organization_name(name: str) -> bool:
    """Return whether a name ends like that of an organization."""
    return bool(_ORGANIZATION.search(name.strip()))


def holds_number(name: str) -> bool:
    """Return whether a name contains at least six digits in a row. A number was then probably pasted with the name."""
    return bool(_NUMBER.search(unicodedata.normalize("NFKC", name)))


def _is_code(word: str) -> bool:
    code = _folded(word)
    return is_credit_code(code) and not is_resident_number(code)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())
