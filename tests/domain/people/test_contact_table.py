from __future__ import annotations

import pytest

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.bulk.sheet import CellDamage, Sheet, SheetRow
from esign_desktop.domain.people.contact_table import (
    ContactColumn,
    ContactFault,
    NumberChecks,
    ReadContact,
    match_headings,
    read_contacts,
    says_who,
)
from esign_desktop.services.people.identity import is_code, is_document_number, is_plausible_mobile
from tests.bulk_samples import CREDIT_CODE, id_number

C, F = ContactColumn, ContactFault
CHECKS = NumberChecks(is_document_number, is_code, is_plausible_mobile)


def read(headings: tuple[str, ...], *rows: tuple[str, ...]) -> list[ReadContact]:
    sheet = Sheet("x", "x", headings, tuple(SheetRow(number, row) for number, row in enumerate(rows, 2)))
    return [*read_contacts(sheet, match_headings(headings), CHECKS)]


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (("姓名", "证件类型", "身份证号码", "手机号（必填）"), (C.NAME, C.NUMBER_TYPE, C.NUMBER, C.MOBILE)),
        (("Full name", "ID No.", "Mobile phone", "E-mail"), (C.NAME, C.NUMBER, C.MOBILE, C.EMAIL)),
        (
            ("企业名称", "统一社会信用代码", "法定代表人", "经办人"),
            (C.ORGANIZATION, C.CODE, C.LEGAL_NAME, C.AGENT_NAME),
        ),
        (("姓名", "姓名", "备注"), (C.NAME, None, None)),
    ],
)
def test_headings_are_known_in_both_languages(
    headings: tuple[str, ...], columns: tuple[ContactColumn | None, ...]
) -> None:
    assert match_headings(headings) == columns
    assert says_who(columns)


def test_a_table_that_names_nobody_is_told_from_others() -> None:
    assert not says_who(match_headings(("手机号", "金额")))


def test_a_person_is_read_with_the_usual_document_unless_another_is_told() -> None:
    number = id_number(7)
    usual, passport = read(
        ("姓名", "证件类型", "证件号码", "手机", "邮箱", "内部编号"),
        ("孙样", "", f"'{number}", "+86 138-0000-0001", "a@example.com", "K-1"),
        ("MARIA SAMPLE", "护照", "e1234567", "+44 20 7946 0000", "", ""),
    )
    assert usual.subject == Person("孙样", number, mobile="13800000001", email="a@example.com", third_id="K-1")
    assert passport.subject == Person("MARIA SAMPLE", "E1234567", PersonIdType.PASSPORT, "+442079460000")
    assert usual.faults == passport.faults == ()


def test_a_number_tells_its_document_where_it_can() -> None:
    (permit,) = read(("姓名", "证件号码"), ("陈大文", "H1234567801"))
    assert isinstance(permit.subject, Person)
    assert permit.subject.id_type is PersonIdType.HONG_KONG_MACAO_PERMIT
    (unsaid,) = read(("姓名", "证件号码"), ("陈大文", "12345678"))
    assert (unsaid.subject, unsaid.faults[0]) == (None, F.UNSAID)


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (
            ("企业名称", "统一社会信用代码", "经办人", "经办人身份证号"),
            ("示例有限公司", CREDIT_CODE, "王经办", id_number(1)),
        ),
        (("公司", "信用代码", "姓名", "身份证号"), ("示例有限公司", CREDIT_CODE, "王经办", id_number(1))),
        (
            ("类型", "名称", "证件号码", "经办人", "经办人证件号码"),
            ("企业", "示例有限公司", CREDIT_CODE, "王经办", id_number(1)),
        ),
        (("名称", "证件号码", "经办人", "经办人证件号码"), ("示例有限公司", CREDIT_CODE, "王经办", id_number(1))),
        (
            ("名称", "证件类型", "证件号码", "经办人", "经办人证件号码"),
            ("示例有限公司", "统一社会信用代码", CREDIT_CODE, "王经办", id_number(1)),
        ),
    ],
)
def test_an_organization_is_told_by_its_column_its_kind_or_its_code(
    headings: tuple[str, ...], row: tuple[str, ...]
) -> None:
    (found,) = read(headings, row)
    assert found.faults == ()
    assert found.subject == Organization("示例有限公司", CREDIT_CODE)
    assert found.agent == Person("王经办", id_number(1))


def test_an_employer_makes_nobody_an_organization() -> None:
    (found,) = read(("姓名", "手机", "公司"), ("孙样", "13800000001", "示例有限公司"))
    assert found.subject == Person("孙样", mobile="13800000001")


def test_an_organization_has_any_code_and_a_legal_representative() -> None:
    headings = (
        "企业名称",
        "证照类型",
        "企业证件号码",
        "法定代表人",
        "法定代表人证件类型",
        "法定代表人证件号码",
        "我方",
    )
    (found,) = read(headings, ("老字号", "工商注册号", "110000012345678", "李样", "护照", "E1234567", "是"))
    assert found.subject == Organization(
        *("老字号", "110000012345678", OrganizationCodeType.BUSINESS_REGISTRATION),
        *("李样", "E1234567", PersonIdType.PASSPORT),
    )
    assert found.is_ours


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("", id_number(1), "", ""), F.NO_NAME),
        ((f"孙样 {id_number(1)}", "", "", ""), F.BAD_NAME),
        (("孙样", id_number(1)[:-1] + "Z", "", ""), F.BAD_NUMBER),
        (("孙样", "****1234", "", ""), F.MASKED),
        (("孙样", "12", "", "会员卡"), F.BAD_TYPE),
        (("孙" * 501, "", "", ""), F.TOO_LONG),
    ],
)
def test_a_row_that_can_t_be_taken_says_why(row: tuple[str, ...], fault: ContactFault) -> None:
    (found,) = read(("姓名", "证件号码", "手机", "证件类型"), row)
    assert found.subject is None
    assert fault in found.faults


def test_an_address_that_can_t_be_right_is_left_out_alone() -> None:
    (found,) = read(("姓名", "身份证号", "手机", "邮箱"), ("孙样", id_number(1), "12", "nobody"))
    assert found.subject == Person("孙样", id_number(1))
    assert found.faults == (F.BAD_MOBILE, F.BAD_EMAIL)


def test_a_spoiled_number_takes_nobody_in_and_a_hidden_row_is_left_out() -> None:
    spoiled = SheetRow(2, ("孙样", "110101199003078000"), {1: CellDamage.NUMBER_ROUNDED})
    hidden = SheetRow(3, ("李样", id_number(2)), is_hidden=True)
    headings = ("姓名", "身份证号")
    (found,) = read_contacts(Sheet("x", "x", headings, (spoiled, hidden)), match_headings(headings), CHECKS)
    assert (found.subject, found.faults[0]) == (None, F.DAMAGED)


def test_nothing_personal_stands_in_a_repr() -> None:
    (found,) = read(("姓名", "身份证号"), ("孙样", id_number(1)))
    assert "孙样" not in repr(found)
