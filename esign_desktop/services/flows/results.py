"""Report the results of contracts to another program in an append-only file, with one line of JSON for each change.

After a crash, a line may be repeated with the same ``id``, but no line is lost. ``resources/result.schema.json``
describes the lines.
"""

from __future__ import annotations

import hashlib
import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.atomic_files import append_lines
from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.store.tables.audit import Audit
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.journal import Journal
    from esign_desktop.store.tables.results import Results

VERSION: Final = 1
STATES: Final = {
    FlowStatus.UNKNOWN: "unknown",
    FlowStatus.DRAFT: "prepared",
    FlowStatus.SIGNING: "signing",
    FlowStatus.COMPLETED: "completed",
    FlowStatus.REVOKED: "revoked",
    FlowStatus.TERMINATED: "terminated",
    FlowStatus.EXPIRED: "expired",
}
CLEARED: Final = "cleared"
"""The state of a handed-over customer who was cleared from the counter without a contract."""
_DIGITS: Final = 16


class ResultFile:
    """The writer of the result file.

    ``audit`` provides the user who sent each flow. Calls block on the store and the disk, and may raise StoreError.
    """

    def __init__(
        self,
        path: Path | None,
        results: Results,
        flows: Flows,
        journal: Journal,
        audit: Audit,
        *,
        clock_ms: Callable[[], int],
    ) -> None:
        self.path = path
        self._results = results
        self._flows = flows
        self._journal = journal
        self._audit = audit
        self._clock_ms = clock_ms
        self._numbers = count()

    @property
    def is_wanted(self) -> bool:
        """Whether a result file is configured."""
        return self.path is not None

    def tell(self) -> int:
        """Append a line to the file for each change since the last call, oldest first, and return the number of lines.

        The first call writes nothing, because flows that existed before the file was configured are not reported.
        """
        if self.path is None:
            return 0
        unsent = self._results.unsent()
        if unsent:
            self._append(list(unsent.values()))
            self._results.forget_unsent(unsent)
        return len(unsent) + self._tell_changes()

    def note_unsent(self, reference: str, environment: Environment) -> None:
        """Store a line about a customer who was handed over but received no contract.

        The next ``tell`` writes the line to the file. ``reference`` is the reference by which the other program
        identifies the customer.
        """
        if self.path is None:
            return
        now_ms = self._clock_ms()
        # The lines are sorted by id: by time, and by number within a millisecond.
        change_id = f"cleared:{now_ms}:{next(self._numbers):06}{uuid4().hex[:_DIGITS]}"
        line = {
            "version": VERSION,
            "id": change_id,
            "reference": reference,
            "flow_id": "",
            "environment": environment.kind.value,
            "project": environment.project_id,
            "state": CLEARED,
            "sent_at": None,
            "ended_at": _moment(now_ms),
            "contracts": 0,
            "who": self._audit.who,
            "files_sha256": [],
        }
        self._results.add_unsent(change_id, json.dumps(line))

    def _append(self, lines: list[str]) -> None:
        if self.path is not None and lines:
            with disk_errors():
                # Other users may be able to write to the folder and could replace the file with a link.
                append_lines(self.path, "".join(f"{line}\n" for line in lines).encode("ascii"), follows_links=False)

    def _tell_changes(self) -> int:
        since = self._results.revision
        if since is None:
            self._results.keep(self._flows.changed(limit=1).last_revision, {})
            return 0
        records, last = self._changed(since)
        if last == since:
            return 0
        known = self._results.digests()
        lines, told = [], {}
        for record in records:
            line = self.line(record)
            digest = hashlib.sha256(json.dumps(line).encode("ascii")).hexdigest()[:_DIGITS]
            if known.get(record.flow_id) != digest:
                lines.append(json.dumps({"version": VERSION, "id": f"{record.flow_id}:{digest}", **line}))
                told[record.flow_id] = digest
        self._append(lines)
        self._results.keep(last, told)
        return len(lines)

    def _changed(self, since: int) -> tuple[list[FlowRecord], int]:
        page = self._flows.changed(since=since)
        last, records = page.last_revision, list(page.records)
        while not page.is_complete:
            page = self._flows.changed(since=since, before=page.first_revision)
            records += page.records
        return records[::-1], last

    def line(self, record: FlowRecord) -> dict[str, Any]:
        """Return the values reported for a flow. The only personal data is the user who sent the flow."""
        return {
            "reference": self._reference(record),
            "flow_id": record.flow_id,
            "environment": record.environment.value,
            "project": record.project_id,
            "state": STATES[record.status],
            "sent_at": _moment(record.sent_at_ms),
            "ended_at": _moment(record.detail.ended_at_ms if record.detail is not None else None),
            "contracts": record.contract_count,
            "who": self._audit.sender_of(record.flow_id),
            "files_sha256": list(record.downloaded_sha256),
        }

    def _reference(self, record: FlowRecord) -> str:
        submission = self._journal.get(SubmissionId(record.submission_id))
        return submission.record.draft.reference if submission is not None else ""


def _moment(moment_ms: int | None) -> str | None:
    return china_datetime(moment_ms).isoformat(timespec="seconds") if moment_ms is not None else None
