"""What records are good for: answers to other calls, databases older than what was sent, and sends that are held."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import OutcomeUnknown
from esign_desktop.api.exchange import RawAnswer
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.facts import SubmissionFacts
from esign_desktop.services.sending.held import HeldChoice
from tests.raised import raises_code
from tests.services.bad_transports import Unplugged
from tests.services.desk import NO_PAUSES, Desk, make_contract, person_signer, resume_unfinished

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionProgress
    from tests.services.sandbox_platform import SandboxPlatform


def send(desk: Desk, folder: Path) -> SubmissionOutcome:
    return desk.submission.run(desk.submission.queue(make_contract(folder), desk.environment))


class StopAt(Exception):
    """What a power cut looks like from inside."""


def stop_at(state: SubmissionState, *, count: int = 1) -> object:
    left = [count]

    def on_progress(progress: SubmissionProgress) -> None:
        if progress.state is state:
            left[0] -= 1
            if left[0] == 0:
                raise StopAt

    return on_progress


# Answers to other calls


def test_answer_to_an_earlier_start_is_not_believed(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    earlier = send(desk, tmp_path / "earlier")
    answer = desk.stores.journal.get(earlier.submission_id)
    assert answer is not None
    raw = next(step.raw for step in answer.steps if step.raw is not None)
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)
    with pytest.raises(StopAt):
        desk.submission.run(submission_id, on_progress=stop_at(SubmissionState.START_INTENT))  # type: ignore[arg-type]
    # As if it had come over the wire, genuine as it is.
    desk.stores.journal.record(submission_id, SubmissionState.START_INTENT, raw=raw, status=200)

    outcome = desk.submission.run(submission_id)

    assert (outcome.state, outcome.flow_id) == (SubmissionState.HELD, None)
    assert desk.submission.held(submission_id).reason == "submission.stale_answer"
    assert [flow.flow_id for flow in desk.flows.list()] == [earlier.flow_id]


def test_flow_that_holds_other_documents_is_not_shown(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    elsewhere = Desk(tmp_path / "another computer", platform.environment)
    elsewhere.transport = Unplugged("/sign/execute", times=9)
    unseen = send(elsewhere, tmp_path / "theirs")
    elsewhere.close()
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)
    with pytest.raises(StopAt):
        desk.submission.run(submission_id, on_progress=stop_at(SubmissionState.START_INTENT))  # type: ignore[arg-type]
    raw = json.dumps({"errCode": 0, "msg": "", "data": {"flowId": unseen.flow_id}}).encode()
    desk.stores.journal.record(submission_id, SubmissionState.START_INTENT, raw=raw, status=200)

    assert desk.submission.run(submission_id).state is SubmissionState.HELD
    assert desk.flows.list() == ()
    executed = platform.requests("/sign/execute")
    assert desk.submission.cancel_before_execute(submission_id).state is SubmissionState.CANCELLED
    assert platform.requests("/sign/execute") == executed


def test_answer_about_another_contract_is_not_taken_for_this_one(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(desk, tmp_path / "earlier")
    doc_id = next(entry.values["doc_id"] for entry in desk.stores.ledger.read() if entry.kind == "document")
    stale = RawAnswer(200, json.dumps({"errCode": 0, "msg": "", "data": {"docId": doc_id}}).encode())
    client_type = type(desk.client_for(platform.environment))
    post = client_type.post
    monkeypatch.setattr(
        client_type,
        "post",
        lambda self, path, body, **more: stale if path == "/doc/createbyfilekey" else post(self, path, body, **more),
    )

    paused = send(desk, tmp_path / "files")

    assert paused.is_paused
    assert isinstance(paused.error, OutcomeUnknown)
    assert paused.error.code == "api.protocol"
    monkeypatch.undo()
    assert desk.submission.run(paused.submission_id).state is SubmissionState.DONE


@pytest.mark.parametrize(("name", "number"), [("李示例", ""), ("张示例", "110101199003079999")])
def test_answer_about_another_account_makes_nobody_sign_for_somebody_else(
    desk: Desk,
    platform: SandboxPlatform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    number: str,
) -> None:
    send(desk, tmp_path / "earlier")
    (known,) = desk.stores.accounts.list(platform.environment.kind, platform.environment.project_id)
    stale = RawAnswer(200, json.dumps({"errCode": 0, "msg": "", "data": {"accountId": known.account_id}}).encode())
    client_type = type(desk.client_for(platform.environment))
    post = client_type.post
    monkeypatch.setattr(
        client_type,
        "post",
        lambda self, path, body, **more: stale if "/account/create" in path else post(self, path, body, **more),
    )
    draft = make_contract(tmp_path / "files", signers=(person_signer(name, number=number or "110101199003071111"),))
    submission_id = desk.submission.queue(draft, platform.environment)

    paused = desk.submission.run(submission_id)

    assert paused.is_paused
    monkeypatch.undo()
    outcome = desk.submission.run(submission_id)
    assert outcome.state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    assert flow.signers[0]["account_id"] != known.account_id


# A database that is older than what was sent


def restored(desk: Desk, copy: Path) -> Desk:
    """The same installation after its database went back to the copy."""
    desk.close()
    for path in desk.paths.data_dir.glob("esign.db*"):
        path.unlink()
    shutil.copytree(copy, desk.paths.data_dir, dirs_exist_ok=True)
    return Desk(desk.root, desk.environment, retry=NO_PAUSES)


def copy_of_database(desk: Desk, target: Path) -> Path:
    target.mkdir()
    desk.database.run(lambda connection: connection.execute("SELECT 1").fetchone())
    for path in desk.paths.data_dir.glob("esign.db*"):
        shutil.copyfile(path, target / path.name)
    return target


def test_restored_database_that_does_not_know_the_flow_learns_of_it_from_the_ledger(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)
    copy = copy_of_database(desk, tmp_path / "copy")
    sent = desk.submission.run(submission_id)
    assert sent.state is SubmissionState.DONE
    older = restored(desk, copy)
    # The copies of the files went with the send; the originals are still there.
    (outcome,) = resume_unfinished(older.submission)

    assert (outcome.state, outcome.flow_id, outcome.links) == (SubmissionState.DONE, sent.flow_id, sent.links)
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]
    older.close()


def test_restored_database_that_does_not_know_of_a_lost_start_holds_the_send(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)
    copy = copy_of_database(desk, tmp_path / "copy")
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    assert desk.submission.run(submission_id).state is SubmissionState.HELD
    older = restored(desk, copy)

    (outcome,) = resume_unfinished(older.submission)

    assert outcome.state is SubmissionState.HELD
    assert len(platform.flows(draft.title)) == 1
    older.close()


def test_restored_draft_that_was_sent_meanwhile_is_not_sent_again(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    copy = copy_of_database(desk, tmp_path / "copy")
    assert desk.submission.run(desk.submission.queue(draft, platform.environment)).state is SubmissionState.DONE
    older = restored(desk, copy)

    with raises_code(InputError, "submission.sent_before"):
        older.submission.queue(draft, platform.environment)

    assert older.submission.unfinished() == ()
    assert len(platform.flows(draft.title)) == 1
    older.close()


def test_restored_draft_that_was_refused_and_then_sent_is_not_sent_again(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    copy = copy_of_database(desk, tmp_path / "copy")
    platform.set_faults({"path": "/sign/start", "fault": "err_code"})
    assert desk.submission.run(desk.submission.queue(draft, platform.environment)).state is SubmissionState.FAILED
    platform.set_faults()
    assert desk.submission.run(desk.submission.queue(draft, platform.environment)).state is SubmissionState.DONE
    older = restored(desk, copy)

    with raises_code(InputError, "submission.sent_before"):
        older.submission.queue(draft, platform.environment)

    older.close()


def test_restored_draft_whose_send_came_to_nothing_can_be_sent(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    copy = copy_of_database(desk, tmp_path / "copy")
    platform.set_faults({"path": "/sign/start", "fault": "err_code"})
    assert desk.submission.run(desk.submission.queue(draft, platform.environment)).state is SubmissionState.FAILED
    older = restored(desk, copy)

    outcome = older.submission.run(older.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.DONE
    older.close()


@pytest.mark.parametrize("is_started", [False, True], ids=["before start", "after start"])
def test_restored_send_that_was_called_off_meanwhile_stays_called_off(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, is_started: bool
) -> None:
    draft = make_contract(tmp_path / "files")
    desk.stores.drafts.save(draft, saved_at_ms=1)
    submission_id = desk.submission.queue(draft, platform.environment)
    copy = copy_of_database(desk, tmp_path / "copy")
    if is_started:
        with pytest.raises(StopAt):
            desk.submission.run(submission_id, on_progress=stop_at(SubmissionState.STARTED))  # type: ignore[arg-type]
    assert desk.submission.cancel_before_execute(submission_id).state is SubmissionState.CANCELLED
    older = restored(desk, copy)

    (outcome,) = resume_unfinished(older.submission)

    assert outcome.state is SubmissionState.CANCELLED
    assert not any(flow.is_visible and flow.status != 3 for flow in platform.flows(draft.title))
    assert older.stores.drafts.load(draft.id) == draft
    older.close()


# Refused and interrupted


def test_refused_execute_whose_calling_back_was_interrupted_does_not_count_as_sent(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    desk.stores.drafts.save(draft, saved_at_ms=1)
    platform.set_faults({"path": "/sign/execute", "fault": "err_code", "err_code": 1437, "times": None})
    desk.transport = Unplugged("/sign/revoke", times=3)
    paused = desk.submission.run(desk.submission.queue(draft, platform.environment))
    assert (paused.state, paused.is_paused) == (SubmissionState.EXECUTE_INTENT, True)
    desk.transport = None
    # The platform's side of what came next is done, ours is not.
    (flow,) = desk.flows.list()
    assert desk.flows.revoke(flow.flow_id).status is FlowStatus.REVOKED

    outcome = desk.submission.run(paused.submission_id)

    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.params["err_code"] == 1437
    assert desk.stores.drafts.load(draft.id) == draft


def test_cancel_whose_flow_can_not_be_looked_at_now_is_not_forgotten(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)
    with pytest.raises(StopAt):
        desk.submission.run(submission_id, on_progress=stop_at(SubmissionState.START_INTENT, count=2))  # type: ignore[arg-type]
    desk.transport = Unplugged("/sign/revoke", times=3)

    waiting = desk.submission.cancel_before_execute(submission_id)

    assert waiting.is_paused
    (outcome,) = resume_unfinished(desk.submission)
    assert outcome.state is SubmissionState.CANCELLED
    assert [flow.status for flow in platform.flows(draft.title)] == [3]


# Held


def hold(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> SubmissionOutcome:
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    outcome = send(desk, tmp_path / "files")
    assert outcome.state is SubmissionState.HELD
    return outcome


def test_held_send_tells_what_is_known_and_what_can_be_done(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    outcome = hold(desk, platform, tmp_path)

    held = desk.submission.held(outcome.submission_id)

    assert (held.reason, held.start_count, held.contract_count, held.may_be_visible) == ("api.reset", 1, 1, False)
    assert held.choices == (HeldChoice.LOOK_AGAIN, HeldChoice.START_AGAIN, HeldChoice.GIVE_UP)
    assert held.asked_at_ms is not None


def test_evidence_names_ids_and_times_and_nobody(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    outcome = hold(desk, platform, tmp_path)
    submission = desk.stores.journal.get(outcome.submission_id)
    assert submission is not None

    evidence = desk.submission.held(outcome.submission_id).evidence

    assert outcome.submission_id in evidence
    assert SubmissionFacts(submission).doc_ids[0] in evidence
    assert "POST /sign/start: 20" in evidence
    assert "+08:00" in evidence
    assert "answer: api.reset" in evidence
    assert "示例" not in evidence
    assert submission.record.draft.title not in evidence


def test_looking_again_goes_on_when_the_ledger_knows_the_flow_after_all(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    outcome = hold(desk, platform, tmp_path)
    assert desk.submission.look_again(outcome.submission_id).state is SubmissionState.HELD
    submission = desk.stores.journal.get(outcome.submission_id)
    assert submission is not None
    (flow,) = platform.flows(submission.record.draft.title)
    place = {"environment": "test", "project_id": submission.record.project_id}
    desk.stores.ledger.append("flow", {**place, "submission_id": outcome.submission_id, "flow_id": flow.flow_id})

    assert desk.submission.look_again(outcome.submission_id).state is SubmissionState.DONE
    assert [one.is_visible for one in platform.flows(submission.record.draft.title)] == [True]


def test_only_held_sends_can_be_looked_at_again(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    outcome = send(desk, tmp_path / "files")
    with raises_code(InputError, "submission.not_held"):
        desk.submission.look_again(outcome.submission_id)
    with raises_code(InputError, "submission.not_held"):
        desk.submission.held(outcome.submission_id)
