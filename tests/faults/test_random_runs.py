"""Sends under faults and kills at random.

``make test`` does 10 of them, ``make nightly`` 500, ``make faults RUNS=5000`` any number.

A failure names its seed; ``FAULT_SEED`` repeats that batch alone.
"""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.campaign import Campaign
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter

    from tests.faults.rig import Rig

RUNS: Final = int(os.environ.get("FAULT_RUNS", "500"))
RUNS_A_BATCH: Final = 10
SEEDS: Final = [os.environ["FAULT_SEED"]] if "FAULT_SEED" in os.environ else range(-(-RUNS // RUNS_A_BATCH))

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", daily([0], SEEDS))
def test_whatever_happens_a_contract_is_sent_once_or_not_at_all(rig: Rig, tally: Counter[str], seed: int | str) -> None:
    campaign = Campaign(rig, tally, Random(f"batch {seed}"))  # noqa: S311
    for number in range(RUNS_A_BATCH):
        try:
            campaign.send_at_random()
        except AssertionError as error:
            tally["violations"] += 1
            error.add_note(f"seed {seed}, send {number}, faults of the last life: {rig.proxy.used}")
            raise
    campaign.end()
