"""Sends a sheet and dies by SIGKILL at a chosen step of the journal, one fork an order (see ``crash_driver``)."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.override import override
from esign_desktop.store.tables.journal import Journal
from tests.bulk_samples import read_sheet
from tests.forked_orders import serve_orders
from tests.services.bulk_desk import BulkDesk
from tests.services.desk import ONE_TRY

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.submission import SubmissionId, SubmissionState
    from esign_desktop.store.tables.journal import SubmissionRecord


class DeadlyJournal(Journal):
    """Ends the process before or after one of its writes, whichever lane makes it."""

    writes_left = 0
    dies_before = False
    _counting = threading.Lock()

    @override
    def queue(self, record: SubmissionRecord, **data: Any) -> None:
        is_last = self._count()
        super().queue(record, **data)
        self._die_if(is_last)

    @override
    def record(self, submission_id: SubmissionId, state: SubmissionState, **step: Any) -> None:
        is_last = self._count()
        super().record(submission_id, state, **step)
        self._die_if(is_last)

    @override
    def replace_draft(self, submission_id: SubmissionId, draft: ContractDraft) -> None:
        is_last = self._count()
        super().replace_draft(submission_id, draft)
        self._die_if(is_last)

    def _count(self) -> bool:
        with self._counting:
            self.writes_left -= 1
            is_last = self.writes_left == 0
        self._die_if(is_last and self.dies_before)
        return is_last

    @staticmethod
    def _die_if(is_last: bool) -> None:
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)


def send(order: dict[str, Any]) -> None:
    environment = Environment(EnvironmentKind.SANDBOX, order["base_url"], order["project_id"])
    desk = BulkDesk(Path(order["root"]), environment, retry=ONE_TRY)
    journal = DeadlyJournal(desk.database)
    journal.writes_left, journal.dies_before = order["write"], order["dies_before"]
    bulk = desk.make_bulk(replace(desk.stores, journal=journal))
    preset = desk.presets.get(PresetId(order["preset_id"]))
    sheet = read_sheet(Path(order["sheet"]))
    bulk.run(bulk.plan(preset, sheet, bulk.columns_for(preset, sheet)))
    desk.close()


if __name__ == "__main__":
    serve_orders(send)
