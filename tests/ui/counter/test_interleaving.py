"""Hand-overs, keys, signatures, locks and kills in any order: nobody's contract is sent, shown or lost by mistake."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from esign_desktop.services.counter.workflow import CounterWorkflow
from tests.tiers import daily
from tests.ui.counter.conftest import Teller
from tests.ui.counter.interleaving import DeferredTasks, Visits, watch_sends
from tests.ui.held_time import FakeTimer

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.services.sandbox_platform import SandboxPlatform

SEED = 20_261_130
ACTS = 120
TIMERS = ("ui.widgets.deliberate", "ui.counter.window", "ui.counter.work_page", "ui.counter.state")


RUNS = [range(5), *(range(first, first + 33) for first in range(5, 500, 33))]
"""500 in all."""


@pytest.mark.slow
@pytest.mark.unhurried
@pytest.mark.parametrize("runs", daily(RUNS[:1], RUNS), ids=lambda runs: f"{runs.start}-{runs.stop}")
def test_nothing_goes_to_the_wrong_customer_whatever_happens_when(
    runs: range,
    tmp_path: Path,
    platform: SandboxPlatform,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in TIMERS:
        monkeypatch.setattr(f"esign_desktop.{name}.QElapsedTimer", FakeTimer)
    tasks = DeferredTasks()
    teller = Teller(tmp_path, platform, tasks, qtbot)
    try:
        teller.put_preset(2)
        teller.sit_down()
        entered, signed = run_all(teller, tasks, runs, monkeypatch)
    finally:
        teller.leave()
        teller.installation.close_clients()
        teller.installation.close()
    # Enough has happened for the claim to mean something.
    assert entered > len(runs), f"{entered} entered, {signed} signed"
    assert signed > len(runs) // 4, f"{entered} entered, {signed} signed"


def run_all(teller: Teller, tasks: DeferredTasks, runs: range, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Return how many customers were entered, and how many signed."""
    current: list[Visits] = []

    def while_sending() -> None:
        current[-1].while_sending()

    watch_sends(CounterWorkflow, monkeypatch, while_sending)
    for run in runs:
        chance = Random(SEED + run)  # noqa: S311  the same each time
        visits = Visits(teller, tasks, chance, first_customer=(run - runs.start) * ACTS)
        current.append(visits)
        try:
            visits.begin()
            for _ in range(ACTS):
                visits.do_something()
            visits.settle()
        except AssertionError as error:
            raise AssertionError(f"run {run}: {error}\n" + "\n".join(visits.story)) from error
    return sum(visits.entered for visits in current), sum(visits.signed for visits in current)
