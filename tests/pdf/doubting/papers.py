"""Writes deeds, tables, English agreements, receipts and contracts with two-column heads, and fills them in by hand.

It shares neither forms nor names nor ways of filling in with ``tests.pdf.proposing``: names stand small above a short
blank, over a printed line, broken in a narrow cell, with blanks between letters, in full width or traditional
characters, with brackets of either width and with former names.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import pymupdf

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_LEFT: Final = 70.0
_RIGHT: Final = 525.0
_FAMILY: Final = "秦许何吕孔曹严华金魏姜谢邹章云潘葛范彭韦昌马苗方俞任袁柳史唐费岑薛雷贺倪汤"
_GIVEN: Final = "嘉禾梓涵雨桐子墨思远若曦文博静怡海燕建国秀英志强丽娟春生冬梅立新向阳"
_COMPOUND: Final = ("上官", "诸葛", "皇甫", "慕容", "司马")
_MINORITY: Final = ("古丽娜尔·艾合买提", "才让多杰", "斯琴高娃", "阿不都拉·吐尔逊")
_CITY: Final = ("锦川", "临湖", "云岭市", "北桥", "东篱县", "")
_TRADE: Final = ("盛和", "瑞丰", "启明", "宏远", "天工", "百川", "同心", "金穗", "远图", "思源")
_FIELD: Final = ("信息技术", "生态农业", "供应链管理", "装饰设计", "餐饮管理", "汽车销售", "环保设备", "人力资源服务")
_FORM: Final = (
    "{city}{trade}{field}有限公司", "{trade}（{place}）{field}有限公司", "{city}{trade}{field}有限责任公司",
    "{trade}{field}集团股份有限公司", "{trade}{field}（集团）有限公司{place}分公司", "{place}{trade}便民超市",
    "{place}{trade}托育服务中心", "{trade}{field}合伙企业（有限合伙）", "{place}{trade}村镇银行股份有限公司",
)  # fmt: skip
_ENGLISH: Final = (
    "Larkfield Components Ltd.", "Osprey & Finch (Example) LLC", "Brightwater Marine Inc.", "Tallis Freight Co., Ltd.",
    "Quarry Lane Foods (Asia) Pte. Ltd.", "Halvorsen Teknik AS",
)  # fmt: skip
_SIMPLE: Final = "国张陈刘华马吕严许范贺费汤云东丰设备装饰环农业团银务远图启餐饮车销号县"
_TRADITIONAL: Final = "國張陳劉華馬呂嚴許範賀費湯雲東豐設備裝飾環農業團銀務遠圖啟餐飲車銷號縣"
_OLD: Final = str.maketrans(_SIMPLE, _TRADITIONAL)
_CLAUSES: Final = (
    "第一条　双方应当按照约定全面履行各自的义务，任何一方不得擅自变更或者解除。",
    "第二条　因不可抗力不能履行的，应当及时通知对方，并在合理期限内提供证明。",
    "第三条　未尽事宜由双方另行商定，补充约定与本文具有同等效力。",
    "第四条　本文书一式两份，双方各执一份，自双方签字盖章之日起生效。",
)
_TERMS: Final = (
    "1. The parties shall perform their obligations in good faith and in a timely manner.",
    "2. Neither party may assign this agreement without the prior written consent of the other.",
    "3. Any dispute shall be settled by arbitration in accordance with the rules then in force.",
)


def person(chance: random.Random) -> str:
    """Return the name of a person who does not exist."""
    if chance.random() < 0.1:
        return chance.choice(_MINORITY)
    family = chance.choice(_COMPOUND) if chance.random() < 0.1 else chance.choice(_FAMILY)
    return family + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))


def organization(chance: random.Random) -> str:
    """Return the name of an organization that does not exist."""
    city = chance.choice(_CITY)
    return chance.choice(_FORM).format(
        city=city, place=city or "锦川", trade=chance.choice(_TRADE), field=chance.choice(_FIELD)
    )


@dataclass(slots=True)
class Paper:
    """A document, and who was filled in for whom: the name as the form knows it, by the party's label."""

    document: Any
    names: dict[str, str] = field(default_factory=dict)
    shape: str = ""


class _Sheet:
    """Writes text at places of pages."""

    def __init__(self, chance: random.Random) -> None:
        self.document: Any = pymupdf.open()
        self._page: Any = None
        self._chance = chance
        self.size = chance.choice((9.5, 10.5, 12.0))
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        self._page = self.document.new_page(width=595, height=842)
        self.y = 80.0

    def write(self, x: float, text: str, size: float = 0.0, up: float = 0.0) -> float:
        """Write in the current row, ``up`` points above its baseline, and return where the text ends."""
        size = size or self.size
        for is_latin, run in groupby(text, str.isascii):
            part = "".join(run)
            self._page.insert_text((x, self.y - up), part, fontname="helv" if is_latin else "china-s", fontsize=size)
            x += _width(part, size)
        return x

    def row(self, *cells: tuple[float, str], pitch: float = 1.9) -> None:
        self.y += pitch * self.size
        if self.y > 770:
            self.turn()
        for x, text in cells:
            self.write(x, text)

    def paragraph(self, text: str) -> None:
        """Write wrapped text."""
        line = ""
        for character in text:
            if _width(line + character, self.size) > _RIGHT - _LEFT:
                self.row((_LEFT, line))
                line = ""
            line += character
        self.row((_LEFT, line))

    def cell(self, left: float, right: float, text: str, rows: int) -> None:
        """Write text wrapped in a drawn cell, below the current row, ``rows`` high."""
        step = 1.5 * self.size
        self._page.draw_rect(pymupdf.Rect(left, self.y + 4, right, self.y + 8 + rows * step), width=0.6)
        top = self.y
        for line in _broken(text, right - left - 8, self.size):
            self.y += step
            self.write(left + 4, line)
        self.y = top

    def blank(self, x: float, label: str, name: str, room: int) -> None:
        """Write a label and a blank with a name in it, in one of the ways in which names get there."""
        end = self.write(x, label)
        underscores = "_" * room
        way = self._chance.choice(("inside", "above", "over", "behind", "small"))
        if not name:
            self.write(end, underscores)
        elif way == "inside":
            self.write(self.write(self.write(end, "__"), name), "__")
        elif way == "behind":
            self.write(end, name)
        elif way == "over":
            self.write(end, underscores)
            self.write(end + 3, name)
        elif way == "small":
            self.write(end, underscores)
            self.write(end + 2, name, 0.7 * self.size, 1.5)
        else:
            self.write(end, underscores)
            self.write(end + 2, name, 0.7 * self.size, 0.55 * self.size)


def _width(text: str, size: float) -> float:
    return float(
        sum(
            pymupdf.get_text_length(part, "helv", size) if is_latin else len(part) * size
            for is_latin, part in ((key, "".join(run)) for key, run in groupby(text, str.isascii))
        )
    )


def _broken(text: str, room: float, size: float) -> list[str]:
    lines = [""]
    for character in text:
        if _width(lines[-1] + character, size) > room:
            lines.append("")
        lines[-1] += character
    return lines


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else "\u3000" if one == " " else one for one in text)


def written(name: str, chance: random.Random) -> str:
    """Return a name as a hand writes it on the paper."""
    way = chance.random()
    if len(name) == 2 and way < 0.6:
        return chance.choice((" ", "\u3000", "\u3000\u3000")).join(name)
    if way < 0.15 and not name.isascii():
        return _wide(name)
    if way < 0.3:
        return unicodedata.normalize("NFKC", name)
    if way < 0.4 and not name.isascii():
        return name.translate(_OLD)
    if way < 0.5 and name.endswith("公司"):
        return f"{name}（原名：{organization(chance)}）"
    return name


def _feet(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.y += 20
    match sheet._chance.randrange(3):  # noqa: SLF001  the sheet is this module's own
        case 0:
            sheet.row((_LEFT, f"{roles[0]}（签章）："), (310, f"{roles[1]}（签章）："))
            sheet.row((_LEFT, "日期："), (310, "日期："))
        case 1:
            for role in roles:
                sheet.row((_LEFT, f"{role}（签字或盖章）：____________"))
                sheet.row((_LEFT, "　　　　年　　月　　日"))
        case _:
            sheet.row((_LEFT, f"{roles[0]}（盖章）："), (310, f"{roles[1]}（盖章）："))
            sheet.row((_LEFT, names[0][:16]), (310, names[1][:16]))
            sheet.row((_LEFT, "经办人："), (310, "经办人："))


def _lines(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.row((230, "协议书"))
    for role, name in zip(roles, names, strict=True):
        sheet.row(pitch=2.4)
        sheet.blank(_LEFT, f"{role}：", name, 14)
        sheet.row((_LEFT, "联系地址：锦川示例街12号　　电话：0999-7654321"))
    for clause in _CLAUSES:
        sheet.paragraph(clause)
    _feet(sheet, roles, names)


def _columns(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.row((220, "合作协议"))
    sheet.row(pitch=2.6)
    for x, role, name in zip((_LEFT, 310.0), roles, names, strict=True):
        sheet.blank(x, f"{role}：", name, 10)
    sheet.row((_LEFT, "地址：锦川示例街12号"), (310, "地址：北桥示例路3号"))
    sheet.row((_LEFT, "电话：0999-7654321"), (310, "电话：0999-1122334"))
    for clause in _CLAUSES:
        sheet.paragraph(clause)
    _feet(sheet, roles, names)


def _table(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.row((230, "登记表"))
    for role, name in zip(roles, names, strict=True):
        label = sheet._chance.choice((role, f"{role}名称", f"{role}："))  # noqa: SLF001
        for head, value in ((label, name), ("联系电话", "0999-7654321"), ("通讯地址", "锦川示例街12号")):
            rows = max(1, len(_broken(value, 212, sheet.size)))
            sheet.cell(_LEFT, 170, head, rows)
            sheet.cell(170, 390, value, rows)
            sheet.y += rows * 1.5 * sheet.size + 4
    sheet.y += 10
    for clause in _CLAUSES:
        sheet.paragraph(clause)
    _feet(sheet, roles, names)


def _deed(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.row((230, "契约"))
    sheet.paragraph(
        f"立约人{names[0]}（以下简称{roles[0]}）与{names[1]}（以下简称{roles[1]}）经协商一致，订立本契约，以资信守。"
    )
    for clause in _CLAUSES:
        sheet.paragraph(clause)
    _feet(sheet, roles, names)


def _receipt(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.row((240, "收据"))
    sheet.row((_LEFT, "编号：2026-0099"), (380, "2026年4月2日"))
    sheet.paragraph(f"今收到{names[0]}交来货款人民币叁仟元整（￥3000.00），特立此据。")
    sheet.row()
    sheet.blank(_LEFT, f"{roles[0]}：", names[0], 12)
    sheet.row()
    sheet.blank(_LEFT, f"{roles[1]}（盖章）：", names[1], 12)
    sheet.row((_LEFT, f"{roles[0]}（签字）："))
    sheet.row((_LEFT, "日期：2026年4月2日"))


def _english(sheet: _Sheet, roles: tuple[str, str], names: tuple[str, str]) -> None:
    sheet.row((200, "SUPPLY AGREEMENT"))
    for line in (
        f'This Agreement is made between {names[0]} (the "{roles[0]}")',
        f'and {names[1]} (the "{roles[1]}"), each a party to it.',
        *_TERMS,
        "IN WITNESS WHEREOF the parties have executed this Agreement on the date above.",
    ):
        sheet.row((_LEFT, line))
    sheet.y += 24
    for x, role in zip((_LEFT, 310.0), roles, strict=True):
        sheet.write(x, f"{role}:")
    sheet.row((_LEFT, "By: ________________"), (310, "By: ________________"), pitch=2.4)
    sheet.row((_LEFT, "Name:"), (310, "Name:"))
    sheet.row((_LEFT, "Date:"), (310, "Date:"))


_SHAPES: Final[tuple[tuple[Callable[..., None], tuple[tuple[str, str], ...]], ...]] = (
    (_lines, (("甲方", "乙方"), ("出租人", "承租人"), ("委托方", "受托方"), ("雇主", "雇员"))),
    (_columns, (("甲方", "乙方"), ("买方", "卖方"), ("供方", "需方"))),
    (_table, (("甲方", "乙方"), ("出借人", "借款人"), ("转让方", "受让方"))),
    (_deed, (("甲方", "乙方"),)),
    (_receipt, (("交款人", "收款人"), ("付款方", "收款方"))),
    (_english, (("Seller", "Buyer"), ("Party A", "Party B"), ("Supplier", "Customer"))),
)


def write_paper(chance: random.Random) -> Paper:
    """Write a paper of two parties and fill it in; one blank in six stays open."""
    write, choices = chance.choice(_SHAPES)
    roles = chance.choice(choices)
    names = [chance.choice((person, organization))(chance) for _ in roles]
    if write is _english:
        names = chance.sample(_ENGLISH, 2)
    if roles == ("雇主", "雇员"):
        names = [organization(chance), person(chance)]
    is_open = [write not in {_deed, _receipt, _english} and chance.random() < 1 / 6 for _ in roles]
    shown = ["" if is_left else written(name, chance) for name, is_left in zip(names, is_open, strict=True)]
    sheet = _Sheet(chance)
    write(sheet, roles, (shown[0], shown[1]))
    told = {role: name for role, name, is_left in zip(roles, names, is_open, strict=True) if not is_left}
    return Paper(sheet.document, told, write.__name__)
