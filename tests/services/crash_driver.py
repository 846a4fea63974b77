"""Sends a contract and dies by SIGKILL at a chosen step of the journal, in a process of its own.

One line of JSON on standard input a crash: it forks, the fork opens the desk, queues if nothing is queued yet, sends,
and kills itself before or after the n-th step is committed; the answer is how the fork ended. Forking a process that
has imported everything and started no thread makes a crash cost some hundredths of a second.
"""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Imported before the fork, since every fork needs it.
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.override import override
from esign_desktop.services.sending.preparation import prepare_side_by_side
from esign_desktop.store.codec import draft_from_json
from esign_desktop.store.tables.journal import Journal
from tests.forked_orders import serve_orders
from tests.services.counter_desk import CounterDesk
from tests.services.desk import ONE_TRY, Desk

if TYPE_CHECKING:
    from esign_desktop.domain.submission import SubmissionId, SubmissionState
    from esign_desktop.services.sending.values import SubmissionStores


class DeadlyJournal(Journal):
    """A real journal that ends the process at one of its steps."""

    steps_left = 0
    dies_before = False
    dies_at = ""
    """A state instead of a number: the process ends when it is on the disk."""

    @override
    def record(self, submission_id: SubmissionId, state: SubmissionState, **step: Any) -> None:
        self.steps_left -= 1
        if self.steps_left == 0 and self.dies_before:
            os.kill(os.getpid(), signal.SIGKILL)
        super().record(submission_id, state, **step)
        if self.steps_left == 0 or state.value == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


def crash(order: dict[str, Any]) -> None:
    kind = EnvironmentKind(order.get("kind", EnvironmentKind.SANDBOX.value))
    environment = Environment(kind, order["base_url"], order["project_id"])
    desk = Desk(Path(order["root"]), environment, retry=ONE_TRY)
    journal = DeadlyJournal(desk.database)
    journal.steps_left, journal.dies_before = order["step"], order["dies_before"]
    journal.dies_at = order.get("dies_at", "")
    stores = replace(desk.stores, journal=journal)
    if "preset_id" in order:
        serve(stores, order, environment)
        return
    draft = draft_from_json(order["draft"])
    if "starts" in order:
        desk.make_submission(stores).start_signing(order["starts"])
    elif "accepts" in order:
        service = desk.make_submission(stores)
        service.run(service.accept_made(order["accepts"]))
    elif order.get("is_for_later"):
        service = desk.make_submission(stores)
        service.run(service.queue(draft, environment, is_for_later=True))
    elif order.get("side_by_side"):
        desk.make_submission(stores, prepare=prepare_side_by_side).send(draft, environment)
    else:
        service = desk.make_submission(stores)
        service.run(service.queue(draft, environment))
    desk.close()


def serve(stores: SubmissionStores, order: dict[str, Any], environment: Environment) -> None:
    """Serve a customer at a counter instead."""
    desk = CounterDesk(Path(order["root"]), environment, retry=ONE_TRY)
    counter = desk.make_counter(desk.make_submission(stores, prepare=prepare_side_by_side))
    counter.choose(PresetId(order["preset_id"]))
    counter.enter(order["line"])
    counter.send()
    desk.close()


if __name__ == "__main__":
    serve_orders(crash)
