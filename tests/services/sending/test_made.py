"""What the platform made of a template is compared before anybody is shown it, and a difference waits for a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.facts import MadeFinding
from esign_desktop.services.sending.made import VALUES_GONE, MadeDocument
from esign_desktop.store.codec import draft_to_json
from tests.raised import raises_code
from tests.services.crashing import Driver, running_driver
from tests.services.desk import Desk, resume_unfinished
from tests.services.sending.test_preparation import ADDRESS, Form
from tests.services.template_files import mupdf
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.services.sending.values import SubmissionOutcome
    from tests.services.sandbox_platform import SandboxPlatform

WRONG = {"path": "/doc/createbytemplate", "fault": "fill_wrongly", "values": {"姓名": "李示例"}}
LONGER = {"path": "/doc/createbytemplate", "fault": "fill_wrongly", "extra_pages": 1}

kills = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture
def driver(platform: SandboxPlatform) -> Iterator[Driver]:
    with running_driver(platform) as running:
        yield running


def start(desk: Desk, form: Form, *, shows_made: bool = False) -> SubmissionOutcome:
    desk.stores.drafts.save(form.draft, saved_at_ms=1)
    return desk.submission.run(desk.submission.queue(form.draft, desk.environment, shows_made=shows_made))


def values_of(made: MadeDocument) -> dict[str, str]:
    assert made.document.template is not None
    return dict(made.document.template.fields)


def test_what_is_as_it_was_filled_in_goes_on_by_itself(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    asked = platform.requests("/doc/downloadurl")

    outcome = start(desk, Form(desk, tmp_path / "form"))

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    # The address came with the document: no other call was needed for it.
    assert platform.requests("/doc/downloadurl") == asked
    assert list(desk.paths.snapshots_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "finding"),
    [(WRONG, MadeFinding(("姓名",), 2, 2)), (LONGER, MadeFinding((), 3, 2))],
    ids=["value", "page"],
)
def test_a_difference_holds_the_send_until_a_person_takes_it_as_it_is(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, fault: dict[str, object], finding: MadeFinding
) -> None:
    form = Form(desk, tmp_path / "form")
    started = platform.requests("/sign/start")
    platform.set_faults(fault)

    outcome = start(desk, form)

    assert (outcome.state, outcome.error, outcome.is_paused) == (SubmissionState.MADE, None, False)
    assert resume_unfinished(desk.submission) == ()
    assert desk.submission.run(outcome.submission_id).state is SubmissionState.MADE
    assert platform.requests("/sign/start") == started
    (summary,) = desk.submission.unfinished()
    assert (summary.state, summary.can_be_cancelled) == (SubmissionState.MADE, True)
    (document,) = desk.submission.made(outcome.submission_id)
    assert (document.document.name, document.finding) == ("申请表", finding)
    assert values_of(document) == {"姓名": "张示例", "住址": ADDRESS}
    assert document.path is not None
    with mupdf.open(document.path) as pdf:
        assert pdf.page_count == finding.page_count

    done = desk.submission.run(desk.submission.accept_made(outcome.submission_id))

    assert done.state is SubmissionState.DONE
    assert [flow.is_visible for flow in platform.flows(form.draft.title)] == [True]
    assert list(desk.paths.snapshots_dir.iterdir()) == []
    with raises_code(InputError, "submission.not_made"):
        desk.submission.accept_made(outcome.submission_id)
    with raises_code(InputError, "submission.not_made"):
        desk.submission.made(outcome.submission_id)


def test_what_is_wrong_is_given_up_and_leaves_nothing_but_the_draft(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    form = Form(desk, tmp_path / "form")
    platform.set_faults(WRONG)
    outcome = start(desk, form)

    ended = desk.submission.cancel_before_execute(outcome.submission_id)

    assert (ended.state, ended.error) == (SubmissionState.CANCELLED, None)
    assert platform.flows(form.draft.title) == ()
    assert list(desk.paths.snapshots_dir.iterdir()) == []
    assert desk.stores.values.get(outcome.submission_id) == {}
    # What forms hold is kept sealed, apart from the draft.
    assert desk.stores.drafts.load(form.draft.id).placements == form.draft.placements
    # And it can be sent once more.
    assert start(desk, form).state is SubmissionState.DONE


def test_whoever_wants_to_see_it_sees_it_also_where_nothing_differs(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    outcome = start(desk, Form(desk, tmp_path / "form"), shows_made=True)

    assert outcome.state is SubmissionState.MADE
    (document,) = desk.submission.made(outcome.submission_id)
    assert document.finding.is_equal
    assert desk.submission.run(desk.submission.accept_made(outcome.submission_id)).state is SubmissionState.DONE


def test_an_address_that_is_gone_is_asked_for_anew(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    asked = platform.requests("/doc/downloadurl")
    platform.set_faults({"path": "/storage/documents", "fault": "http_status", "status": 403})

    assert start(desk, Form(desk, tmp_path / "form")).state is SubmissionState.DONE
    assert platform.requests("/doc/downloadurl") == asked + 1


def test_a_document_that_can_not_be_fetched_is_for_a_person_to_decide(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    platform.set_faults({"path": "/storage/documents", "fault": "http_status", "status": 404, "times": None})

    outcome = start(desk, Form(desk, tmp_path / "form"))

    assert outcome.state is SubmissionState.MADE
    (document,) = desk.submission.made(outcome.submission_id)
    assert (document.path, document.finding.unread) == (None, "api.download_failed")
    platform.set_faults()
    (document,) = desk.submission.made(outcome.submission_id)
    assert document.path is not None


def test_a_network_that_is_lost_pauses_it_as_anywhere_else(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    platform.set_faults({"path": "/storage/documents", "fault": "reset", "times": None})

    outcome = start(desk, Form(desk, tmp_path / "form"))

    assert (outcome.state, outcome.is_paused) == (SubmissionState.CONTRACT, True)
    platform.set_faults()
    assert [one.state for one in resume_unfinished(desk.submission)] == [SubmissionState.DONE]


def test_without_a_key_nobody_knows_after_a_restart_what_it_was_filled_with(
    platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "desk", platform.environment, party_details_key=None)
    platform.set_faults({"path": "/storage/documents", "fault": "reset", "times": None})
    outcome = start(desk, Form(desk, tmp_path / "form"))
    platform.set_faults()

    (resumed,) = resume_unfinished(desk.submission)

    assert resumed.state is SubmissionState.MADE
    (document,) = desk.submission.made(outcome.submission_id)
    assert (values_of(document), document.finding.unread) == ({}, VALUES_GONE)
    desk.close()


@kills
@pytest.mark.parametrize("stride", daily([8], [8, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
@pytest.mark.parametrize("is_wrong", daily([True], [True, False]), ids=["wrong", "right"])
def test_a_form_killed_at_any_step_is_never_shown_unseen_when_it_differs(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, is_wrong: bool, dies_before: bool, stride: int
) -> None:
    step, was_killed, looked_at = 1 - stride, True, 0
    rules = [WRONG | {"times": None}] if is_wrong else []
    while was_killed:
        step += stride
        root = tmp_path / f"desk {step}"
        desk = Desk(root, platform.environment)
        draft = Form(desk, tmp_path / f"form {step}").draft
        desk.close()
        platform.set_faults(*rules)
        was_killed = driver.crash(root, draft, step, dies_before=dies_before)
        desk = Desk(root, platform.environment)
        resume_unfinished(desk.submission)
        for waiting in desk.submission.unfinished():
            if waiting.state is SubmissionState.HELD:
                # Only what was looked at is started.
                desk.submission.run(desk.submission.start_again(waiting.id))
                continue
            assert is_wrong, step
            assert platform.flows(draft.title) == (), step
            (document,) = desk.submission.made(waiting.id)
            assert document.finding.missing == ("姓名",), step
            assert values_of(document)["住址"] == ADDRESS, step
            looked_at += 1
            desk.submission.run(desk.submission.accept_made(waiting.id))
        platform.set_faults()
        assert sum(flow.is_visible for flow in platform.flows(draft.title)) == 1, step
        assert list(desk.paths.snapshots_dir.iterdir()) == []
        desk.close()
    assert step > 8
    assert (looked_at == len(range(0, step, stride))) is is_wrong


@kills
@pytest.mark.parametrize("stride", daily([8], [8, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_what_was_accepted_and_is_killed_at_any_step_is_shown_once(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, dies_before: bool, stride: int
) -> None:
    step, was_killed = 1 - stride, True
    while was_killed:
        step += stride
        root = tmp_path / f"desk {step}"
        desk = Desk(root, platform.environment)
        form = Form(desk, tmp_path / f"form {step}")
        outcome = start(desk, form, shows_made=True)
        desk.close()
        wanted = {"draft": draft_to_json(form.draft), "accepts": outcome.submission_id}
        was_killed = driver.order(root, step, dies_before=dies_before, wanted=wanted)
        desk = Desk(root, platform.environment)
        resume_unfinished(desk.submission)
        for waiting in desk.submission.unfinished():
            again = (
                desk.submission.start_again if waiting.state is SubmissionState.HELD else desk.submission.accept_made
            )
            # What was not accepted for good is not started.
            assert waiting.state is SubmissionState.HELD or platform.flows(form.draft.title) == (), step
            desk.submission.run(again(waiting.id))
        assert sum(flow.is_visible for flow in platform.flows(form.draft.title)) == 1, step
        desk.close()
    assert step > 6
