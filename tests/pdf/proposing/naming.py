"""Writes short contracts whose parties have names of every shape, in every place where a name is written.

It shares nothing with ``filling``, by which the rules were found: forms, names and ways of filling in are its own. A
party's name is empty where the contract leaves it open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.pdf.proposing.contracts import CLAUSES
from tests.pdf.proposing.setting import LEFT_PT, RIGHT_PT, Piece, Row, set_rows, width, wrapped

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

_PERSONS: Final = (
    "欧阳若谷", "上官清和", "阿依古丽·买买提", "迪丽拜尔·阿卜杜热合曼", "扎西多吉", "尼玛次仁", "林安",
    "冼一诺", "仝景行", "John Q. Sample", "Maria-Anna Example", "乌兰图雅", "赵钱孙", "边巴卓玛",
    "安德烈·示例诺夫", "周知夏", "苏怀瑾",
)  # fmt: skip
_FIRMS: Final = (
    "云禾（中国）投资有限公司示例市第一分公司", "星渡银行股份有限公司云州市高新技术产业开发区支行",
    "青岚县拾光便利店（个体工商户）", "半山创业投资合伙企业（有限合伙）", "云州市人力资源和社会保障局",
    "示例市第三中学", "云州市南屏街道办事处", "青岚县鹿野村村民委员会", "望川会计师事务所（特殊普通合伙）",
    "Harbour Light (Example) Co., Ltd.", "云州市白鹭洲小区业主委员会", "5G示例科技有限公司",
    "千帆·云禾文化传播有限公司", "示例市澄湖养老服务中心", "Nordvik Maskin Pte. Ltd.",
    "云禾集团财务有限责任公司", "临溪半山茶厂", "云州大学附属示例医院", "示例市青少年宫",
    "合力物业管理（示例）有限公司环湖项目部", "禾木种业股份有限公司云州销售部", "示例商会",
)  # fmt: skip
_ROLES: Final = (
    ("甲方", "乙方"), ("出租方", "承租方"), ("委托人", "受托人"), ("买方", "卖方"), ("转让方", "受让方"),
    ("发包人", "承包人"), ("甲方（出借人）", "乙方（借款人）"), ("定作人", "承揽人"), ("甲方", "乙方"),
    ("Party A", "Party B"),
)  # fmt: skip
_ADDRESS: Final = "示例省云州市环湖大道88号云禾大厦3幢502室"
_ID: Final = "990001199001011234"
_CODE: Final = "91990000MA0EXAMPLE"
_BESIDE: Final = (
    "{role}：{name}",
    "{role}：{name}，{fact}",
    "{role}：{name}　　{fact}",
    "{role}：{name} {fact}",
    "{role}：{name}（{fact}）",
    "{role}：{name}　地址：{address} 电话：0999-1234567",
    "{role}名称：{name}",
    "{role}（全称）：{name}",
    "一、{role}：{name}\n{fact}",
    "{role}：\n名称：{name}\n{fact}\n联系人：温予舟",
    "{role}（以下简称“{short}”）：{name}",
    "{role}：{name}\n地址：{address}\n法定代表人：温予舟　　职务：经理",
    "{role}：{name}；{fact}；住址：{address}",
    "{role}|{name}\n地址|{address}\n联系人|温予舟",
    "{role}：|{name}|{fact}",
)  # fmt: skip
_OPEN: Final = (
    "{role}：________________\n{fact}",
    "{role}：\n地址：{address}\n电话：",
    "{role}：　　　　　　　　法定代表人：温予舟",
    "{role}：\n开户银行：合力银行云州支行\n账号：9900123412341234",
    "{role}：________（{fact}）",
    "{role}：【　　　　　　】\n联系人：温予舟",
    "{role}|\n地址|{address}\n联系人|温予舟",
    "{role}：××××××\n地址：××路××号",
    "{role}：（名称）________ 签订地点：云州市",
)
_FEET: Final = (
    "{a}（盖章）：|{b}（盖章）：\n法定代表人：|法定代表人：\n日期：|日期：",
    "{a}（签章）：\n代表（签字）：温予舟\n{b}（签章）：\n代表（签字）：阮望舒\n2026年3月1日",
    "{a}（签字或盖章）：________　　　　{b}（签字或盖章）：________\n经办人：温予舟　　　　　　　　经办人：阮望舒",
)
_NAMED_FEET: Final = (
    "{a}（盖章）：{name_a}\n法定代表人：温予舟\n{b}（盖章）：{name_b}\n法定代表人：阮望舒",
    "{a}：{name_a}（公章）\n授权代表（签字）：\n{b}：{name_b}（公章）\n授权代表（签字）：",
    "{a}（签章）：|{b}（签章）：\n{name_a}|{name_b}\n代表：温予舟|代表：阮望舒",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A contract and the names in it, by role; ``shape`` tells how they were written."""

    document: Any
    names: dict[str, str]
    shape: str


def write_named(chance: random.Random) -> Named:
    """Write a contract of two parties; half of the open ones are named nowhere."""
    roles = chance.choice(_ROLES)
    names = [chance.choice(_FIRMS if chance.random() < 0.6 else _PERSONS) for _ in roles]
    if names[0] == names[1]:
        names[1] = "叶清和"
    rows = ["示例合同", "合同编号：2026-0301"]
    told, shapes = {}, []
    is_sentence = chance.random() < 0.1
    if is_sentence:
        shapes = ["sentence"]
        first, second = (f"{name}（以下简称“{role.split('（')[0]}”）" for name, role in zip(names, roles, strict=True))
        rows.append(f"本合同由{first}与{second}于2026年3月1日在云州市签订，双方共同遵守。")
    is_foot_named = not is_sentence and chance.random() < 0.25
    for role, name, short in zip(roles, names, ("甲方", "乙方"), strict=True):
        is_open = not is_sentence and (is_foot_named or chance.random() < 0.25)
        told[role.split("（")[0]] = name if is_foot_named or not is_open else ""
        if not is_sentence:
            shape = chance.choice(_OPEN if is_open else _BESIDE)
            fact = f"统一社会信用代码：{_CODE}" if name in _FIRMS else f"身份证号：{_ID}"
            rows += shape.format(role=role, name=name, fact=fact, short=short, address=_ADDRESS).split("\n")
            shapes.append(shape)
    foot = chance.choice(_NAMED_FEET if is_foot_named else _FEET)
    a, b = (role.split("（")[0] for role in roles)
    rows += CLAUSES.strip().split("\n")
    rows += foot.format(a=a, b=b, name_a=names[0], name_b=names[1]).split("\n")
    size = chance.choice((9.0, 10.5, 12.0))
    is_over = chance.random() < 0.2
    return Named(set_rows(row for text in rows for row in _set(text, size, is_over=is_over)), told, f"{shapes} {foot}")


def _set(text: str, size: float, *, is_over: bool) -> Iterator[Row]:
    cells = text.split("|")
    if len(cells) > 1:
        step = (RIGHT_PT - LEFT_PT) / len(cells)
        rules = [LEFT_PT - 4 + step * number for number in range(len(cells) + 1)]
        lines = [
            list(wrapped([Piece(LEFT_PT + step * n, cell, size)], LEFT_PT + step * n, LEFT_PT + step * (n + 1) - size))
            for n, cell in enumerate(cells)
            if cell
        ]
        for index in range(max(map(len, lines))):
            yield Row([one for line in lines if index < len(line) for one in line[index]], 1.9 * size, rules)
        return
    # What a program wrote over a printed line lies on it.
    head, colon, name = text.partition("：")
    if is_over and colon and name and len(text) < 30 and "_" not in name:
        left = LEFT_PT + width(head + colon, size)
        yield Row([Piece(LEFT_PT, head + colon + "_" * 40, size), Piece(left, name, size)], 1.9 * size)
        return
    parts = [part for part in text.split("　　") if part]
    pieces, left = [], LEFT_PT + (2 * size if text.startswith("第") else 0)
    for part in parts:
        pieces.append(Piece(left, part, size))
        left = pieces[-1].right_pt + 3 * size
    yield from (Row(one, 1.9 * size) for one in wrapped(pieces, LEFT_PT, RIGHT_PT))
