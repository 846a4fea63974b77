"""A platform that tells no link before a flow is executed: links are told once, by start, so start has to show it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import CancelToken, InputError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.held import HeldChoice
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import SubmissionPlatforms, SubmissionProgress
from tests.raised import raises_code
from tests.services.bad_transports import Unplugged
from tests.services.desk import NO_PAUSES, Desk, clock_ms, make_contract, resume_unfinished
from tests.services.sandbox_platform import SandboxPlatform
from tests.services.sending.test_records import copy_of_database, restored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import EnvironmentKind


@pytest.fixture(scope="module")
def late_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path_factory.mktemp("late"), "--no-links-at-start") as platform:
        yield platform


@pytest.fixture
def late_desk(tmp_path: Path, late_platform: SandboxPlatform) -> Iterator[Desk]:
    late_platform.set_faults()
    desk = Desk(tmp_path / "desk", late_platform.environment)
    yield desk
    desk.close()


def without_messages(folder: Path) -> ContractDraft:
    """Nobody is told by the platform, so whoever signs needs a link."""
    draft = make_contract(folder)
    return replace(draft, options=replace(draft.options, notices=frozenset()))


def learned_service(desk: Desk) -> SubmissionService:
    """The service once the environment is known to tell links late."""

    def reports_links(_kind: EnvironmentKind) -> bool:
        return False

    platforms = SubmissionPlatforms(desk.environment_of, desk.client_for, None, reports_links)
    return SubmissionService(desk.stores, platforms, clock_ms=clock_ms, retry=NO_PAUSES)


def test_unseen_flow_without_links_is_called_back_for_one_that_is_shown_with_them(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = without_messages(tmp_path / "files")

    outcome = late_desk.submission.run(late_desk.submission.queue(draft, late_platform.environment))

    assert (outcome.state, outcome.error, len(outcome.links)) == (SubmissionState.DONE, None, 1)
    flows = {flow.flow_id: flow for flow in late_platform.flows(draft.title)}
    assert sorted(flow.status for flow in flows.values()) == [1, 3]
    assert outcome.flow_id is not None
    assert flows[outcome.flow_id].status == 1
    assert [flow.flow_id for flow in late_desk.flows.list()] == [outcome.flow_id]
    (url,) = outcome.links[draft.signers[0].id]
    late_platform.sign(url)


def test_later_sends_are_shown_by_start_at_once(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft, executed = without_messages(tmp_path / "files"), late_platform.requests("/sign/execute")
    service = learned_service(late_desk)

    outcome = service.run(service.queue(draft, late_platform.environment))

    assert (outcome.state, len(outcome.links)) == (SubmissionState.DONE, 1)
    assert [flow.status for flow in late_platform.flows(draft.title)] == [1]
    assert late_platform.requests("/sign/execute") == executed


def test_whoever_gets_a_message_from_the_platform_is_still_sent_in_two_phases(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    service = learned_service(late_desk)
    seen: list[SubmissionState] = []

    def on_progress(progress: SubmissionProgress) -> None:
        seen.append(progress.state)

    outcome = service.run(service.queue(draft, late_platform.environment), on_progress=on_progress)

    assert (outcome.state, outcome.links_are_missing) == (SubmissionState.DONE, True)
    assert SubmissionState.EXECUTE_INTENT in seen
    assert len(late_platform.flows(draft.title)) == 1


@pytest.mark.parametrize("fault", ["drop_reply", "reset"])
def test_lost_answer_of_a_start_that_shows_is_held_and_not_started_anew(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path, fault: str
) -> None:
    draft = without_messages(tmp_path / "files")
    service = learned_service(late_desk)
    late_platform.set_faults({"path": "/sign/start", "fault": fault})

    outcome = service.run(service.queue(draft, late_platform.environment))

    assert outcome.state is SubmissionState.HELD
    (summary,) = service.unfinished()
    assert summary.may_be_visible
    held = service.held(outcome.submission_id)
    assert held.may_be_visible
    assert held.choices == (HeldChoice.LOOK_AGAIN, HeldChoice.GIVE_UP)
    with raises_code(InputError, "submission.may_be_visible"):
        service.start_again(outcome.submission_id)
    started = late_platform.requests("/sign/start")
    assert service.look_again(outcome.submission_id).state is SubmissionState.HELD
    assert late_platform.requests("/sign/start") == started
    assert service.cancel_before_execute(outcome.submission_id).state is SubmissionState.CANCELLED


def test_cancel_comes_too_late_for_a_start_that_shows(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft, cancel = without_messages(tmp_path / "files"), CancelToken()
    service = learned_service(late_desk)

    def on_progress(progress: SubmissionProgress) -> None:
        if progress.state is SubmissionState.START_INTENT:
            cancel.cancel()

    outcome = service.run(service.queue(draft, late_platform.environment), on_progress=on_progress, cancel=cancel)

    assert outcome.state is SubmissionState.DONE
    assert [flow.status for flow in late_platform.flows(draft.title)] == [1]


def test_start_that_shows_is_taken_up_by_asking_the_flow(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = without_messages(tmp_path / "files")
    service = learned_service(late_desk)
    late_desk.transport = Unplugged("/sign/docdetail", times=3)
    paused = service.run(service.queue(draft, late_platform.environment))
    assert (paused.state, paused.is_paused) == (SubmissionState.EXECUTE_INTENT, True)
    with raises_code(InputError, "submission.too_late"):
        service.cancel_before_execute(paused.submission_id)

    outcome = service.run(paused.submission_id)

    assert (outcome.state, outcome.links) == (SubmissionState.DONE, paused.links)
    assert [flow.status for flow in late_platform.flows(draft.title)] == [1]


def test_flow_that_can_not_be_called_back_now_is_replaced_later(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = without_messages(tmp_path / "files")
    late_desk.transport = Unplugged("/sign/revoke", times=3)
    paused = late_desk.submission.run(late_desk.submission.queue(draft, late_platform.environment))
    assert (paused.state, paused.is_paused) == (SubmissionState.STARTED, True)

    outcome = late_desk.submission.run(paused.submission_id)

    assert (outcome.state, len(outcome.links)) == (SubmissionState.DONE, 1)
    assert sorted(flow.status for flow in late_platform.flows(draft.title)) == [1, 3]


def test_database_from_before_a_flow_was_replaced_does_not_replace_it_again(
    late_desk: Desk, late_platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = without_messages(tmp_path / "files")
    late_desk.transport = Unplugged("/sign/revoke", times=3)
    paused = late_desk.submission.run(late_desk.submission.queue(draft, late_platform.environment))
    assert paused.state is SubmissionState.STARTED
    copy = copy_of_database(late_desk, tmp_path / "copy")
    late_desk.transport = None
    sent = late_desk.submission.run(paused.submission_id)
    assert sent.state is SubmissionState.DONE
    older = restored(late_desk, copy)

    (outcome,) = resume_unfinished(older.submission)

    assert (outcome.state, outcome.flow_id) == (SubmissionState.DONE, sent.flow_id)
    assert [flow.flow_id for flow in late_platform.flows(draft.title) if flow.status == 1] == [sent.flow_id]
    older.close()
