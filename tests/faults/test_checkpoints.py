"""Every checkpoint, every way a call can go wrong, killed before and after what follows is written down."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.campaign import Campaign
from tests.faults.outcomes import Outcome
from tests.tiers import daily

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
ONE_OF_EACH_KIND: Final = (*(Outcome.REFUSE, Outcome.RESET_MID_ANSWER_ACTED, Outcome.LOST_ACTED, Outcome.FORGED_ACTED),)
"""No connection, cut off, silent, and forged."""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("step", daily([10], [10, 1]))
@pytest.mark.parametrize("dies_before", [True, False], ids=["before", "after"])
def test_a_send_killed_at_any_checkpoint_ends_as_one_visible_flow_or_none(
    rig: Rig, tally: Counter[str], dies_before: bool, step: int
) -> None:
    campaign, checkpoint = Campaign(rig, tally, Random("checkpoints")), 1  # noqa: S311
    while campaign.send({}, kill_at=checkpoint, dies_before=dies_before):
        checkpoint += step
        tally["checkpoints"] += 1
    campaign.end()
    assert checkpoint > 35


@pytest.mark.parametrize("outcome", daily(ONE_OF_EACH_KIND, Outcome))
@pytest.mark.parametrize(
    "kill", daily(["after the next commit"], ["before the next commit", "after the next commit", "not"])
)
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
