"""Parse a customer's name, ID number and mobile number from one line of text, in any order.

For an organization, the line also contains the organization's name and code; the other parts are the agent's. The
line may be typed, pasted or scanned. Full-width characters, labels such as 姓名：and all separators are accepted. A
number may directly follow the name. A word such as 护照 (passport) states the document type if the number alone does
not reveal the type. ``services.people.identity`` determines whether a number is valid.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import PersonIdType, is_mainland_mobile
from esign_desktop.domain.people.documents import (
    KIND_BY_WORD,
    fits,
    fitting_kinds,
    likely_kinds,
    plain_word,
    word_pattern,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

MAX_CHARACTERS: Final = 400
"""The maximum length of a line. Longer text was probably pasted by mistake."""


class PartKind(StrEnum):
    """The kind of a part of the line.

    ID_NUMBER is the number of an identity document of any type, CODE is an organization's unified social credit code,
    and UNREAD is an unrecognized number.
    """

    ORGANIZATION = "organization"
    CODE = "code"
    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class CustomerPart:
    """A part of the line, and its position as zero-based character indexes. ``end`` is exclusive."""

    kind: PartKind
    value: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """The parts found in a line, in the order in which they occur.

    ``ambiguous`` holds the kinds for which several different values were found. For such a kind, ``value`` returns an
    empty string. ``said_type`` is the document type that is stated in the line, or None if no type is stated.
    ``id_types`` are the possible types of the ID number, or an empty tuple if the number does not match the stated
    type.
    """

    parts: tuple[CustomerPart, ...] = ()
    ambiguous: frozenset[PartKind] = frozenset()
    said_type: PersonIdType | None = None
    id_types: tuple[PersonIdType, ...] = ()

    @property
    def id_type(self) -> PersonIdType | None:
        """The document type, or None if the line does not determine the type."""
        return self.id_types[0] if len(self.id_types) == 1 else None

    @property
    def choosable_types(self) -> tuple[PersonIdType, ...]:
        """The document types that the user can choose for the number. ``with_document_word`` applies the choice."""
        number = self.value(PartKind.ID_NUMBER)
        unread = [part.value for part in self.parts if part.kind is PartKind.UNREAD]
        number = number or (unread[0] if len(unread) == 1 else "")
        return fitting_kinds(number) if number else ()

    def value(self, kind: PartKind) -> str:
        """Return the value of the part of this kind.

        The result is an empty string if there is no such part, or if there are several parts with different values.
        """
        found = [part.value for part in self.parts if part.kind is kind]
        return found[0] if len(set(found)) == 1 and kind not in self.ambiguous else ""

    def missing(self, wanted: Iterable[PartKind]) -> tuple[PartKind, ...]:
        """Return the wanted kinds that do not occur in the line, in the given order."""
        held = {part.kind for part in self.parts}
        return tuple(kind for kind in wanted if kind not in held)


_LABELS: Final = re.compile(
    r"(?:(?:港澳台?|台湾)?居民居住证|姓\s*名|公民身份号码|身份证件?号?码?|证件号码?|手机号?码?|(?:联系)?电话号?码?|联系方式)\s*[:.]?"
    r"|\b(?:NAME|ID(?: ?(?:NO|NUMBER))?|PHONE|MOBILE|TEL)\s*[:.]",
)
_ORGANIZATION_LABELS: Final = re.compile(
    r"(?:(?:企业|公司|单位|机构|组织)名称|统一社会信用代码|社会信用代码|信用代码|经办人|代理人|法定代表人|代表人)\s*[:.]?"
    r"|\b(?:ORGANIZATION|COMPANY|REPRESENTATIVE|AGENT|USCC|CREDIT CODE)\s*[:.]"
)
_CODE: Final = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_PARTY_WORD: Final = re.compile(r"[^\s,;:/|<>\[\]{}\"=+_#*]+")
_ID_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}(?:[0-9](?![0-9X])|X)")
_MOBILE: Final = re.compile(
    r"(?:(?<![0-9+])(?:\+?86[ -]?|0086[ -]?)?|(?<=X))(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9])"
)
_BOTH: Final = re.compile(r"(?<![0-9])[0-9]{28}[0-9X](?![0-9])")
_NUMBER: Final = re.compile(r"[0-9][0-9X]*")
_MOBILE_ABROAD: Final = re.compile(r"(\+(?!86)[0-9]{1,3}(?:[ -]?[0-9]{2,5}){2,4})(?![0-9])")
_DOCUMENT: Final = re.compile(
    r"(?<![0-9A-Z])(?:[0-9]{10} ?\([A-Z]\)|(?=(?:[A-Z]*[0-9]){4})(?=[0-9]*[A-Z])[0-9A-Z]{5,20}(?![0-9A-Z]))"
    r"|[\u4e00-\u9fff]字第?[0-9]{4,9}号?"
)
_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{5,18}(?![0-9])")
_DOCUMENT_WORD: Final = word_pattern()
_WORD: Final = re.compile(r"[^\s,;:/|()<>\[\]{}\"=+_#*.]+(?:\.(?=\s|$))?")
_DOTS: Final = str.maketrans("•・‧∙⋅．", "······")
_ID_CHARACTERS: Final = 18
_MOST_OF_A_SPLIT_NAME: Final = 4
_CHINESE: Final = re.compile("[\u2e80-\U0003ffff]")
_CHINESE_BLANK: Final = re.compile(rf"(?<={_CHINESE.pattern}) (?={_CHINESE.pattern})")
_NOT_A_NAME: Final = re.compile(r"[男女]|.{1,4}族|汉")
"""Words that card readers output next to the name: the sex and the ethnic group."""


def read_customer_line(text: str, is_id_number: Callable[[str], bool]) -> CustomerLine:
    """Parse a customer line.

    ``is_id_number`` returns whether a string is a valid resident identity number. The function is used to separate an
    ID number from a mobile number that is written directly before or after it.
    """
    return _read(_Line(text[:MAX_CHARACTERS]), is_id_number)


def read_organization_line(
    text: str, is_id_number: Callable[[str], bool], names_organization: Callable[[str], bool]
) -> CustomerLine:
    """Parse the line of an organization and its agent.

    A part of 18 characters is read as the organization's code unless ``is_id_number`` returns True for this part. The
    organization's name is the word for which ``names_organization`` returns True, or else the first of several words.
    """
    line = _Line(text[:MAX_CHARACTERS])
    line.blank(_ORGANIZATION_LABELS)
    line.take_code(is_id_number)
    line.take_organization(names_organization)
    return _read(line, is_id_number)


def _read(line: _Line, is_id_number: Callable[[str], bool]) -> CustomerLine:
    said = line.take_document_words()
    line.blank(_LABELS)
    line.take_both(is_id_number)
    line.take(_ID_NUMBER, PartKind.ID_NUMBER)
    line.take(_DOCUMENT, PartKind.ID_NUMBER)
    line.take(_MOBILE, PartKind.MOBILE)
    line.take(_MOBILE_ABROAD, PartKind.MOBILE)
    if len(said) == 1 and not any(part.kind is PartKind.ID_NUMBER for part in line.parts):
        line.take(_DIGITS, PartKind.ID_NUMBER)
    line.take(_NUMBER, PartKind.UNREAD)
    line.take_name()
    parts = tuple(sorted(line.parts, key=lambda part: part.start))
    values = Counter(part.kind for part in set(parts) if part.kind is not PartKind.UNREAD)
    ambiguous = frozenset(kind for kind, count in values.items() if count > 1)
    read = CustomerLine(parts, ambiguous, said[0] if len(said) == 1 else None)
    return replace(read, id_types=_id_types(read, said))


def with_document_word(text: str, word: str) -> str:
    """Return the line with ``word`` appended, and without any other words for document types."""
    folded = "".join(map(_folded, text))
    kept, at = [], 0
    for match in _DOCUMENT_WORD.finditer(folded):
        kept.append(text[at : match.start()])
        at = match.end()
    bare = "".join([*kept, text[at:]]).strip()
    return f"{bare} {word}"


def _id_types(line: CustomerLine, said: Collection[PersonIdType]) -> tuple[PersonIdType, ...]:
    number = line.value(PartKind.ID_NUMBER)
    if not number:
        return ()
    if said:
        return tuple(kind for kind in said if fits(kind, number))
    return likely_kinds(number, has_chinese_name=bool(_CHINESE.search(line.value(PartKind.NAME))))


class _Line:
    """A line that is being parsed.

    Each character is normalized to exactly one character, so that positions remain valid. Parts that have been parsed
    are blanked out.
    """

    def __init__(self, text: str) -> None:
        self._given = text
        self._plain = "".join(map(_folded, text))
        self.parts: list[CustomerPart] = []

    def blank(self, what: re.Pattern[str]) -> None:
        self._plain = what.sub(lambda match: ";" * len(match[0]), self._plain)

    def take_document_words(self) -> tuple[PersonIdType, ...]:
        """Blank out all words for document types, and return the types that they state."""
        words = [match[1] for match in _DOCUMENT_WORD.finditer(self._plain)]
        self.blank(_DOCUMENT_WORD)
        return tuple(dict.fromkeys(KIND_BY_WORD[plain_word(word)] for word in words))

    def take(self, what: re.Pattern[str], kind: PartKind) -> None:
        for match in list(what.finditer(self._plain)):
            group = 1 if what.groups else 0
            self._add(kind, re.sub(r"[ -]", "", match[group]), match.start(), match.end())

    def take_code(self, is_id_number: Callable[[str], bool]) -> None:
        for match in list(_CODE.finditer(self._plain)):
            # A mistyped ID number has no letter but a last X.
            if not is_id_number(match[0]) and (match[0][0] == "9" or not match[0][:-1].isdecimal()):
                self._add(PartKind.CODE, match[0], match.start(), match.end())

    def take_organization(self, names_organization: Callable[[str], bool]) -> None:
        words = [match.span() for match in _PARTY_WORD.finditer(self._plain)]
        words = [span for span in words if not any(c.isdecimal() for c in self._plain[slice(*span)])]
        named = [span for span in words if names_organization(self._given[slice(*span)])]
        if not named and len(words) > 1:
            named = words[:1]
        for start, end in named:
            # Brackets are part of a registered name and stay as they are typed.
            name = unicodedata.normalize("NFC", self._given[start:end]).strip("-·'’ ")
            self._add(PartKind.ORGANIZATION, name, start, end)

    def take_both(self, is_id_number: Callable[[str], bool]) -> None:
        """Take an ID number and a mobile number that adjoin each other if there is exactly one way to separate them."""
        for match in list(_BOTH.finditer(self._plain)):
            run, start = match[0], match.start()
            cuts = [
                (id_at, mobile_at)
                for id_at, mobile_at in ((0, _ID_CHARACTERS), (11, 0))
                if is_id_number(run[id_at : id_at + _ID_CHARACTERS])
                and is_mainland_mobile(run[mobile_at : mobile_at + 11])
            ]
            if len(cuts) == 1:
                ((id_at, mobile_at),) = cuts
                number, mobile = run[id_at : id_at + _ID_CHARACTERS], run[mobile_at : mobile_at + 11]
                self._add(PartKind.ID_NUMBER, number, start + id_at, start + id_at + _ID_CHARACTERS)
                self._add(PartKind.MOBILE, mobile, start + mobile_at, start + mobile_at + 11)

    def take_name(self) -> None:
        words = [match.span() for match in _WORD.finditer(self._plain)]
        words = [span for span in words if any(c.isalpha() for c in self._plain[slice(*span)])]
        if len(words) > 1:
            words = [span for span in words if not _NOT_A_NAME.fullmatch(self._plain[slice(*span)])] or words
        for start, end in self._joined(words):
            name = unicodedata.normalize("NFC", self._given[start:end]).strip("-·'’ ")
            self._add(PartKind.NAME, tidy_name(name), start, end)

    def _joined(self, words: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield the positions of names, with the words of a name joined.

        The words of a name are Latin words, or single Chinese characters that are separated by spaces.
        """
        texts = [self._plain[slice(*span)] for span in words]
        are_beside = len(words) > 1 and all(not self._plain[a[1] : b[0]].strip() for a, b in pairwise(words))
        are_latin = not any(map(_CHINESE.search, texts))
        # Two Chinese words with two characters each are two names.
        are_split = min(map(len, texts), default=0) == 1 and sum(map(len, texts)) <= _MOST_OF_A_SPLIT_NAME
        if are_beside and (are_latin or are_split):
            yield words[0][0], words[-1][1]
        else:
            yield from words

    def _add(self, kind: PartKind, value: str, start: int, end: int) -> None:
        self.parts.append(CustomerPart(kind, value, start, end))
        self._plain = f"{self._plain[:start]}{';' * (end - start)}{self._plain[end:]}"


def _folded(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).upper()
    if len(folded) != 1:
        return character
    return ";" if folded in "、，；。" else " " if folded.isspace() and folded not in "\t\r\n" else folded


def tidy_name(text: str) -> str:
    """Return the name in a uniform notation.

    The result has half-width letters, one kind of middle dot, single spaces, and no spaces between Chinese characters.
    """
    plain = text
    if not unicodedata.is_normalized("NFKC", text):
        plain = "".join(unicodedata.normalize("NFKC", c) if not c.isalpha() or not c.isascii() else c for c in text)
    plain = " ".join(plain.translate(_DOTS).split())
    return _CHINESE_BLANK.sub("", plain)
