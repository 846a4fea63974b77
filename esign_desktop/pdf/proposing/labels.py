"""Classify the segments of a row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.pdf.proposing import english, words
from esign_desktop.pdf.proposing.letters import SAME_ROW_EM
from esign_desktop.pdf.proposing.segments import WIDEST_PT, Segment

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import DisplayRect
    from esign_desktop.pdf.proposing.defined import Defined

_LONGEST_LABEL: Final = 34
_LONGEST_FILLED: Final = 70
_LONGEST_NAME: Final = 30
_BLANK_WITHIN: Final = re.compile(r"(?<![a-z])_|_(?![a-z])")
"""A hyphen between Latin letters is not a blank."""
_MARKS: Final = re.compile(rf"{english.MARK.pattern}|{words.MARK.pattern}")
_LATIN_LETTER: Final = re.compile("[a-z]")
"""A Latin letter is half as wide as a Chinese character."""
_GOES_ON_AS_WORD: Final = re.compile(r"[方人](?!人)|单位")
"""甲方 is a different word from a defined 甲."""
_MARKED: Final = re.compile(rf"(?:代表)?{words.LEADING_MARK.pattern}")
_BLANKS: Final = re.compile(r"_+")
_BARE: Final = re.compile(
    rf"{words.MARK.pattern}|{english.MARK.pattern}|[_:()、,/.及按捺加]|单位|合同|个人|银行|本人|双方|人|处|\([夫妻父母]\)|并|年|月|日|或|\d|姓名"
)
_AFTER_ROLE: Final = re.compile(r"单位名称|名称|\(名称\)|姓名|单位|确认|意见")
_NUMBERED: Final = re.compile(f"[{words.NUMBERED}]方")
_NAME_RIGHT_BEHIND: Final = re.compile("[\u4e00-\u9fff()]{4,26}(?:公司|厂|银行|事务所|中心)|[\u4e00-\u9fff]×{1,2}")
_NO_PARTY_BEHIND: Final = re.compile(r"[^:_]{0,3}(?:见证|鉴证|(?<!代理)(?<!办)律师(?!事务所))")
_GROUP: Final = re.compile(r"\((?P<alias>[^)]{1,12})\)|/(?P<other>[\u4e00-\u9fff]{2,8}?)(?=[签盖:_(])")
_CALLED: Final = re.compile(r"(?:以下|下)?简?称为?:?")
_GOES_ON: Final = re.compile(r"出市代表|及代表|公司|××|及其代表|法人")
_MARK_IN_GROUP: Final = re.compile(r"\((?=.{1,8}(?:签字|签名|签章|盖章|章)\))")
_FIRM_LINE: Final = re.compile(
    rf"(?:{words.ORGANIZATION.pattern})(?:代表|\(章\)|\(盖章\)|\(公章\)|\(签章\)|\(签字\)|[:_])*$"
)
_MARK_OF: Final = re.compile(rf"(?:单位|公司|本人|个人)?{words.LEADING_MARK.pattern}")
_NAME_MARKED: Final = re.compile(rf"(?:单位|公司|企业)?(?:名称|全称|姓名):?[^:(]{{0,30}}\((?:{words.MARK.pattern})\)")
_FILLED_MARK: Final = re.compile(r"\)?:[^:.;]{1,40}$")
"""Mark words followed by a name in print: 签名:林小满."""
_LEADING_MARKS: Final = re.compile(
    rf"^(?:\((?:{words.MARK.pattern}|[或、/及并])+\)|\((?:名称|姓名|全称)\)|:|(?:单位)?(?:名称|姓名|全称)(?=[:_]))+"
)
_CALLED_BEHIND: Final = re.compile(rf"\(([{words.NUMBERED}]方)\)[:_]*$")
_END_OF_NAME: Final = re.compile(rf"{words.MARK.pattern}|法定代表|代表|地址|电话")


class Kind(Enum):
    """The class of a segment.

    MARK stands for mark words alone, NAME for a line that names a firm, and FACT for an address, a date or similar
    data.
    """

    BLANK = auto()
    TEXT = auto()
    ROLE = auto()
    REPRESENTATIVE = auto()
    MARK = auto()
    WITNESS = auto()
    NAME = auto()
    FACT = auto()
    OTHER = auto()


class MarkWord(NamedTuple):
    """Mark words and their span within a string."""

    start: int
    end: int
    words: str


@dataclass(slots=True, eq=False)
class Label:
    """A segment and its class. ``start`` is the zero-based index of the first character after any numbering and blanks.

    ``acts`` is True if the label names a representative of a party. ``is_legal`` is True if that representative is the
    legal representative.
    """

    segment: Segment
    kind: Kind
    start: int = 0
    marks: list[MarkWord] = field(default_factory=list)
    role: str = ""
    alias: str = ""
    name: str = ""
    acts: bool = False
    is_legal: bool = False
    is_vertical: bool = False
    is_firm: bool = False
    is_english: bool = False

    @property
    def text(self) -> str:
        return self.segment.text

    @property
    def place(self) -> DisplayRect:
        """The rectangle of the label's words up to the next blank. Mark words that follow closely are included.

        If the mark words are in the next row, this is the rectangle of the mark words alone.
        """
        if self.marks and not self.is_english:
            first, mark = self.segment.letters[self.start], self.marks[0]
            if self.segment.letters[mark.start].top_pt - first.top_pt > SAME_ROW_EM * first.size_pt:
                return self.segment.rect(mark.start, mark.end)
        blank = _BLANKS.search(self.text, self.start)
        end = blank.start() if blank is not None and blank.start() > self.start else None
        if end is not None and self.marks and self.marks[-1].start > end:
            letters = self.segment.letters[self.start : self.marks[-1].end]
            if letters[-1].right_pt - letters[0].left_pt <= WIDEST_PT:
                end = self.marks[-1].end
        return self.segment.rect(self.start, end)

    @property
    def mark_words(self) -> str:
        return "".join(mark.words for mark in self.marks)

    def become_firm(self) -> None:
        """Classify the label as a party that is referred to by its name alone."""
        self.kind, self.is_firm = Kind.ROLE, True
        length = len(re.sub(r"代表.*$|(?:盖章|签章).*$|\([^)]*[章签印][^)]*\).*$|:.*$|\([^)]*$", "", self.text))
        self.role, self.acts, self.name = self.segment.printed(0, length), "代表" in self.text, ""


def read_label(segment: Segment, defined: Defined) -> Label:
    """Classify a segment, and return it as a label.

    ``defined`` contains the words that the document defines for its parties.
    """
    text = segment.text
    numbering = words.NUMBERING.match(text)
    start = numbering.end() if numbering else 0
    body = text[start:]
    start += len(body) - len(body.lstrip("_"))
    body = text[start:]
    before = words.BEFORE_ROLE.match(body)
    if before is not None:
        start, body = start + before.end(), body[before.end() :]
    in_front = english.length_in_front(body) if body[:1].isascii() else 0
    start, body = start + in_front, body[in_front:]
    label = Label(segment, Kind.OTHER, start)
    if not body:
        label.kind = Kind.BLANK
        return label
    if (body.isascii() and any(map(str.isalpha, body))) or english.ROLE.match(body):
        _read_english(label, body, defined)
        return label
    label.marks = [
        MarkWord(found.start() + start, found.end() + start, found[0]) for found in words.MARK.finditer(body)
    ]
    if _is_clause(body):
        label.kind = Kind.TEXT
    elif not _read_role(label, body, defined):
        label.kind = _other_kind(label, body)
    label.acts |= before is not None and before["acting"] is not None
    return label


def _read_english(label: Label, body: str, defined: Defined) -> None:
    label.is_english = True
    label.marks = [
        MarkWord(found.start() + label.start, found.end() + label.start, found[0])
        for found in english.MARK.finditer(body)
    ]
    called = english.called(body, defined.called)
    behalf = english.BEHALF.match(body)
    firm = body[behalf.start("role") if behalf is not None else 0 :].strip(":_")
    if called is not None:
        label.kind, label.alias, label.acts = Kind.ROLE, called.alias, called.acts
        role = label.segment.printed(label.start + called.start, label.start + called.end)
        label.role = next((name for name in defined.names if name.casefold() == role.casefold()), role)
        start, end = called.name
        label.name = label.segment.printed(label.start + start, label.start + end) if end else ""
    elif firm in defined.english or (behalf is not None and words.FIRM.search(firm)):
        start = label.start + body.index(firm)
        label.kind, label.name = Kind.ROLE, label.segment.printed(start, start + len(firm))
        called_here = defined.english.get(firm, "")
        label.role, label.alias = (label.name, called_here) if behalf or not called_here else (called_here, label.name)
    elif english.WITNESS.match(body):
        label.kind = Kind.WITNESS
    elif english.FACT.match(body):
        label.kind = Kind.FACT
    elif english.BARE.match(body) or english.SIGNED_BY_NAME.fullmatch(body):
        label.kind = Kind.MARK
        label.marks = label.marks or [MarkWord(label.start, label.start + 2, "signature")]
    elif english.REPRESENTATIVE.match(body):
        label.kind = Kind.REPRESENTATIVE
    elif english.is_sentence(body):
        label.kind = Kind.TEXT
    elif words.FIRM.search(body) and not re.search("[:_(]", body):
        label.kind = Kind.NAME


def _is_clause(text: str) -> bool:
    text = text.replace("_", "").replace("×", "")
    is_labelled = words.LABEL_WITH_COLON.match(text) is not None
    longest = _LONGEST_FILLED if is_labelled else _LONGEST_LABEL
    if (len(text) > longest and len(text) - len(_LATIN_LETTER.findall(text)) / 2 > longest) or words.CLAUSE_HEAD.match(
        text
    ):
        return True
    plain = words.LATIN.sub("", re.sub(r"\([^)]*\)|^[0-9]+[.、]", "", text))
    if len(text) > 14 and re.search(r"[,.;](?!$)", plain) and not words.MARK.search(text[-6:]):
        return True
    return len(text) > 6 and text.endswith((".", ";")) and plain.endswith((".", ";"))


def _read_role(label: Label, body: str, defined: Defined) -> bool:
    segment = label.segment
    named = words.NAMED_ROLE.fullmatch(body)
    if named is not None:
        role = named["role"]
        if not (words.ROLE.fullmatch(role) or words.MARK.search(role) or words.WITNESS.match(role)):
            label.kind, printed = Kind.ROLE, segment.printed(label.start, label.start + len(role))
            is_name = words.FIRM.search(role) or words.PERSON_NAME.fullmatch(role)
            label.role, label.alias, label.name = (
                (named["alias"], printed, printed) if is_name else (printed, named["alias"], "")
            )
            return True
    group = _MARK_IN_GROUP.match(body)
    lead = 1 if group else 0
    listed = _defined_role(label, body, defined) or words.ROLE.match(body, lead) or words.SHORT_ROLE.match(body)
    for found in (listed, None if words.WITNESS.match(body) else words.SIDE.match(body), _unlisted_role(label, body)):
        if found is not None and (behind := _behind_role(body, found.end())) is not None:
            _take_role(label, found, *behind)
            return True
    return False


def _behind_role(body: str, end: int) -> tuple[str, str] | None:
    """Return the text after a role and its alias, and the alias, or None if the role is only part of a longer word."""
    rest = body[end:]
    if _NO_PARTY_BEHIND.match(rest):
        return None
    for pattern in (_AFTER_ROLE, english.TRANSLATION):
        if behind := pattern.match(rest):
            rest = rest[behind.end() :]
    alias = ""
    group = _GROUP.match(rest)
    other = (group["alias"] or group["other"]) if group is not None else ""
    if group is not None and not words.MARK.search(other) and "章" not in other:
        alias = _CALLED.sub("", other).strip("\"'")
        rest = re.sub(r"^(?:名称|姓名|全称)(?=[:_])", "", rest[group.end() :])
    goes_on = any(pattern.match(rest) for pattern in (words.MARK, words.REPRESENTATIVE, _GOES_ON)) or (
        _NUMBERED.fullmatch(body[:end]) and _NAME_RIGHT_BEHIND.fullmatch(rest)
    )
    return (rest, alias) if not rest or rest[0] in ":_(?" or goes_on else None


def _take_role(label: Label, found: re.Match[str], rest: str, alias: str) -> None:
    end = label.start + found.end()
    label.kind = Kind.ROLE
    label.role, label.alias = label.segment.printed(label.start + found.start("role"), end), alias
    behind = _CALLED_BEHIND.search(rest)
    if behind is not None:
        rest, label.alias = rest[: behind.start()], behind[1]
    label.acts = words.ACTING.match(rest) is not None
    label.is_legal = rest.startswith(("法人代表", "法定代表人"))
    label.name = _name(label, rest)
    label.marks = [mark for mark in label.marks if mark.start >= end]


def _name(label: Label, rest: str) -> str:
    """Return the name after a role as printed, or an empty string. Text that contains blanks is part of the form."""
    rest = _LEADING_MARKS.sub("", rest)
    name = _END_OF_NAME.split(rest)[0].strip("_:,;").rstrip("(")
    if not name or _BLANK_WITHIN.search(name) or "×" in name:
        return ""
    start = label.text.rfind(name)
    return label.segment.printed(start, start + len(name))


def _defined_role(label: Label, body: str, defined: Defined) -> re.Match[str] | None:
    """Find a role that the document defines. An unnumbered role counts only if mark words follow it directly."""
    found = defined.numbered.match(body)
    if found is not None and not _GOES_ON_AS_WORD.match(body, found.end()):
        return found
    found = defined.labelled.match(body)
    if found is None or words.ROLE.match(body):
        return None
    if found["role"] in defined.repeated and body[found.end() :] in {":", ""}:
        return found
    return found if label.marks and _MARKED.match(body, found.end()) else None


def _unlisted_role(label: Label, body: str) -> re.Match[str] | None:
    if label.text[: label.start].endswith("_"):
        # ____有限公司(盖章) is the end of a name rather than a role.
        return None
    patterns = (words.REPRESENTATIVE, words.WITNESS, words.FACT)
    if _CALLED_BEHIND.search(body) and not any(pattern.match(body) for pattern in patterns):
        return words.ANY_ROLE.match(body)
    found = words.ANY_ROLE.match(body) if label.marks and not any(pattern.match(body) for pattern in patterns) else None
    return found if found is not None and label.marks[0].start >= label.start + found.end() else None


def _other_kind(label: Label, body: str) -> Kind:
    if words.WITNESS.match(body):
        return Kind.WITNESS
    if _NAME_MARKED.match(body):
        return Kind.MARK
    if words.FACT.match(body):
        return Kind.FACT
    if acting := words.REPRESENTATIVE.match(body):
        return Kind.FACT if words.NO_REPRESENTATIVE.match(body, acting.end()) else Kind.REPRESENTATIVE
    filled = _MARK_OF.match(body)
    if filled is not None and _FILLED_MARK.match(body, filled.end()):
        return Kind.MARK
    if label.marks and not _BARE.sub("", body):
        # At the end of a sentence, mark words belong to the sentence: … 在____签字.
        return Kind.TEXT if body.endswith(".") else Kind.MARK
    if len(body) <= _LONGEST_NAME:
        is_firm_line = _FIRM_LINE.search(re.sub(r"\((?:签字|签章|盖章|公章|章)\)$", "", body))
        is_marked = label.marks and re.search(rf"{words.ORGANIZATION.pattern}|职工|个人|经理", body)
        if is_firm_line or is_marked:
            return Kind.NAME
    return Kind.OTHER


def names_a_firm(label: Label) -> bool:
    """Return whether a label consists of the name of a firm. Such a firm may be a party."""
    text = label.text
    return bool(words.FIRM.search(text)) and not words.ROLE.match(text) and not re.search(r"单位|部门|意见|^致", text)
