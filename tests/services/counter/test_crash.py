"""A counter that is killed while it sends: the next opening tells of it in words, and nobody ever sees two flows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.sending.held import HeldChoice
from tests.services.counter_desk import ZHANG, CounterDesk
from tests.services.crashing import running_driver
from tests.services.desk import ONE_TRY
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.crashing import Driver
    from tests.services.sandbox_platform import SandboxPlatform

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

LAST_STEP = 60


@pytest.fixture
def driver(platform: SandboxPlatform) -> Iterator[Driver]:
    with running_driver(platform) as running:
        yield running


class Killed:
    """A counter that was killed at a step, and opened again."""

    def __init__(self, folder: Path, driver: Driver, platform: SandboxPlatform, step: int, *, before: bool) -> None:
        self._platform = platform
        root = folder / f"desk {step}"
        desk = CounterDesk(root, platform.environment)
        self.preset: Preset = desk.make_preset(folder / uuid4().hex)
        desk.close()
        wanted = {"preset_id": self.preset.id, "line": ZHANG}
        self.was_killed = driver.order(root, step, dies_before=before, wanted=wanted)
        self.desk = CounterDesk(root, platform.environment, retry=ONE_TRY)
        self.state = self.desk.counter.resume().state

    @property
    def visible_count(self) -> int:
        return sum(flow.is_visible and flow.status == 1 for flow in self._platform.flows(self.preset.title))

    def serve_anew(self) -> None:
        """Let the customer, who is still there, be served once more."""
        self.desk.counter.choose(self.preset.id)
        self.desk.counter.enter(ZHANG)
        assert self.desk.counter.send().state is CounterState.SHOWING


@pytest.mark.parametrize("stride", daily([8], [8, 1]))
@pytest.mark.parametrize("before", daily([True], [True, False]), ids=["before", "after"])
@pytest.mark.parametrize("goes_on", [True, False], ids=["gone on with", "taken back"])
def test_a_counter_that_is_killed_at_any_step_shows_one_flow_at_most(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, before: bool, goes_on: bool, stride: int
) -> None:
    seen: list[CounterState] = []
    for step in range(1, LAST_STEP, stride):
        killed = Killed(tmp_path, driver, platform, step, before=before)
        counter = killed.desk.counter
        if not killed.was_killed:
            assert (killed.state, killed.visible_count) == (CounterState.WAITING, 1)
            killed.desk.close()
            break
        seen.append(killed.state)
        if killed.state is CounterState.IDLE:
            # Nothing had been taken on yet.
            assert killed.visible_count == 0
            killed.serve_anew()
        elif killed.state is CounterState.WAITING:
            # All was over, and the customer still stands there with a code that nobody sees.
            assert killed.visible_count == 1
            if goes_on:
                assert counter.show_waiting().link
            else:
                assert counter.revoke_and_clear().state is CounterState.READY
                killed.serve_anew()
        elif killed.state is CounterState.SHOWING:
            assert killed.visible_count == 1
            assert counter.view.customers[0].name == "张三"
        else:
            assert killed.visible_count == 0, (step, killed.state, counter.view.error)
            assert counter.view.customers[0].name == "张三"
            _decide(killed, goes_on=goes_on)
        assert killed.visible_count == 1, (step, killed.state)
        assert killed.desk.submission.unfinished() == ()
        assert b"110101199003078515" not in killed.desk.all_bytes()
        killed.desk.close()
    assert CounterState.PAUSED in seen
    assert CounterState.SHOWING in seen or stride > 1


def _decide(killed: Killed, *, goes_on: bool) -> None:
    counter = killed.desk.counter
    if goes_on:
        view = counter.retry() if killed.state is CounterState.PAUSED else counter.view
        if view.state is CounterState.HELD:
            # Whether start arrived is known to nobody.
            assert killed.visible_count == 0
            view = counter.decide(HeldChoice.START_AGAIN)
        assert (view.state, view.error) == (CounterState.SHOWING, None)
        assert view.link
        return
    if killed.state is CounterState.HELD:
        assert counter.decide(HeldChoice.GIVE_UP).state is CounterState.REVOKED
        counter.clear()
    else:
        assert counter.revoke_and_clear().state is CounterState.READY
    assert killed.visible_count == 0
    killed.serve_anew()


def test_what_was_entered_is_not_made_up_for_a_renewal(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path
) -> None:
    step = 1
    killed = Killed(tmp_path, driver, platform, step, before=False)
    while killed.state is not CounterState.SHOWING:
        killed.desk.close()
        step += 1
        killed = Killed(tmp_path, driver, platform, step, before=False)
    with pytest.raises(InputError) as caught:
        killed.desk.counter.renew()
    assert caught.value.code == "counter.data_gone"
    assert (killed.desk.counter.view.state, killed.visible_count) == (CounterState.SHOWING, 1)
    killed.desk.close()


def test_a_desk_that_is_in_use_takes_nothing_up(driver: Driver, platform: SandboxPlatform, tmp_path: Path) -> None:
    killed = Killed(tmp_path, driver, platform, 4, before=False)
    assert killed.state is CounterState.PAUSED
    killed.desk.close()
    desk = CounterDesk(tmp_path / "desk 4", platform.environment)
    desk.counter.choose(killed.preset.id)
    desk.counter.enter(ZHANG)
    assert desk.counter.resume().state is CounterState.READY
    desk.close()


def test_a_preset_that_was_edited_since_leaves_its_contract_to_track(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path
) -> None:
    killed = Killed(tmp_path, driver, platform, 4, before=False)
    killed.desk.counter.clear()
    killed.desk.presets.delete(killed.preset.id)
    assert killed.desk.counter.resume().state is CounterState.READY
    assert len(killed.desk.submission.unfinished()) == 1
    killed.desk.close()
