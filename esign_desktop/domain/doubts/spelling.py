"""Compare names, ignoring differences in width, spacing, brackets, traditional characters and short forms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.doubts.paper import Legibility
from esign_desktop.domain.doubts.traditional import simplified

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.doubts.paper import PaperPage

_OTHERS: Final = re.compile(r"[\W_]+")
_GROUP: Final = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]")
_FORMER: Final = re.compile(
    r"[(（\[【〔](?:原名|原名称|原称|曾用名|前身|现名|又名|原|曾|即|简称|以下简称)[:：为]?[\"“]?(?P<name>[^)）\]】〕\"”]{2,})"
)
_ORGANIZED: Final = re.compile(
    "公司|企业|单位|厂|银行|事务所|医院|学院|大学|中学|小学|幼儿园|学校|研究院|研究所|设计院|出版社|集团|中心|商场|店|"
    "商行|合作社|委员会|协会|学会|商会|工会|联合会|基金会|支行|分行|营业部|项目部|办事处|政府|[局处院所馆宫站社厅队部]$|"
    r"个体工商户|合伙|\b(?:ltd|inc|llc|llp|plc|corp|co|gmbh|limited|company|bank|university|as|ag|sa|bv)\b\.?$",
)
_CHOICE: Final = re.compile("[(（][省市县区乡镇村厂所局社处][)）]|[×xX＿_]{2,}|…")
"""Placeholder text that a form prints where a name belongs, for example 市（县）土地管理局."""
_MOST_OF_PERSON: Final = 4
"""The maximum length of a Chinese person's name. Names of ethnic minorities contain dots and may be longer."""
_SHORTEST: Final = 2
_LONGEST_SHORT_FORM: Final = 8
_FEWEST_OF_BROKEN: Final = 4


@lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """Return the letters and digits of the text, with uniform width and case and in simplified characters."""
    return _OTHERS.sub("", simplified(unicodedata.normalize("NFKC", text).casefold()))


def spellings(name: str) -> tuple[str, ...]:
    """Return the normalized forms in which a name may occur.

    The forms are the whole name, the name without the text in brackets, and the former name if the brackets contain
    one.
    """
    former = [found["name"] for found in _FORMER.finditer(name)]
    found = dict.fromkeys(map(plain, (name, _GROUP.sub("", name), *former)))
    return tuple(form for form in found if len(form) >= _SHORTEST)


def names_organization(name: str) -> bool:
    """Return whether the name appears to be an organization's, based on typical words and on its length."""
    if _ORGANIZED.search(unicodedata.normalize("NFKC", name).casefold().strip()):
        return True
    whole = plain(name)
    return not whole.isascii() and "·" not in name and len(whole) > _MOST_OF_PERSON


def is_placeholder(name: str) -> bool:
    """Return whether the text is a placeholder that is printed in a form where a name is to be entered."""
    return _CHOICE.search(name) is not None


def is_same(one: str, other: str) -> bool:
    """Return whether two names may belong to the same party.

    One name may be a short form of the other, or may include a former name.
    """
    for first in spellings(one):
        for second in spellings(other):
            if first == second or _is_short_form(first, second, one, other):
                return True
    return False


def _is_short_form(first: str, second: str, one: str, other: str) -> bool:
    if not (names_organization(one) or names_organization(other)):
        return False
    short, long = sorted((first, second), key=len)
    if short in long:
        return True
    letters = iter(long)
    return (
        len(short) <= _LONGEST_SHORT_FORM and len(short) + 1 < len(long) and all(letter in letters for letter in short)
    )


class PaperText:
    """The normalized text of a document's pages, which can be searched for names and numbers."""

    def __init__(self, pages: Iterable[PaperPage]) -> None:
        self._texts: list[str] = []
        self._characters: list[frozenset[str]] = []
        self._is_partly_unread = False
        for page in pages:
            if page.legibility is Legibility.TEXT:
                self._texts.append(_plain_page(page.text))
            elif page.legibility is Legibility.CHARACTERS:
                self._characters.append(frozenset(_plain_page(page.text)))
            else:
                self._is_partly_unread = True
        self.has_text = any(self._texts) or bool(self._characters)

    def may_hold(self, name: str, longer: Iterable[str] = ()) -> bool:
        """Return whether a name may occur on the pages, in any of its spellings.

        ``longer`` contains other people's names that include this name. Occurrences within those names are ignored.
        """
        wanted = spellings(name)
        return self._is_partly_unread or any(self._holds(spelling, tuple(longer)) for spelling in wanted)

    def holds_number(self, number: str) -> bool:
        """Return whether a number may occur on the pages."""
        return bool(plain(number)) and (self._is_partly_unread or self._holds(plain(number), ()))

    def _holds(self, wanted: str, longer: tuple[str, ...]) -> bool:
        letters = set(wanted)
        if any(letters <= known for known in self._characters):
            return True
        within = [re.escape(other) for other in map(plain, longer) if wanted in other and wanted != other]
        texts = (re.sub("|".join(within), "|", text) if within else text for text in self._texts)
        return any(wanted in text.replace("\n", "") or _holds_broken(text, wanted) for text in texts)


def _holds_broken(text: str, name: str) -> bool:
    """Return whether the text contains a long name that is split over two lines, as in a narrow table cell."""
    lines = f"\n{text}\n"
    return any(
        f"{name[:at]}\n" in lines and f"\n{name[at:]}" in lines
        for at in range(_FEWEST_OF_BROKEN, len(name) - _FEWEST_OF_BROKEN + 1)
    )


def _plain_page(text: str) -> str:
    """Return the normalized text of a page, with each passage on a separate line."""
    folded = simplified(unicodedata.normalize("NFKC", text).casefold())
    return "\n".join(_OTHERS.sub("", passage) for passage in folded.split("\n"))
