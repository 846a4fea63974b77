"""Read the names of the parties from a document, such as 甲方:云禾科技有限公司 or 云禾科技有限公司(以下简称甲方)."""

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
"""A row with fewer characters ends its paragraph."""
_PART: Final = r"(?:[\u4e00-\u9fff0-9·()-]|[a-z&'.],?|(?<=[a-z])_(?=[a-z]))"
_NAME: Final = re.compile(rf"{_PART}{{{_FEWEST},{_MOST}}}")
_CALLED: Final = re.compile(r"_*,?\(?,?(?:以下|下)?简?称(?:为)?[:\"']*(?P<role>[^)\"'.;,]{1,8})")
_NUMBERED: Final = re.compile(rf"[{words.NUMBERED}]方")
_BLANKS: Final = re.compile("_+")
_BEFORE_CALLED: Final = re.compile(
    rf"(?:(?<=[|:;、])|^|(?<=[,.与和由])|(?<=以)(?!下))(?P<name>[\u4e00-\u9fffa-z]{_PART}{{1,{_MOST}}})$"
)
_NAME_OF_FACTS: Final = re.compile(
    rf"(?P<role>[\u4e00-\u9fff]{{2,8}})(?:\([^)]{{1,10}}\))?:_*(?:(?P<person>{words.PERSON_NAME.pattern})[,;(](?:住|联系|电话)|"
    r"(?P<name>[\u4e00-\u9fff·]{2,20})[,;(](?:男|女|性别|身份证|公民身份|居民身份|[\u4e00-\u9fff]族|[0-9]{4}年|出生|生于|统一社会信用))"
)
"""A sentence such as 男方:林小满,男,汉族 ... that nevertheless names a person."""
_NAME_BEHIND: Final = re.compile(r"[\"')]*:_*[^_|]")
"""A definition that the name follows: 目标公司(以下简称丙方):云禾公司."""
_LABELLED: Final = re.compile(
    r"(?P<role>[\u4e00-\u9fff]{2,8}?)(?:姓名|名称|全称)?"
    r"(?:\((?:(?:以下|下)?简?称为?)?[:\"']*(?P<alias>[^)\"':]{1,8})[\"']*\))?:(?=[^_])"
)
"""A label of any kind with text after it."""
_NO_NAME: Final = re.compile(
    r"^(?:或|的|应|在|向|将|有|为|按|对|负责|同意|双方|签|盖|代表|_*年_*月|全称|名称|地址|电话|单位|个人|指)|××|…|以下|下?简$|称$"
)
_ENGAGES: Final = re.compile(
    r"^(?:本(?:合同|协议|契约)书?由|立[约契据合同协议书]{1,3}人|(?:现|兹|特)?(?:聘请|聘用|委托|授权|邀请|一方为|另一方为|系))"
)
_ROLE_AT_END: Final = re.compile(rf"(?:{words.ROLE.pattern}|名称|姓名|单位)$")
_END_OF_ROLE: Final = re.compile(r"(?<=[^甲乙丙丁戊己庚辛])(?:方|人|单位)$")
_AWARDED: Final = ("中标", "成交")
_ROLE_BEHIND: Final = re.compile(r"[(（][\u4e00-\u9fff]{1,4}[方人][)）]$")
_FORMER: Final = re.compile(
    r"[(（](?:原名称?|原称|曾用名|前身|现名|又名)[:：为]?[^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*[)）]"
)
"""A former name after the current name."""
_FORMER_AT_END: Final = re.compile(rf"{_FORMER.pattern}$")
_CALLED_BEFORE: Final = re.compile(r"简?称[^)]{1,12}\),?[与和及同]?")
_NAMES_ONE: Final = re.compile(
    rf"{words.PERSON_NAME.pattern}|[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff]{{2,}}(?:·[\u4e00-\u9fff]{{2,}})+|"
    ".*(?:超市|商行|店|行|厂)"
)
"""A string that may be a name where nothing else is expected."""
_BLANK_LABEL: Final = re.compile(r"(?P<role>[\u4e00-\u9fff]{2,8})(?:\([^)]{1,6}\))?:_+(?P<name>[^_:]*)_*")
_BLANK_AT_END: Final = re.compile(r"[:)_]_+$")
_ABOVE_EM: Final = 1.2
_AROUND_EM: Final = 2.0
_GROUP_BEHIND: Final = re.compile(r"\([^)]*\)$")
_NAME_BELOW: Final = re.compile(r"(?:单位|公司|企业)?(?:名称|全称|姓名)(?:\([^)]{1,6}\))?:_*(?=[^_])")
_SURE: Final = re.compile(
    rf".*(?:{words.ORGANIZATION.pattern}|会|所|站|队|园|馆|行)|.*\)|[a-z].*|{words.PERSON_NAME.pattern}"
)
_ENDS_NAME: Final = re.compile(rf"(?:{words.FIRM.pattern}|_|:)$")
_NAME_ALONE: Final = re.compile(
    rf"[^:_]+(?:{words.FIRM.pattern}|{words.ORGANIZATION.pattern}|中学|小学|幼儿园|宫|馆|站|园|办事处|商会|协会|合作社|[经门项][营市目]部|销售部)"
    rf"(?:\([^)]{{2,6}}\))?|{words.PERSON_NAME.pattern}"
)
"""A string that is certainly a name if it stands alone."""
_CUT_OFF: Final = re.compile(
    rf"公司(?!.*(?:{words.ORGANIZATION.pattern}|{words.FIRM.pattern}|[部队行站所处]|\))$)[^)]+$"
)
"""A firm's name that continues after 公司 with an ending that no name has."""
_ONLY_LETTERS: Final = re.compile(r"[a-z0-9\u4e00-\u9fff][^:]*$")
_LABEL_ENDS: Final = re.compile(r"[:)]$")
_MARK_AT_END: Final = re.compile(r"[(（][^)）]{0,3}[章字][)）]$")
_NO_LETTER: Final = re.compile(rf"[0-9.,()-]+(?![a-z]{{2}}|[a-z]?[\u4e00-\u9fff]{{4,}}(?:{words.FIRM.pattern})$)")
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
    """The names of a document's parties, keyed by role.

    ``defined`` contains the names that the document's English sentences define.
    """

    def __init__(self, rows: Sequence[Sequence[Label]], defined: Mapping[str, str]) -> None:
        self._names: dict[str, str] = {}
        self._unsure: dict[str, str] = {}
        """Names after labels that count as labels of parties only because of their mark words."""
        self._last_role = ""
        for role, name in defined.items():
            self._keep(role, name)
        texts: list[str] = []
        above: Sequence[Label] = ()
        for labels, below in zip_longest(rows, rows[1:], fillvalue=()):
            for label, beside in zip_longest(labels, labels[1:]):
                if label.kind is Kind.TEXT and (named := _NAME_OF_FACTS.match(label.text)):
                    self._keep(named["role"], named["person"] or named["name"])
                elif label.kind in {Kind.OTHER, Kind.NAME, Kind.TEXT} and (named := _LABELLED.match(label.text)):
                    name = label.segment.printed(named.end())
                    for role in (named["role"], named["alias"] or ""):
                        self._keep(role, name, is_doubtful=True)
                        self._keep_unsure(role, name)
                elif label.kind is Kind.OTHER and (named := _BLANK_LABEL.fullmatch(label.text)):
                    name = label.segment.printed(*named.span("name")) if named["name"] else _name_above(label, above)
                    self._keep_unsure(named["role"], name)
                if label.role and not label.acts:
                    name = label.name or _name_beside(label, beside, below) or _name_above(label, above)
                    name = name or _name_below(label, labels, above, below)
                    self._keep(label.role, name)
                    self._keep(label.alias, name)
            texts.append("|".join([label.text for label in labels]))
            texts[-1] += "|" if len(texts[-1]) < _FULL_ROW else ""
            above = labels
        self._last_role = ""
        self._text = "".join(texts)
        self._read_sentences(rows, texts)

    def _read_sentences(self, rows: Sequence[Sequence[Label]], texts: Sequence[str]) -> None:
        text = self._text
        letters: list[Glyph | None] = []
        for called in _CALLED.finditer(text):
            if _NAME_BEHIND.match(text, called.end()):
                continue
            end = called.start()
            before = text[max(0, end - 2 * _MOST) : end]
            former = _FORMER_AT_END.search(before)
            if former is not None:
                end -= len(former[0])
                before = before[: former.start()]
            before = _CALLED_BEFORE.split(before)[-1]
            if found := _BEFORE_CALLED.search(before):
                letters = letters or list(_letters(rows, texts))
                letters_of_name = [letter for letter in letters[end - len(found["name"]) : end] if letter is not None]
                self._keep(called["role"], _FIRM_AND.split(printed(letters_of_name))[-1], is_within=True)

    def called(self, name: str) -> str:
        """Return the numbered role that the document's sentences give to this name.

        The result is an empty string if the sentences give the name no such role, or more than one.
        """
        pattern = _BLANKS.sub("_+", re.escape(fold(name)))
        roles = {found["role"] for found in re.finditer(rf"{pattern}{_CALLED.pattern}", self._text)}
        return role if len(roles) == 1 and _NUMBERED.fullmatch(role := roles.pop()) else ""

    def add_own(self, role: str) -> None:
        """Use the role itself as the name of the party."""
        self._keep(role, role)

    def add_below(self, role: str, item: Label) -> None:
        """Take the name from a label below the party's own label, for example 单位名称(章):云禾科技有限公司."""
        found = _NAME_BELOW.match(item.text)
        if found is not None:
            self._keep(role, _MARK_AT_END.sub("", item.segment.printed(found.end())))

    def of(self, *called: str) -> str:
        """Return the name of the party that has any of these roles, or an empty string if no name is found."""
        keys = same_roles(*called)
        keys += [won + key for key in keys for won in _AWARDED]
        found = [self._names[key] for key in keys if key in self._names]
        found = found or [self._unsure[key] for key in keys if key in self._unsure]
        # Prefer the longest form of a name that continues in the next row.
        return max((name for name in found if name.startswith(found[0])), key=len, default="")

    def _keep_unsure(self, role: str, name: str) -> None:
        name = _FORMER.sub("", name).strip("_＿ 　")
        folded = fold(name)
        if _NAMES_ONE.fullmatch(folded) and not _NO_NAME.search(name) and not _ROLE_AT_END.search(name):
            self._unsure.setdefault(fold(role), name)

    def _keep(self, role: str, name: str, *, is_within: bool = False, is_doubtful: bool = False) -> None:
        parts = _NEXT_FACT.split(_FORMER.sub("", name))
        if is_within and len(parts) > 1 and not words.FIRM.search(parts[0]):
            return
        name = parts[0].strip(":：,，、;；_ ").rstrip("(（ ")
        name = _ROLE_BEHIND.sub("", _ENGAGES.sub("", name))
        folded = fold(name)
        if folded.startswith(("(", "[", "【")) and folded.endswith((")", "]", "】")):
            name, folded = name[1:-1], folded[1:-1]
        if folded.count("(") != folded.count(")"):
            name = name.rstrip("(（)）")
        name = name.rstrip("。")
        name = name if folded[-4:-1].isascii() else name.rstrip(".")
        if (
            role
            and (folded != fold(role) or _SURE.fullmatch(folded))
            and (not is_doubtful or _SURE.fullmatch(folded))
            and _NAME.fullmatch(folded)
            and not _NO_LETTER.match(folded)
            and not _FIRM_ALONE.fullmatch(name)
            and not _NO_NAME.search(name)
            and not _CUT_OFF.search(folded)
            and not _ROLE_AT_END.search(name)
        ):
            role = fold(role)
            # Several partners with the same role do not share one name.
            if role == self._last_role and folded not in {fold(self._names[role]), ""}:
                name = self._names[role] = ""
            self._last_role = role
            # A text that is certainly a name replaces one that was only filled in.
            if not _SURE.fullmatch(fold(self._names.setdefault(role, name))) and _SURE.fullmatch(folded):
                self._names[role] = name


def same_roles(*called: str) -> list[str]:
    """Return the folded roles together with the other words that documents use for the same parties."""
    keys = [fold(word) for word in called]
    # A party called 出租方 in the head signs as 出租人.
    keys += [short for key in keys if (short := _GROUP_BEHIND.sub("", key)) != key]
    keys += [stem + end for key in keys if (stem := _END_OF_ROLE.sub("", key)) != key for end in ("方", "人", "单位")]
    return keys + [same for group in words.SAME_PARTY if not set(keys).isdisjoint(group) for same in group]


def _letters(rows: Sequence[Sequence[Label]], texts: Sequence[str]) -> Iterator[Glyph | None]:
    """Yield the letters of the joined row texts, and None for each separator."""
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


def _name_beside(label: Label, beside: Label | None, below: Sequence[Label]) -> str:
    """Return the name in the next cell or after a wide gap, or an empty string.

    The text counts if it is the name of a firm or a person, follows a colon, or is followed by facts such as an
    address.
    """
    if beside is None or beside.kind not in {Kind.OTHER, Kind.NAME} or not _LABEL_ALONE.fullmatch(label.text):
        return ""
    is_cell = bool(below) and beside.segment.is_above(below[0].segment) and ":" not in below[0].text
    runs_on = is_cell and not _ENDS_NAME.search(beside.text)
    text = beside.text + (below[0].text if runs_on else "")
    if runs_on and not _NAME_ALONE.fullmatch(text):
        return ""
    is_name = words.FIRM.search(text) or _NAME_ALONE.fullmatch(text)
    is_behind_colon = label.text.endswith(":") and not beside.text.endswith(":")
    is_head = (
        ":" not in text and bool(below) and below[0].kind is Kind.FACT and label.segment.is_above(below[0].segment)
    )
    if not (is_name or is_behind_colon or is_head):
        return ""
    return printed(beside.segment.letters + below[0].segment.letters if runs_on else beside.segment.letters)


def _name_above(label: Label, above: Sequence[Label]) -> str:
    """Return the name in small print directly above the blank of a party's label, or an empty string.

    Such a name is closer to the label than a normal row would be.
    """
    blank = _BLANK_AT_END.search(label.text)
    letters = label.segment.letters
    if blank is None or len(letters) != len(label.text):
        return ""
    size = letters[0].size_pt or 1.0
    left, right = letters[blank.start() + 1].left_pt, letters[-1].right_pt
    for candidate in above:
        first, last = candidate.segment.letters[0], candidate.segment.letters[-1]
        is_near = 0 < letters[0].y_pt - first.y_pt <= _ABOVE_EM * size
        slack = _AROUND_EM * size
        is_over = left - slack <= first.left_pt and first.left_pt <= right and last.right_pt >= left
        if (
            is_near
            and is_over
            and not candidate.role
            and not candidate.marks
            and candidate.segment.page_number == label.segment.page_number
        ):
            return candidate.segment.printed(0)
    return ""


def _name_below(label: Label, row: Sequence[Label], above: Sequence[Label], below: Sequence[Label]) -> str:
    """Return the name in the row below a party's bare label, or an empty string.

    A label in a run of such labels has no name below it.
    """
    is_run = len(above) == 1 and above[0].role and not above[0].name and _LABEL_ENDS.search(above[0].text)
    if is_run or not _LABEL_ENDS.search(label.text):
        return ""
    # Different text below each of several parties: these are names, not labels.
    is_each_named = len({other.text for other in below}) == len(row) > 1 and all(other.role for other in row)
    for candidate in below:
        named = _NAME_BELOW.match(candidate.text)
        if named is not None and (candidate is below[0] or candidate.segment.left >= label.segment.left):
            return _MARK_AT_END.sub("", candidate.segment.printed(named.end()))
        is_below = (
            candidate.kind in {Kind.OTHER, Kind.NAME}
            and not candidate.marks
            and label.segment.is_above(candidate.segment)
        )
        if (
            is_below
            and (is_each_named or _NAME_ALONE.fullmatch(candidate.text))
            and _ONLY_LETTERS.match(candidate.text)
        ):
            return candidate.segment.printed(0)
    return ""
