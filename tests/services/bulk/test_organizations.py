"""Sheets whose rows name organizations and their representatives as customers."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.bulk.columns import missing_targets
from esign_desktop.domain.bulk.headings import match_columns
from esign_desktop.domain.customers import customer_of_flow
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.sheets.writing import save_template
from tests.bulk_samples import make_sheet, person_row
from tests.services.bulk_desk import BulkDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform

HEADINGS = ("企业名称", "统一社会信用代码", "经办人姓名", "经办人身份证号", "经办人手机号")
CLOUD, CLOUD_CODE = "云禾示例科技有限公司", "91310115591693856A"
STONE, STONE_CODE = "石川示例商贸有限公司", "91110000600037341L"


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def preset(desk: BulkDesk, tmp_path: Path) -> Preset:
    made = desk.make_preset(tmp_path)
    (customer,) = made.customers
    return desk.presets.save(replace(made, signers=(replace(customer, role="采购方", kind=AccountKind.ORGANIZATION),)))


def test_each_row_is_sent_to_its_organization(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    sheet = make_sheet((CLOUD, CLOUD_CODE, *person_row(1)), (STONE, STONE_CODE, *person_row(1)), headings=HEADINGS)

    report = desk.send(preset, sheet)

    assert [row.state for row in report.rows] == [RowState.SENT] * 2
    signers = [flow.signers[0] for flow in platform.flows(preset.title)]
    assert {platform.account_name(signer["organization_id"]) for signer in signers} == {CLOUD, STONE}
    assert {platform.account_name(signer["account_id"]) for signer in signers} == {person_row(1)[0]}
    assert [row.state for row in desk.plan(preset, sheet).rows] == [RowState.SENT] * 2
    assert {customer_of_flow(record) for record in desk.stores.flows.list()} == {CLOUD, STONE}


def test_a_row_without_a_right_code_or_a_representative_is_not_sent(desk: BulkDesk, preset: Preset) -> None:
    sheet = make_sheet(
        (CLOUD, CLOUD_CODE[:-1] + "B", *person_row(1)), (STONE, STONE_CODE, "", *person_row(2)[1:]), headings=HEADINGS
    )
    plan = desk.plan(preset, sheet)
    found = [{(problem.code, problem.column_index) for problem in row.problems} for row in plan.rows]
    assert found == [{("bulk.bad_code", 1)}, {("bulk.missing", 2)}]


def test_the_template_sheet_has_the_columns_of_an_organization(desk: BulkDesk, preset: Preset, tmp_path: Path) -> None:
    save_template(preset, tmp_path / "名单.csv")
    (headings,) = csv.reader((tmp_path / "名单.csv").read_text("utf-8-sig").splitlines())
    columns = match_columns(preset, headings)
    assert None not in columns
    assert missing_targets(preset, columns) == ()
