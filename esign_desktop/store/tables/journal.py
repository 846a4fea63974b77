"""The journal: the steps of every submission, each committed before or after a call to the platform."""

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
    """A contract to be sent, and the environment and project to which it is sent."""

    id: SubmissionId
    environment: EnvironmentKind
    project_id: str
    draft: ContractDraft = field(repr=False)
    queued_at_ms: int


@dataclass(frozen=True, slots=True)
class JournalStep:
    """A committed step of a submission.

    ``data`` holds the values that are needed to resume the submission. ``raw`` is the platform's response before
    parsing, or None if the step has no response. Both may contain facts that the platform returns only once, including
    signing URLs.
    """

    seq: int
    at_ms: int
    state: SubmissionState
    document_index: int | None
    data: Mapping[str, StepValue] = field(repr=False)
    raw: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission with its contract, its current state and its steps, oldest first."""

    record: SubmissionRecord
    state: SubmissionState
    changed_at_ms: int
    steps: tuple[JournalStep, ...]


_Row = tuple[str, str, str, str, int, str, int]
_StepRow = tuple[int, int, str, int | None, str, bytes | None]
_Rows = list[tuple[_Row, list[_StepRow]]]

_log = logging.getLogger(__name__)

_WAITING: Final = tuple(state for state in SubmissionState if state.waits_for_person)
_RESTING: Final = tuple(state for state in SubmissionState if state.is_final or state.waits_for_person)


class Journal:
    """The journal of submissions. Steps are only added; the database itself rejects changes and deletions.

    ``teller`` returns the name of the current teller. The name is recorded in the first step, because another run of
    the program may complete the submission.
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
        """Store a new submission and its first step. The step contains ``data``."""
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
        """Add a step to a submission, and wait until the step is on disk. ``state`` becomes the submission's state.

        A response of the platform is recorded as ``raw`` before it is parsed.
        """
        text, at_ms = json.dumps(data, allow_nan=False), self._clock_ms()

        def work(connection: Connection) -> None:
            _add_step(connection, submission_id, at_ms, state, document_index, text, raw)
            connection.execute(
                "UPDATE submissions SET state = ?, changed_at_ms = ? WHERE id = ?", (state.value, at_ms, submission_id)
            )

        self._database.run(work)

    def replace_draft(self, submission_id: SubmissionId, draft: ContractDraft) -> None:
        """Replace the draft of a submission with a draft without ID numbers.

        No trace of the old draft is left in the database files.
        """
        body = draft_to_json(draft)
        statement = "UPDATE submissions SET draft = ? WHERE id = ?"
        self._database.erase(lambda connection: connection.execute(statement, (body, submission_id)))

    def get(self, submission_id: SubmissionId) -> Submission | None:
        """Return a submission, or None if it is unknown. Raises StoreError if the submission cannot be read."""
        found = self._rows("id = ?", submission_id)
        return _submission(*found[0]) if found else None

    def unfinished(self) -> tuple[Submission, ...]:
        """Return the submissions that can continue without the user, oldest first.

        These submissions have not ended and are not waiting for a decision by the user.
        """
        marks = ", ".join("?" * len(_RESTING))
        return self._select(f"state NOT IN ({marks})", *_RESTING)

    def held(self) -> tuple[Submission, ...]:
        """Return the submissions that are waiting for a decision by the user, oldest first."""
        marks = ", ".join("?" * len(_WAITING))
        return self._select(f"state IN ({marks})", *_WAITING)

    def of_draft(self, draft_id: DraftId) -> tuple[Submission, ...]:
        """Return all submissions of a draft, oldest first."""
        return self._select("draft_id = ?", draft_id)

    def is_being_sent(self, draft_id: DraftId) -> bool:
        """Return whether a draft has a submission that has not ended. It may be paused or waiting for the user."""
        return any(not submission.state.is_final for submission in self.of_draft(draft_id))

    def list(self) -> tuple[Submission, ...]:
        """Return all submissions, oldest first."""
        return self._select("1")

    def _select(self, condition: str, *values: str) -> tuple[Submission, ...]:
        """Return the submissions that can be read, so that a damaged submission does not hide all others."""
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
        # The exception's message contains the value.
        raise StoreError("store.damaged", type(error).__name__) from None


def _data(text: str) -> Mapping[str, StepValue]:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no object")  # noqa: TRY004  the caller converts it to a StoreError
    return data
