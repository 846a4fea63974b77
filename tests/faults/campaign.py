"""A series of sends, each judged; a few on each desk, so that there are earlier answers to be fooled by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.faults.outcomes import Outcome
from tests.faults.rig import make_random_contract

if TYPE_CHECKING:
    from collections import Counter
    from random import Random

    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.faults.checker import Verdict
    from tests.faults.rig import Rig, RigDesk

SENDS_A_DESK: Final = 9
_FAULTS_AT_MOST: Final = 3
_KILLS_AT_MOST: Final = 3
_CALLS: Final = 14
_CHECKPOINTS: Final = 45
_STEPS: Final = 25


class Campaign:
    """``random`` decides everything, so that the same seed does the same again."""

    def __init__(self, rig: Rig, tally: Counter[str], random: Random) -> None:
        self._rig = rig
        self._tally = tally
        self._random = random
        self._desk: RigDesk | None = None
        self._sends_left = 0
        self.faults_met = 0

    def send(
        self, faults: dict[int, Outcome], *, kill_at: int = 0, dies_before: bool = False, after_call: int = 0
    ) -> bool:
        """Send one contract, and start again once if that did not end it; return whether it was killed."""
        desk = self._a_desk()
        draft = make_random_contract(desk.root / "files", self._random)
        was_killed = desk.send(draft, faults, kill_at=kill_at, dies_before=dies_before, after_call=after_call)
        self.faults_met += len(self._rig.proxy.used)
        self._settle(desk, draft)
        return was_killed

    def send_at_random(self) -> None:
        """Send one contract through whatever comes: faults, kills, a cancel, and all of them again on resuming."""
        random, desk = self._random, self._a_desk()
        draft = make_random_contract(
            desk.root / "files", random, documents=random.choice((1, 1, 2)), with_company=random.random() < 0.5
        )
        desk.send(
            draft,
            self._some_faults(),
            kill_at=self._a_checkpoint(),
            dies_before=random.random() < 0.5,
            cancel_at=random.randrange(1, _STEPS) if random.random() < 0.2 else 0,
            side_by_side=random.random() < 0.3,
        )
        for _life in range(random.randrange(_KILLS_AT_MOST)):
            desk.resume(
                self._some_faults(),
                kill_at=self._a_checkpoint(),
                dies_before=random.random() < 0.5,
                held=random.choice(("", "look", "again", "give up")),
            )
        self._settle(desk, draft)

    def end(self) -> None:
        """Delete what the desk holds."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def _settle(self, desk: RigDesk, draft: ContractDraft) -> None:
        desk.resume()
        verdict = desk.judge(draft, may_be_held=True)
        if verdict.state == "held":
            self._tally["held for a person"] += 1
            desk.resume(held=self._random.choice(("again", "give up")))
            verdict = desk.judge(draft)
        self._count(verdict)

    def _count(self, verdict: Verdict) -> None:
        self._tally["sends"] += 1
        self._tally[f"ended {verdict.state or 'before they were queued'}"] += 1
        self._tally["unseen flows left behind"] += verdict.orphans

    def _some_faults(self) -> dict[int, Outcome]:
        count = self._random.randrange(_FAULTS_AT_MOST + 1)
        return {self._random.randrange(1, _CALLS): self._random.choice(list(Outcome)) for _ in range(count)}

    def _a_checkpoint(self) -> int:
        return self._random.randrange(1, _CHECKPOINTS) if self._random.random() < 0.7 else 0

    def _a_desk(self) -> RigDesk:
        if self._desk is None or not self._sends_left:
            self.end()
            self._desk, self._sends_left = self._rig.desk(), SENDS_A_DESK
            # An earlier send, whose answers can be replayed.
            earlier = make_random_contract(self._desk.root / "files", self._random)
            assert self._desk.send(earlier) is False
        self._sends_left -= 1
        return self._desk
