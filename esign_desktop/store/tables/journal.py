"""The journal: every step of every send, committed before and after each call to the platform."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.codec import draft_from_json, draft_to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

StepValue = str | int | bool


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """What is to be sent, and where."""

    id: SubmissionId
    environment: EnvironmentKind
    project_id: str
    draft: ContractDraft = field(repr=False)
    queued_at_ms: int


@dataclass(frozen=True, slots=True)
class JournalStep:
    """One committed row. ``data`` holds what has to be known to go on; ``raw`` is an answer before it was parsed.

    Both may hold what the platform tells once, signing URLs among it.
    """

    seq: int
    at_ms: int
    state: SubmissionState
    document_index: int | None
    data: Mapping[str, StepValue] = field(repr=False)
    raw: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submission:
    """A send as it stands: what was wanted, how far it came, and its steps, the oldest first."""

    record: SubmissionRecord
    state: SubmissionState
    changed_at_ms: int
    steps: tuple[JournalStep, ...]


_Row = tuple[str, str, str, str, int, str, int]
_StepRow = tuple[int, int, str, int | None, str, bytes | None]
_Rows = list[tuple[_Row, list[_StepRow]]]

_log = logging.getLogger(__name__)

_WAITING: Final = tuple(one for one in SubmissionState if one.waits_for_person)
_RESTING: Final = tuple(one for one in SubmissionState if one.is_final or one.waits_for_person)


class Journal:
    """Keeps submissions. Steps are only ever added; the database itself refuses to change or delete them.

    ``teller`` answers who sends now: it is noted with the first step, since another program may bring it to its end.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock_ms: Callable[[], int] = system_clock_ms,
        teller: Callable[[], str] | None = None,
    ) -> None:
        self._database = database
        self._clock_ms = clock_ms
        self._teller = teller

    def queue(self, record: SubmissionRecord, **data: StepValue) -> None:
        """Take a submission on; this is its first step."""
        if self._teller is not None:
            data["teller"] = self._teller()
        text = json.dumps(data, allow_nan=False)
        row = (
            *(record.id, record.environment.value, record.project_id, replace_surrogates(record.draft.title)),
            *(record.queued_at_ms, draft_to_json(record.draft), SubmissionState.QUEUED.value, record.queued_at_ms),
            record.draft.id,
        )

        def work(connection: Connection) -> None:
            connection.execute("INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            _add_step(connection, record.id, record.queued_at_ms, SubmissionState.QUEUED, None, text, None)

        self._database.run(work)

    def record(
        self,
        submission_id: SubmissionId,
        state: SubmissionState,
        *,
        document_index: int | None = None,
        raw: bytes | None = None,
        **data: StepValue,
    ) -> None:
        """Add a step; it is on the disk when this returns. An answer is recorded as ``raw`` before it is parsed."""
        text, at_ms = json.dumps(data, allow_nan=False), self._clock_ms()

        def work(connection: Connection) -> None:
            _add_step(connection, submission_id, at_ms, state, document_index, text, raw)
            connection.execute(
                "UPDATE submissions SET state = ?, changed_at_ms = ? WHERE id = ?", (state.value, at_ms, submission_id)
            )

        self._database.run(work)

    def replace_draft(self, submission_id: SubmissionId, draft: ContractDraft) -> None:
        """Put another draft in the place of what was wanted: the same without id numbers, of which no byte stays."""
        body = draft_to_json(draft)
        statement = "UPDATE submissions SET draft = ? WHERE id = ?"
        self._database.erase(lambda connection: connection.execute(statement, (body, submission_id)))

    def get(self, submission_id: SubmissionId) -> Submission | None:
        """Return a submission, or None. Raises StoreError if it can't be read."""
        found = self._rows("id = ?", submission_id)
        return _submission(*found[0]) if found else None

    def unfinished(self) -> tuple[Submission, ...]:
        """Return what can go on, the oldest first: neither ended nor held."""
        marks = ", ".join("?" * len(_RESTING))
        return self._select(f"state NOT IN ({marks})", *_RESTING)

    def held(self) -> tuple[Submission, ...]:
        """Return what waits for a person to decide, the oldest first."""
        marks = ", ".join("?" * len(_WAITING))
        return self._select(f"state IN ({marks})", *_WAITING)

    def of_draft(self, draft_id: DraftId) -> tuple[Submission, ...]:
        """Return every submission of one draft, the oldest first."""
        return self._select("draft_id = ?", draft_id)

    def is_being_sent(self, draft_id: DraftId) -> bool:
        """Whether a draft has a send that has not ended; it may pause or be held."""
        return any(not submission.state.is_final for submission in self.of_draft(draft_id))

    def list(self) -> tuple[Submission, ...]:
        """Return every submission, the oldest first."""
        return self._select("1")

    def _select(self, condition: str, *values: str) -> tuple[Submission, ...]:
        """Return what can be read: one damaged submission must not stop all others."""
        found: list[Submission] = []
        for row in self._rows(condition, *values):
            try:
                found.append(_submission(*row))
            except StoreError as error:
                _log.error("a submission can't be read: %s", error.code)
        return tuple(found)

    def _rows(self, condition: str, *values: str) -> _Rows:
        query = (
            "SELECT id, environment, project_id, draft, queued_at_ms, state, changed_at_ms"  # noqa: S608
            f" FROM submissions WHERE {condition} ORDER BY queued_at_ms, rowid"
        )

        def work(connection: Connection) -> _Rows:
            rows = connection.execute(query, tuple(map(str, values))).fetchall()
            return [(row, _steps(connection, row[0])) for row in rows]

        return self._database.run(work)


def _add_step(
    connection: Connection,
    submission_id: SubmissionId,
    at_ms: int,
    state: SubmissionState,
    document_index: int | None,
    data: str,
    raw: bytes | None,
) -> None:
    connection.execute(
        "INSERT INTO journal_steps (submission_id, at_ms, state, document_index, data, raw) VALUES (?, ?, ?, ?, ?, ?)",
        (submission_id, at_ms, state.value, document_index, data, raw),
    )


def _steps(connection: Connection, submission_id: str) -> list[_StepRow]:
    return connection.execute(
        "SELECT seq, at_ms, state, document_index, data, raw FROM journal_steps WHERE submission_id = ? ORDER BY seq",
        (submission_id,),
    ).fetchall()


def _submission(row: _Row, step_rows: list[_StepRow]) -> Submission:
    identity, environment, project_id, draft, queued_at_ms, state, changed_at_ms = row
    try:
        steps = tuple(
            JournalStep(seq, at_ms, SubmissionState(step_state), index, _data(text), raw)
            for seq, at_ms, step_state, index, text, raw in step_rows
        )
        record = SubmissionRecord(
            SubmissionId(identity), EnvironmentKind(environment), project_id, draft_from_json(draft), queued_at_ms
        )
        return Submission(record, SubmissionState(state), changed_at_ms, steps)
    except ValueError as error:
        # Its text holds the value.
        raise StoreError("store.damaged", type(error).__name__) from None


def _data(text: str) -> Mapping[str, StepValue]:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no object")  # noqa: TRY004  what the caller turns into an error of the store
    return data
