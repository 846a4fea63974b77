from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.bulk.columns import (
    ColumnKind,
    ColumnTarget,
    fitted,
    missing_targets,
    offers_of,
    with_target,
)
from esign_desktop.domain.bulk.headings import heading_of, looks_like_headings, match_columns
from esign_desktop.domain.signer import SigningTerms, title_of
from tests.bulk_samples import BANK, BORROWER, GUARANTOR, STAFF, make_preset

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset

K = ColumnKind
NAME, NUMBER, MOBILE = (ColumnTarget(kind, BORROWER) for kind in (K.NAME, K.ID_NUMBER, K.MOBILE))


@pytest.mark.parametrize(
    "headings",
    [
        ("姓名", "身份证号", "手机号"),
        (" 姓 名 ", "*身份证号码：", "联系电话（必填）"),
        ("Name", "ID number", "Mobile phone"),
        ("FULL_NAME", "ID-No.", "Tel."),
        ("借款人", "借款人身份证号码", "手机（借款人）"),
        ("签署人1姓名", "签署人1证件号", "签署人1电话"),
        ("姓名１", "身份证号１", "ｍｏｂｉｌｅ"),
    ],
)
def test_headings_are_known_whatever_their_spelling(headings: tuple[str, ...]) -> None:
    assert match_columns(make_preset(), headings) == (NAME, NUMBER, MOBILE)


def test_second_column_of_a_kind_is_the_second_customers() -> None:
    preset = make_preset(customers=2)
    chosen = match_columns(preset, ("姓名", "身份证号", "姓名", "身份证号", "姓名", "备注"))
    assert [target and (target.kind, target.role_id) for target in chosen] == [
        (K.NAME, BORROWER),
        (K.ID_NUMBER, BORROWER),
        (K.NAME, GUARANTOR),
        (K.ID_NUMBER, GUARANTOR),
        None,
        None,
    ]


def test_heading_that_names_a_role_goes_to_that_role_wherever_it_stands() -> None:
    preset = make_preset(customers=2)
    chosen = match_columns(preset, ("担保人姓名", "姓名", "担保人身份证号", "身份证号2", "身份证号1"))
    assert [target and target.role_id for target in chosen] == [GUARANTOR, BORROWER, GUARANTOR, None, BORROWER]


def test_questions_title_and_reference_find_their_columns() -> None:
    preset = make_preset(questions=("借款金额", "电话"))
    chosen = match_columns(preset, ("合同名称", "合同编号", "借款 金额", "电话", "序号"))
    assert chosen == (
        ColumnTarget(K.TITLE),
        ColumnTarget(K.REFERENCE),
        ColumnTarget(K.QUESTION, question="借款金额"),
        ColumnTarget(K.QUESTION, question="电话"),
        None,
    )


def test_customers_employer_does_not_take_the_place_of_the_bank() -> None:
    preset = make_preset(bank=True, staff=True)
    assert match_columns(preset, ("姓名", "公司名称", "统一社会信用代码"))[1:] == (None, None)
    named = match_columns(preset, ("客户经理", "客户经理身份证号", "示例银行统一社会信用代码", "示例银行经办人"))
    assert [target and (target.kind, target.role_id) for target in named] == [
        (K.NAME, STAFF),
        (K.ID_NUMBER, STAFF),
        (K.ORGANIZATION_CODE, BANK),
        (K.NAME, BANK),
    ]


def test_company_that_signs_itself_is_taken_from_the_sheet_only_with_its_code() -> None:
    preset = make_preset(bank=True)
    branch = replace(preset.signers[-1], terms=SigningTerms(2))
    preset = replace(preset, signers=(*preset.signers[:-1], branch))
    assert match_columns(preset, ("姓名", "单位名称"))[1] is None
    chosen = match_columns(preset, ("公司名称", "统一社会信用代码"))
    assert chosen == (ColumnTarget(K.ORGANIZATION_NAME, BANK), ColumnTarget(K.ORGANIZATION_CODE, BANK))


def test_kind_of_code_finds_its_column_beside_the_code() -> None:
    preset = make_preset(bank=True)
    branch = replace(preset.signers[-1], terms=SigningTerms(2))
    preset = replace(preset, signers=(*preset.signers[:-1], branch))
    chosen = match_columns(preset, ("公司名称", "企业证照类型", "工商注册号"))
    kinds = (K.ORGANIZATION_NAME, K.CODE_TYPE, K.ORGANIZATION_CODE)
    assert chosen == tuple(ColumnTarget(kind, BANK) for kind in kinds)
    # It is never needed: the code tells it.
    assert missing_targets(preset, (NAME, NUMBER, chosen[0], chosen[2])) == ()


def test_what_is_needed_is_told_until_it_has_a_column() -> None:
    preset = make_preset(questions=("借款金额",), bank=True)
    amount = ColumnTarget(K.QUESTION, question="借款金额")
    assert missing_targets(preset, (None, MOBILE)) == (NAME, NUMBER, amount)
    assert missing_targets(preset, (NAME, NUMBER, amount)) == ()
    company = ColumnTarget(K.ORGANIZATION_NAME, BANK)
    assert missing_targets(preset, (NAME, NUMBER, amount, company)) == (ColumnTarget(K.ORGANIZATION_CODE, BANK),)
    agent = ColumnTarget(K.MOBILE, BANK)
    assert missing_targets(preset, (NAME, NUMBER, amount, agent)) == (
        ColumnTarget(K.NAME, BANK),
        ColumnTarget(K.ID_NUMBER, BANK),
    )


def test_choosing_a_column_takes_the_target_from_the_one_before() -> None:
    columns = with_target((NAME, None, NUMBER), 1, NAME)
    assert columns == (None, NAME, NUMBER)
    assert with_target(columns, 2, None) == (None, NAME, None)


def test_choice_made_for_another_sheet_is_fitted_to_this_one() -> None:
    stranger = ColumnTarget(K.NAME, GUARANTOR)
    assert fitted(make_preset(), (NAME, NAME, stranger, NUMBER), 5) == (NAME, None, None, NUMBER, None)
    assert fitted(make_preset(), (NAME, NUMBER), 1) == (NAME,)


@pytest.mark.parametrize(
    "preset",
    [
        make_preset(),
        make_preset(customers=2, questions=("金额", "期限")),
        make_preset(customers=2, bank=True, staff=True),
    ],
)
def test_empty_sheet_with_our_own_headings_is_matched_whole(preset: Preset) -> None:
    titles = {role.id: title_of(role) for role in preset.signers}
    offers = [offer for offer in offers_of(preset) if offer.target.role_id not in {BANK, STAFF}]
    headings = [
        heading_of(offer.target, titles[offer.target.role_id] if offer.role_title and offer.target.role_id else "")
        for offer in offers
    ]
    assert match_columns(preset, headings) == tuple(offer.target for offer in offers)


def test_title_above_the_headings_is_not_taken_for_them() -> None:
    assert not looks_like_headings(("2026年新员工劳动合同名单", "", ""))
    assert not looks_like_headings(("张三", "110101199003078515", "13800000000"))
    assert looks_like_headings(("序号", "姓名", "身份证号"))
