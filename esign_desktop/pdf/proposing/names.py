"""Reads what the paper has filled in for a party's name: 甲方:云禾科技有限公司, 云禾科技有限公司(以下简称甲方)."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.labels import Kind
from esign_desktop.pdf.proposing.letters import printed
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esign_desktop.pdf.proposing.labels import Label
    from esign_desktop.pdf.text.layout import Glyph

_FEWEST: Final = 2
_MOST: Final = 50
_FULL_ROW: Final = 30
"""A row of fewer characters ends its paragraph."""
_PART: Final = r"(?:[\u4e00-\u9fff0-9·()-]|[a-z&'.],?)"
_NAME: Final = re.compile(rf"{_PART}{{{_FEWEST},{_MOST}}}")
_CALLED: Final = re.compile(r"_*,?\(?,?(?:以下|下)?简?称(?:为)?[:\"']*(?P<role>[^)\"'.;,]{1,8})")
_BEFORE_CALLED: Final = re.compile(
    rf"(?:(?<=[|:;、])|^|(?<=[,.与和由])|(?<=以)(?!下))(?P<name>[\u4e00-\u9fffa-z]{_PART}{{1,{_MOST}}})$"
)
_PERSON_OF_FACTS: Final = re.compile(
    rf"(?P<role>[\u4e00-\u9fff]{{2,8}})(?:\([^)]{{1,10}}\))?:(?P<name>{words.PERSON_NAME.pattern})"
    r"[,;(](?:男|女|性别|身份证|公民身份|居民身份|[\u4e00-\u9fff]族|[0-9]{4}年|住|生于|出生|联系|电话)"
)
"""男方:林小满,男,汉族 ... is a sentence, and names a person all the same."""
_NAME_BEHIND: Final = re.compile(r"[\"')]*:_*[^_|]")
"""目标公司(以下简称丙方):云禾公司 says the name behind it."""
_LABELLED: Final = re.compile(
    r"(?P<role>[\u4e00-\u9fff]{2,8}?)(?:姓名|名称|全称)?"
    r"(?:\((?:(?:以下|下)?简?称为?)?[:\"']*(?P<alias>[^)\"':]{1,8})[\"']*\))?:(?=[^_])"
)
"""A label of whatever kind with something behind it."""
_NO_NAME: Final = re.compile(
    r"^(?:或|的|应|在|向|将|有|为|按|对|负责|同意|双方|签|盖|代表|全称|名称|地址|电话|单位|个人|指)|××|…|以下|下?简$|称$"
)
_ENGAGES: Final = re.compile(r"^(?:现|兹|特)?(?:聘请|聘用|委托|授权|邀请|一方为|另一方为|系)")
_ROLE_AT_END: Final = re.compile(rf"(?:{words.ROLE.pattern}|名称|姓名|单位)$")
_END_OF_ROLE: Final = re.compile(r"(?<=[^甲乙丙丁戊己庚辛])(?:方|人|单位)$")
_AWARDED: Final = ("中标", "成交")
_ROLE_BEHIND: Final = re.compile(r"[(（][\u4e00-\u9fff]{1,4}[方人][)）]$")
_GROUP_BEHIND: Final = re.compile(r"\([^)]*\)$")
_NAME_BELOW: Final = re.compile(r"(?:单位|公司|企业)?(?:名称|全称)(?:\([^)]{1,6}\))?:(?=[^_])")
_SURE: Final = re.compile(
    rf".*(?:{words.ORGANIZATION.pattern}|会|所|站|队|园|馆|行)|.*\)|[a-z].*|{words.PERSON_NAME.pattern}"
)
_MARK_AT_END: Final = re.compile(r"[(（][^)）]{0,3}[章字][)）]$")
_NO_LETTER: Final = re.compile(r"[0-9.,()-]+(?![a-z]{2})")
_LABEL_ALONE: Final = re.compile(r"[^:]*:|(?:[^:()]|\([^)]*\)){2,10}")
_NEXT_FACT: Final = re.compile(
    r"[(（]?(?:以下|下)?简?称|法定|法人|代表人|负责人|身份证|"
    r"证件|地址|住址|住所|电话|联系|邮编|邮政|开户|帐号|账号|统一社会|税号|性别|民族|出生|签字|盖章"
)
_FIRM_AND: Final = re.compile(r"(?<=公司)[与和及]")
_FIRM_ALONE: Final = re.compile(
    r"中华人民共和国|(?:中国|集团|股份|有限|国际|[^\W\d_]?国)*(?:公司|工厂|厂|银行|律师事务所|局)"
)


class Names:
    """The names that a document has for its parties, by what they are called; ``defined``: by its sentences."""

    def __init__(self, rows: Sequence[Sequence[Label]], defined: Mapping[str, str]) -> None:
        self._names: dict[str, str] = {}
        self._last_role = ""
        for role, name in defined.items():
            self._keep(role, name)
        texts: list[str] = []
        for labels in rows:
            for label, beside in zip_longest(labels, labels[1:]):
                if label.kind is Kind.TEXT and (named := _PERSON_OF_FACTS.match(label.text)):
                    self._keep(named["role"], named["name"])
                elif label.kind in {Kind.OTHER, Kind.NAME, Kind.TEXT} and (named := _LABELLED.match(label.text)):
                    for role in (named["role"], named["alias"] or ""):
                        self._keep(role, label.segment.printed(named.end()), is_doubtful=True)
                if label.role and not label.acts:
                    name = label.name or _name_beside(label, beside)
                    self._keep(label.role, name)
                    self._keep(label.alias, name)
            texts.append("|".join([label.text for label in labels]))
            texts[-1] += "|" if len(texts[-1]) < _FULL_ROW else ""
        self._last_role = ""
        self._read_sentences(rows, texts)

    def _read_sentences(self, rows: Sequence[Sequence[Label]], texts: Sequence[str]) -> None:
        text = "".join(texts)
        letters: list[Glyph | None] = []
        for called in _CALLED.finditer(text):
            if _NAME_BEHIND.match(text, called.end()):
                continue
            end = called.start()
            before = text[max(0, end - 2 * _MOST) : end]
            if found := _BEFORE_CALLED.search(before):
                letters = letters or list(_letters(rows, texts))
                letters_of_name = [one for one in letters[end - len(found["name"]) : end] if one is not None]
                self._keep(called["role"], _FIRM_AND.split(printed(letters_of_name))[-1], is_within=True)

    def add_own(self, role: str) -> None:
        """Take what a party is called by for its name."""
        self._keep(role, role)

    def add_below(self, role: str, item: Label) -> None:
        """Take a name from what stands below a party: 单位名称(章):云禾科技有限公司."""
        found = _NAME_BELOW.match(item.text)
        if found is not None:
            self._keep(role, _MARK_AT_END.sub("", item.segment.printed(found.end())))

    def of(self, *called: str) -> str:
        """Return the name of who is called so, or empty."""
        keys = [fold(one) for one in called]
        # 出租方 in the head signs as 出租人.
        keys += [short for key in keys if (short := _GROUP_BEHIND.sub("", key)) != key]
        keys += [
            stem + end for key in keys if (stem := _END_OF_ROLE.sub("", key)) != key for end in ("方", "人", "单位")
        ]
        keys += [same for group in words.SAME_PARTY if not set(keys).isdisjoint(group) for same in group]
        keys += [won + key for key in keys for won in _AWARDED]
        found = [self._names[key] for key in keys if key in self._names]
        # Of a name that ran on somewhere, the whole of it.
        return max((one for one in found if one.startswith(found[0])), key=len, default="")

    def _keep(self, role: str, name: str, *, is_within: bool = False, is_doubtful: bool = False) -> None:
        parts = _NEXT_FACT.split(name)
        if is_within and len(parts) > 1 and not words.FIRM.search(parts[0]):
            return
        name = parts[0].strip(":：,，、;；_ ")
        name = _ROLE_BEHIND.sub("", _ENGAGES.sub("", name))
        folded = fold(name)
        if folded.startswith("(") and folded.endswith(")"):
            name, folded = name[1:-1], folded[1:-1]
        if folded.count("(") != folded.count(")"):
            name = name.rstrip("(（)）")
        name = name.rstrip("。")
        name = name if folded[-4:-1].isascii() else name.rstrip(".")
        if (
            role
            and (not is_doubtful or _SURE.fullmatch(folded))
            and _NAME.fullmatch(folded)
            and not _NO_LETTER.match(folded)
            and not _FIRM_ALONE.fullmatch(name)
            and not _NO_NAME.search(name)
            and not _ROLE_AT_END.search(name)
        ):
            role = fold(role)
            # Partners that are named one after the other by the same word have no name in common.
            if role == self._last_role and name not in {self._names[role], ""}:
                name = self._names[role] = ""
            self._last_role = role
            # What is surely a name goes before what was only filled in.
            if not _SURE.fullmatch(fold(self._names.setdefault(role, name))) and _SURE.fullmatch(folded):
                self._names[role] = name


def _letters(rows: Sequence[Sequence[Label]], texts: Sequence[str]) -> Iterator[Glyph | None]:
    """Return the letters of what was joined into texts, and None for what parts them."""
    for labels, text in zip(rows, texts, strict=True):
        count = 0
        for label in labels:
            yield from label.segment.letters
            count += len(label.text)
            if count < len(text):
                yield None
                count += 1
        if not labels and text:
            yield None


def _name_beside(label: Label, beside: Label | None) -> str:
    """Return the name in the next cell or behind a wide blank: a firm's, or a person's."""
    if beside is None or beside.kind not in {Kind.OTHER, Kind.NAME} or not _LABEL_ALONE.fullmatch(label.text):
        return ""
    is_name = words.FIRM.search(beside.text) or words.PERSON_NAME.fullmatch(beside.text)
    is_behind_colon = label.text.endswith(":") and not beside.text.endswith(":")
    return beside.segment.printed(0) if is_name or is_behind_colon else ""
