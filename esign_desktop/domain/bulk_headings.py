"""Which heading means what: Chinese and English, whatever the spacing, width, case and punctuation.

What would name somebody else in the place of the preset's own people is only matched when it says so itself.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.bulk_columns import ColumnKind, ColumnTarget, offers_of
from esign_desktop.domain.preset import BranchRole, CustomerRole, StaffRole
from esign_desktop.domain.preset_edits import role_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.bulk_columns import ColumnChoice
    from esign_desktop.domain.preset import Preset, Role

_K = ColumnKind
_WORDS: Final = {
    _K.NAME: "姓名 名字 客户姓名 员工姓名 学员姓名 签署人 签署人姓名 签约人 签约人姓名 签字人 人员姓名 真实姓名"
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
    " uscc creditcode unifiedsocialcreditcode companycode organizationcode organisationcode",
    _K.TITLE: "合同名称 合同标题 合同名 文件名称 签署主题 title contracttitle contractname",
    # Not 序号: a row's place in the sheet changes, and the row would be taken for another one.
    _K.REFERENCE: "合同编号 合同号 业务编号 业务号 订单号 工号 参考号 reference referenceno ref refno contractno"
    " contractnumber orderno ordernumber employeeno employeenumber",
}
_KIND_BY_WORD: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_AGENTS: Final = ("经办人", "代理人", "agent")
_NUMBERS: Final = {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "一": 0, "二": 1, "三": 2, "四": 3, "五": 4}
_MARKS: Final = re.compile(r"[\W_]+")
_NOTES: Final = re.compile(r"\((?:必填|选填|required|optional)\)")
_LEAST_KNOWN: Final = 2


def plain_heading(heading: str) -> str:
    """Return a heading without case, width, spaces, punctuation and (必填), for comparing."""
    return _MARKS.sub("", _NOTES.sub("", unicodedata.normalize("NFKC", heading).casefold()))


def known_heading_count(cells: Sequence[str]) -> int:
    """Return how many of the cells are headings that are known whatever the preset."""
    return sum(any(word in _KIND_BY_WORD for word, _ in _readings(plain_heading(cell))) for cell in cells)


def looks_like_headings(cells: Sequence[str]) -> bool:
    """Whether a row is one of headings rather than a title above them, or values."""
    return known_heading_count(cells) >= _LEAST_KNOWN


def match_columns(preset: Preset, headings: Sequence[str]) -> ColumnChoice:
    """Find out what each column is for, by its heading alone; None where it does not say."""
    matching = _Matching(preset, [plain_heading(heading) for heading in headings])
    matching.take_roles_by_title()
    matching.take_customers()
    matching.take_questions()
    matching.take_contract()
    matching.take_branch()
    return tuple(matching.chosen)


def heading_of(target: ColumnTarget, role_name: str) -> str:
    """Return a Chinese heading by which ``match_columns`` finds the target again; ``role_name`` tells the role."""
    if target.kind is _K.QUESTION:
        return target.question
    return f"{role_name}{_HEADINGS[target.kind]}"


_HEADINGS: Final = {
    _K.NAME: "姓名",
    _K.ID_NUMBER: "身份证号",
    _K.ID_TYPE: "证件类型",
    _K.MOBILE: "手机号",
    _K.EMAIL: "邮箱",
    _K.ORGANIZATION_NAME: "公司名称",
    _K.ORGANIZATION_CODE: "统一社会信用代码",
    _K.TITLE: "合同名称",
    _K.REFERENCE: "合同编号",
}


def _readings(plain: str) -> list[tuple[str, int | None]]:
    """Return the heading as it is, and without a number at its end or beginning that tells the signer."""
    found: list[tuple[str, int | None]] = [(plain, None)]
    if plain[-1:] in _NUMBERS:
        found.append((plain[:-1], _NUMBERS[plain[-1]]))
    match = re.match(r"(?:签署人|签约人|客户|signer|customer)([1-5一二三四五])(.+)", plain)
    if match:
        found.append((match[2], _NUMBERS[match[1]]))
    return found


class _Matching:
    def __init__(self, preset: Preset, plain: list[str]) -> None:
        self._preset = preset
        self._plain = plain
        self._asked = (*preset.questions, *preset.document_questions)
        self._offered = {offer.target for offer in offers_of(preset)}
        self.chosen: list[ColumnTarget | None] = [None] * len(plain)

    def take_roles_by_title(self) -> None:
        """Take headings that name the role, such as 借款人手机号, or 手机号（借款人）."""
        titles = sorted(((plain_heading(role_title(role)), role) for role in self._preset.roles), key=_longest_first)
        for index in self._open():
            for title, role in titles:
                target = self._of_role(self._plain[index], title, role) if title else None
                if target is not None and self._choose(index, target):
                    break

    def take_customers(self) -> None:
        """Take what names no role: the first column of a kind is the first customer's, and so on."""
        customers = self._preset.customers
        for index in self._open():
            for word, number in _readings(self._plain[index]):
                kind = _KIND_BY_WORD.get(word)
                wanted = customers if number is None else customers[number : number + 1]
                if kind is not None and any(self._choose(index, ColumnTarget(kind, one.id)) for one in wanted):
                    break

    def take_questions(self) -> None:
        # A field that is called 电话 needs its column more than a message does that nobody asked for.
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
        """Take organization columns for the only branch, if it is another party and the sheet tells all of it."""
        branches = [role for role in self._preset.roles if isinstance(role, BranchRole)]
        if len(branches) != 1 or branches[0].terms.is_silent:
            return
        wanted = {_K.ORGANIZATION_NAME, _K.ORGANIZATION_CODE}
        found = {index: _KIND_BY_WORD.get(self._plain[index]) for index in self._open()}
        if wanted <= set(found.values()):
            for index, kind in found.items():
                if kind in wanted and kind is not None:
                    self._choose(index, ColumnTarget(kind, branches[0].id))

    def _of_role(self, plain: str, title: str, role: Role) -> ColumnTarget | None:
        if not (plain.startswith(title) or plain.endswith(title)):
            return None
        rest = plain.removeprefix(title) if plain.startswith(title) else plain.removesuffix(title)
        if isinstance(role, BranchRole):
            if not rest:
                return ColumnTarget(_K.ORGANIZATION_NAME, role.id)
            for agent in _AGENTS:
                if rest.startswith(agent):
                    kind = _KIND_BY_WORD.get(rest.removeprefix(agent), None if rest != agent else _K.NAME)
                    return None if kind is None else ColumnTarget(kind, role.id)
            kind = _KIND_BY_WORD.get("公司" + rest) or _KIND_BY_WORD.get(rest)
            return None if kind is None else ColumnTarget(kind, role.id)
        if not isinstance(role, CustomerRole | StaffRole):
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


def _longest_first(titled: tuple[str, Role]) -> int:
    return -len(titled[0])
