"""The words that name parties, representatives and marks in English contracts.

All text is in the form that ``letters`` produces: in lower case, without spaces, and with underscores in place of
hyphens and of blanks to be filled in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.pdf.proposing.vocabulary import ENGLISH_ROLES, one_of

if TYPE_CHECKING:
    from collections.abc import Container

_ROLE: Final = (
    r"(?:senior|junior|subordinated?|joint|new|original|prime|general)?(?:party[a-h](?![a-z])|(?:first|second|third|disclosing|receiving|contracting)party|co_?borrower|co_?owner|"
    r"(?:co_?|sub_?)?(?:guarantor|lessor|lessee|landlord|tenant|contractor|licensor|licensee)|"
    rf"{one_of(ENGLISH_ROLES)})"
)
_SIGNATURE: Final = r"signatures?|signed|sign"
_SEAL: Final = r"seal|stamp|chop"
SEAL: Final = re.compile(_SEAL)
MARK: Final = re.compile(rf"signatures?|(?<![a-z])sign(?:ed)?|(?:{_SEAL})(?![a-z])")
_END: Final = r"(?=[:_(/]|$)"
TRANSLATION: Final = re.compile(rf"/?(?:the)?{_ROLE}(?=[:_(/\u4e00-\u9fff]|$)")
"""The English translation that follows a Chinese role: 甲方PartyA(盖章)."""
_IN_FRONT: Final = re.compile(r"(?P<label>[a-z'&]{2,40})/?(?=[\u4e00-\u9fff])")
_WHO: Final = r"(?:authori[sz]ed|legal|duly|its|company|the)*"
_ACTING_WORD: Final = (
    r"(?:representative|signatory|signature|signer|officer|attorney|director|president|generalmanager|chairman)"
)
_OF_MARK: Final = rf"(?:'?s?_?(?:authori[sz]ed|company|corporate|official)?(?:{_SIGNATURE}|{_SEAL})(?:and(?:{_SEAL}))?)"
_BEFORE: Final = (
    rf"(?:(?:signature|{_SEAL})(?:of|by|for)|(?:signed|executed|agreed|accepted(?:andagreed)?)by|"
    r"(?:signed)?(?:for(?:and)?)?onbehalfof(?=.)|(?:signed)?for(?!and))"
)
ROLE: Final = re.compile(
    rf"(?P<before>{_BEFORE})?(?:the)?(?P<role>{_ROLE})(?P<acting>'?s?{_WHO}{_ACTING_WORD})?(?P<marked>{_OF_MARK})?(?P<named>(?:/|'?s)?name|名称|全称)?"
    rf"(?:\((?P<alias>(?:the)?{_ROLE}|(?:(?:以下)?简称)?[\"']?[\u4e00-\u9fff]{{2,8}}(?<![章字名印称])[\"']?)\))?(?:\((?:名称|全称)\))?(?:inthepresenceof)?{_END}"
)
BEHALF: Final = re.compile(r"(?:signed)?(?:(?:for(?:and)?)?onbehalfof|for)(?P<role>[a-z0-9][^:]{2,60}?)[:_]*$")
BEHALF_ALONE: Final = re.compile(r"(?:signed)?(?:for(?:and)?)?onbehalfof:?")
UNLISTED_ROLE: Final = re.compile(
    r"(?:the)?(?P<role>(?!your|date|witness|legal|authori[sz]ed)[a-z][a-z_]{2,28}[a-z])'s?(?=sign)"
    rf"(?P<marked>signature){_END}(?P<before>(?!))?(?P<acting>(?!))?(?P<alias>(?!))?(?P<named>(?!))?"
)
SIGNATURE_OF: Final = re.compile(
    r"(?P<before>signatureof(?:the)?)(?P<role>(?!witness|notary|authori[sz]ed|legal)[a-z][a-z_]{2,28}?)"
    rf"{_END}(?P<marked>(?!))?(?P<acting>(?!))?(?P<alias>(?!))?(?P<named>(?!))?"
)
"""A role after *signature of* is a party."""
REPRESENTATIVE: Final = re.compile(rf"(?:signature(?:of|by)(?:the)?)?(?:by)?{_WHO}{_ACTING_WORD}(?:'ssignature)?{_END}")
BARE: Final = re.compile(
    rf"\(?(?:authori[sz]ed)?(?:(?:by|per)(?=[:_])|(?:{_SIGNATURE})(?:by|here)?|(?:company|corporate|official|common)?(?:{_SEAL})|"
    rf"(?:signature|sign)(?:and|&|/)(?:company|corporate|official|common)?(?:{_SEAL}))\)?{_END}"
)
SIGNED_BY_NAME: Final = re.compile(r"(?:signed|executed)by[a-z]{3,40}__+")
SIGNED_BY: Final = re.compile(r"(?:signed|executed)by[:_]*")
"""These words are not a separate mark above a *for and on behalf of* line."""
FACT: Final = re.compile(
    r"(?:printed|print|full|typed?|company|legal|registered|job|contact|bank|mailing|e_?mail)?"
    r"(?:name|title|position|date|dated|address|tel|tele?phone|mobile|fax|e_?mail|place|passport|id|account|attn|"
    rf"attention|person|postcode|zip|office)(?:no\.?|number|card)*{_END}|"
    rf"(?:the)?{_ROLE}'?s?name{_END}"
)
WITNESS: Final = re.compile(r"(?:in(?:the)?presenceof|witness(?!whereof)|attest|notary|notari[sz]ed)")
CLOSING: Final = re.compile(
    r"inwitness|signing|signature|signed|executed|takeseffect|effective|counterparts|originals|duplicate|onbehalfof"
)
FIRM: Final = re.compile(r"(?:ltd|inc|llc|plc|corp|gmbh|limited|bank|company|corporation|university)\.?$")
_WEAK: Final = re.compile(
    r"company|corporation|bank|student|school|university|host|parent|member|issuer|author|partner|agent"
)
"""Words that also label addresses or accounts. They name a party only where a mark is required."""
_PERSON: Final = re.compile(r"employee|worker|student|intern|author|spouse|artist|volunteer|parent")
_LONGEST: Final = 90
_FULL_ROW: Final = 45
_SENTENCE: Final = re.compile(r"(?<!ltd)(?<!inc)(?<!co)(?<!corp)[.,;]$")
_NAME: Final = re.compile(
    r"(?:\([^()]{1,12}\))?[:_]+(?P<name>[a-z0-9\u4e00-\u9fff](?:[^:_;]|(?<=[a-z])_(?=[a-z])){1,70})"
)
_MARK_BEHIND: Final = re.compile(rf"\((?:[^()]*(?:{_SEAL}|sign)[^()]*|[^()]*[章字名])\)$")


_WORD: Final = r"[A-Z][\w&.'’-]{0,30}"
_CALLING: Final = r"(?:hereinafter|hereafter|together|referred|to|as|called|each|a|the)[ ,]{0,3}"
DEFINITION: Final = re.compile(
    rf"(?P<name>{_WORD}(?:,? (?:{_WORD}|&|of|\([A-Z]\w{{1,20}}\))){{0,12}})(?:, an? [^()]{{5,90}}?)?,? ?"
    rf"\((?:{_CALLING}){{0,6}}[\"“'‘](?:the )?(?P<role>[A-Z][\w -]{{2,20}})[\"”'’]"
)
"""A definition as printed: Example Homes Ltd. (the "Landlord")."""


class Called(NamedTuple):
    """A label that names a party: the spans of the role and the name, the alias, and the end of the label.

    ``acts`` is True if the label names a representative of the party.
    """

    start: int
    end: int
    alias: str
    acts: bool
    label_end: int
    name: tuple[int, int]


def is_sentence(text: str) -> bool:
    """Return whether a text without Chinese characters is running text, such as part of a clause, and not a label."""
    return len(text) > _FULL_ROW or (len(text) > 12 and _SENTENCE.search(text) is not None)


def called(text: str, defined: Container[str] = ()) -> Called | None:
    """Parse a label that names a party, or return None if the text is not such a label.

    ``defined`` contains the roles that the document defines.
    """
    patterns = (ROLE, UNLISTED_ROLE, SIGNATURE_OF) if len(text) <= _LONGEST else ()
    found = next(filter(None, (pattern.match(text) for pattern in patterns)), None)
    if found is None or BARE.match(text):
        return None
    rest = found.end()
    name = _NAME.match(text, rest)
    if name is None and rest < len(text) and text[rest] in ":_" and not _is_blank(text[rest:]):
        return None
    if found["named"] and not found["marked"] and name is None:
        return None
    is_sure = found["before"] or found["marked"] or found["role"] in defined or MARK.search(text, rest)
    if _WEAK.fullmatch(found["role"]) and not is_sure:
        return None
    span = (0, 0)
    if name is not None:
        kept = _MARK_BEHIND.sub("", name["name"])
        span = (0, 0) if MARK.search(kept) else (name.start("name"), name.start("name") + len(kept))
    return Called(found.start("role"), found.end("role"), found["alias"] or "", found["acting"] is not None, rest, span)


def _is_blank(text: str) -> bool:
    return not MARK.sub("", text).strip(":_()/,.")


def begins_label(text: str) -> bool:
    """Return whether the text begins with a label."""
    return any(pattern.match(text) for pattern in (ROLE, REPRESENTATIVE, FACT, BARE, WITNESS))


def length_in_front(text: str) -> int:
    """Return the length of an English label that precedes its Chinese translation, or 0 if there is no such label.

    An example is AuthorizedSignatory授权代表.
    """
    found = _IN_FRONT.match(text)
    return found.end() if found is not None and begins_label(found["label"]) else 0


def is_person(role: str) -> bool:
    """Return whether only a natural person can have this role."""
    return _PERSON.fullmatch(role) is not None
