"""Customers that are organizations: their line, their contract, and the same contract for another organization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.people.customers import CustomerProblem
from tests.services.counter_desk import CounterDesk, make_form_contract

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform

CLOUD = "云禾（上海）示例科技有限公司"
CLOUD_CODE = "91310115591693856A"
STONE = "石川示例商贸有限公司"
STONE_CODE = "91110000600037341L"
AGENT = "张三 110101199003078515 13800000000"


def make_preset(desk: CounterDesk, folder: Path) -> Preset:
    """Make a preset whose only customer is another organization each time."""
    preset = desk.make_preset(folder)
    (customer,) = preset.customers
    return desk.presets.save(
        replace(preset, signers=(replace(customer, role="采购方", kind=AccountKind.ORGANIZATION),))
    )


@pytest.fixture
def chosen(desk: CounterDesk, tmp_path: Path) -> Preset:
    preset = make_preset(desk, tmp_path)
    desk.counter.choose(preset.id)
    return preset


def test_an_organization_signs_through_its_representative(
    desk: CounterDesk, platform: SandboxPlatform, chosen: Preset
) -> None:
    assert desk.counter.view.customers[0].kind is AccountKind.ORGANIZATION
    assert desk.counter.enter(f"{CLOUD} {CLOUD_CODE} {AGENT}").is_ready
    assert desk.counter.view.customers[0].name == CLOUD

    view = desk.counter.send()

    assert (view.state, view.error) == (CounterState.SHOWING, None)
    (flow,) = platform.flows(chosen.title)
    (signer,) = flow.signers
    assert platform.account_name(signer["account_id"]) == "张三"
    assert platform.account_name(signer["organization_id"]) == CLOUD
    platform.sign(view.link)
    assert desk.counter.refresh().state is CounterState.SIGNED
    kept = desk.all_bytes()
    assert b"110101199003078515" not in kept


@pytest.mark.parametrize(
    "text",
    [
        f"{CLOUD} {CLOUD_CODE} {AGENT}",
        f"13800000000 张三 {CLOUD_CODE.lower()} {CLOUD} 110101199003078515",
        f"企业名称：{CLOUD}，统一社会信用代码：{CLOUD_CODE}，经办人：张三，身份证号：110101199003078515，手机：13800000000",
    ],
)
def test_the_parts_of_an_organizations_line_may_have_any_order(desk: CounterDesk, chosen: Preset, text: str) -> None:
    found = desk.counter.look(text)
    assert found.obstacles == ()
    assert found.organization is not None
    assert (found.organization.name, found.organization.code) == (CLOUD, CLOUD_CODE)
    assert found.person is not None
    assert (found.person.name, found.person.id_number, found.person.mobile) == (
        "张三",
        "110101199003078515",
        "13800000000",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{CLOUD_CODE} {AGENT}", CustomerProblem.ORGANIZATION_MISSING),
        (f"{CLOUD} {AGENT}", CustomerProblem.CODE_MISSING),
        (f"{CLOUD} {CLOUD_CODE[:-1]}B {AGENT}", CustomerProblem.CODE_WRONG),
        (f"{CLOUD} {CLOUD_CODE} {STONE_CODE} {AGENT}", CustomerProblem.CODE_AMBIGUOUS),
        (f"{CLOUD} {STONE} {CLOUD_CODE} {AGENT}", CustomerProblem.ORGANIZATION_AMBIGUOUS),
        (f"{CLOUD} {CLOUD_CODE} 110101199003078515 13800000000", CustomerProblem.AGENT_MISSING),
        (f"{CLOUD} {CLOUD_CODE} 张三 13800000000", CustomerProblem.NUMBER_MISSING),
    ],
)
def test_an_incomplete_line_of_an_organization_is_not_taken(
    desk: CounterDesk, chosen: Preset, text: str, problem: CustomerProblem
) -> None:
    found = desk.counter.enter(text)
    assert problem in found.obstacles
    assert not found.is_ready
    assert not desk.counter.view.customers[0].name


def test_another_organization_with_the_same_representative_gets_its_own_contract(
    desk: CounterDesk, platform: SandboxPlatform, chosen: Preset
) -> None:
    desk.counter.enter(f"{CLOUD} {CLOUD_CODE} {AGENT}")
    first = desk.counter.send()
    desk.counter.clear()
    desk.counter.choose(chosen.id)
    desk.counter.enter(f"{STONE} {STONE_CODE} {AGENT}")

    second = desk.counter.send()

    assert second.state is CounterState.SHOWING
    assert second.link != first.link
    assert len(platform.flows(chosen.title)) == 2
    desk.counter.clear()
    desk.counter.choose(chosen.id)
    desk.counter.enter(f"{STONE} {STONE_CODE} {AGENT}")
    assert desk.counter.send().state is CounterState.WAITING, "the same organization already has this contract"


def test_an_organization_is_taken_from_the_contract_that_the_preset_is_made_of(
    desk: CounterDesk, tmp_path: Path
) -> None:
    draft = make_form_contract(desk.documents, tmp_path, branch=True)
    customers = [signer.id for signer in draft.signers]
    preset = desk.presets.make(draft, customers, name="两方", environment=desk.environment)
    assert [customer.kind for customer in preset.customers] == [AccountKind.PERSON, AccountKind.ORGANIZATION]
    assert desk.presets.get(preset.id) == preset
