"""A counter that another program hands customers over to: whose reference a contract gets, and who got none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.counter.states import CounterState
from tests.services.counter_desk import WANG, ZHANG, CounterDesk, made_up_number

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform

ZHAO = HandedCustomer("赵一", made_up_number(1), mobile="13800000001", preset_key=2, reference="loan-1")


@pytest.fixture
def preset(desk: CounterDesk, tmp_path: Path) -> Preset:
    made = desk.make_preset(tmp_path)
    desk.presets.assign_key(made.id, 2)
    return made


def references(desk: CounterDesk) -> list[str]:
    """Return the references of the contracts that were sent."""
    journal = desk.stores.journal
    return [
        submission.record.draft.reference
        for record in desk.stores.flows.changed().records
        if (submission := journal.get(SubmissionId(record.submission_id))) is not None
    ]


def test_the_contract_gets_the_reference_of_its_own_customer(desk: CounterDesk, preset: Preset) -> None:
    line = desk.counter.lay_out(ZHAO)
    assert desk.counter.enter(line).is_ready
    desk.counter.send()
    assert desk.counter.view.state is CounterState.SHOWING
    desk.counter.clear()
    assert (references(desk), desk.unsent) == (["loan-1"], [])


def test_another_customer_who_is_typed_in_does_not_get_the_reference(desk: CounterDesk, preset: Preset) -> None:
    desk.counter.lay_out(ZHAO)
    assert desk.counter.enter(WANG).is_ready
    desk.counter.send()
    assert (references(desk), desk.unsent) == ([""], ["loan-1"])


def test_a_customer_cleared_without_a_contract_is_told_once(desk: CounterDesk, preset: Preset) -> None:
    desk.counter.lay_out(ZHAO)
    desk.counter.clear()
    desk.counter.clear()
    assert desk.unsent == ["loan-1"]


def test_a_contract_that_is_called_off_before_it_can_be_seen_counts_as_none(
    desk: CounterDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    platform.set_faults({"path": "/file/uploadurl", "fault": "reset", "times": 50})
    desk.counter.enter(desk.counter.lay_out(ZHAO))
    desk.counter.send()
    assert desk.counter.view.state is CounterState.PAUSED
    platform.set_faults()
    desk.counter.revoke_and_clear()
    assert (desk.counter.view.state, desk.unsent) == (CounterState.READY, ["loan-1"])


def test_a_paused_contract_that_is_left_is_not_told_since_it_may_still_be_sent(
    desk: CounterDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    platform.set_faults({"path": "/file/uploadurl", "fault": "reset", "times": 50})
    desk.counter.enter(desk.counter.lay_out(ZHAO))
    desk.counter.send()
    platform.set_faults()
    desk.counter.clear()
    assert desk.unsent == []


def test_a_customer_who_is_set_aside_is_not_dropped_and_the_preset_before_returns(
    desk: CounterDesk, preset: Preset, tmp_path: Path
) -> None:
    other = desk.make_preset(tmp_path / "other")
    desk.counter.choose(other.id)
    desk.counter.lay_out(ZHAO)
    assert desk.counter.view.preset_id == preset.id
    assert desk.counter.set_aside() == ZHAO
    assert (desk.counter.view.preset_id, desk.counter.typed_before, desk.unsent) == (other.id, "", [])
    assert desk.counter.set_aside() is None


def test_another_preset_keeps_the_customer_and_their_reference(
    desk: CounterDesk, preset: Preset, tmp_path: Path
) -> None:
    other = desk.make_preset(tmp_path / "other")
    desk.counter.lay_out(ZHAO)
    desk.counter.choose(other.id)
    assert desk.counter.typed_before == ZHAO.line
    desk.counter.enter(ZHAO.line)
    desk.counter.send()
    assert (references(desk), desk.unsent) == (["loan-1"], [])


@pytest.mark.parametrize("is_signed", [False, True])
def test_no_customer_is_laid_out_before_the_one_at_the_counter_is_cleared(
    desk: CounterDesk, platform: SandboxPlatform, preset: Preset, is_signed: bool
) -> None:
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.send()
    if is_signed:
        platform.sign(desk.counter.view.link)
        desk.counter.refresh()
        assert desk.counter.view.state is CounterState.SIGNED
    with pytest.raises(InputError, match=r"counter\.in_use"):
        desk.counter.lay_out(ZHAO)
    assert desk.counter.view.customers[0].name == "张三"
