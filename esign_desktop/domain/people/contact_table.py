"""Read contacts from a table: recognize the columns by their headings, and read the contact in each row.

Each row describes a person or an organization. A row describes an organization if it has a value in an organization
column, if its kind is an organization, or if its number is an organization code. A person in such a row acts for the
organization. If a person's row names an employer without a code, the employer is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType, is_email
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.bulk.headings import plain_heading
from esign_desktop.domain.bulk.sheet import MAX_CELL_CHARACTERS, CellDamage, id_type_of, plain_value
from esign_desktop.domain.people.documents import is_residence_permit, likely_kinds
from esign_desktop.domain.people.organization_codes import code_type_of, likely_code_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from esign_desktop.domain.bulk.sheet import Sheet, SheetRow


class ContactColumn(StrEnum):
    """The kind of data in a column, in the order in which columns are written.

    NAME and NUMBER apply to both people and organizations.
    """

    KIND = "kind"
    NAME = "name"
    NUMBER_TYPE = "number_type"
    NUMBER = "number"
    MOBILE = "mobile"
    EMAIL = "email"
    REFERENCE = "reference"
    OURS = "ours"
    ORGANIZATION = "organization"
    CODE_TYPE = "code_type"
    CODE = "code"
    LEGAL_NAME = "legal_name"
    LEGAL_TYPE = "legal_type"
    LEGAL_NUMBER = "legal_number"
    AGENT_NAME = "agent_name"
    AGENT_TYPE = "agent_type"
    AGENT_NUMBER = "agent_number"
    AGENT_MOBILE = "agent_mobile"


_C = ContactColumn
_WORDS: Final = {
    _C.KIND: "类型 类别 主体类型 联系人类型 kind type contacttype",
    _C.NAME: "姓名 名字 名称 联系人 联系人姓名 客户姓名 客户名称 员工姓名 真实姓名 签署方 签署方姓名 签署人"
    " name fullname contact contactname displayname",
    _C.NUMBER_TYPE: "证件类型 证件种类 身份证件类型 idtype identitytype documenttype",
    _C.NUMBER: "身份证 身份证号 身份证号码 身份证件号码 证件号 证件号码 公民身份号码 idnumber idno idcard idcardnumber"
    " identitynumber number documentnumber",
    _C.MOBILE: "手机 手机号 手机号码 电话 电话号码 联系电话 移动电话 联系方式 mobile mobileno mobilenumber mobilephone"
    " phone phonenumber tel telephone cellphone phone1value",
    _C.EMAIL: "邮箱 电子邮箱 电子邮件 邮件地址 邮箱地址 email emailaddress mail email1value",
    _C.REFERENCE: "内部编号 自有编号 客户编号 客户号 工号 员工编号 reference yourreference ownreference customerno"
    " customernumber employeeno employeenumber",
    _C.OURS: "我方 本方 ours ourown",
    _C.ORGANIZATION: "公司 公司名称 企业 企业名称 单位 单位名称 机构名称 组织名称 商户名称 company companyname"
    " organization organizationname organisation organisationname organization1name",
    _C.CODE_TYPE: "企业证件类型 企业证照类型 证照类型 代码类型 codetype companycodetype registrationtype",
    _C.CODE: "统一社会信用代码 社会信用代码 信用代码 组织机构代码 工商注册号 营业执照号 证照号码 企业证件号码"
    " 企业证照号码 uscc creditcode unifiedsocialcreditcode companycode organizationcode organisationcode"
    " registrationnumber",
    _C.LEGAL_NAME: "法定代表人 法人 法人姓名 法人代表 法定代表人姓名 legalrepresentative legalname",
    _C.LEGAL_TYPE: "法定代表人证件类型 法人证件类型 legalrepresentativesidtype legalrepresentativeidtype legalidtype",
    _C.LEGAL_NUMBER: "法定代表人证件号码 法定代表人身份证号 法人证件号码 法人身份证号 法人身份证号码"
    " legalrepresentativesidnumber legalrepresentativeidnumber legalidnumber",
    _C.AGENT_NAME: "经办人 经办人姓名 代理人 代理人姓名 agent agentname representative representativename",
    _C.AGENT_TYPE: "经办人证件类型 代理人证件类型 agentidtype agentsidtype representativeidtype representativesidtype",
    _C.AGENT_NUMBER: "经办人证件号码 经办人身份证号 经办人身份证号码 代理人身份证号 agentidnumber agentsidnumber"
    " representativeidnumber representativesidnumber",
    _C.AGENT_MOBILE: "经办人手机 经办人手机号 经办人电话 代理人手机号 agentmobile agentphone agentsmobile"
    " representativemobile representativephone representativesmobile",
}
_COLUMN_BY_WORD: Final = {word: column for column, words in _WORDS.items() for word in words.split()}
_PERSON_WORDS: Final = frozenset({"个人", "自然人", "person", "individual", "personal"})
_ORGANIZATION_WORDS: Final = frozenset(
    {"企业", "机构", "公司", "单位", "组织", "organization", "organisation", "company"}
)
_YES: Final = frozenset({"是", "y", "yes", "1", "true", "我方", "ours", "√", "x"})
_MASK: Final = "*"
_AS_TEXT: Final = "'"
_FORMULA_STARTS: Final = frozenset("=+-@")
_RESIDENT_CHARACTERS: Final = 18
_AS: Final = {
    **dict.fromkeys((_C.NAME, _C.LEGAL_NAME, _C.AGENT_NAME), ColumnKind.NAME),
    **dict.fromkeys((_C.NUMBER, _C.LEGAL_NUMBER, _C.AGENT_NUMBER, _C.CODE), ColumnKind.ID_NUMBER),
    **dict.fromkeys((_C.MOBILE, _C.AGENT_MOBILE), ColumnKind.MOBILE),
    _C.ORGANIZATION: ColumnKind.ORGANIZATION_NAME,
    _C.EMAIL: ColumnKind.EMAIL,
}
_NUMBERS: Final = frozenset({_C.NUMBER, _C.CODE, _C.LEGAL_NUMBER, _C.AGENT_NUMBER, _C.MOBILE, _C.AGENT_MOBILE})

TableColumns = tuple[ContactColumn | None, ...]
"""The kind of data in each column of a sheet. A column whose kind is None is ignored."""


def match_headings(headings: Sequence[str]) -> TableColumns:
    """Return the kind of data in each column, based on its heading, or None if the heading is not recognized.

    If several columns have the same kind, only the first of these columns is used.
    """
    chosen: list[ContactColumn | None] = []
    for heading in headings:
        column = _COLUMN_BY_WORD.get(plain_heading(heading))
        chosen.append(None if column in chosen else column)
    return tuple(chosen)


def says_who(columns: TableColumns) -> bool:
    """Return whether the columns include the name of a person or organization."""
    return _C.NAME in columns or _C.ORGANIZATION in columns


class ContactFault(StrEnum):
    """A fault in a row. The value is the key of the fault's message.

    BAD_MOBILE, BAD_EMAIL and BAD_LEGAL exclude only the invalid value from the import; all other faults exclude the
    whole row.
    """

    NO_NAME = "contacts.no_name"
    BAD_NAME = "contacts.bad_name"
    BAD_KIND = "contacts.bad_kind"
    BAD_TYPE = "contacts.bad_type"
    BAD_NUMBER = "contacts.bad_number"
    UNSAID = "contacts.document_unsaid"
    MASKED = "contacts.masked"
    DAMAGED = "contacts.damaged"
    TOO_LONG = "contacts.too_long"
    BAD_MOBILE = "contacts.bad_mobile"
    BAD_EMAIL = "contacts.bad_email"
    BAD_LEGAL = "contacts.bad_legal"


_NO_NAME: Final = re.compile(r"[0-9]{6}|@")
_ONLY_LEAVES_OUT: Final = frozenset({ContactFault.BAD_MOBILE, ContactFault.BAD_EMAIL, ContactFault.BAD_LEGAL})


@dataclass(frozen=True, slots=True)
class NumberChecks:
    """The functions that validate ID numbers, organization codes and mobile numbers.

    ``is_mobile`` also receives the type of the person's identity document, because foreign mobile numbers are allowed
    for people with foreign documents.
    """

    is_document_number: Callable[[PersonIdType, str], bool]
    is_code: Callable[[OrganizationCodeType, str], bool]
    is_mobile: Callable[[str, PersonIdType], bool]


@dataclass(frozen=True, slots=True)
class ReadContact:
    """A contact that was read from a row of a sheet.

    ``number`` is the row number in the file, counted from 1. ``subject`` is None if the row cannot be imported, but
    ``name`` is always set. ``agent`` is the person who acts for an organization. ``is_ours`` is True only if the row
    marks the contact as one of the user's own parties.
    """

    number: int
    subject: Person | Organization | None = field(repr=False)
    agent: Person | None = field(default=None, repr=False)
    is_ours: bool = False
    faults: tuple[ContactFault, ...] = ()
    name: str = field(default="", repr=False)


def read_contacts(sheet: Sheet, columns: TableColumns, checks: NumberChecks) -> Iterator[ReadContact]:
    """Yield the contact in each row. Rows that the spreadsheet program hides are skipped."""
    for row in sheet.rows:
        if not row.is_hidden:
            yield _Reader(columns, row, checks).read()


def _is_citizens(number: str) -> bool:
    """Return whether the number appears to be intended as a resident identity number, even if it is invalid."""
    is_long = len(number) == _RESIDENT_CHARACTERS and number[:-1].isdecimal()
    return is_long and number[0] != "9" and not is_residence_permit(number)


class _Reader:
    def __init__(self, columns: TableColumns, row: SheetRow, checks: NumberChecks) -> None:
        self._row, self._checks = row, checks
        self._faults: list[ContactFault] = []
        self._values: Mapping[ContactColumn, str] = dict(self._plain(columns))

    def read(self) -> ReadContact:
        subject, agent = self._organization() if self._is_organization() else (self._person(), None)
        if not subject.name:
            self._faults.append(ContactFault.NO_NAME)
        if any(_NO_NAME.search(party.name) for party in (subject, agent) if party is not None):
            # A name is stored unmasked, so it must not contain an ID number.
            self._faults.append(ContactFault.BAD_NAME)
        faults = tuple(dict.fromkeys(self._faults))
        is_taken = all(fault in _ONLY_LEAVES_OUT for fault in faults)
        is_ours = self._of(_C.OURS).casefold() in _YES
        return ReadContact(self._row.number, subject if is_taken else None, agent, is_ours, faults, subject.name)

    def _plain(self, columns: TableColumns) -> Iterator[tuple[ContactColumn, str]]:
        for index, (column, text) in enumerate(zip(columns, self._row.cells, strict=False)):
            if column is None:
                continue
            damage = self._row.damages.get(index)
            if damage is not None and (column in _NUMBERS or damage is not CellDamage.NUMBER_ROUNDED):
                self._faults.append(ContactFault.DAMAGED)
                continue
            # When exporting, the program adds an apostrophe so that spreadsheet programs do not evaluate the value as a
            # formula.
            is_marked = text[:1] == _AS_TEXT and text[1:2] in _FORMULA_STARTS
            value = plain_value(_AS.get(column, ColumnKind.TITLE), text[1:] if is_marked else text)
            if len(value) > MAX_CELL_CHARACTERS:
                self._faults.append(ContactFault.TOO_LONG)
            elif column in _NUMBERS and _MASK in value:
                # A masked number from an exported file does not identify a person.
                self._faults.append(ContactFault.MASKED)
            else:
                yield column, value

    def _of(self, column: ContactColumn) -> str:
        return self._values.get(column, "")

    def _is_organization(self) -> bool:
        said = self._of(_C.KIND).casefold()
        if said in _ORGANIZATION_WORDS:
            return True
        if said in _PERSON_WORDS:
            return False
        if said:
            self._faults.append(ContactFault.BAD_KIND)
        if self._of(_C.ORGANIZATION):
            return bool(self._of(_C.CODE)) or not self._of(_C.NAME)
        said_type, number = self._of(_C.NUMBER_TYPE), self._of(_C.NUMBER)
        if said_type and id_type_of(said_type) is None and code_type_of(said_type) is not None:
            return True
        is_person = self._checks.is_document_number(PersonIdType.RESIDENT_IDENTITY, number)
        return (
            not said_type and not is_person and self._checks.is_code(OrganizationCodeType.UNIFIED_SOCIAL_CREDIT, number)
        )

    def _person(self, name: ContactColumn = _C.NAME) -> Person:
        of_agent = name is _C.AGENT_NAME
        number_type, number, mobile = (
            (_C.AGENT_TYPE, _C.AGENT_NUMBER, _C.AGENT_MOBILE) if of_agent else (_C.NUMBER_TYPE, _C.NUMBER, _C.MOBILE)
        )
        kind = self._id_type(self._of(number_type), self._of(number), self._of(name))
        if self._of(number) and not self._checks.is_document_number(kind, self._of(number)):
            self._faults.append(ContactFault.BAD_NUMBER)
        phone = self._of(mobile)
        if phone and not self._checks.is_mobile(phone, kind):
            self._faults.append(ContactFault.BAD_MOBILE)
            phone = ""
        if of_agent:
            return Person(self._of(name), self._of(number), kind, phone)
        return Person(self._of(name), self._of(number), kind, phone, self._email(), self._of(_C.REFERENCE))

    def _id_type(self, said: str, number: str, name: str) -> PersonIdType:
        if said:
            kind = id_type_of(said)
            if kind is None:
                self._faults.append(ContactFault.BAD_TYPE)
            return kind or PersonIdType.RESIDENT_IDENTITY
        if not number or _is_citizens(number):
            return PersonIdType.RESIDENT_IDENTITY
        kinds = likely_kinds(number, has_chinese_name=not name.isascii())
        if len(kinds) > 1:
            self._faults.append(ContactFault.UNSAID)
        return kinds[0] if kinds else PersonIdType.RESIDENT_IDENTITY

    def _email(self) -> str:
        email = self._of(_C.EMAIL)
        if email and not is_email(email):
            self._faults.append(ContactFault.BAD_EMAIL)
            return ""
        return email

    def _organization(self) -> tuple[Organization, Person | None]:
        has_own = bool(self._of(_C.ORGANIZATION))
        said, code = (self._of(_C.CODE_TYPE), self._of(_C.CODE)) if has_own else ("", "")
        if not code and not (has_own and self._of(_C.NAME)):
            said, code = said or self._of(_C.NUMBER_TYPE), self._of(_C.NUMBER)
        code_type = code_type_of(said) if said else likely_code_type(code)
        if code_type is None:
            self._faults.append(ContactFault.BAD_TYPE)
        elif code and not self._checks.is_code(code_type, code):
            self._faults.append(ContactFault.BAD_NUMBER)
        agent = self._person() if has_own and self._of(_C.NAME) else self._person(_C.AGENT_NAME)
        legal_type, legal_number = self._legal()
        organization = Organization(
            self._of(_C.ORGANIZATION) or self._of(_C.NAME),
            code,
            code_type or OrganizationCodeType.UNIFIED_SOCIAL_CREDIT,
            self._of(_C.LEGAL_NAME),
            legal_number,
            legal_type,
            "" if agent.email else self._email(),
            "" if agent.third_id else self._of(_C.REFERENCE),
        )
        return organization, agent if agent.name else None

    def _legal(self) -> tuple[PersonIdType, str]:
        number, said = self._of(_C.LEGAL_NUMBER), self._of(_C.LEGAL_TYPE)
        kind = id_type_of(said) if said else PersonIdType.RESIDENT_IDENTITY
        if number and (kind is None or not self._checks.is_document_number(kind, number)):
            self._faults.append(ContactFault.BAD_LEGAL)
            number = ""
        return kind or PersonIdType.RESIDENT_IDENTITY, number
