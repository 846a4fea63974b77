"""A person calls a send off: until the flow is shown nobody ever hears of it, and afterwards it is too late."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionState
from tests.raised import raises_code
from tests.services.bad_transports import Unplugged
from tests.services.desk import Desk, make_contract, organization_signer, person_signer, resume_unfinished
from tests.services.sending.test_submission import AGENT

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.services.sending.values import SubmissionProgress
    from tests.services.sandbox_platform import SandboxPlatform

HANG_S = 30.0
SOON_S = 4.0


class CancelAt:
    """Cancels when the n-th step is told, and remembers which that was."""

    def __init__(self, number: int) -> None:
        self.token = CancelToken()
        self.state: SubmissionState | None = None
        self._left = number

    def __call__(self, progress: SubmissionProgress) -> None:
        if progress.total_bytes:
            return
        self._left -= 1
        if self._left == 0:
            self.state = progress.state
            self.token.cancel()


def test_cancel_at_any_step_leaves_no_visible_flow_until_the_flow_is_shown(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    signers = (person_signer("张示例"), organization_signer("示例公司", AGENT, step=2))
    # Whoever is known already takes fewer steps.
    known = make_contract(tmp_path / "known", signers=signers)
    desk.submission.run(desk.submission.queue(known, platform.environment))
    cancelled_at = set()
    number = 0
    while True:
        number += 1
        draft = make_contract(tmp_path / f"{number}", documents=2, signers=signers)
        cancel = CancelAt(number)
        submission_id = desk.submission.queue(draft, platform.environment)
        outcome = desk.submission.run(submission_id, on_progress=cancel, cancel=cancel.token)
        if cancel.state is None:
            assert outcome.state is SubmissionState.DONE
            break
        visible = [flow for flow in platform.flows(draft.title) if flow.is_visible]
        if cancel.state in {SubmissionState.EXECUTE_INTENT, SubmissionState.RUNNING, SubmissionState.DONE}:
            assert (outcome.state, len(visible)) == (SubmissionState.DONE, 1)
            continue
        cancelled_at.add(cancel.state)
        assert (outcome.state, outcome.error) == (SubmissionState.CANCELLED, None), cancel.state
        assert {flow.status for flow in visible} <= {int(FlowStatus.REVOKED)}, cancel.state
        assert b"110101199003079999" not in desk.all_bytes()

    assert cancelled_at == {
        SubmissionState.SNAPSHOT,
        SubmissionState.ACCOUNTS,
        SubmissionState.UPLOAD_URL,
        SubmissionState.UPLOADED,
        SubmissionState.CONTRACT,
        SubmissionState.START_INTENT,
        SubmissionState.STARTED,
    }
    assert desk.submission.unfinished() == ()


@pytest.mark.parametrize(
    "path", ["/account/create/person/private", "/file/uploadurl", "/storage/upload", "/doc/createbyfilekey"]
)
def test_cancel_breaks_a_call_that_hangs(desk: Desk, platform: SandboxPlatform, tmp_path: Path, path: str) -> None:
    platform.set_faults({"path": path, "fault": "hang", "seconds": HANG_S})
    submission_id = desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)
    token = CancelToken()
    timer = threading.Timer(0.3, token.cancel)
    timer.start()
    began_s = time.monotonic()

    outcome = desk.submission.run(submission_id, cancel=token)

    timer.join()
    assert (outcome.state, outcome.error) == (SubmissionState.CANCELLED, None)
    assert time.monotonic() - began_s < SOON_S


def test_cancel_while_start_gets_no_answer_ends_the_send(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    token = CancelToken()

    def cancel_at_start(progress: SubmissionProgress) -> None:
        if progress.state is SubmissionState.START_INTENT:
            token.cancel()

    submission_id = desk.submission.queue(draft, platform.environment)
    outcome = desk.submission.run(submission_id, on_progress=cancel_at_start, cancel=token)

    assert outcome.state is SubmissionState.CANCELLED
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [False]


def test_cancel_while_files_are_copied_keeps_nothing(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    draft = make_contract(tmp_path / "files")

    with pytest.raises(Cancelled):
        desk.submission.queue(draft, platform.environment, cancel=token)

    assert desk.submission.unfinished() == ()
    assert list(desk.paths.snapshots_dir.iterdir()) == []
    desk.submission.queue(draft, platform.environment)


def test_paused_send_can_be_called_off(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    submission_id = desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)

    assert desk.submission.cancel_before_execute(submission_id).state is SubmissionState.CANCELLED
    assert desk.submission.run(submission_id).state is SubmissionState.CANCELLED
    assert desk.submission.cancel_before_execute(submission_id).state is SubmissionState.CANCELLED


def test_held_send_can_be_called_off(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    held = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert desk.submission.cancel_before_execute(held.submission_id).state is SubmissionState.CANCELLED
    assert desk.submission.unfinished() == ()
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [False]


def test_flow_that_cannot_be_called_back_yet_is_called_back_later_and_never_shown(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    desk.transport = Unplugged("/sign/revoke", times=3)
    token = CancelToken()

    def cancel_when_started(progress: SubmissionProgress) -> None:
        if progress.state is SubmissionState.STARTED:
            token.cancel()

    submission_id = desk.submission.queue(draft, platform.environment)
    paused = desk.submission.run(submission_id, on_progress=cancel_when_started, cancel=token)

    assert (paused.state, paused.is_paused) == (SubmissionState.STARTED, True)
    assert paused.error is not None
    (outcome,) = resume_unfinished(desk.submission)
    assert outcome.state is SubmissionState.CANCELLED
    assert [flow.status for flow in platform.flows(draft.title)] == [int(FlowStatus.REVOKED)]


def test_shown_flow_cannot_be_called_off(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    platform.set_faults({"path": "/sign/docdetail", "fault": "http_500", "times": None})
    draft = make_contract(tmp_path / "files")
    paused = desk.submission.run(desk.submission.queue(draft, platform.environment))
    assert paused.state is SubmissionState.EXECUTE_INTENT
    (waiting,) = desk.submission.unfinished()
    assert not waiting.can_be_cancelled

    with raises_code(InputError, "submission.too_late"):
        desk.submission.cancel_before_execute(paused.submission_id)
