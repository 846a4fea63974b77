"""Find a sheet's heading row, and determine what each column contains.

Headings are recognized in Chinese and in English, regardless of spacing, width, case and punctuation. The preset
already contains the signers of staff and branch roles, so a heading is matched to such a role only if the heading names
the role. If a sheet has no headings, the cells are examined instead. Ambiguous columns are not matched: if there are
two columns of names, for example, it is unknown which name belongs to the ID numbers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import is_email, is_mainland_mobile
from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget, offers_of
from esign_desktop.domain.bulk.sheet import (
    HEADING_ROWS,
    MAX_ROWS,
    Sheet,
    SheetRow,
    id_type_of,
    plain_value,
    without_excess_marks,
)
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.signer import (
    OrganizationSigner,
    is_organization,
    is_person,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer


_K = ColumnKind
_WORDS: Final = {
    _K.NAME: "姓名 名字 客户姓名 员工姓名 学员姓名 签署方 签署方姓名 签署人 签署人姓名 签约人 签约人姓名 签字人"
    " 人员姓名 真实姓名"
    " name fullname personname signer signername customer customername employeename",
    _K.ID_NUMBER: "身份证 身份证号 身份证号码 身份证件号 身份证件号码 证件号 证件号码 公民身份号码 居民身份证号"
    " 居民身份证号码 idnumber idno idcard idcardnumber idcardno identitynumber identitycard",
    _K.ID_TYPE: "证件类型 证件种类 身份证件类型 idtype identitytype documenttype",
    _K.MOBILE: "手机 手机号 手机号码 电话 电话号码 联系电话 移动电话 联系方式 本人手机号"
    " mobile mobileno mobilenumber mobilephone phone phoneno phonenumber tel telephone cellphone",
    _K.EMAIL: "邮箱 电子邮箱 电子邮件 邮件地址 邮箱地址 email emailaddress mail",
    _K.ORGANIZATION_NAME: "公司 公司名称 企业 企业名称 单位名称 机构名称 组织名称 商户名称"
    " company companyname organization organizationname organisation organisationname",
    _K.ORGANIZATION_CODE: "统一社会信用代码 社会信用代码 信用代码 组织机构代码 营业执照号"
    " 工商注册号 证照号 证照号码 企业证件号 企业证件号码 企业证照号 企业证照号码"
    " uscc creditcode unifiedsocialcreditcode companycode organizationcode organisationcode registrationnumber",
    _K.CODE_TYPE: "企业证件类型 企业证照类型 证照类型 代码类型 机构证件类型 单位证件类型"
    " codetype companycodetype organizationcodetype organisationcodetype registrationtype",
    _K.TITLE: "合同名称 合同标题 合同名 文件名称 签署主题 title contracttitle contractname",
    # 序号 (row number) is excluded: if rows were moved, the same contract would get a different reference.
    _K.REFERENCE: "内部编号 合同编号 合同号 业务编号 业务号 订单号 工号 参考号 reference referenceno ref refno"
    " contractno contractnumber orderno ordernumber employeeno employeenumber",
}
_KIND_BY_WORD: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_AGENTS: Final = ("经办人", "代理人", "agent")
_NUMBERS: Final = {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "一": 0, "二": 1, "三": 2, "四": 3, "五": 4}
_MARKS: Final = re.compile(r"[\W_]+")
_NOTES: Final = re.compile(r"\((?:必填|选填|required|optional)\)")
_LEAST_KNOWN: Final = 2
_LONGEST_HEADING: Final = 500


def plain_heading(heading: str) -> str:
    """Return the heading in a normalized form for comparison.

    Case, width, spaces, punctuation and notes such as （必填） are ignored. Only the first ``_LONGEST_HEADING``
    characters are compared.
    """
    text = unicodedata.normalize("NFKC", without_excess_marks(heading[:_LONGEST_HEADING]))
    return _MARKS.sub("", _NOTES.sub("", text.casefold()))


def known_heading_count(cells: Sequence[str]) -> int:
    """Return the number of cells that contain a known heading. Headings specific to a preset are not counted."""
    return sum(any(word in _KIND_BY_WORD for word, _ in _readings(plain_heading(cell))) for cell in cells)


def looks_like_headings(cells: Sequence[str]) -> bool:
    """Return whether the row appears to contain column headings, not a sheet's title or a contract's values."""
    return known_heading_count(cells) >= _LEAST_KNOWN


def match_columns(preset: Preset, headings: Sequence[str]) -> ColumnChoice:
    """Return the target of each column according to its heading, or None for a heading that is not recognized."""
    matching = _Matching(preset, [plain_heading(heading) for heading in headings])
    matching.take_roles_by_title()
    matching.take_customers()
    matching.take_questions()
    matching.take_contract()
    matching.take_branch()
    return tuple(matching.chosen)


def heading_of(target: ColumnTarget, role_name: str) -> str:
    """Return a Chinese heading that ``match_columns`` recognizes as this target.

    ``role_name`` is put before the heading to identify the role. For a form field, the heading is the field's name.
    """
    if target.kind is _K.QUESTION:
        return target.question
    return f"{role_name}{_HEADINGS[target.kind]}"


_HEADINGS: Final = {
    _K.NAME: "姓名",
    _K.ID_NUMBER: "证件号码",
    _K.ID_TYPE: "证件类型",
    _K.MOBILE: "手机号",
    _K.EMAIL: "邮箱",
    _K.ORGANIZATION_NAME: "企业名称",
    _K.ORGANIZATION_CODE: "统一社会信用代码",
    _K.CODE_TYPE: "证照类型",
    _K.TITLE: "合同标题",
    _K.REFERENCE: "内部编号",
}


def _readings(plain: str) -> list[tuple[str, int | None]]:
    """Return the possible readings of a heading, each with the index of the customer that it numbers.

    The first reading is the heading itself, with None as the index. In the others, a number at the end, as in 姓名2, or
    after a word for a signer, as in 客户2姓名, is removed and becomes the index.
    """
    found: list[tuple[str, int | None]] = [(plain, None)]
    if plain[-1:] in _NUMBERS:
        found.append((plain[:-1], _NUMBERS[plain[-1]]))
    match = re.match(r"(?:签署方|签署人|签约人|客户|signer|customer)([1-5一二三四五])(.+)", plain)
    if match:
        found.append((match[2], _NUMBERS[match[1]]))
    return found


class _Matching:
    """A matcher of headings to targets. Each pass assigns targets to columns that do not have one yet."""

    def __init__(self, preset: Preset, plain: list[str]) -> None:
        self._preset = preset
        self._plain = plain
        self._asked = (*preset.questions, *preset.document_questions)
        self._offered = {offer.target for offer in offers_of(preset)}
        self.chosen: list[ColumnTarget | None] = [None] * len(plain)

    def take_roles_by_title(self) -> None:
        """Match headings that contain a role's title, such as 借款人手机号 or 手机号（借款人）."""
        titles = sorted(((plain_heading(title_of(role)), role) for role in self._preset.signers), key=_longest_first)
        for index in self._open():
            for title, role in titles:
                target = self._of_role(self._plain[index], title, role) if title else None
                if target is not None and self._choose(index, target):
                    break

    def take_customers(self) -> None:
        """Match headings that name no role: the first column of a kind belongs to the first customer, and so on."""
        customers = self._preset.customers
        for index in self._open():
            for word, number in _readings(self._plain[index]):
                kind = _KIND_BY_WORD.get(word)
                wanted = customers if number is None else customers[number : number + 1]
                if kind is None and (kind := _kind_of_agent(word)) is not None:
                    wanted = tuple(filter(is_organization, wanted))
                if kind is not None and any(
                    self._choose(index, ColumnTarget(kind, customer.id)) for customer in wanted
                ):
                    break

    def take_questions(self) -> None:
        # A form field called 电话 has priority over an optional contact column.
        optional = {_K.MOBILE, _K.EMAIL, _K.ID_TYPE}
        by_name = {plain_heading(question): question for question in self._asked}
        for index, plain in enumerate(self._plain):
            chosen = self.chosen[index]
            if plain in by_name and (chosen is None or chosen.kind in optional):
                self.chosen[index] = None
                self._choose(index, ColumnTarget(_K.QUESTION, question=by_name[plain]))

    def take_contract(self) -> None:
        for index in self._open():
            kind = _KIND_BY_WORD.get(self._plain[index])
            if kind is not None:
                self._choose(index, ColumnTarget(kind))

    def take_branch(self) -> None:
        """Match organization columns to the preset's only branch role if the sheet has both a name and a code.

        A branch that signs automatically is not matched, because it is the user's own.
        """
        branches = [role for role in self._preset.signers if isinstance(role, OrganizationSigner)]
        if len(branches) != 1 or branches[0].terms.is_silent:
            return
        wanted = {_K.ORGANIZATION_NAME, _K.ORGANIZATION_CODE}
        found = {index: _KIND_BY_WORD.get(self._plain[index]) for index in self._open()}
        if wanted <= set(found.values()):
            for index, kind in found.items():
                if kind is not None and kind in {*wanted, _K.CODE_TYPE}:
                    self._choose(index, ColumnTarget(kind, branches[0].id))

    def _of_role(self, plain: str, title: str, role: Signer) -> ColumnTarget | None:
        if not (plain.startswith(title) or plain.endswith(title)):
            return None
        rest = plain.removeprefix(title) if plain.startswith(title) else plain.removesuffix(title)
        if is_organization(role):
            if not rest:
                return ColumnTarget(_K.ORGANIZATION_NAME, role.id)
            kind = _kind_of_agent(rest) or _KIND_BY_WORD.get("公司" + rest) or _KIND_BY_WORD.get(rest)
            return None if kind is None else ColumnTarget(kind, role.id)
        if not is_person(role):
            return None
        kind = _KIND_BY_WORD.get(rest) if rest else _K.NAME
        return None if kind is None else ColumnTarget(kind, role.id)

    def _open(self) -> list[int]:
        return [index for index, target in enumerate(self.chosen) if target is None and self._plain[index]]

    def _choose(self, index: int, target: ColumnTarget) -> bool:
        if target not in self._offered or target in self.chosen:
            return False
        self.chosen[index] = target
        return True


def _kind_of_agent(plain: str) -> ColumnKind | None:
    """Return what a heading such as 经办人手机号 says about an organization's agent, or None."""
    for agent in _AGENTS:
        if plain.startswith(agent):
            rest = plain.removeprefix(agent)
            return _KIND_BY_WORD.get(rest) if rest else _K.NAME
    return None


def _longest_first(titled: tuple[str, Signer]) -> int:
    return -len(titled[0])


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
    """Return whether any cell contains an ID number, phone number, email address or organization code.

    A heading row contains none of these.
    """
    return any(_is_number(cell) or _is_mobile(cell) or _is_email(cell) or _is_code(cell) for cell in cells)


def match_contents(preset: Preset, rows: Sequence[SheetRow]) -> ColumnChoice:
    """Return the target of each column according to its cells, or None for a column whose cells are ambiguous.

    Columns are matched only if the preset has exactly one customer.
    """
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


_LEAST_OF_A_TABLE = 2
"""A row with fewer cells than this is a title."""


def lay_out(
    name: str,
    path: str,
    rows: Sequence[SheetRow],
    worksheet: str = "",
    worksheets: tuple[str, ...] = (),
    most_rows: int = MAX_ROWS,
) -> Sheet:
    """Build a sheet from its non-empty rows, and determine which row contains the headings.

    ``most_rows`` is the maximum number of rows. Raises InputError ``sheet.no_rows`` or ``sheet.too_many_rows``.
    """
    if not rows:
        raise InputError("sheet.no_rows")
    width = max(len(row.cells) for row in rows)
    rows = [replace(row, cells=(*row.cells, *("",) * (width - len(row.cells)))) for row in rows]
    first = rows[:HEADING_ROWS]
    at = next((index for index, row in enumerate(first) if looks_like_headings(row.cells)), None)
    if at is None:
        # No row has known headings: the first row with several cells holds either unknown headings or the first
        # contract.
        at = next((index for index, row in enumerate(first) if _cell_count(row) >= _LEAST_OF_A_TABLE), 0)
    # A row above the headings that holds a person's data is kept, so that no contract is dropped silently.
    above = [row for row in rows[:at] if _cell_count(row) >= _LEAST_OF_A_TABLE and holds_a_person(row.cells)]
    body = (*above, *rows[at + 1 :])
    sheet = Sheet(name, path, rows[at].cells, body, worksheet, worksheets, heading_row=rows[at])
    if holds_a_person(sheet.headings) and not looks_like_headings(sheet.headings):
        sheet = without_headings(sheet)
    if not sheet.rows:
        raise InputError("sheet.no_rows")
    if len(sheet.rows) > most_rows:
        raise InputError("sheet.too_many_rows", max=most_rows)
    return sheet


def without_headings(sheet: Sheet) -> Sheet:
    """Return the sheet with its heading row treated as a contract row, and with empty headings."""
    row = sheet.heading_row
    if row is None:
        return sheet
    rows = tuple(sorted((row, *sheet.rows), key=lambda sheet_row: sheet_row.number))
    return replace(sheet, headings=("",) * len(sheet.headings), rows=rows, heading_row=None)


def with_headings(sheet: Sheet) -> Sheet:
    """Return the sheet with its first row treated as headings.

    A sheet that already has a heading row, or that has only one row, is returned unchanged.
    """
    if sheet.heading_row is not None or len(sheet.rows) < _LEAST_OF_A_TABLE:
        return sheet
    first, *rest = sheet.rows
    return replace(sheet, headings=first.original or first.cells, rows=tuple(rest), heading_row=first)


def are_headings_doubtful(sheet: Sheet) -> bool:
    """Return whether the heading row may actually be a contract row. This is the case if no heading is known."""
    return sheet.heading_row is not None and not known_heading_count(sheet.headings)


def _cell_count(row: SheetRow) -> int:
    return sum(map(bool, row.cells))
