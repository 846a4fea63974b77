"""What the platform's own log says of the calls after Enter, with every answer held back for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterNews, CounterView
from tests.services.counter_desk import LI, CounterDesk, made_up_number
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

ANSWER_MS = 400
FIND, CREATE = "idexchange", "private"
ANNOUNCE, MAKE = "uploadurl", "createbyfilekey"


class Sent:
    """One contract of one customer; when each call came, when its answer was due, and when the desk told what."""

    def __init__(self, desk: CounterDesk, platform: SandboxPlatform, folder: Path, line: str) -> None:
        self.told_at_ms: dict[CounterNews, int] = {}
        desk.counter.listen(self._hear)
        desk.counter.choose(desk.make_preset(folder).id)
        desk.counter.enter(line)
        earlier = len(platform.request_log())
        platform.set_faults({"path": "/", "fault": "slow", "seconds": ANSWER_MS / 1000, "times": None})
        self.began_at_ms = clock_ms()
        assert desk.counter.send().state is CounterState.SHOWING
        calls = platform.request_log()[earlier:]
        self.came_at_ms = {call["path"].rsplit("/", 1)[-1]: int(call["at_ms"]) for call in calls}

    def _hear(self, news: CounterNews, _view: CounterView) -> None:
        self.told_at_ms.setdefault(news, clock_ms())

    def answered_at_ms(self, call: str) -> int:
        return self.came_at_ms[call] + ANSWER_MS


def test_account_and_document_are_asked_for_together_and_start_waits_for_both(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    sent = Sent(desk, platform, tmp_path, f"钱一 {made_up_number(701)} 13800000000")
    came_at_ms = sent.came_at_ms

    # Each was under way before the other could have been answered.
    assert abs(came_at_ms[FIND] - came_at_ms[ANNOUNCE]) < ANSWER_MS
    assert came_at_ms[FIND] - sent.began_at_ms < ANSWER_MS
    assert came_at_ms[CREATE] < sent.answered_at_ms(MAKE)
    assert came_at_ms["start"] >= max(sent.answered_at_ms(CREATE), sent.answered_at_ms(MAKE))
    assert came_at_ms["execute"] >= sent.answered_at_ms("start")


def test_a_known_customer_waits_for_the_document_alone(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path / "before").id)
    desk.counter.enter(LI)
    desk.counter.send()
    desk.counter.clear()
    sent = Sent(desk, platform, tmp_path / "now", LI)
    assert not {FIND, CREATE} & set(sent.came_at_ms)
    assert sent.came_at_ms["start"] - sent.answered_at_ms(MAKE) < ANSWER_MS


def test_the_code_is_drawn_when_start_has_answered_and_works_after_execute(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    sent = Sent(desk, platform, tmp_path, f"钱二 {made_up_number(702)} 13800000000")
    drawn_at_ms, live_at_ms = sent.told_at_ms[CounterNews.QR_READY], sent.told_at_ms[CounterNews.LIVE]
    assert sent.answered_at_ms("start") <= drawn_at_ms < sent.answered_at_ms("execute") <= live_at_ms
