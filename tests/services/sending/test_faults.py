"""What the network, the storage and the platform do wrong, and where the send stands then."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import Refused
from esign_desktop.domain.environment import PlatformBehaviour, SealAnchor
from esign_desktop.domain.errors import CancelToken, InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import SubmissionPlatforms, SubmissionProgress
from tests.raised import raises_code
from tests.services.bad_transports import Mistaken, Unplugged
from tests.services.desk import NO_PAUSES, ONE_TRY, Desk, make_contract, make_pdf, person_signer, resume_unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.environment import Environment
    from esign_desktop.store.database.handle import Connection
    from tests.services.sandbox_platform import SandboxPlatform

    MakeDesk = Callable[..., Desk]

REPEATABLE = (
    "/account/create/person/private",
    "/file/uploadurl",
    "/storage/upload",
    "/doc/createbyfilekey",
    "/sign/execute",
    "/sign/docdetail",
)


@pytest.fixture
def make_desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[MakeDesk]:
    desks: list[Desk] = []

    def make(**values: object) -> Desk:
        desks.append(Desk(tmp_path / "desk", **{"environment": platform.environment, **values}))  # type: ignore[arg-type]
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.mark.parametrize("fault", ["drop_reply", "http_500", "truncate", "reset"])
@pytest.mark.parametrize("path", REPEATABLE)
def test_repeatable_call_is_repeated_until_its_answer_comes(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, path: str, fault: str
) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": path, "fault": fault, "times": 1})

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]


def test_account_whose_answer_was_lost_is_found_again(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    name = f"孙{tmp_path.name}"
    draft = make_contract(tmp_path / "files", signers=(person_signer(name),))
    platform.set_faults({"path": "/account/create/person/private", "fault": "drop_reply"})
    created, asked = (platform.requests(path) for path in ("/account/create/person/private", "/account/idexchange"))

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.DONE
    assert len(platform.accounts(name)) == 1
    # The platform may refuse to create it twice, so it is asked and not told again.
    assert platform.requests("/account/create/person/private") == created + 1
    assert platform.requests("/account/idexchange") == asked + 2


@pytest.mark.parametrize(
    "fault",
    ["drop_reply", "truncate", "garbage", "http_500", "gateway_html", "bad_signature", "no_signature", "success"],
)
def test_lost_answer_of_start_holds_the_send_and_shows_nobody_anything(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, fault: str
) -> None:
    draft = make_contract(tmp_path / "files")
    started = platform.requests("/sign/start")
    rule = {"fault": "err_code", "err_code": 0} if fault == "success" else {"fault": fault}
    platform.set_faults({"path": "/sign/start", "times": None, **rule})

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (outcome.state, outcome.flow_id) == (SubmissionState.HELD, None)
    assert not any(flow.is_visible for flow in platform.flows(draft.title))
    assert platform.requests("/sign/start") <= started + 1
    # Neither running nor resuming it again sends anything.
    assert desk.submission.run(outcome.submission_id).state is SubmissionState.HELD
    assert resume_unfinished(desk.submission) == ()
    assert platform.requests("/sign/start") <= started + 1


def test_held_send_starts_again_on_a_persons_word(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    held = desk.submission.run(desk.submission.queue(draft, platform.environment))
    (waiting,) = desk.submission.unfinished()
    assert (waiting.id, waiting.state, waiting.can_be_cancelled) == (held.submission_id, SubmissionState.HELD, True)

    outcome = desk.submission.run(desk.submission.start_again(held.submission_id))

    assert outcome.state is SubmissionState.DONE
    assert sorted(flow.is_visible for flow in platform.flows(draft.title)) == [False, True]
    with raises_code(InputError, "submission.not_held"):
        desk.submission.start_again(held.submission_id)


def test_start_that_never_left_is_repeated(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    desk.transport = transport = Unplugged("/sign/start", times=2)
    draft = make_contract(tmp_path / "files")

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    assert transport.times_left == 0
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]


def test_start_that_cannot_leave_pauses_and_is_sent_later(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.transport = Unplugged("/sign/start", times=3)
    number = "110101198001011234"
    draft = make_contract(tmp_path / "files", signers=(person_signer("张示例", number=number),))

    paused = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (paused.state, paused.is_paused) == (SubmissionState.CONTRACT, True)
    assert paused.error is not None
    assert paused.error.code == "api.no_network"
    assert platform.flows(draft.title) == ()
    # However long it waits, the journal needs nobody's number any more.
    assert number.encode() not in desk.all_bytes()
    desk.transport = None
    (outcome,) = resume_unfinished(desk.submission)
    assert outcome.state is SubmissionState.DONE
    assert len(platform.flows(draft.title)) == 1


def test_refused_start_fails_and_says_what_the_platform_said(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    desk.stores.drafts.save(draft, saved_at_ms=1)
    fault = {"path": "/sign/start", "fault": "err_code", "err_code": 1437, "msg": "套餐余额不足"}
    platform.set_faults(fault)

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.FAILED
    assert isinstance(outcome.error, Refused)
    assert (outcome.error.err_code, outcome.error.msg) == (1437, "套餐余额不足")
    assert desk.submission.unfinished() == ()
    assert desk.stores.drafts.load(draft.id) == draft
    # It can be sent anew.
    again = desk.submission.run(desk.submission.queue(draft, platform.environment))
    assert again.state is SubmissionState.DONE


def test_refused_account_leaves_no_number_behind(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    number = "1101011990030700"
    fault = {"path": "/account/create/person/private", "fault": "err_code", "msg": f"{number} is wrong"}
    platform.set_faults(fault)

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.FAILED
    assert number.encode() not in desk.all_bytes()


@pytest.mark.parametrize("fault", ["drop_reply", "http_500", "bad_signature", "truncate"])
def test_lost_answer_of_execute_is_settled_by_asking_the_flow(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, fault: str
) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/execute", "fault": fault, "times": 1})

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.DONE
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]
    assert [flow.status for flow in desk.flows.list()] == [FlowStatus.SIGNING]


def test_execute_that_nobody_can_confirm_pauses_and_is_taken_up_again(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/docdetail", "fault": "http_500", "times": None})

    paused = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (paused.state, paused.is_paused) == (SubmissionState.EXECUTE_INTENT, True)
    assert paused.error is not None
    platform.set_faults()
    (outcome,) = resume_unfinished(desk.submission)
    assert outcome.state is SubmissionState.DONE
    assert outcome.links == paused.links
    assert len(platform.flows(draft.title)) == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"fault": "err_code", "err_code": 0}, "submission.not_executed"),
        ({"fault": "gateway_html", "status": 200}, "api.unverified"),
    ],
    ids=["forged success", "gateway"],
)
def test_execute_that_does_not_take_effect_pauses_whatever_was_answered(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, rule: dict[str, object], code: str
) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/execute", "times": None, **rule})

    paused = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (paused.state, paused.is_paused) == (SubmissionState.EXECUTE_INTENT, True)
    assert paused.error is not None
    assert paused.error.code == code
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [False]
    platform.set_faults()
    (outcome,) = resume_unfinished(desk.submission)
    assert outcome.state is SubmissionState.DONE
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]


def test_refused_execute_calls_the_unseen_flow_back_and_fails(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    platform.set_faults({"path": "/sign/execute", "fault": "err_code", "msg": "套餐余额不足", "times": None})

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.FAILED
    assert isinstance(outcome.error, Refused)
    assert [flow.status for flow in platform.flows(draft.title)] == [int(FlowStatus.REVOKED)]
    assert [flow.status for flow in desk.flows.list()] == [FlowStatus.REVOKED]


def test_expired_upload_address_is_asked_for_anew(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    asked = platform.requests("/file/uploadurl")
    platform.set_faults({"path": "/storage/upload", "fault": "http_status", "status": 403, "times": 2})

    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.state is SubmissionState.DONE
    assert platform.requests("/file/uploadurl") == asked + 3


def test_upload_address_that_always_expires_pauses_the_send(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    platform.set_faults({"path": "/storage/upload", "fault": "http_status", "status": 403, "times": None})

    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.is_paused
    assert outcome.error is not None
    assert outcome.error.code == "api.upload_expired"


def test_upload_that_always_loses_its_connection_is_tried_once_with_a_fresh_address(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    """On Windows, a storage that refuses an expired address early may only be seen as a lost connection."""
    asked, tries = platform.requests("/file/uploadurl"), len(NO_PAUSES.call_s) + 1
    platform.set_faults({"path": "/storage/upload", "fault": "reset", "times": tries})

    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.state is SubmissionState.DONE
    assert platform.requests("/file/uploadurl") == asked + 2


def test_upload_that_loses_its_connection_at_a_fresh_address_too_pauses_the_send(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    asked = platform.requests("/file/uploadurl")
    platform.set_faults({"path": "/storage/upload", "fault": "reset", "times": None})

    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.is_paused
    assert outcome.error is not None
    assert outcome.error.code == "api.reset"
    assert platform.requests("/file/uploadurl") == asked + 2


def test_upload_whose_md5_does_not_match_is_done_again_once(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.transport = Mistaken(times=1)
    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))
    assert outcome.state is SubmissionState.DONE


def test_upload_whose_md5_never_matches_fails_after_one_fresh_address(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.transport = transport = Mistaken(times=10)

    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "api.upload_md5"
    assert transport.times_left == 8


def test_storage_that_refuses_the_file_fails_the_send(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    platform.set_faults({"path": "/storage/upload", "fault": "http_status", "status": 400, "times": None})

    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "api.upload_failed"


def test_upload_that_the_platform_has_forgotten_meanwhile_is_done_again(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.transport = Unplugged("/doc/createbyfilekey", times=3)
    submission_id = desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)
    assert desk.submission.run(submission_id).state is SubmissionState.UPLOADED
    platform.set_faults({"path": "/doc/createbyfilekey", "fault": "err_code", "times": 1})

    assert desk.submission.run(submission_id).state is SubmissionState.DONE


def test_refused_contract_of_a_fresh_upload_fails(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    platform.set_faults({"path": "/doc/createbyfilekey", "fault": "err_code", "times": 1})
    submission_id = desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)
    assert desk.submission.run(submission_id).state is SubmissionState.FAILED


@pytest.mark.parametrize(
    ("at", "rests_at"),
    [
        (SubmissionState.UPLOADED, SubmissionState.UPLOADED),
        (SubmissionState.START_INTENT, SubmissionState.CONTRACT),
        (SubmissionState.EXECUTE_INTENT, SubmissionState.EXECUTE_INTENT),
    ],
)
@pytest.mark.parametrize("is_cancelled", [False, True], ids=["", "cancelled"])
def test_connection_that_is_closed_from_outside_only_pauses_what_can_go_on(
    desk: Desk,
    platform: SandboxPlatform,
    tmp_path: Path,
    at: SubmissionState,
    rests_at: SubmissionState,
    is_cancelled: bool,
) -> None:
    draft = make_contract(tmp_path / "files")
    token = CancelToken()

    def close_connection(progress: SubmissionProgress) -> None:
        if progress.state is at:
            desk.close_clients()
            if is_cancelled:
                token.cancel()

    submission_id = desk.submission.queue(draft, platform.environment)
    paused = desk.submission.run(submission_id, on_progress=close_connection, cancel=token)

    is_too_late = at is SubmissionState.EXECUTE_INTENT
    assert not any(flow.is_visible for flow in platform.flows(draft.title))
    if is_cancelled and not is_too_late:
        assert (paused.state, paused.error) == (SubmissionState.CANCELLED, None)
        return
    assert (paused.state, paused.is_paused) == (rests_at, True)
    assert paused.error is not None
    assert paused.error.code == "submission.interrupted"
    assert desk.submission.run(submission_id).state is SubmissionState.DONE
    assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]


def _as_recorded_by_an_older_version(connection: Connection) -> None:
    (data,) = connection.execute("SELECT data FROM journal_steps WHERE data LIKE '%behaviour%'").fetchone()
    told = json.loads(data)
    told["seal_anchor"] = json.loads(told.pop("behaviour"))["seal_anchor"]
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE journal_steps SET data = ? WHERE data = ?", (json.dumps(told), data))


@pytest.mark.parametrize("is_of_an_older_version", [False, True])
def test_seals_go_where_they_were_drawn_when_the_contract_was_queued_whatever_is_set_since(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path, *, is_of_an_older_version: bool
) -> None:
    then = PlatformBehaviour(SealAnchor.LOWER_LEFT, person_seal_width_pt=95.0 if is_of_an_older_version else 60.0)
    desk = make_desk(environment=replace(platform.environment, behaviour=then))
    draft = make_contract(tmp_path / "files", signers=(person_signer("张示例"),))
    place = draft.placements[0]
    assert isinstance(place, CoordinatePlacement)
    draft = replace(draft, placements=(replace(place, width_pt=None, center=PagePoint(200.0, 300.0)),))
    submission_id = desk.submission.queue(draft, desk.environment)
    if is_of_an_older_version:
        # It recorded nothing but what a seal's point is.
        desk.database.run(_as_recorded_by_an_older_version)
    desk.environment = replace(platform.environment, behaviour=PlatformBehaviour(organization_seal_width_pt=20.0))

    assert desk.submission.run(submission_id).state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    (sent,) = flow.signers[0]["documents"][0]["places"]
    half_pt = then.person_seal_width_pt / 2
    assert (sent["x_pt"], sent["y_pt"], sent["width_pt"]) == (200.0 - half_pt, 300.0 - half_pt, None)


def test_platform_that_cannot_be_reached_pauses_the_send(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    # Port 9 is nobody's.
    nowhere = replace(platform.environment, base_url="http://127.0.0.1:9/opentreaty/rest/v3.0")
    desk = make_desk(environment=nowhere)
    draft = make_contract(tmp_path / "files")

    outcome = desk.submission.run(desk.submission.queue(draft, nowhere))

    assert outcome.is_paused
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.retryable) == ("api.no_network", True)
    (waiting,) = desk.submission.unfinished()
    assert waiting.title == draft.title


def test_wrong_secret_pauses_before_anything_is_started(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk = make_desk(secret="another secret")
    draft = make_contract(tmp_path / "files")

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.is_paused
    assert outcome.error is not None
    assert outcome.error.code == "api.unsigned_refusal"
    assert platform.flows(draft.title) == ()
    desk.secret = "cf65f987315b12a21b983ca320196d7d"
    assert desk.submission.run(outcome.submission_id).state is SubmissionState.DONE


def test_secret_that_became_wrong_just_before_start_does_not_hold_the_send(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk = make_desk(retry=ONE_TRY)
    draft = make_contract(tmp_path / "files")
    # It stops where the contract is there and start is next.
    desk.transport = Unplugged("/sign/start", times=1)
    submission_id = desk.submission.queue(draft, platform.environment)
    assert desk.submission.run(submission_id).state is SubmissionState.CONTRACT
    desk.transport, desk.secret = None, "another secret"

    outcome = desk.submission.run(submission_id)

    assert (outcome.state, outcome.is_paused) == (SubmissionState.CONTRACT, True)
    assert platform.flows(draft.title) == ()


def test_file_that_changes_between_choosing_and_sending_is_refused(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    make_pdf(Path(draft.documents[0].path), mark="another one")

    with raises_code(InputError, "document.changed"):
        desk.submission.queue(draft, platform.environment)

    assert desk.submission.unfinished() == ()
    assert list(desk.paths.snapshots_dir.iterdir()) == []


def test_file_that_vanishes_between_choosing_and_sending_is_refused(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files", documents=2)
    Path(draft.documents[1].path).unlink()

    with raises_code(InputError, "document.missing") as raised:
        desk.submission.queue(draft, platform.environment)

    assert raised.value.params == {"document_id": draft.documents[1].id}
    assert desk.submission.unfinished() == ()


def test_file_that_changes_after_it_was_queued_does_not_matter(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    content = Path(draft.documents[0].path).read_bytes()
    submission_id = desk.submission.queue(draft, platform.environment)
    make_pdf(Path(draft.documents[0].path), mark="another one")

    assert desk.submission.run(submission_id).state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    assert platform.document_bytes(flow.document_ids[0]) == content


@pytest.mark.parametrize("damage", ["shorter", "other bytes", "gone"])
def test_damaged_copy_is_taken_anew(desk: Desk, platform: SandboxPlatform, tmp_path: Path, damage: str) -> None:
    draft = make_contract(tmp_path / "files")
    content = Path(draft.documents[0].path).read_bytes()
    submission_id = desk.submission.queue(draft, platform.environment)
    copy = desk.paths.snapshots_dir / submission_id / "0.pdf"
    match damage:
        case "shorter":
            copy.write_bytes(content[:-10])
        case "other bytes":
            copy.write_bytes(content[:-10] + b"x" * 10)
        case _:
            copy.unlink()

    assert desk.submission.run(submission_id).state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    assert platform.document_bytes(flow.document_ids[0]) == content


def test_environment_without_a_secret_pauses_the_send(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    def no_client(environment: Environment) -> None:
        raise InputError("environment.no_secret", environment=environment.kind.value)

    platforms = SubmissionPlatforms(desk.environment_of, no_client)  # type: ignore[arg-type]
    service = SubmissionService(desk.stores, platforms, clock_ms=lambda: 1, retry=NO_PAUSES)

    outcome = service.run(service.queue(make_contract(tmp_path / "files"), platform.environment))

    assert outcome.is_paused
    assert outcome.error is not None
    assert outcome.error.code == "environment.no_secret"
