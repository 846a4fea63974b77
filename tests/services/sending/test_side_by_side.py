"""A send whose accounts and documents are prepared at the same time: as safe as one that takes its time."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.api.exchange import Limits
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.accounts import account_chains
from esign_desktop.services.sending.facts import SubmissionFacts
from esign_desktop.services.sending.preparation import prepare_side_by_side
from esign_desktop.services.sending.send import ActiveSends
from esign_desktop.store.tables.journal import Submission, SubmissionRecord
from tests.services.desk import (
    NO_PAUSES,
    ONE_TRY,
    Desk,
    make_contract,
    organization_signer,
    person_signer,
    resume_unfinished,
)
from tests.services.sending.test_crash import driver, make_draft
from tests.services.sending.test_submission import AGENT
from tests.tiers import daily

if TYPE_CHECKING:
    from esign_desktop.api.client import PlatformClient
    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.services.sending.values import SubmissionProgress
    from tests.services.crashing import Driver
    from tests.services.sandbox_platform import SandboxPlatform

__all__ = ["driver"]

NUMBERS = (b"110101199003079999", b"13500000001", b"91110000600037341L")


def fast(desk: Desk, turns: ActiveSends | None = None) -> SubmissionService:
    return desk.make_submission(desk.stores, prepare=prepare_side_by_side, turns=turns)


def test_contract_arrives_whole_and_no_number_stays(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    signers = (person_signer("张示例"), organization_signer("示例公司", AGENT, step=2))
    draft = make_contract(tmp_path / "files", documents=3, signers=signers)
    seen: list[SubmissionProgress] = []

    outcome = fast(desk).send(draft, platform.environment, on_progress=seen.append)

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    (flow,) = platform.flows(draft.title)
    assert [platform.document_bytes(doc_id) for doc_id in flow.document_ids] == [
        Path(document.path).read_bytes() for document in draft.documents
    ]
    assert set(outcome.links) == {signer.id for signer in signers}
    kept = desk.all_bytes()
    assert not any(number in kept for number in NUMBERS)
    told = next(progress for progress in seen if progress.links)
    assert (told.state, told.links) == (SubmissionState.STARTED, outcome.links)
    assert [progress.state for progress in seen if progress.is_execute_answered] == [SubmissionState.EXECUTE_INTENT]


def test_who_needs_anothers_account_waits_and_nobody_else_does(tmp_path: Path, platform: SandboxPlatform) -> None:
    agent = organization_signer("示例公司", AGENT)
    signers = (person_signer("张示例"), agent, organization_signer("另一公司", AGENT), person_signer("李示例"))
    draft = make_contract(tmp_path / "files", signers=signers)
    environment = platform.environment
    record = SubmissionRecord(SubmissionId("s"), environment.kind, environment.project_id, draft, 1)

    chains = account_chains(SubmissionFacts(Submission(record, SubmissionState.QUEUED, 1, ())))

    sizes = sorted(len(chain) for chain in chains)
    assert sizes == [1, 1, 4]
    longest = max(chains, key=len)
    assert [party.number for party in longest] == [2, 2, 3, 3]


@pytest.mark.parametrize("path", ["/account/create/person/private", "/doc/createbyfilekey"])
def test_one_refusal_ends_the_send_although_the_rest_went_well(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, path: str
) -> None:
    draft = make_contract(tmp_path / "files", signers=(person_signer(f"周{tmp_path.name[-8:]}", number="12"),))
    platform.set_faults({"path": path, "fault": "err_code", "err_code": 5, "times": 9})

    outcome = fast(desk).send(draft, platform.environment)

    assert outcome.state is SubmissionState.FAILED
    assert isinstance(outcome.error, Refused)
    assert platform.flows(draft.title) == ()


def test_answer_that_came_to_the_call_beside_it_makes_nobody_sign_for_the_other(
    platform: SandboxPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each waits for the other's answer: a call that was given up on a busy machine would be waited for in vain.
    desk = Desk(tmp_path / "desk", platform.environment, limits=Limits(connect_s=60.0, idle_s=60.0, total_s=60.0))
    numbers = ("110101199003079999", "110101199003071111")
    signers = tuple(
        person_signer(name, number=number) for name, number in zip(("甲并行", "乙并行"), numbers, strict=True)
    )
    draft = make_contract(tmp_path / "files", signers=signers)
    client_type = type(desk.client_for(platform.environment))
    post, both = client_type.post, threading.Barrier(2)
    answers: dict[bool, RawAnswer] = {}

    def crossed(self: PlatformClient, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
        answer = post(self, path, body, cancel=cancel)
        if "/account/create" not in path:
            return answer
        is_first = numbers[0].encode() in body
        answers[is_first] = answer
        both.wait(60)
        return answers[False]

    monkeypatch.setattr(client_type, "post", crossed)
    submission_id = desk.submission.queue(draft, platform.environment)
    paused = fast(desk).run(submission_id)

    assert paused.is_paused
    assert isinstance(paused.error, OutcomeUnknown)
    assert not platform.flows(draft.title)
    monkeypatch.undo()
    assert fast(desk).run(submission_id).state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    told = [signer["account_id"] for signer in flow.signers]
    assert told == [platform.accounts(name)[0]["id"] for name in ("甲并行", "乙并行")]
    desk.close()


def test_what_was_reached_before_the_network_went_is_not_done_again(tmp_path: Path, platform: SandboxPlatform) -> None:
    desk = Desk(tmp_path / "desk", platform.environment, retry=ONE_TRY)
    signers = (person_signer("张示例"), person_signer("吴示例", number="11010119900307000X"))
    draft = make_contract(tmp_path / "files", documents=2, signers=signers)
    service = fast(desk)
    platform.set_faults({"path": "/doc/createbyfilekey", "fault": "reset", "times": 1})
    calls = ("/account/create/person/private", "/file/uploadurl", "/doc/createbyfilekey")
    before = [platform.requests(path) for path in calls]

    paused = service.send(draft, platform.environment)
    assert paused.is_paused
    outcome = service.run(paused.submission_id)

    assert outcome.state is SubmissionState.DONE
    assert [platform.requests(path) - count for path, count in zip(calls, before, strict=True)] == [2, 2, 2]
    assert not any(number in desk.all_bytes() for number in (b"11010119900307000X",))
    desk.close()


def test_two_services_send_at_the_same_time_and_leave_each_others_sends_alone(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    turns = ActiveSends()
    slow, quick = desk.make_submission(desk.stores, turns=turns), fast(desk, turns)
    first, second = make_contract(tmp_path / "1"), make_contract(tmp_path / "2")
    under_way, codes = threading.Event(), []
    outcomes = []

    def in_between(progress: SubmissionProgress) -> None:
        if progress.state is not SubmissionState.START_INTENT or under_way.is_set():
            return
        under_way.set()
        outcomes.append(slow.run(slow.queue(second, platform.environment)))
        assert resume_unfinished(slow) == ()
        with pytest.raises(InputError) as caught:
            slow.run(progress.submission_id)
        codes.append(caught.value.code)

    outcomes.append(quick.send(first, platform.environment, on_progress=in_between))

    assert [outcome.state for outcome in outcomes] == [SubmissionState.DONE] * 2
    assert codes == ["submission.busy"]
    assert [len(platform.flows(draft.title)) for draft in (first, second)] == [1, 1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("stride", daily([9], [9, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_send_killed_at_any_step_ends_in_exactly_one_visible_flow(
    driver: Driver,
    platform: SandboxPlatform,
    tmp_path: Path,
    dies_before: bool,
    stride: int,
) -> None:
    step = 1 - stride
    while True:
        step += stride
        root, draft = tmp_path / f"desk {step}", make_draft(tmp_path / f"files {step}")
        if not driver.crash(root, draft, step, dies_before=dies_before, side_by_side=True):
            break
        desk = Desk(root, platform.environment, retry=NO_PAUSES)
        outcomes = resume_unfinished(desk.submission)
        for waiting in desk.submission.unfinished():
            assert waiting.state is SubmissionState.HELD
            outcomes = (desk.submission.run(desk.submission.start_again(waiting.id)),)
        assert all(outcome.state is SubmissionState.DONE for outcome in outcomes), step
        assert sum(flow.is_visible for flow in platform.flows(draft.title)) == 1, step
        assert not any(number in desk.all_bytes() for number in NUMBERS), step
        desk.close()
    assert step > 20
