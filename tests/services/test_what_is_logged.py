"""What the log of a day tells of contracts and of a network that comes and goes; and whom it does not tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.log import LOG_NAME, close_log, open_log
from esign_desktop.services.counter.states import CounterState
from tests.services.counter_desk import ZHANG, CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    handler = open_log(tmp_path)
    yield tmp_path / LOG_NAME
    close_log(handler)


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


def test_a_lost_network_and_every_send_are_in_the_log_and_nobody_is_named(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path, log: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path / "preset").id)
    desk.counter.enter(ZHANG)
    platform.set_faults({"path": "/", "fault": "drop_reply", "times": None})
    assert desk.counter.send().state is CounterState.PAUSED
    assert desk.counter.retry().state is CounterState.PAUSED
    platform.set_faults()
    view = desk.counter.retry()
    assert view.state is CounterState.SHOWING

    written = log.read_text("utf-8")
    troubles = [line for line in written.splitlines() if " failed: api." in line]
    assert len(troubles) == 1
    assert "WARNING" in troubles[0]
    assert "answers again" in written
    assert written.count("a send is ") == 3
    assert "a send is done: no error" in written
    assert "the counter is paused: api." in written
    for secret in ("张三", "110101199003078515", "13800000000", view.link, str(view.flow_id), "借款"):
        assert secret not in written
