"""Rows with more than a customer: form fields of a template, documents of other kinds, and parties of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.preset import Preset, with_branch
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.values import RowState
from tests.bulk_samples import HEADINGS, id_number, make_sheet, person_row
from tests.services.bulk_desk import BulkDesk
from tests.services.counter.test_forms import make_form_preset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

S = RowState
OTHER_COMPANY = ("另一有限公司", "91310115591693856A")


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


def text_of(desk: BulkDesk, platform: SandboxPlatform, title: str, folder: Path, what: str) -> int:
    """Return in how many visible contracts the text stands."""
    count = 0
    for number, flow in enumerate(platform.flows(title)):
        path = folder / f"made {number}.pdf"
        path.write_bytes(platform.document_bytes(flow.document_ids[0]))
        document = desk.documents.open(path)
        count += flow.is_visible and bool(desk.documents.find(document.id, what))
    return count


def test_each_contract_holds_its_own_rows_values(desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path) -> None:
    preset = make_form_preset(desk, tmp_path)
    headings = (*HEADINGS, "Amount", "PURPOSE")
    rows = [(*person_row(number), f"{number}0,000 yuan", "装修") for number in (1, 2, 3)]
    sheet = make_sheet(*rows, (*person_row(4), "", "购车"), headings=headings)

    report = desk.send(preset, sheet)

    assert [row.state for row in report.rows] == [S.SENT, S.SENT, S.SENT, S.FAULTY]
    (problem,) = report.rows[3].problems
    assert (problem.code, problem.column_index, problem.target) == (
        "bulk.missing",
        3,
        ColumnTarget(ColumnKind.QUESTION, question="amount"),
    )
    for name, number, mobile, amount, _ in rows:
        # The amount as the counter would write it.
        for text in (name, number, mobile, amount.removesuffix(" yuan")):
            assert text_of(desk, platform, preset.title, tmp_path, text) == 1, text
    assert text_of(desk, platform, preset.title, tmp_path, "装修") == 3
    for row in report.rows[:3]:
        assert row.flow_id is not None
        for signer in desk.flows.get(row.flow_id).signers:
            for url in signer.urls:
                platform.sign(url)
        assert desk.flows.refresh(row.flow_id).status is FlowStatus.COMPLETED
    # What a form was filled with waits for a correction as long as the contract is open, and for nothing afterwards.
    kept = desk.all_bytes()
    assert not any(text.encode() in kept for row in rows for text in row[1:])
    # Another amount is another contract.
    changed = make_sheet((*rows[0][:3], "99 yuan", "装修"), rows[1], headings=headings)
    assert [row.state for row in desk.plan(preset, changed).rows] == [S.READY, S.SENT]


def test_a_row_that_leaves_a_required_field_of_the_form_empty_is_not_sent(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = make_form_preset(desk, tmp_path)
    headings = ("姓名", "身份证号", "Amount", "PURPOSE")
    name, number, _mobile = person_row(1)
    report = desk.plan(preset, make_sheet((name, number, "1 yuan", "装修"), headings=headings))
    (row,) = report.rows
    assert row.state is S.FAULTY
    assert [(p.code, dict(p.params)) for p in row.problems if p.is_blocking] == [
        ("bulk.form_value_missing", {"field": "phone"})
    ]
    assert not report.can_run
    assert not platform.flows(preset.title)


WRONG = [
    (AnswerKind.AMOUNT, "12 months", "bulk.no_amount"),
    (AnswerKind.AMOUNT_IN_WORDS, "about 5", "bulk.no_amount"),
    (AnswerKind.DATE, "2026-02-30", "bulk.no_date"),
    (AnswerKind.CHOICE, "quarterly", "bulk.no_choice"),
    # Nobody sees numbered choices in a sheet.
    (AnswerKind.CHOICE, "1", "bulk.no_choice"),
    (AnswerKind.ID_NUMBER, "110101199003078516", "bulk.bad_id_number"),
    (AnswerKind.MOBILE, "12345", "bulk.bad_mobile"),
    (AnswerKind.TEXT, "x" * 21, "bulk.too_long"),
]
RIGHT = [
    (AnswerKind.AMOUNT, "¥50,000", "50,000"),
    (AnswerKind.AMOUNT_IN_WORDS, "50,000", "伍万元整"),
    (AnswerKind.AMOUNT_IN_WORDS, "伍万元整", "伍万元整"),
    (AnswerKind.DATE, "2026/3/9", "2026年03月09日"),
    (AnswerKind.CHOICE, "MONTHLY", "monthly"),
    (AnswerKind.ID_NUMBER, "11010119900307851 5", "110101199003078515"),
    (AnswerKind.MOBILE, "138 0000 0009", "13800000009"),
]


def _of_kind(desk: BulkDesk, folder: Path, kind: AnswerKind) -> Preset:
    preset = make_form_preset(desk, folder)
    (document,) = preset.documents
    assert document.template is not None
    fields = tuple(
        replace(one, kind=kind, choices=("monthly", "yearly"), most_characters=20) if one.name == "amount" else one
        for one in document.template.preset_fields
    )
    document = replace(document, template=replace(document.template, preset_fields=fields))
    return desk.presets.save_edited(replace(preset, documents=(document,)), desk.environment)


@pytest.mark.parametrize(("kind", "typed", "code"), WRONG)
def test_a_cell_that_is_no_answer_of_its_kind_keeps_its_row_from_being_sent(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path, kind: AnswerKind, typed: str, code: str
) -> None:
    preset = _of_kind(desk, tmp_path, kind)
    sheet = make_sheet((*person_row(1), typed, "装修"), headings=(*HEADINGS, "Amount", "PURPOSE"))
    report = desk.plan(preset, sheet)
    (row,) = report.rows
    assert (row.state, row.number) == (S.FAULTY, 2)
    assert [(p.code, p.column_index) for p in row.problems if p.is_blocking] == [(code, 3)]
    assert not report.can_run
    assert not platform.flows(preset.title)


@pytest.mark.parametrize(("kind", "typed", "written"), RIGHT)
def test_a_cell_stands_in_the_form_as_the_counter_would_write_it(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path, kind: AnswerKind, typed: str, written: str
) -> None:
    preset = _of_kind(desk, tmp_path, kind)
    sheet = make_sheet((*person_row(1), typed, "装修"), headings=(*HEADINGS, "Amount", "PURPOSE"))
    assert [row.state for row in desk.send(preset, sheet).rows] == [S.SENT]
    assert text_of(desk, platform, preset.title, tmp_path, written) == 1


def test_what_a_passport_does_not_tell_can_have_a_column(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = make_form_preset(desk, tmp_path)
    (document,) = preset.documents
    assert document.template is not None
    fields = tuple(
        replace(one, datum=CustomerDatum.BIRTH_DATE) if one.name == "purpose" else one
        for one in document.template.preset_fields
    )
    document = replace(document, template=replace(document.template, preset_fields=fields))
    preset = desk.presets.save_edited(replace(preset, documents=(document,)), desk.environment)
    resident = (*person_row(1), "", "1 yuan")
    passport = ("Jane Miller", "G12345678", "13800000001", "护照", "1 yuan")
    headings = (*HEADINGS, "证件类型", "amount")

    without = desk.plan(preset, make_sheet(resident, passport, headings=headings))
    assert [row.state for row in without.rows] == [S.READY, S.FAULTY]
    assert [p.code for p in without.rows[1].problems if p.is_blocking] == ["bulk.form_value_missing"]

    sheet = make_sheet((*resident, ""), (*passport, ""), headings=(*headings, "purpose"))
    empty = desk.plan(preset, sheet)
    assert [row.state for row in empty.rows] == [S.READY, S.FAULTY]
    assert [(p.code, p.column_index) for p in empty.rows[1].problems if p.is_blocking] == [
        ("bulk.form_value_missing", 5)
    ]

    sheet = make_sheet((*resident, ""), (*passport, "1984年05月06日"), headings=(*headings, "purpose"))
    assert [row.state for row in desk.send(preset, sheet).rows] == [S.SENT, S.SENT]
    assert text_of(desk, platform, preset.title, tmp_path, "1984年05月06日") == 1


def test_a_question_that_may_stay_empty_needs_no_column(desk: BulkDesk, tmp_path: Path) -> None:
    preset = make_form_preset(desk, tmp_path)
    (document,) = preset.documents
    assert document.template is not None
    fields = tuple(replace(one, is_required=one.name != "purpose") for one in document.template.preset_fields)
    document = replace(document, template=replace(document.template, preset_fields=fields))
    preset = desk.presets.save_edited(replace(preset, documents=(document,)), desk.environment)
    sheet = make_sheet((*person_row(1), "1 yuan"), headings=(*HEADINGS, "Amount"))
    assert [row.state for row in desk.plan(preset, sheet).rows] == [S.READY]


def test_a_preset_with_a_keyword_that_is_nowhere_sends_no_sheet(desk: BulkDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    (place,) = preset.placements
    assert isinstance(place, KeywordPlacement)
    bare = replace(place, confirmed_hits=0, fallbacks=())
    kept = desk.presets.save(replace(preset, placements=(bare,)))
    obstacle = desk.bulk.preset_obstacle(kept)
    assert obstacle is not None
    assert obstacle.code == "preset.keyword_not_found"
    with pytest.raises(InputError) as caught:
        desk.plan(kept, make_sheet(person_row(1)))
    assert caught.value.code == "preset.keyword_not_found"


def test_company_and_agent_of_the_row_sign(desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path, branch=True)
    headings = (*HEADINGS, "示例银行公司名称", "示例银行信用代码", "示例银行经办人", "示例银行经办人身份证号")
    sheet = make_sheet((*person_row(1), *OTHER_COMPANY, "钱经办", id_number(9001)), headings=headings)

    report = desk.send(preset, sheet)

    assert [row.state for row in report.rows] == [S.SENT]
    (flow,) = platform.flows(preset.title)
    by_company = next(signer for signer in flow.signers if signer["organization_id"])
    assert platform.account_name(by_company["organization_id"]) == OTHER_COMPANY[0]
    assert platform.account_name(by_company["account_id"]) == "钱经办"


def test_company_with_an_old_registration_signs(desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path, branch=True)
    headings = (
        *HEADINGS,
        *(f"示例银行{one}" for one in ("公司名称", "证照类型", "工商注册号", "经办人", "经办人身份证号")),
    )
    row = (*person_row(1), "老字号", "工商注册号", "110000012345678", "钱经办", id_number(9001))
    report = desk.send(preset, make_sheet(row, headings=headings))
    assert [one.state for one in report.rows] == [S.SENT]
    (flow,) = platform.flows(preset.title)
    by_company = next(signer for signer in flow.signers if signer["organization_id"])
    assert platform.account_name(by_company["organization_id"]) == "老字号"


def test_branch_that_nobody_knows_is_asked_for_unless_the_sheet_names_it(desk: BulkDesk, tmp_path: Path) -> None:
    preset = _unknown(desk.make_preset(tmp_path, branch=True))
    assert desk.bulk.preset_obstacle(preset) is None
    with pytest.raises(InputError) as caught:
        desk.plan(preset, make_sheet(person_row(1)))
    assert caught.value.code == "preset.staff_unknown"
    headings = (*HEADINGS, "示例银行公司名称", "示例银行信用代码")
    sheet = make_sheet((*person_row(1), *OTHER_COMPANY), headings=headings)
    with pytest.raises(InputError) as caught:
        desk.plan(preset, sheet)
    assert caught.value.code == "preset.staff_unknown"
    whole = make_sheet(
        (*person_row(1), *OTHER_COMPANY, "钱经办", id_number(9002)),
        headings=(*headings, "示例银行经办人", "示例银行经办人身份证号"),
    )
    assert desk.plan(preset, whole).rows[0].state is S.READY


def test_passport_holder_is_sent_a_contract(desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    sheet = make_sheet(("John Smith", "护照", "G12345678"), headings=("姓名", "证件类型", "证件号码"))
    report = desk.send(preset, sheet)
    assert report.rows[0].state is S.SENT
    assert len(platform.accounts("John Smith")) == 1
    assert desk.plan(preset, sheet).rows[0].state is S.SENT


def _unknown(preset: Preset) -> Preset:
    role = next(role for role in preset.signers if isinstance(role, OrganizationSigner))
    organization = replace(role.organization, code="", third_id="", account_id="")
    agent = replace(role.agent, id_number="", third_id="", account_id="")
    return with_branch(preset, role.id, organization, agent)


def test_a_row_that_the_platform_fills_in_otherwise_is_held_and_the_others_go_on(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = make_form_preset(desk, tmp_path)
    headings = (*HEADINGS, "Amount", "PURPOSE")
    rows = [(*person_row(number), f"{number}0,000 yuan", "装修") for number in (1, 2, 3)]
    sheet = make_sheet(*rows, headings=headings)
    wrong = {"path": "/doc/createbytemplate", "fault": "fill_wrongly", "values": {"amount": "90,000 yuan"}}
    platform.set_faults(wrong)

    report = desk.send(preset, sheet)

    assert sorted(row.state for row in report.rows) == [S.DIFFERS, S.SENT, S.SENT]
    (held,) = [row for row in report.rows if row.state is S.DIFFERS]
    assert sum(flow.is_visible for flow in platform.flows(preset.title)) == 2
    # It stays so when the sheet is read again, and is never sent a second time.
    assert sorted(row.state for row in desk.plan(preset, sheet).rows) == [S.DIFFERS, S.SENT, S.SENT]
    assert held.submission_id is not None
    (made,) = desk.submission.made(held.submission_id)
    assert made.finding.missing == ("amount",)
    assert desk.submission.run(desk.submission.accept_made(held.submission_id)).state is SubmissionState.DONE
    assert [row.state for row in desk.plan(preset, sheet).rows] == [S.SENT] * 3
