from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.domain.submission import SubmissionId, SubmissionState, new_submission_id
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.journal import Journal
from tests.store.samples import DRAFT, ID_NUMBER, submission

if TYPE_CHECKING:
    from esign_desktop.store.files.paths import AppPaths

RECORDER = """
import sys
from pathlib import Path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.handle import Connection
from esign_desktop.store.tables.journal import Journal, SubmissionState
from tests.store.samples import submission
database = Database(Path(sys.argv[1]))
database.open()
journal = Journal(database)
record = submission()
journal.queue(record)
for state in SubmissionState:
    journal.record(record.id, state, raw=state.value.encode(), name=state.value)
    print(state.value, flush=True)
    if state is SubmissionState.STARTED:
        break
input()
"""


@pytest.fixture
def journal(database: Database) -> Journal:
    ticks = itertools.count(100)
    return Journal(database, clock_ms=lambda: next(ticks))


def test_a_queued_submission_is_there_with_its_first_step(journal: Journal) -> None:
    record = submission()
    journal.queue(record)
    found = journal.get(record.id)
    assert found is not None
    assert (found.record, found.state, found.changed_at_ms) == (record, SubmissionState.QUEUED, 1)
    assert [step.state for step in found.steps] == [SubmissionState.QUEUED]


def test_every_step_stays_with_what_was_told_and_the_bytes_that_came(journal: Journal) -> None:
    record = submission()
    journal.queue(record)
    journal.record(record.id, SubmissionState.UPLOAD_URL, document_index=0, file_key="k-0")
    journal.record(record.id, SubmissionState.UPLOAD_URL, document_index=1, file_key="k-1")
    journal.record(record.id, SubmissionState.UPLOAD_URL, document_index=1, file_key="k-2")
    journal.record(record.id, SubmissionState.START_INTENT)
    journal.record(record.id, SubmissionState.START_INTENT, raw=b'\xff{"errCode":0}')
    journal.record(record.id, SubmissionState.STARTED, flow_id="f-1", attempt=1, is_visible=False)
    found = journal.get(record.id)
    assert found is not None
    assert found.state is SubmissionState.STARTED
    assert [step.at_ms for step in found.steps] == [1, 100, 101, 102, 103, 104, 105]
    assert [(step.document_index, dict(step.data)) for step in found.steps[1:4]] == [
        (0, {"file_key": "k-0"}),
        (1, {"file_key": "k-1"}),
        (1, {"file_key": "k-2"}),
    ]
    assert found.steps[-1].data == {"flow_id": "f-1", "attempt": 1, "is_visible": False}
    assert [step.raw for step in found.steps[4:]] == [None, b'\xff{"errCode":0}', None]


@pytest.mark.parametrize("state", list(SubmissionState))
def test_a_send_is_unfinished_until_it_ended_or_waits_for_a_person(journal: Journal, state: SubmissionState) -> None:
    record = submission()
    journal.queue(record)
    journal.record(record.id, state)
    ended = {SubmissionState.DONE, SubmissionState.PREPARED, SubmissionState.CANCELLED, SubmissionState.FAILED}
    waiting = {SubmissionState.HELD, SubmissionState.MADE}
    assert state.is_final == (state in ended)
    assert len(journal.held()) == (state in waiting)
    assert len(journal.unfinished()) == (state not in ended | waiting)
    assert len(journal.list()) == 1


def test_the_oldest_send_goes_on_first(journal: Journal) -> None:
    for number in (3, 1, 2):
        journal.queue(submission(number))
    assert [found.record.queued_at_ms for found in journal.unfinished()] == [1, 2, 3]


def test_the_words_are_those_of_the_architecture() -> None:
    way = "queued snapshot accounts upload_url uploaded contract made start_intent started execute_intent running done"
    ends = ["prepared", "held", "cancelled", "failed"]
    assert [state.value for state in SubmissionState] == [*way.split(), *ends]


@pytest.mark.parametrize("change", ["UPDATE journal_steps SET state = 'done'", "DELETE FROM journal_steps"])
def test_a_step_can_be_neither_changed_nor_deleted(journal: Journal, database: Database, change: str) -> None:
    journal.queue(submission())
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        database.run(lambda connection: connection.execute(change).rowcount)
    assert journal.list()[0].state is SubmissionState.QUEUED


def test_a_step_of_an_unknown_submission_is_a_bug(journal: Journal) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        journal.record(SubmissionId("nowhere"), SubmissionState.SNAPSHOT)
    assert journal.get(SubmissionId("nowhere")) is None


def test_the_same_submission_is_not_taken_on_twice(journal: Journal) -> None:
    journal.queue(submission())
    with pytest.raises(sqlite3.IntegrityError):
        journal.queue(submission())
    assert len(journal.list()[0].steps) == 1
    assert new_submission_id() != new_submission_id()


def test_no_byte_of_an_id_number_stays_once_the_draft_is_replaced(journal: Journal, paths: AppPaths) -> None:
    scrubbed = replace(DRAFT, signers=(PersonSigner(DRAFT.signers[0].id, Person("张三", account_id="account-1")),))
    record = submission()
    journal.queue(record)
    journal.replace_draft(record.id, scrubbed)
    found = journal.get(record.id)
    assert found is not None
    assert found.record.draft == scrubbed
    for file in paths.data_dir.iterdir():
        assert not file.is_file() or ID_NUMBER.encode() not in file.read_bytes()


def test_what_was_told_stays_out_of_the_repr(journal: Journal) -> None:
    record = submission()
    journal.queue(record)
    journal.record(record.id, SubmissionState.STARTED, raw=b"sign/secret", url="https://example.com/sign/secret")
    found = repr(journal.get(record.id))
    assert "secret" not in found
    assert ID_NUMBER not in found


@pytest.mark.parametrize("last", ["queued", "accounts", "start_intent", "started"])
def test_a_step_that_was_recorded_survives_a_kill(paths: AppPaths, last: str) -> None:
    command = [sys.executable, "-c", RECORDER, str(paths.database_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as recorder:
        assert recorder.stdout is not None
        while recorder.stdout.readline().strip() not in {last, ""}:
            pass
        recorder.kill()
    database = Database(paths.database_path)
    database.open()
    (found,) = Journal(database).unfinished()
    told = [step.data["name"] for step in found.steps[1:]]
    assert last in told
    assert found.state.value == told[-1]
    assert [step.raw for step in found.steps[1:]] == [str(name).encode() for name in told]
    database.close()


def test_earlier_sends_of_a_draft_are_found_without_reading_all(database: Database) -> None:
    asked: list[str] = []
    database.run(lambda connection: connection.set_trace_callback(asked.append))
    assert Journal(database).of_draft(DraftId("draft")) == ()
    database.run(lambda connection: connection.set_trace_callback(None))
    (query,) = [statement for statement in asked if "draft_id" in statement]
    plan = database.run(lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
    assert "USING INDEX submissions_by_draft" in str(plan)
