"""The disk is full or can't be written: nothing is sent that is not written down first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.submission import SubmissionState, new_submission_id
from esign_desktop.store.tables.journal import SubmissionRecord
from tests.raised import raises_code
from tests.services.bad_transports import Interrupted
from tests.services.desk import Desk, make_contract, resume_unfinished

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.services.sending.values import SubmissionProgress
    from tests.services.sandbox_platform import SandboxPlatform


class Disk:
    """Makes the database full to the last byte, and roomy again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._filler = new_submission_id()
        draft = ContractDraft.new()
        environment = desk.environment
        record = SubmissionRecord(self._filler, environment.kind, environment.project_id, draft, 1)
        desk.stores.journal.queue(record)
        desk.stores.journal.record(self._filler, SubmissionState.CANCELLED)

    def fill(self) -> None:
        self._desk.database.run(lambda connection: connection.execute("PRAGMA max_page_count = 1"))
        for size in (3000, 300, 30, 0):
            with raises_code(StoreError, "store.disk_full"):
                self._add_pieces(size)

    def _add_pieces(self, size: int) -> None:
        # More than the database could take even when it is empty.
        for _ in range(100_000):
            self._desk.stores.journal.record(self._filler, SubmissionState.CANCELLED, text="x" * size)

    def make_room(self) -> None:
        self._desk.database.run(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))


@pytest.fixture
def disk(desk: Desk) -> Disk:
    return Disk(desk)


def fill_at(disk: Disk, state: SubmissionState) -> Callable[[SubmissionProgress], None]:
    """Return a listener that fills the disk at the first step of that state."""
    is_done: list[bool] = []

    def on_progress(progress: SubmissionProgress) -> None:
        if progress.state is state and not is_done:
            is_done.append(True)
            disk.fill()

    return on_progress


@pytest.mark.parametrize(
    "state",
    [SubmissionState.ACCOUNTS, SubmissionState.UPLOAD_URL, SubmissionState.UPLOADED, SubmissionState.CONTRACT],
)
def test_full_disk_pauses_the_send_before_anything_is_started(
    desk: Desk, disk: Disk, platform: SandboxPlatform, tmp_path: Path, state: SubmissionState
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)

    paused = desk.submission.run(submission_id, on_progress=fill_at(disk, state))

    assert paused.is_paused
    assert isinstance(paused.error, StoreError)
    assert paused.error.code == "store.disk_full"
    assert platform.flows(draft.title) == ()
    disk.make_room()
    (outcome,) = resume_unfinished(desk.submission)
    assert outcome.state is SubmissionState.DONE
    assert len(platform.flows(draft.title)) == 1


def test_answer_of_start_that_does_not_fit_the_journal_is_saved_by_the_ledger(
    desk: Desk, disk: Disk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)

    paused = desk.submission.run(
        submission_id,
        on_progress=fill_at(disk, SubmissionState.START_INTENT),
    )

    assert (paused.state, paused.is_paused) == (SubmissionState.START_INTENT, True)
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [False]
    disk.make_room()
    (outcome,) = resume_unfinished(desk.submission)
    assert (outcome.state, outcome.links_are_missing) == (SubmissionState.DONE, False)
    (url,) = outcome.links[draft.signers[0].id]
    platform.sign(url)
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]


def test_answer_of_start_that_fits_nowhere_is_called_back(
    desk: Desk, disk: Disk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)

    def fill_everything() -> None:
        disk.fill()
        desk.paths.ledger_path.unlink()
        desk.paths.ledger_path.mkdir()

    desk.transport = Interrupted("/sign/start", fill_everything)
    paused = desk.submission.run(submission_id)

    assert paused.state is SubmissionState.START_INTENT
    assert [flow.status for flow in platform.flows(draft.title)] == [3]
    disk.make_room()
    desk.paths.ledger_path.rmdir()
    assert [outcome.state for outcome in resume_unfinished(desk.submission)] == [SubmissionState.HELD]


def test_execute_waits_until_its_intent_is_on_the_disk(
    desk: Desk, disk: Disk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)

    paused = desk.submission.run(
        submission_id,
        on_progress=fill_at(disk, SubmissionState.STARTED),
    )

    assert (paused.state, paused.is_paused) == (SubmissionState.STARTED, True)
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [False]
    disk.make_room()
    (outcome,) = resume_unfinished(desk.submission)
    assert (outcome.state, len(outcome.links)) == (SubmissionState.DONE, 1)


def test_flow_is_shown_only_once_it_is_in_the_list_and_in_the_ledger(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)

    def on_progress(progress: SubmissionProgress) -> None:
        if progress.state is SubmissionState.STARTED:
            desk.paths.ledger_path.unlink()
            desk.paths.ledger_path.mkdir()

    paused = desk.submission.run(submission_id, on_progress=on_progress)

    assert (paused.state, paused.is_paused) == (SubmissionState.STARTED, True)
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [False]
    desk.paths.ledger_path.rmdir()
    desk.database.run(lambda connection: connection.execute("DELETE FROM flows"))
    (outcome,) = resume_unfinished(desk.submission)
    assert [flow.flow_id for flow in desk.flows.list()] == [outcome.flow_id]
    told = [entry.values["flow_id"] for entry in desk.stores.ledger.read() if entry.kind == "flow"]
    assert told == [outcome.flow_id]


def test_copies_that_cannot_be_written_stop_the_contract_before_it_is_queued(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.paths.snapshots_dir.rmdir()
    desk.paths.snapshots_dir.write_text("in the way", encoding="ascii")

    with raises_code(StoreError, "store.unwritable"):
        desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)

    assert desk.submission.unfinished() == ()
