"""A contract that is left in preparation at the platform, and started by a person later on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.store.codec import draft_to_json
from tests.raised import raises_code
from tests.services.crashing import Driver, running_driver
from tests.services.desk import Desk, make_contract, resume_unfinished
from tests.services.sending.test_links_late import late_desk, late_platform, learned_service, without_messages
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.services.sending.values import SubmissionOutcome
    from tests.services.sandbox_platform import SandboxPlatform

__all__ = ["late_desk", "late_platform"]

kills = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture
def driver(platform: SandboxPlatform) -> Iterator[Driver]:
    with running_driver(platform) as running:
        yield running


def prepare(desk: Desk, folder: Path) -> tuple[str, SubmissionOutcome]:
    draft = make_contract(folder)
    desk.stores.drafts.save(draft, saved_at_ms=1)
    return draft.title, desk.submission.run(desk.submission.queue(draft, desk.environment, is_for_later=True))


def test_prepared_contract_is_seen_by_nobody_and_goes_on_at_a_persons_word_alone(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    executed = platform.requests("/sign/execute")
    title, outcome = prepare(desk, tmp_path / "files")

    assert (outcome.state, outcome.error) == (SubmissionState.PREPARED, None)
    assert [flow.is_visible for flow in platform.flows(title)] == [False]
    (record,) = desk.flows.list()
    assert record.status is FlowStatus.DRAFT
    assert desk.submission.is_prepared(outcome.submission_id)
    assert resume_unfinished(desk.submission) == ()
    assert desk.submission.unfinished() == ()
    assert platform.requests("/sign/execute") == executed
    assert desk.stores.drafts.list() == ()

    started = desk.submission.start_signing(outcome.submission_id)

    assert (started.state, started.error, started.flow_id) == (SubmissionState.DONE, None, outcome.flow_id)
    assert [flow.is_visible for flow in platform.flows(title)] == [True]
    assert desk.flows.get(record.flow_id).status is FlowStatus.SIGNING
    (url,) = next(iter(started.links.values()))
    platform.sign(url)


def test_what_is_not_prepared_can_not_be_started(desk: Desk, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    sent = desk.submission.run(desk.submission.queue(draft, desk.environment))

    assert not desk.submission.is_prepared(sent.submission_id)
    assert not desk.submission.is_prepared(SubmissionId("unheard of"))
    with raises_code(InputError, "submission.not_prepared"):
        desk.submission.start_signing(sent.submission_id)


def test_prepared_contract_can_be_revoked_and_is_not_sent_again(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    title, outcome = prepare(desk, tmp_path / "files")
    assert outcome.flow_id is not None
    assert desk.flows.revoke(outcome.flow_id).status is FlowStatus.REVOKED

    started = desk.submission.start_signing(outcome.submission_id)

    assert started.state is SubmissionState.DONE
    assert desk.flows.get(outcome.flow_id).status is FlowStatus.REVOKED
    assert [flow.status for flow in platform.flows(title)] == [FlowStatus.REVOKED]


def test_start_that_the_platform_refuses_leaves_it_prepared(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    title, outcome = prepare(desk, tmp_path / "files")
    platform.set_faults(
        {"path": "/sign/execute", "fault": "err_code", "err_code": 17, "msg": "余额不足", "times": None}
    )

    refused = desk.submission.start_signing(outcome.submission_id)

    assert refused.state is SubmissionState.PREPARED
    assert refused.error is not None
    assert refused.error.code == "api.refused"
    assert [flow.status for flow in platform.flows(title)] == [FlowStatus.DRAFT]
    platform.set_faults()
    assert desk.submission.start_signing(outcome.submission_id).state is SubmissionState.DONE


def test_start_whose_answer_is_lost_pauses_and_goes_on(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    title, outcome = prepare(desk, tmp_path / "files")
    platform.set_faults({"path": "/sign/docdetail", "fault": "reset", "times": None})

    paused = desk.submission.start_signing(outcome.submission_id)

    assert (paused.state, paused.is_paused) == (SubmissionState.EXECUTE_INTENT, True)
    platform.set_faults()
    (summary,) = desk.submission.unfinished()
    assert not summary.can_be_cancelled
    assert [one.state for one in resume_unfinished(desk.submission)] == [SubmissionState.DONE]
    assert [flow.is_visible for flow in platform.flows(title)] == [True]


def test_nothing_is_prepared_where_signers_would_have_no_link(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = without_messages(tmp_path / "files")
    late_desk.stores.drafts.save(draft, saved_at_ms=1)

    # The first time it is found out at the platform, later on it is known.
    outcome = late_desk.submission.run(late_desk.submission.queue(draft, late_platform.environment, is_for_later=True))

    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "submission.no_links_later"
    assert [flow.status for flow in late_platform.flows(draft.title)] == [FlowStatus.REVOKED]
    started = late_platform.requests("/sign/start")
    with raises_code(InputError, "submission.no_links_later"):
        learned_service(late_desk).queue(draft, late_platform.environment, is_for_later=True)
    assert late_platform.requests("/sign/start") == started
    assert [one.id for one in late_desk.stores.drafts.list()] == [draft.id]


@kills
@pytest.mark.parametrize("stride", daily([5], [5, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_preparing_that_is_killed_at_any_step_shows_the_contract_to_nobody(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, dies_before: bool, stride: int
) -> None:
    step, was_killed, held = 1 - stride, True, 0
    while was_killed:
        step += stride
        root, draft = tmp_path / f"desk {step}", make_contract(tmp_path / f"files {step}")
        wanted = {"draft": draft_to_json(draft), "is_for_later": True}
        was_killed = driver.order(root, step, dies_before=dies_before, wanted=wanted)
        desk = Desk(root, platform.environment)
        resume_unfinished(desk.submission)
        for waiting in desk.submission.unfinished():
            held += 1
            desk.submission.run(desk.submission.start_again(waiting.id))
        (submission,) = desk.stores.journal.list()
        assert submission.state is SubmissionState.PREPARED, step
        assert not any(flow.is_visible for flow in platform.flows(draft.title)), step
        desk.submission.start_signing(submission.record.id)
        assert sum(flow.is_visible for flow in platform.flows(draft.title)) == 1, step
        desk.close()
    assert step > 10
    assert held == 1 if stride == 1 else held <= 1


@kills
@pytest.mark.parametrize("stride", daily([5], [5, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_start_of_a_prepared_contract_that_is_killed_at_any_step_shows_it_once(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, dies_before: bool, stride: int
) -> None:
    step, was_killed = 1 - stride, True
    while was_killed:
        step += stride
        root = tmp_path / f"desk {step}"
        desk = Desk(root, platform.environment)
        title, outcome = prepare(desk, tmp_path / f"files {step}")
        desk.close()
        wanted = {"draft": draft_to_json(make_contract(tmp_path / "unused")), "starts": outcome.submission_id}
        was_killed = driver.order(root, step, dies_before=dies_before, wanted=wanted)
        desk = Desk(root, platform.environment)
        resume_unfinished(desk.submission)
        if desk.submission.is_prepared(outcome.submission_id):
            assert not any(flow.is_visible for flow in platform.flows(title)), step
            desk.submission.start_signing(outcome.submission_id)
        assert [flow.is_visible for flow in platform.flows(title)] == [True], step
        assert desk.submission.outcome(outcome.submission_id).state is SubmissionState.DONE
        desk.close()
    assert step > 3
