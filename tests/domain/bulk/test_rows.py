from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.bulk.columns import ColumnChoice, ColumnKind, ColumnTarget
from esign_desktop.domain.bulk.filling import fill_row
from esign_desktop.domain.bulk.headings import match_columns
from esign_desktop.domain.bulk.rows import RowReading, read_rows
from esign_desktop.domain.bulk.sheet import CellDamage, Sheet, with_cells
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.domain.titles import Naming
from tests.bulk_samples import (
    BANK,
    BORROWER,
    CHECKS,
    CREDIT_CODE,
    GUARANTOR,
    HEADINGS,
    id_number,
    make_preset,
    make_sheet,
    person_row,
)

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset

K = ColumnKind


def read(sheet: Sheet, preset: Preset | None = None, columns: ColumnChoice | None = None) -> tuple[RowReading, ...]:
    preset = preset or make_preset()
    return read_rows(preset, columns or match_columns(preset, sheet.headings), sheet.rows, CHECKS)


def codes(reading: RowReading) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.column_index) for problem in reading.problems]


def test_values_are_read_however_they_were_typed() -> None:
    number = id_number(4711)
    spaced = f"'{number[:6]} {number[6:14]} {number[14:].lower()}"
    full_width = "".join(chr(ord(c) + 0xFEE0) if c.isdecimal() else c for c in number)
    rows = [(" 孙　样 ", spaced, "+86 137-1111-2222"), ("孙样", full_width, "8613711112222")]
    first, second = read(make_sheet(*rows))
    assert dict(first.values) == dict(second.values)
    assert (first.of(K.NAME, BORROWER), first.of(K.ID_NUMBER, BORROWER)) == ("孙样", number)
    assert first.of(K.MOBILE, BORROWER) == "13711112222"
    assert codes(first) == []
    assert [(problem.code, problem.params) for problem in second.problems] == [("bulk.duplicate_row", {"row": 2})]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("", id_number(1), "13800000000"), [("bulk.missing", 0)]),
        (("张三", "", "13800000000"), [("bulk.missing", 1)]),
        (("张三", id_number(1)[:-1] + "5", "13800000000"), [("bulk.bad_id_number", 1)]),
        (("张三", "3.30102E+17", "13800000000"), [("bulk.number_rounded", 1)]),
        (("张三", "110101199003078000", "13800000000"), [("bulk.number_rounded", 1)]),
        (("张三", id_number(1), "1380000000"), [("bulk.bad_mobile", 2)]),
        (("张三", id_number(1), "1.38E+10"), [("bulk.number_rounded", 2)]),
        ((id_number(1), id_number(1), ""), [("bulk.bad_name", 0), ("bulk.mobile_missing", 2)]),
        (("张" * 501, id_number(1), "13800000000"), [("bulk.too_long", 0)]),
    ],
)
def test_each_mistake_is_told_where_it_is(cells: tuple[str, ...], expected: list[tuple[str, int]]) -> None:
    (reading,) = read(make_sheet(cells))
    assert codes(reading) == expected
    assert not reading.is_ready


def test_remarks_do_not_keep_a_row_from_being_sent() -> None:
    (reading,) = read(make_sheet(("张小", id_number(499 + 500 * 64), "")))
    assert codes(reading) == [("bulk.minor", 1), ("bulk.mobile_missing", 2)]
    assert reading.is_ready


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (CellDamage.NUMBER_ROUNDED, "bulk.number_rounded"),
        (CellDamage.FORMULA, "bulk.formula"),
        (CellDamage.ERROR, "bulk.error_value"),
    ],
)
def test_spoiled_cell_is_told_as_such_and_only_where_it_counts(damage: CellDamage, code: str) -> None:
    sheet = make_sheet((*person_row(1), "#N/A"), headings=(*HEADINGS, "备注"))
    row = replace(sheet.rows[0], damages={1: damage, 3: damage})
    (reading,) = read(replace(sheet, rows=(row,)))
    assert codes(reading) == [(code, 1)]


def test_hidden_row_is_not_sent_and_does_not_stand_in_its_twins_way() -> None:
    sheet = make_sheet(person_row(1), person_row(1), person_row(2))
    sheet = replace(sheet, rows=(replace(sheet.rows[0], is_hidden=True), *sheet.rows[1:]))
    assert [codes(reading) for reading in read(sheet)] == [[("bulk.hidden_row", None)], [], []]
    corrected = with_cells(sheet, {(0, 0): "另一人"})
    assert codes(read(corrected)[0]) == [("bulk.hidden_row", None)]


def test_correcting_a_cell_mends_it_and_keeps_what_the_file_says() -> None:
    sheet = make_sheet(("张三", "330102199001011000", "13800000000"))
    sheet = replace(sheet, rows=(replace(sheet.rows[0], damages={1: CellDamage.NUMBER_ROUNDED}),))
    mended = with_cells(sheet, {(0, 1): f" {id_number(7)} "})
    assert codes(read(mended)[0]) == []
    assert mended.rows[0].original == ("张三", "330102199001011000", "13800000000")
    again = with_cells(with_cells(mended, {(0, 0): "张四"}), {(0, 0): "张三"})
    assert again.rows[0].original == ("张三", "330102199001011000", "13800000000")
    changed = with_cells(make_sheet(person_row(1)), {(0, 0): "x"})
    assert with_cells(changed, {(0, 0): person_row(1)[0]}).rows[0].original is None


def test_column_that_is_not_there_makes_every_row_faulty_once() -> None:
    readings = read(make_sheet(("张三",), ("李四",), headings=("姓名",)))
    assert [codes(reading)[0] for reading in readings] == [("bulk.missing", None)] * 2
    assert readings[0].problems[0].target == ColumnTarget(K.ID_NUMBER, BORROWER)


def test_one_number_under_two_names_is_a_mistake_of_copying() -> None:
    sheet = make_sheet(("张三", id_number(1), ""), ("李四", id_number(1), ""), ("李三", id_number(2), "13800000000"))
    first, second, third = read(sheet)
    assert (first.is_ready, second.is_ready, third.is_ready) == (True, False, True)
    wrong = next(problem for problem in second.problems if problem.is_blocking)
    assert (wrong.code, wrong.column_index, wrong.params) == ("bulk.number_with_other_name", 1, {"row": 2})


def test_another_phone_is_not_another_person() -> None:
    sheet = make_sheet(
        ("张三", id_number(1), "13800000001"),
        ("张三", id_number(1), "13800000002"),
        ("张三", id_number(1), "13800000001"),
        ("张三", id_number(2), "13800000001"),
    )
    first, second, third, fourth = read(sheet)
    assert codes(first) == codes(fourth) == []
    assert codes(second) == [("bulk.duplicate_with_other_reach", None)]
    assert codes(third) == [("bulk.duplicate_row", None)]


def test_a_residents_card_is_meant_where_no_kind_of_document_is_told() -> None:
    headings = ("姓名", "身份证号", "手机号", "证件类型")
    sheet = make_sheet(
        ("张三", id_number(1), "13800000001", ""), ("张三", id_number(1), "13800000001", "身份证"), headings=headings
    )
    _, second = read(sheet)
    assert codes(second) == [("bulk.duplicate_row", None)]


def test_nobody_signs_twice_in_one_row() -> None:
    preset = make_preset(customers=2)
    sheet = make_sheet(("张三", id_number(1), "张三", id_number(1)), headings=("姓名", "身份证号", "姓名", "身份证号"))
    (reading,) = read(sheet, preset)
    assert ("bulk.same_party_twice", 3) in codes(reading)


def test_other_documents_have_other_rules() -> None:
    headings = ("姓名", "证件类型", "证件号码", "手机号")
    rows = [("John Smith", "护照", "G1234567", "+44 20 7946 0000"), ("王五", "会员卡", "1", "")]
    first, second = read(make_sheet(*rows, headings=headings))
    assert codes(first) == []
    assert first.id_type(BORROWER) is PersonIdType.PASSPORT
    assert ("bulk.bad_id_type", 1) in codes(second)


def test_filled_row_has_everybody_and_everything_in_its_place() -> None:
    preset = make_preset(customers=2, questions=("借款金额",), bank=True)
    headings = ("借款人", "借款人身份证号", "担保人", "担保人身份证号", "借款金额", "合同名称", "邮箱")
    cells = ("张三", id_number(1), "李四", id_number(2), " 10 000 元 ", "借款合同 7 号", "a@example.com")
    sheet = make_sheet(cells, headings=headings)
    columns = match_columns(preset, headings)
    filled = fill_row(preset, columns, read(sheet, preset, columns)[0])
    borrower, guarantor = filled.customers[BORROWER], filled.customers[GUARANTOR]
    assert isinstance(borrower, Person)
    assert isinstance(guarantor, Person)
    assert [borrower.name, guarantor.name] == ["张三", "李四"]
    assert borrower.email == "a@example.com"
    assert filled.answers == {"借款金额": "10 000 元"}
    assert (filled.preset.title, preset.title) == ("借款合同 7 号", "借款合同")
    assert filled.preset.signer(BANK) == preset.signer(BANK)


def test_the_title_of_a_row_names_its_customer() -> None:
    preset = make_preset(bank=True)
    preset = replace(preset, options=replace(preset.options, business_scene=""))
    naming = Naming("{合同} – {客户}", frozenset({"示例银行"}))
    headings = ("姓名", "身份证号", "手机号", "合同名称")
    sheet = make_sheet(
        *((*person_row(number)[:3], title) for number, title in ((1, ""), (2, "借 {客户}"))), headings=headings
    )
    columns = match_columns(preset, headings)
    names = [cells[0] for cells in (person_row(1), person_row(2))]
    titles = [fill_row(preset, columns, reading, naming).preset.title for reading in read(sheet, preset, columns)]
    assert titles == [f"{preset.contract_name} – {names[0]}", f"借 {names[1]}"]


def test_company_of_the_row_takes_the_place_of_the_presets_own() -> None:
    preset = make_preset(bank=True)
    headings = ("姓名", "身份证号", "示例银行公司名称", "示例银行统一社会信用代码")
    sheet = make_sheet(("张三", id_number(1), "另一银行", CREDIT_CODE.lower()), headings=headings)
    columns = match_columns(preset, headings)
    filled = fill_row(preset, columns, read(sheet, preset, columns)[0])
    role = filled.preset.signer(BANK)
    assert isinstance(role, OrganizationSigner)
    assert (role.organization.name, role.organization.code) == ("另一银行", CREDIT_CODE)
    assert role.agent.name == "王经办"


def test_nothing_personal_stands_in_a_repr() -> None:
    sheet = make_sheet(person_row(1))
    (reading,) = read(sheet)
    filled = fill_row(make_preset(), match_columns(make_preset(), HEADINGS), reading)
    text = repr((sheet.rows, reading, filled))
    assert not any(value in text for value in person_row(1))


@pytest.mark.parametrize("text", ["a@", "@example.com", "zhang at example.com", "a@example"])
def test_an_address_that_no_letter_reaches_is_a_mistake(text: str) -> None:
    headings = (*HEADINGS, "邮箱")
    (reading,) = read(make_sheet((*person_row(1), text), headings=headings))
    assert codes(reading) == [("bulk.bad_email", 3)]
    assert not reading.is_ready
    (right,) = read(make_sheet((*person_row(1), "a.b@example.com.cn"), headings=headings))
    assert codes(right) == []


COMPANY_HEADINGS = (*HEADINGS, "示例银行公司名称", "示例银行统一社会信用代码")


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("另一银行", CREDIT_CODE, []),
        ("另一银行", CREDIT_CODE[:-1] + ("A" if CREDIT_CODE[-1] != "A" else "B"), [("bulk.bad_code", 4)]),
        ("另一银行", "", [("bulk.missing", 4)]),
        ("", CREDIT_CODE, [("bulk.missing", 3)]),
        ("12345678", CREDIT_CODE, [("bulk.bad_name", 3)]),
    ],
)
def test_a_company_of_the_row_is_checked_like_a_person(name: str, code: str, expected: list[tuple[str, int]]) -> None:
    (reading,) = read(make_sheet((*person_row(1), name, code), headings=COMPANY_HEADINGS), make_preset(bank=True))
    assert codes(reading) == expected


@pytest.mark.parametrize(
    ("kind", "code", "read_as", "expected"),
    [
        ("", "60003734-1", OrganizationCodeType.ORGANIZATION_CODE, []),
        ("组织机构代码", "600037341", OrganizationCodeType.ORGANIZATION_CODE, []),
        ("组织机构代码", "600037342", OrganizationCodeType.ORGANIZATION_CODE, [("bulk.bad_code", 4)]),
        ("", "110000012345678", OrganizationCodeType.BUSINESS_REGISTRATION, []),
        ("工商注册号", "企独浙总字第001234号", OrganizationCodeType.BUSINESS_REGISTRATION, []),
        ("12", "110000012345678", OrganizationCodeType.BUSINESS_REGISTRATION, []),
        ("统一社会信用代码", "600037341", OrganizationCodeType.UNIFIED_SOCIAL_CREDIT, [("bulk.bad_code", 4)]),
        ("会员号", CREDIT_CODE, OrganizationCodeType.UNIFIED_SOCIAL_CREDIT, [("bulk.bad_code_type", 5)]),
    ],
)
def test_companies_have_three_kinds_of_code(
    kind: str, code: str, read_as: OrganizationCodeType, expected: list[tuple[str, int]]
) -> None:
    preset = make_preset(bank=True)
    headings = (*COMPANY_HEADINGS, "示例银行证照类型")
    sheet = make_sheet((*person_row(1), "另一银行", code, kind), headings=headings)
    columns = match_columns(preset, headings)
    (reading,) = read(sheet, preset, columns)
    assert codes(reading) == expected
    if not expected:
        role = fill_row(preset, columns, reading).preset.signer(BANK)
        assert isinstance(role, OrganizationSigner)
        assert (role.organization.code, role.organization.code_type) == (code.replace("-", ""), read_as)


def test_a_column_that_says_what_the_code_tells_makes_no_other_contract() -> None:
    preset, headings = make_preset(bank=True), (*COMPANY_HEADINGS, "示例银行证照类型")
    cells = (*person_row(1), "另一银行", "600037341")
    first, second = read(make_sheet((*cells, ""), (*cells, "组织机构代码"), headings=headings), preset)
    assert codes(first) == []
    assert codes(second) == [("bulk.duplicate_row", None)]


def test_a_row_shorter_than_the_headings_lacks_what_is_not_there() -> None:
    (reading,) = read(make_sheet(("张三",)))
    assert ("bulk.missing", 1) in codes(reading)
    (whole,) = read(make_sheet(person_row(1)[:2]))
    assert codes(whole) == [("bulk.mobile_missing", 2)]


def test_an_answer_that_the_form_wants_may_not_be_missing() -> None:
    preset = make_preset(questions=("借款金额",))
    sheet = make_sheet((*person_row(1), ""), (*person_row(2), "10,000"), headings=(*HEADINGS, "借款金额"))
    assert [codes(reading) for reading in read(sheet, preset)] == [[("bulk.missing", 3)], []]


def test_residence_permit_wants_its_kind_told() -> None:
    permit = "810000199003078519"
    headings = ("姓名", "证件类型", "证件号码", "手机号")
    rows = [("陈大文", "", permit, "13800000000"), ("陈大文", "身份证", permit, "13800000000")]
    rows += [("陈大文", "回乡证", permit, "13800000000")]
    unsaid, card, travel = (read(make_sheet(row, headings=headings))[0] for row in rows)
    assert codes(unsaid) == [("bulk.document_unsaid", 2)]
    assert not unsaid.is_ready
    assert card.is_ready
    assert travel.is_ready
    assert (card.id_type(BORROWER), travel.id_type(BORROWER)) == (
        PersonIdType.RESIDENT_IDENTITY,
        PersonIdType.HONG_KONG_MACAO_PERMIT,
    )
