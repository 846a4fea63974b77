"""Every checkpoint, every way a call can go wrong, killed before and after what follows is written down."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.campaign import Campaign
from tests.faults.outcomes import Outcome

if TYPE_CHECKING:
    from collections import Counter

    from tests.faults.rig import Rig

CALLS: Final = (
    "create person",
    "create agent",
    "create organization",
    "upload address",
    "upload",
    "create contract",
    "start",
    "execute",
    "detail",
)
"""What a send of one document to a person and a company asks for, in this order."""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dies_before", [True, False], ids=["before", "after"])
def test_a_send_killed_at_any_checkpoint_ends_as_one_visible_flow_or_none(
    rig: Rig, tally: Counter[str], dies_before: bool
) -> None:
    campaign, checkpoint = Campaign(rig, tally, Random("checkpoints")), 1  # noqa: S311
    while campaign.send({}, kill_at=checkpoint, dies_before=dies_before):
        checkpoint += 1
    campaign.end()
    tally["checkpoints"] += checkpoint - 1
    assert checkpoint > 35


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("kill", ["before the next commit", "after the next commit", "not"])
def test_any_call_that_goes_wrong_and_a_kill_right_after_it_end_as_one_visible_flow_or_none(
    rig: Rig, tally: Counter[str], outcome: Outcome, kill: str
) -> None:
    campaign = Campaign(rig, tally, Random(f"{outcome} {kill}"))  # noqa: S311
    for number in range(1, len(CALLS) + 1):
        campaign.send(
            {number: outcome},
            kill_at=0 if kill == "not" else 1,
            dies_before=kill == "before the next commit",
            after_call=number,
        )
    campaign.end()
    tally["calls that went wrong"] += campaign.faults_met
    assert campaign.faults_met == len(CALLS)
