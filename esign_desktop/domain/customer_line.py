"""Reads a customer from one line: name, ID number and phone in any order, typed, pasted or from a card reader.

Full-width characters, labels such as 姓名： and separators of any kind are read; a number may touch the name. Whether a
number can be right is for ``services.identity`` to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_CHARACTERS: Final = 400
"""A line that is longer was meant for another window."""


class PartKind(StrEnum):
    """What a part of the line is; UNREAD is a number that is neither of the two."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class CustomerPart:
    """A part as it was read, and where it stands: ``start`` and ``end`` count the line's characters from 0."""

    kind: PartKind
    value: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """What was read, in the line's order. A kind that is ``ambiguous`` was found more than once, and has no value."""

    parts: tuple[CustomerPart, ...] = ()
    ambiguous: frozenset[PartKind] = frozenset()

    def value(self, kind: PartKind) -> str:
        """Return the one part of a kind; empty when there is none, or several."""
        found = [part.value for part in self.parts if part.kind is kind]
        return found[0] if len(set(found)) == 1 and kind not in self.ambiguous else ""

    def missing(self, wanted: Iterable[PartKind]) -> tuple[PartKind, ...]:
        """Return which of the kinds the line does not hold at all."""
        held = {part.kind for part in self.parts}
        return tuple(kind for kind in wanted if kind not in held)


_LABELS: Final = re.compile(
    r"(?:姓\s*名|公民身份号码|身份证件?号?码?|证件号码?|手机号?码?|(?:联系)?电话号?码?|联系方式)\s*[:.]?"
    r"|\b(?:NAME|ID(?: ?(?:NO|NUMBER))?|PHONE|MOBILE|TEL)\s*[:.]",
)
_ID_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}(?:[0-9](?![0-9X])|X)")
_MOBILE: Final = re.compile(
    r"(?:(?<![0-9+])(?:\+?86[ -]?|0086[ -]?)?|(?<=X))(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9])"
)
_BOTH: Final = re.compile(r"(?<![0-9])[0-9]{28}[0-9X](?![0-9])")
_NUMBER: Final = re.compile(r"[0-9][0-9X]*")
_WORD: Final = re.compile(r"[^\s,;:/|()<>\[\]{}\"=+_#*.]+(?:\.(?=\s|$))?")
_MOBILE_FORM: Final = re.compile(r"1[3-9][0-9]{9}")
_DOTS: Final = str.maketrans("•・‧∙⋅．", "······")
_ID_CHARACTERS: Final = 18
_MOST_OF_A_SPLIT_NAME: Final = 4
_CHINESE: Final = re.compile("[\u2e80-\U0003ffff]")
_NOT_A_NAME: Final = re.compile(r"[男女]|.{1,4}族|汉")
"""What card readers type beside the name."""


def read_customer_line(text: str, is_id_number: Callable[[str], bool]) -> CustomerLine:
    """Read a line. ``is_id_number`` tells where one number ends and the next begins when nothing stands in between."""
    line = _Line(text[:MAX_CHARACTERS])
    line.blank(_LABELS)
    line.take_both(is_id_number)
    line.take(_ID_NUMBER, PartKind.ID_NUMBER)
    line.take(_MOBILE, PartKind.MOBILE)
    line.take(_NUMBER, PartKind.UNREAD)
    line.take_name()
    parts = tuple(sorted(line.parts, key=lambda part: part.start))
    values = Counter(part.kind for part in set(parts) if part.kind is not PartKind.UNREAD)
    return CustomerLine(parts, frozenset(kind for kind, count in values.items() if count > 1))


class _Line:
    """The line with one character for one, so that places stay; what was read is blanked out."""

    def __init__(self, text: str) -> None:
        self._given = text
        self._plain = "".join(map(_folded, text))
        self.parts: list[CustomerPart] = []

    def blank(self, what: re.Pattern[str]) -> None:
        self._plain = what.sub(lambda match: ";" * len(match[0]), self._plain)

    def take(self, what: re.Pattern[str], kind: PartKind) -> None:
        for match in list(what.finditer(self._plain)):
            group = 1 if what.groups else 0
            self._add(kind, re.sub(r"[ -]", "", match[group]), match.start(), match.end())

    def take_both(self, is_id_number: Callable[[str], bool]) -> None:
        """Take an ID number and a phone that touch each other, if there is but one way to part them."""
        for match in list(_BOTH.finditer(self._plain)):
            run, start = match[0], match.start()
            cuts = [
                (id_at, mobile_at)
                for id_at, mobile_at in ((0, _ID_CHARACTERS), (11, 0))
                if is_id_number(run[id_at : id_at + _ID_CHARACTERS])
                and _MOBILE_FORM.fullmatch(run[mobile_at : mobile_at + 11])
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
        """Put the words of one name together: Latin ones, and Chinese ones with spaces in between."""
        texts = [self._plain[slice(*span)] for span in words]
        are_beside = len(words) > 1 and all(not self._plain[a[1] : b[0]].strip() for a, b in pairwise(words))
        are_latin = not any(map(_CHINESE.search, texts))
        # Two names of two characters are two persons.
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
    """Return a name with half-width letters, single spaces, none between Chinese characters, and one kind of dot."""
    plain = "".join(unicodedata.normalize("NFKC", c) if not c.isalpha() or not c.isascii() else c for c in text)
    plain = " ".join(plain.translate(_DOTS).split())
    return re.sub(rf"(?<={_CHINESE.pattern}) (?={_CHINESE.pattern})", "", plain)
