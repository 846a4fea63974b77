"""Vary contract forms: paragraphs of other length, and near-twins with one difference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.pdf.proposing.filling import rows_of
from tests.pdf.proposing.setting import LEFT_PT, RIGHT_PT, Piece, Row, set_rows, wrapped

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

_GOODS = ("轴承", "示例阀门", "电缆", "无缝钢管", "包装箱", "滤芯", "控制柜", "玻璃瓶", "防水卷材", "办公桌")
_SPECIFIED = (
    "表面不得有裂纹和锈蚀", "按照样品的颜色制作", "每箱附合格证和装箱单", "电压波动不超过额定值", "焊缝应打磨平整",
    "出厂前进行通电试验", "外包装注明向上和防潮", "配件随主机一并提供", "材质以实验室报告为准",
    "尺寸偏差在允许范围之内",
)  # fmt: skip
KINDS = ("party", "clause changed", "clause missing", "clause added", "label moved")
_SWAPS = (
    ("甲方", "乙方"), ("乙方", "甲方"), ("卖方", "买方"), ("买方", "卖方"), ("供方", "需方"), ("需方", "供方"),
    ("不得", "可以"), ("应当", "可以"), ("应", "可"), ("有权", "无权"), ("必须", "可以"), ("全部", "部分"),
    ("承担", "免除"),
)  # fmt: skip
_NEW_CLAUSES = (
    "任何一方提前解除的，应当向对方支付违约金。",
    "因本合同发生的争议，提交卖方所在地的仲裁机构裁决。",
    "一方可以将其在本合同项下的权利转让给第三方，无须对方同意。",
    "质量保证期内的维修费用由使用的一方自行承担。",
)
_BLANK = re.compile(r"[_＿]{2,}|　{2,}")


def lengthened(document: Any, chance: random.Random) -> Any:
    """Return a filled form with a list or a description of some length added within it."""
    rows = list(rows_of(document))
    ends = [number for number, row in enumerate(rows[:-8], 1) if row.pieces and row.pieces[-1].text.endswith("。")]
    at = chance.choice(ends) if ends else min(6, len(rows))
    return set_rows([*rows[:at], *_extra(chance), *rows[at:]])


def _extra(chance: random.Random) -> list[Row]:
    count = chance.randrange(3, 25)
    if chance.random() < 0.5:
        cells = (
            (chance.choice(_GOODS), f"{chance.randrange(2, 900)}", f"{chance.randrange(9, 9000)}元")
            for _ in range(count)
        )
        return [Row([Piece(LEFT_PT + 130 * at, text, 10.5) for at, text in enumerate(cell)], 18) for cell in cells]
    text = "说明" + "，".join(chance.choice(_SPECIFIED) for _ in range(count)) + "。"
    return [Row(one, 18) for one in wrapped([Piece(LEFT_PT + 21, text, 10.5)], LEFT_PT, RIGHT_PT)]


@dataclass(slots=True)
class Twin:
    """A form with one difference. ``changed`` contains the printed text that is different or gone."""

    document: Any
    kind: str
    changed: str


def twin_of(form: Any, parties: Sequence[Mapping[str, Any]], kind: str, chance: random.Random) -> Twin | None:
    """Return a near-twin of a blank form, or None if the form has no place for a difference of this kind."""
    rows = list(rows_of(form))
    made = {
        "party": _with_party,
        "clause changed": _with_changed,
        "clause missing": _without_clause,
        "clause added": _with_clause,
        "label moved": _with_moved,
    }[kind](rows, parties, chance)
    return None if made is None else Twin(set_rows(made[0]), kind, made[1])


def _text(row: Row) -> str:
    return "".join(piece.text for piece in row.pieces)


def _clauses(rows: Iterable[Row]) -> list[int]:
    """Return the indices of rows within the wording that have no blanks and are one clause."""
    return [
        number
        for number, row in enumerate(rows)
        if len(row.pieces) == 1 and len(_text(row)) > 14 and _text(row).endswith("。") and not _BLANK.search(_text(row))
    ]


def _with_party(
    rows: list[Row], parties: Sequence[Mapping[str, Any]], chance: random.Random
) -> tuple[list[Row], str] | None:
    roles = [party["role"] for party in parties]
    head = [
        n
        for n, row in enumerate(rows[: len(rows) // 2])
        if any(re.match(rf"{re.escape(role)}[:：（(_]", _text(row)) for role in roles)
    ]
    foot = [n for n, row in enumerate(rows) if n > len(rows) // 2 and any(role in _text(row) for role in roles)]
    if not head or not foot:
        return None
    role = chance.choice(("丙方", "保证人", "担保人"))
    size = rows[foot[-1]].pieces[0].size_pt
    label = Row([Piece(LEFT_PT, f"{role}（盖章）：", size)], 26)
    named = Row([Piece(LEFT_PT, f"{role}：________________", size)], 22)
    at, end = head[-1] + 1, foot[-1] + 1
    return [*rows[:at], named, *rows[at:end], label, *rows[end:]], role


def _with_changed(
    rows: list[Row], _: Sequence[Mapping[str, Any]], chance: random.Random
) -> tuple[list[Row], str] | None:
    found = [
        (number, old, new)
        for number, row in enumerate(rows)
        for old, new in _SWAPS
        if old in _text(row) and len(_text(row)) > 14 and len(row.pieces) == 1 and not _BLANK.search(_text(row))
    ]
    if not found:
        return None
    number, old, new = chance.choice(found)
    piece = rows[number].pieces[0]
    at = piece.text.index(old)
    around = piece.text[max(0, at - 4) : at] + new + piece.text[at + len(old) : at + len(old) + 4]
    piece.text = piece.text[:at] + new + piece.text[at + len(old) :]
    return rows, around


def _without_clause(
    rows: list[Row], _: Sequence[Mapping[str, Any]], chance: random.Random
) -> tuple[list[Row], str] | None:
    found = [n for n in _clauses(rows) if n and _text(rows[n - 1])[-1:] in "。；：:;"]
    if not found:
        return None
    at = chance.choice(found)
    return [*rows[:at], *rows[at + 1 :]], _text(rows[at])


def _with_clause(
    rows: list[Row], _: Sequence[Mapping[str, Any]], chance: random.Random
) -> tuple[list[Row], str] | None:
    found = [n for n, row in enumerate(rows) if row.pieces and _text(row).endswith("。")]
    if not found:
        return None
    at, text = chance.choice(found) + 1, chance.choice(_NEW_CLAUSES)
    size = rows[at - 1].pieces[0].size_pt
    return [*rows[:at], Row([Piece(LEFT_PT, text, size)], 20), *rows[at:]], text


def _with_moved(
    rows: list[Row], parties: Sequence[Mapping[str, Any]], chance: random.Random
) -> tuple[list[Row], str] | None:
    """Exchange the labels of two parties at the end, or move one label up before the last clauses."""
    roles = [party["role"] for party in parties if party["anchors"]][:2]
    if len(roles) < 2 or roles[0] in roles[1] or roles[1] in roles[0]:
        return None
    lasts = [
        max((n for n, row in enumerate(rows) for piece in row.pieces if piece.text.startswith(role)), default=-1)
        for role in roles
    ]
    if min(lasts) < len(rows) // 2:
        return None
    if lasts[0] != lasts[1] and chance.random() < 0.4:
        clauses = [n for n in _clauses(rows) if len(rows) // 3 < n < min(lasts) - 2]
        if clauses:
            moved = rows.pop(lasts[1])
            return [*rows[: clauses[-1]], moved, *rows[clauses[-1] :]], roles[1]
    for number in set(lasts):
        for piece in rows[number].pieces:
            for role, other in (roles, roles[::-1]):
                if piece.text.startswith(role):
                    piece.text = other + piece.text[len(role) :]
                    break
    return rows, roles[0]
