from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.signer import SignerId
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.store.tables.bulk import Bulk, BulkRun, RowClaim
from esign_desktop.store.tables.journal import Journal, SubmissionRecord
from tests.drafts import make_draft

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database

KIND = EnvironmentKind.TEST
NAME = ColumnTarget(ColumnKind.NAME, SignerId("borrower"))
RUN = BulkRun("run", KIND, "p", PresetId("preset"), "/名单.xlsx", "表1", (NAME, None), 3, 1000)


@pytest.fixture
def bulk(database: Database) -> Bulk:
    return Bulk(database)


def claim(digest: str, *, draft: str = "", attempt: int = 0, as_read: bool = False) -> RowClaim:
    return RowClaim(digest, attempt, DraftId(draft or f"draft of {digest}"), as_read)


def queue(database: Database, submission_id: str, draft_id: str, *states: SubmissionState) -> None:
    journal = Journal(database)
    record = SubmissionRecord(SubmissionId(submission_id), KIND, "p", replace(make_draft(), id=DraftId(draft_id)), 5)
    journal.queue(record)
    for state in states:
        journal.record(record.id, state)


def test_run_is_open_until_it_ends(bulk: Bulk) -> None:
    assert bulk.open_run(KIND, "p") is None
    bulk.begin(RUN, [claim("a"), claim("b"), claim("c", draft="draft of b", as_read=True)])
    assert bulk.open_run(KIND, "p") == RUN
    assert bulk.open_run(EnvironmentKind.PRODUCTION, "p") is None
    assert bulk.open_run(KIND, "another") is None
    assert set(bulk.drafts_of_run("run")) == {"draft of a", "draft of b"}
    bulk.end("run", 2000)
    assert bulk.open_run(KIND, "p") is None


def test_sheet_that_is_sent_again_is_one_open_run(bulk: Bulk) -> None:
    bulk.begin(RUN, [claim("a")])
    bulk.begin(replace(RUN, id="other", sheet_path="/b.xlsx", begun_at_ms=1500), [claim("b")])
    bulk.begin(replace(RUN, id="later", begun_at_ms=1600), [claim("a")])
    found = bulk.open_run(KIND, "p")
    assert found is not None
    assert found.id == "later"
    bulk.end("later", 1700)
    found = bulk.open_run(KIND, "p")
    assert found is not None
    assert found.id == "other"


def test_row_in_its_own_right_is_not_replaced_by_one_as_it_was_read(bulk: Bulk) -> None:
    bulk.begin(RUN, [claim("a"), claim("b", draft="of the corrected", as_read=True)])
    bulk.begin(
        replace(RUN, id="2"), [claim("a", draft="of another", as_read=True), claim("b", attempt=1, draft="its own")]
    )
    known = bulk.claims(["a", "b", "unknown"])
    assert known == {"a": claim("a"), "b": claim("b", attempt=1, draft="its own")}


def test_send_that_lives_counts_before_those_that_ended(bulk: Bulk, database: Database) -> None:
    queue(database, "s1", "one", SubmissionState.FAILED)
    queue(database, "s2", "one", SubmissionState.HELD)
    queue(database, "s3", "two", SubmissionState.CANCELLED)
    queue(database, "s4", "two", SubmissionState.FAILED)
    queue(database, "s5", "three", SubmissionState.DONE)
    found = bulk.sends_of([DraftId(name) for name in ("one", "two", "three", "four")])
    assert {draft: (send.submission_id, send.state) for draft, send in found.items()} == {
        "one": ("s2", SubmissionState.HELD),
        "two": ("s4", SubmissionState.FAILED),
        "three": ("s5", SubmissionState.DONE),
    }


def test_thousands_of_rows_are_looked_up_by_the_index(bulk: Bulk, database: Database) -> None:
    bulk.begin(RUN, (claim(str(number)) for number in range(2000)))
    assert len(bulk.claims(map(str, range(3000)))) == 2000
    assert bulk.sends_of(DraftId(str(number)) for number in range(2000)) == {}
    plan = database.run(
        lambda connection: connection.execute(
            "EXPLAIN QUERY PLAN SELECT submissions.id FROM submissions LEFT JOIN flows"
            " ON flows.submission_id = submissions.id"
            " WHERE submissions.draft_id IN (?, ?)",
            ("a", "b"),
        ).fetchall()
    )
    text = " ".join(str(row) for row in plan)
    assert "submissions_by_draft" in text
    assert "flows_by_submission" in text


def test_choice_of_columns_is_kept_by_heading(bulk: Bulk, database: Database) -> None:
    preset = PresetId("preset")
    bulk.remember_columns(preset, {"h1": NAME, "h2": None})
    bulk.remember_columns(preset, {"h2": ColumnTarget(ColumnKind.QUESTION, question="金额")})
    bulk.remember_columns(PresetId("another"), {"h1": None})
    database.run(
        lambda connection: connection.execute(
            "INSERT INTO bulk_columns VALUES ('preset', 'h3', '{\"kind\": \"gone\"}')"
        )
    )
    assert bulk.columns(preset, ["h1", "h2", "h3", "h4"]) == {
        "h1": NAME,
        "h2": ColumnTarget(ColumnKind.QUESTION, question="金额"),
    }
    assert bulk.columns(preset, ["h4"]) == {}
