"""Bulk sending of sheets: the draft that was made from each row, and the state of each draft's submission.

The content of the sheets is not stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.bulk.columns import ColumnChoice, ColumnTarget
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.codec import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

_BATCH: Final = 500
_CODE: Final = "store.damaged"
_RUN_COLUMNS: Final = (
    "id, environment, project_id, preset_id, sheet_path, worksheet, columns, row_count, begun_at_ms, ended_at_ms"
)


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A run that sends the rows of a sheet. ``row_count`` is the number of rows to be sent.

    ``ended_at_ms`` is None while the run is unfinished.
    """

    id: str
    environment: EnvironmentKind
    project_id: str
    preset_id: PresetId
    sheet_path: str = field(repr=False)
    worksheet: str = field(repr=False)
    columns: ColumnChoice
    row_count: int
    begun_at_ms: int
    ended_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RowClaim:
    """The assignment of a row to the draft that was made from it.

    ``digest`` is the digest of the row's values, which identifies the row. ``attempt`` is 0 for the first send, and
    increases by 1 each time the user sends the contract again. ``is_as_read`` means that the digest is that of the row
    as read from the file, before the row was corrected in this program.
    """

    digest: str
    attempt: int
    draft_id: DraftId
    is_as_read: bool = False


@dataclass(frozen=True, slots=True)
class SendState:
    """The state of a draft's submission. ``flow_id`` is None until the flow has been started."""

    submission_id: SubmissionId
    state: SubmissionState
    queued_at_ms: int
    flow_id: FlowId | None = None
    flow_status: FlowStatus | None = None


class Bulk:
    """The tables of runs, of the assignments of rows to drafts, and of the targets chosen for columns.

    The submission states of the drafts are read from other tables.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run: BulkRun, claims: Iterable[RowClaim]) -> None:
        """Store a run and its rows before anything is sent. Earlier runs of the same sheet are ended.

        A claim with ``is_as_read`` never replaces the claim of an uncorrected row with the same values.
        """
        row = (
            *(run.id, run.environment.value, run.project_id, run.preset_id, replace_surrogates(run.sheet_path)),
            *(
                replace_surrogates(run.worksheet),
                to_json(run.columns, ColumnChoice),
                run.row_count,
                run.begun_at_ms,
                None,
            ),
        )
        rows = [(claim.digest, claim.attempt, claim.draft_id, run.id, int(claim.is_as_read)) for claim in claims]

        def work(connection: Connection) -> None:
            connection.execute(
                "UPDATE bulk_runs SET ended_at_ms = ? WHERE ended_at_ms IS NULL AND preset_id = ? AND sheet_path = ?",
                (run.begun_at_ms, run.preset_id, replace_surrogates(run.sheet_path)),
            )
            connection.execute("INSERT INTO bulk_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            connection.executemany(
                "INSERT INTO bulk_rows VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET attempt = excluded.attempt,"
                " draft_id = excluded.draft_id, run_id = excluded.run_id, is_as_read = excluded.is_as_read"
                " WHERE is_as_read >= excluded.is_as_read",
                rows,
            )

        self._database.run(work)

    def end(self, run_id: str, at_ms: int) -> None:
        """Record that a run is complete, or that the user does not want to continue the run."""
        self._database.execute(
            "UPDATE bulk_runs SET ended_at_ms = ? WHERE id = ? AND ended_at_ms IS NULL", (at_ms, run_id)
        )

    def open_run(self, environment: EnvironmentKind, project_id: str) -> BulkRun | None:
        """Return the latest unfinished run of a project, or None if there is none.

        Raises StoreError ``store.damaged``.
        """
        query = (
            f"SELECT {_RUN_COLUMNS} FROM bulk_runs WHERE ended_at_ms IS NULL AND environment = ? AND project_id = ?"  # noqa: S608
            " ORDER BY begun_at_ms DESC, rowid DESC LIMIT 1"
        )
        found = self._database.query(query, (environment.value, project_id))
        return _run(found[0]) if found else None

    def drafts_of_run(self, run_id: str) -> tuple[DraftId, ...]:
        """Return the ids of the drafts that were made from the rows of a run."""
        rows = self._database.query("SELECT DISTINCT draft_id FROM bulk_rows WHERE run_id = ?", (run_id,))
        return tuple(DraftId(draft_id) for (draft_id,) in rows)

    def claims(self, digests: Iterable[str]) -> dict[str, RowClaim]:
        """Return the stored claims with these digests, keyed by digest."""
        query = "SELECT digest, attempt, draft_id, is_as_read FROM bulk_rows WHERE digest IN ({})"
        rows = self._in_batches(query, digests)
        return {row[0]: RowClaim(row[0], row[1], DraftId(row[2]), bool(row[3])) for row in rows}

    def sends_of(self, draft_ids: Iterable[DraftId]) -> dict[DraftId, SendState]:
        """Return the submission states of drafts, keyed by draft. Drafts that were never queued are omitted.

        If a draft has several submissions, the state is that of the active submission, or else of the last one.
        """
        query = (
            "SELECT submissions.draft_id, submissions.id, submissions.state, submissions.queued_at_ms,"
            " flows.flow_id, flows.status FROM submissions"
            " LEFT JOIN flows ON flows.submission_id = submissions.id"
            " WHERE submissions.draft_id IN ({})"
            " ORDER BY submissions.queued_at_ms, submissions.rowid"
        )
        found: dict[DraftId, SendState] = {}
        for draft_id, *row in self._in_batches(query, draft_ids):
            before = found.get(draft_id)
            if before is None or before.state in {SubmissionState.FAILED, SubmissionState.CANCELLED}:
                found[DraftId(draft_id)] = _send_state(row)
        return found

    def remember_columns(self, preset_id: PresetId, targets: Mapping[str, ColumnTarget | None]) -> None:
        """Store the targets that the user chose for columns, keyed by the digest of each column's heading."""
        rows = [
            (preset_id, heading, to_json(target, ColumnTarget) if target is not None else "")
            for heading, target in targets.items()
        ]
        self._database.execute_many("INSERT OR REPLACE INTO bulk_columns VALUES (?, ?, ?)", rows)

    def columns(self, preset_id: PresetId, headings: Sequence[str]) -> dict[str, ColumnTarget | None]:
        """Return the stored targets of columns, keyed by the digest of each column's heading.

        ``headings`` are the digests of the headings to be looked up. Unreadable targets are omitted.
        """
        rows = self._database.query("SELECT heading, target FROM bulk_columns WHERE preset_id = ?", (preset_id,))
        found: dict[str, ColumnTarget | None] = {}
        for heading, target in rows:
            if heading not in headings:
                continue
            try:
                found[heading] = from_json(target, ColumnTarget, code=_CODE) if target else None
            except StoreError:
                continue
        return found

    def _in_batches(self, query: str, values: Iterable[str]) -> Iterator[Any]:
        """Yield the rows of a query whose placeholder is a list of values, in batches that respect SQLite's limit."""
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            yield from self._database.query(query.format(", ".join("?" * len(batch))), batch)


def _send_state(row: Sequence[Any]) -> SendState:
    submission_id, state, queued_at_ms, flow_id, status = row
    try:
        return SendState(
            SubmissionId(submission_id),
            SubmissionState(state),
            queued_at_ms,
            None if flow_id is None else FlowId(flow_id),
            None if status is None else FlowStatus.of(status),
        )
    except ValueError as error:
        raise StoreError(_CODE, type(error).__name__) from None


def _run(row: Sequence[Any]) -> BulkRun:
    run_id, environment, project_id, preset_id, path, worksheet, columns, *numbers = row
    try:
        choice: ColumnChoice = from_json(columns, ColumnChoice, code=_CODE)
        return BulkRun(
            run_id, EnvironmentKind(environment), project_id, PresetId(preset_id), path, worksheet, choice, *numbers
        )
    except (ValueError, TypeError) as error:
        raise StoreError(_CODE, type(error).__name__) from None
