"""What the columns of a sheet hold, by what stands in them: for sheets without headings.

Only what leaves no doubt is told: with two columns of names nobody can know whose the ID numbers are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import is_email, is_mainland_mobile
from esign_desktop.domain.bulk_columns import ColumnKind, ColumnTarget, offers_of
from esign_desktop.domain.bulk_values import id_type_of, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from esign_desktop.domain.bulk_columns import ColumnChoice
    from esign_desktop.domain.bulk_sheet import SheetRow
    from esign_desktop.domain.preset import Preset

_K = ColumnKind
_LOOKED_AT: Final = 200
_MOSTLY: Final = 0.8
_LONGEST: Final = 100

_RESIDENT: Final = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{4}[0-9X]")
_LONG_NUMBER: Final = re.compile(r"[0-9]{15,20}")
_CODE: Final = re.compile(r"[1-9A-GY][1-59][0-9]{6}[0-9A-Z]{10}")
_NAME: Final = re.compile(r"[^\W\d_]+(?:[ ·.'’-]+[^\W\d_]+)*")
_CHINESE_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}")
_SURNAMES: Final = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁"
    "柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅"
    "庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣"
    "邓郁单杭洪包诸左石崔吉龚程嵇邢裴陆荣翁荀羊甄曲家封芮储靳段焦巴弓牧山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹龙"
    "叶幸司黎薄印白蒲邰从索咸赖卓蔺屠蒙池乔阴胥能苍双闻莘翟谭贡劳姬申扶冉宰雍桑桂牛寿通边燕尚农温庄晏瞿阎连习容向古易慎戈"
    "廖庾终步都耿满弘匡国文寇广禄东欧利师巩聂关荆游权盖益桓肖涂付闫覃岳"
)


def holds_a_person(cells: Iterable[str]) -> bool:
    """Whether a row holds somebody's number or address, as no row of headings does."""
    return any(_is_number(cell) or _is_mobile(cell) or _is_email(cell) or _is_code(cell) for cell in cells)


def match_contents(preset: Preset, rows: Sequence[SheetRow]) -> ColumnChoice:
    """Find out what each column is for, by its contents alone; None where they do not say."""
    width = max((len(row.cells) for row in rows), default=0)
    chosen: list[ColumnTarget | None] = [None] * width
    if len(preset.customers) != 1:
        return tuple(chosen)
    role_id = preset.customers[0].id
    offered = {offer.target for offer in offers_of(preset)}
    columns = [[row.cells[at] for row in rows[:_LOOKED_AT] if row.cells[at]] for at in range(width)]
    for kind, test in _TESTS:
        fitting = [at for at, cells in enumerate(columns) if chosen[at] is None and _fits(cells, test)]
        target = ColumnTarget(kind, role_id)
        if len(fitting) == 1 and target in offered and target not in chosen:
            chosen[fitting[0]] = target
    return tuple(chosen)


def _fits(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(test, cells)) >= _MOSTLY * len(cells)


def _is_number(cell: str) -> bool:
    plain = plain_value(_K.ID_NUMBER, cell) if len(cell) <= _LONGEST else ""
    return bool(_RESIDENT.fullmatch(plain) or _LONG_NUMBER.fullmatch(plain))


def _is_mobile(cell: str) -> bool:
    return len(cell) <= _LONGEST and is_mainland_mobile(plain_value(_K.MOBILE, cell))


def _is_email(cell: str) -> bool:
    return len(cell) <= _LONGEST and is_email(plain_value(_K.EMAIL, cell))


def _is_code(cell: str) -> bool:
    return len(cell) <= _LONGEST and _CODE.fullmatch(plain_value(_K.ORGANIZATION_CODE, cell)) is not None


def _is_id_type(cell: str) -> bool:
    return not cell.isdecimal() and id_type_of(cell) is not None


def _is_name(cell: str) -> bool:
    return len(cell) <= _LONGEST and _NAME.fullmatch(plain_value(_K.NAME, cell)) is not None and not _is_id_type(cell)


def _is_usual_name(cell: str) -> bool:
    plain = plain_value(_K.NAME, cell) if _is_name(cell) else ""
    return _CHINESE_NAME.fullmatch(plain) is not None and plain[0] in _SURNAMES


_TESTS: Final = (
    (_K.ID_NUMBER, _is_number),
    (_K.MOBILE, _is_mobile),
    (_K.EMAIL, _is_email),
    (_K.ID_TYPE, _is_id_type),
    (_K.NAME, _is_usual_name),
    (_K.NAME, _is_name),
)
