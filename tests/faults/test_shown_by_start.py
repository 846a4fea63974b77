"""Under fire where two phases can't be had: the platform tells its links once, by a start that shows the flow.

A lost start then can't be told from one that never came, so it is held and never repeated.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.outcomes import Outcome
from tests.faults.rig import make_random_contract
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.faults.rig import Rig

START, DETAIL = 5, 6
"""The calls of a send of one document to one person: account, address, upload, contract, start, detail."""
PREVENTABLE: Final = tuple(outcome for outcome in Outcome if outcome is not Outcome.DOUBLED_ACTED)
"""Nobody can prevent that a network passes on a start twice."""

pytestmark = pytest.mark.slow


def without_messages(folder: Path, random: Random) -> ContractDraft:
    """Nobody is told by the platform, so whoever signs needs a link."""
    draft = make_random_contract(folder, random, with_company=False)
    return replace(draft, options=replace(draft.options, notices=frozenset()))


def send_and_settle(
    rig: Rig, tally: Counter[str], random: Random, call: int, outcome: Outcome | None, **kill: int
) -> bool:
    """Send a contract, and start again until it is settled; return whether it was killed on the way."""
    desk = rig.desk()
    # An earlier send, whose answers can be replayed.
    assert desk.send(without_messages(desk.root / "files", random)) is False
    draft = without_messages(desk.root / "files", random)
    was_killed = desk.send(draft, {call: outcome} if outcome else {}, **kill)  # type: ignore[arg-type]
    tally["calls that went wrong"] += len(rig.proxy.used)
    desk.resume()
    verdict = desk.judge(draft, may_be_held=True)
    if verdict.state == "held":
        tally["held for a person"] += 1
        desk.resume(held="again")
        assert desk.judge(draft, may_be_held=True).state == "held", "started anew although it may be seen"
        desk.resume(held="give up")
        verdict = desk.judge(draft)
    tally["sends"] += 1
    tally["kills"] += was_killed
    tally[f"ended {verdict.state or 'before they were queued'}"] += 1
    desk.close()
    return was_killed


@pytest.mark.parametrize("step", daily([9], [9, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_a_send_killed_at_any_checkpoint_never_shows_two_flows(
    late_rig: Rig, tally: Counter[str], dies_before: bool, step: int
) -> None:
    random, checkpoint = Random("late"), 1  # noqa: S311
    while send_and_settle(late_rig, tally, random, 0, None, kill_at=checkpoint, dies_before=dies_before):
        checkpoint += step
        tally["checkpoints"] += 1
    assert checkpoint > 25


@pytest.mark.parametrize("call", [START, DETAIL], ids=["start", "detail"])
@pytest.mark.parametrize("outcome", daily([Outcome.LOST_ACTED, Outcome.REPLAYED_ACTED, Outcome.HTTP_500], PREVENTABLE))
def test_a_start_or_look_that_goes_wrong_never_shows_two_flows(
    late_rig: Rig, tally: Counter[str], call: int, outcome: Outcome
) -> None:
    random = Random(f"{call} {outcome}")  # noqa: S311
    send_and_settle(late_rig, tally, random, call, outcome)
    send_and_settle(late_rig, tally, random, call, outcome, kill_at=1, after_call=call)
    assert tally["calls that went wrong"] == 2
