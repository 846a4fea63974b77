"""Fills the blanks of a contract form as clerks do, with names of nobody, and tells what it took for a party's name.

A blank is a row of underscores, or what is free behind a label's colon at the end of a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.pdf.proposing.setting import RIGHT_PT, Piece, Row, set_rows, width, wrapped

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Mapping

SAME_ROW_EM = 0.4
APART_EM = 0.8
BLANK = re.compile(r"[_＿]{2,}")
LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}[:：]")
LONG_LABEL = re.compile(r".{0,34}?[:：]")
FACT_LABEL = re.compile(r"(?:地址|住所|电话|代表人?|开户银行|帐号|账号|联系人|身份证号码?)[:：]$")
CALLED = re.compile(r"(?:以下)?简?称[“\"]?(?P<role>[^”\"）)；;。]{1,6})")
_GIVEN = ("安", "知夏", "小满", "怀瑾", "若谷", "明澈", "予舟", "采薇", "一诺", "望舒", "景行", "清和")
_FAMILY = ("林", "周", "沈", "顾", "欧阳", "苏", "温", "阮", "程", "司徒", "叶", "陶")
_PLACE = ("示例市", "云州市", "青岚县", "临溪", "白鹭洲", "南屏", "澄湖", "")
_TRADE = ("云禾", "星渡", "拾光", "鹿野", "千帆", "半山", "禾木", "望川", "合力", "东方红")
_FIELD = ("科技", "精密机械制造", "农业发展", "国际贸易", "建筑装饰工程", "电力设备", "物业管理", "文化传播", "医药")
_FOREIGN = ("Harbour Light Trading Co., Ltd.", "Nordvik Maskin AS", "Blue Fen Holdings Pte. Ltd.", "K. Example GmbH")
_STREET = ("示例路", "云杉街", "人民东路", "环湖大道")


def person(chance: random.Random) -> str:
    return chance.choice(_FAMILY) + chance.choice(_GIVEN)


def organization(chance: random.Random) -> str:
    place, trade, area = chance.choice(_PLACE), chance.choice(_TRADE), chance.choice(_FIELD)
    return chance.choice(
        (
            f"{place}{trade}{area}有限公司",
            f"{place}{trade}{area}有限公司",
            f"{place}{trade}{area}股份有限公司",
            f"{trade}{area}（{place or '示例'}）有限公司",
            f"{place}{trade}{area}集团有限公司{chance.choice(('', '临溪分公司'))}",
            f"{trade}银行股份有限公司{place or '示例市'}支行",
            f"{place or '临溪'}{trade}商行（个体工商户）",
            f"{place or '云州市'}{trade}小学",
            f"{place or '青岚县'}农业农村局",
            f"{place}{trade}律师事务所",
            f"{place or '临溪'}{trade}养殖专业合作社",
            f"{place}{trade}合伙企业（有限合伙）",
            chance.choice(_FOREIGN),
        )
    )


def identity(chance: random.Random) -> str:
    born = f"19{chance.randrange(60, 99)}0{chance.randrange(1, 9)}1{chance.randrange(9)}"
    return f"99{chance.randrange(10**4):04}{born}{chance.randrange(10**4):04}"


def credit_code(chance: random.Random) -> str:
    return "91990000" + "".join(chance.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=10))


def phone(chance: random.Random) -> str:
    return chance.choice((f"1990000{chance.randrange(10**4):04}", f"0999-{chance.randrange(10**7):07}"))


def address(chance: random.Random) -> str:
    return (
        f"示例省云州市{chance.choice(_STREET)}{chance.randrange(1, 900)}号{chance.choice(('', '3幢502室', '云禾大厦'))}"
    )


def fact(chance: random.Random, before: str, after: str) -> str:
    """Return what belongs behind a label, or before a unit."""
    label = before[-12:]
    if after.startswith(
        ("年", "月", "日", "时", "份", "天", "元", "％", "%", "吨", "个", "万", "平方", "台", "米", "人", "次")
    ):
        return str(chance.randrange(1, 29) if not after.startswith("年") else chance.choice((2026, 26, 3)))
    for words, make in (
        (r"电话|手机|传真|电传", phone),
        (r"身份证|证件", identity),
        (r"信用代码|执照|注册号|税号", credit_code),
        (r"地址|住所|住址|地点", address),
        (r"开户|银行", lambda one: f"{one.choice(_TRADE)}银行云州支行"),
        (r"帐号|账号|帐户", lambda one: f"9900{one.randrange(10**12):012}"),
        (r"代表|代理人|经办|承办|负责人|联系人|签字|签名|经理|人[:：]$", person),
        (r"日期|时间", lambda one: f"2026年{one.randrange(1, 13)}月{one.randrange(1, 29)}日"),
        (r"金额|价款|总价|租金|[价款费]$", lambda one: f"{one.randrange(1, 99)}0000元"),
        (r"邮编|邮政编码|编号", lambda one: f"{one.randrange(10**6):06}"),
    ):
        if re.search(words, label):
            return make(chance)
    return chance.choice((f"{chance.randrange(2, 99)}", "云杉", "示例", "甲等", "无"))


@dataclass(slots=True)
class FilledForm:
    """A form and the names that were written into it, by the role of the label's file."""

    document: Any
    names: dict[str, str] = field(default_factory=dict)


def rows_of(form: Any) -> Iterator[Row]:
    """Return a form's rows as they lie there."""
    for page in form:
        chars = [
            (char["bbox"], char["origin"][1], span["size"], char["c"])
            for block in page.get_text("rawdict")["blocks"]
            for line in block.get("lines", ())
            if abs(line["dir"][0]) > abs(line["dir"][1])
            for span in line["spans"]
            for char in span["chars"]
            if not char["c"].isspace()
        ]
        chars.sort(key=lambda one: (one[1], one[0][0]))
        groups: list[list[Any]] = []
        for char in chars:
            if not groups or char[1] - groups[-1][0][1] > SAME_ROW_EM * char[2]:
                groups.append([])
            groups[-1].append(char)
        before: float | None = None
        for group in groups:
            group.sort(key=lambda one: one[0][0])
            pieces: list[Piece] = []
            right = 0.0
            for number, (box, _, size, text) in enumerate(group):
                is_label = (
                    bool(pieces)
                    and pieces[-1].text.endswith(("_", "＿"))
                    and LABEL.match("".join(one[3] for one in group[number : number + 9]))
                )
                is_blank = bool(BLANK.fullmatch(2 * text)) and bool(pieces) and pieces[-1].text.endswith((":", "："))
                gap_em = (box[0] - right) / size
                if pieces and len(pieces[-1].text) == 1 and APART_EM < gap_em < 4:
                    pieces[-1].text += "　" * round(gap_em)
                elif not pieces or is_label or (gap_em > APART_EM and not is_blank):
                    pieces.append(Piece(box[0], "", size))
                pieces[-1].text += text
                right = box[2]
            base = group[0][1]
            yield Row(pieces, min(base - before, 60) if before is not None else 22)
            before = base


class _Filler:
    def __init__(self, parties: Iterable[Mapping[str, Any]], chance: random.Random) -> None:
        self._chance = chance
        self._parties = list(parties)
        self._names: dict[str, str] = {}
        self.told: dict[str, str] = {}
        self._is_shrinking = chance.random() < 0.3
        self._is_blank_open = False
        self._is_sealed = chance.random() < 0.5

    def row(self, row: Row) -> Iterator[Row]:
        if any("─" <= character <= "╿" for piece in row.pieces for character in piece.text):
            yield row
            return
        left = min(piece.left_pt for piece in row.pieces)
        if self._is_blank_open:
            row.pieces[0].text = re.sub(r"^[_＿]+", "", row.pieces[0].text)
        self._is_blank_open = row.pieces[-1].text.endswith(("_", "＿"))
        before = ""
        for index, piece in enumerate(row.pieces):
            following = row.pieces[index + 1 :]
            room = (following[0].left_pt if following else RIGHT_PT) - piece.left_pt
            text = self._filled(piece.text, before, is_free=room > 12 * piece.size_pt or not following)
            if text != piece.text and self._is_shrinking and width(text, piece.size_pt) > room:
                piece.size_pt = max(0.75 * piece.size_pt, 7)
            before, piece.text = piece.text, text
        for number, pieces in enumerate(wrapped(row.pieces, left if left < 120 else 90, RIGHT_PT)):
            yield Row(pieces, row.pitch_pt if not number else 18)

    def _filled(self, text: str, before: str, *, is_free: bool) -> str:
        party = self._party_at(text)
        if is_free and party is not None and LONG_LABEL.fullmatch(text) and (self._is_sealed or "称" in text):
            return text + self._name(party)
        if is_free and party is None and FACT_LABEL.search(text):
            return text + fact(self._chance, text[:-1], "")
        done, end = "", 0
        for blank in BLANK.finditer(text):
            done += text[end : blank.start()] + self._of_blank(blank, text, before, party)
            end = blank.end()
        for called in CALLED.finditer(text) if end else ():
            other = self._called(called["role"])
            if other is not None:
                self.told.setdefault(other["role"], "?")
        return done + text[end:]

    def _of_blank(self, blank: re.Match[str], text: str, before: str, party: Mapping[str, Any] | None) -> str:
        head, rest = text[: blank.start()], text[blank.end() :]
        has_colon = head.endswith((":", "："))
        is_first = re.fullmatch(r"[^_＿]{0,34}", head) is not None
        called = CALLED.match(rest.lstrip("（(，,"))
        other = self._called(called["role"]) if called and not head[-1:].isalpha() else None
        if party is not None and is_first and (has_colon or (not rest and party["role"] in self.told)):
            filled = ("" if has_colon else "　　") + self._named(party, head, rest)
        elif other is not None:
            filled = self._name(other)
        else:
            if party is not None and is_first:
                self.told.setdefault(party["role"], "?")
            filled = fact(self._chance, head or before, rest)
        extra = len(blank[0]) - len(filled)
        if extra > 2 and self._chance.random() < 0.3:
            filled += blank[0][:extra]
        elif len(filled) > 3 and LABEL.match(rest) and self._chance.random() < 0.8:
            filled += "　" * max(2, min(extra, 6))
        return filled

    def _named(self, party: Mapping[str, Any], head: str, rest: str) -> str:
        has_own = not head.endswith((":", "：")) and re.search(r"[:：）)]", head)
        if has_own or re.match(r"(?!地址|法定|电话|简称|[签盖公])[\u4e00-\u9fff]", rest):
            # ___县___区供销社: the form has a part of the name itself.
            self.told.setdefault(party["role"], "?")
            return self._chance.choice(_TRADE)
        return self._name(party)

    def _name(self, party: Mapping[str, Any]) -> str:
        role = party["role"]
        if role not in self._names:
            is_person = party["kind"] == "person" or (party["kind"] == "either" and self._chance.random() < 0.5)
            self._names[role] = person(self._chance) if is_person else organization(self._chance)
        self.told.setdefault(role, self._names[role])
        return self._names[role]

    def _called(self, role: str) -> Mapping[str, Any] | None:
        return next((one for one in self._parties if role in {one["role"], *one.get("aliases", ())}), None)

    def _party_at(self, text: str) -> Mapping[str, Any] | None:
        """Return the party whose label begins a piece."""
        text = text.replace("　", "")
        found = re.match(
            r"(?:[0-9a-z一二三四][、.．])?(?P<role>[^:：（(_＿、，]{1,12}?)(?:名称|姓名)?(?:[（(][^）)]{1,9}[）)])?[:：_＿]",
            text,
        )
        return self._called(found["role"]) if found else None


def fill(form: Any, parties: Iterable[Mapping[str, Any]], chance: random.Random) -> FilledForm:
    """Fill a form's blanks. A name that can't be told from what the form itself has there is told as "?"."""
    filler = _Filler(parties, chance)
    rows = [new for row in rows_of(form) for new in filler.row(row)]
    return FilledForm(set_rows(rows), filler.told)


def set_anew(form: Any) -> Any:
    """Return the form as it is, set by what sets the filled ones."""
    return set_rows(rows_of(form))
