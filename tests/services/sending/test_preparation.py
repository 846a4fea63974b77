"""A contract is corrected by another one: the first ends when the second is ready, and never are two to be signed."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import Document, DocumentId, TemplateFilling
from esign_desktop.domain.erasure import PersonIdentifiers, forgotten_token
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.flows.corrections import CorrectionService
from esign_desktop.store.erasure import PersonErasure
from tests.services.crashing import Driver, running_driver
from tests.services.desk import Desk, make_contract, person_signer, resume_unfinished
from tests.services.template_files import make_template, mupdf
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.services.sending.values import SubmissionOutcome
    from tests.services.sandbox_platform import SandboxPlatform

ADDRESS = "上海市示例路一百零八号"


@pytest.fixture
def desk(platform: SandboxPlatform, tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path / "desk", platform.environment)
    yield one
    one.close()


@pytest.fixture
def driver(platform: SandboxPlatform) -> Iterator[Driver]:
    with running_driver(platform) as running:
        yield running


def send(desk: Desk, draft: ContractDraft) -> SubmissionOutcome:
    outcome = desk.submission.send(draft, desk.environment)
    assert outcome.state is SubmissionState.DONE
    return outcome


def correct(desk: Desk, outcome: SubmissionOutcome) -> ContractDraft:
    """Take a contract up again, under a title of its own."""
    stores = desk.stores
    corrections = CorrectionService(stores.flows, stores.journal, stores.drafts, stores.values)
    assert outcome.flow_id is not None
    draft = corrections.begin(outcome.flow_id).draft
    return replace(draft, options=replace(draft.options, business_scene=f"{draft.title} 更正"))


def test_nothing_is_revoked_before_the_correction_is_ready_and_then_before_it_starts(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    first = send(desk, make_contract(tmp_path / "files", signers=(person_signer("张示例"),)))
    correction = correct(desk, first)
    assert first.flow_id is not None
    assert desk.flows.refresh(first.flow_id).status is FlowStatus.SIGNING

    begun = len(platform.request_log())
    second = send(desk, correction)

    paths = [call["path"].rsplit("/v3", 1)[-1] for call in platform.request_log()[begun:]]
    calls = [path for path in paths if path.endswith(("/createbyfilekey", "/revoke", "/start", "/execute"))]
    assert [path.rsplit("/", 1)[1] for path in calls] == ["createbyfilekey", "revoke", "start", "execute"]
    assert desk.flows.get(first.flow_id).status is FlowStatus.REVOKED
    assert second.flow_id is not None
    assert desk.flows.refresh(second.flow_id).status is FlowStatus.SIGNING


def test_what_everybody_signed_meanwhile_is_neither_revoked_nor_doubled(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    first = send(desk, make_contract(tmp_path / "files", signers=(person_signer("张示例"),)))
    correction = correct(desk, first)
    platform.sign(next(iter(first.links.values()))[0])

    outcome = desk.submission.send(correction, desk.environment)

    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "correction.completed"
    assert platform.flows(correction.title) == ()


def test_a_correction_that_the_platform_refuses_leaves_the_contract_as_it_is(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    first = send(desk, make_contract(tmp_path / "files", signers=(person_signer("张示例"),)))
    correction = correct(desk, first)
    platform.set_faults({"path": "/doc/createbyfilekey", "fault": "err_code", "err_code": 1400, "msg": "no"})

    outcome = desk.submission.send(correction, desk.environment)

    assert outcome.state is SubmissionState.FAILED
    assert first.flow_id is not None
    assert desk.flows.refresh(first.flow_id).status is FlowStatus.SIGNING


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("stride", daily([9], [9, 1]))
@pytest.mark.parametrize("dies_before", daily([True], [True, False]), ids=["before", "after"])
def test_a_correction_killed_at_any_step_is_offered_and_never_are_two_to_be_signed(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, dies_before: bool, stride: int
) -> None:
    step, was_killed, revoked_in_between = 1 - stride, True, 0
    while was_killed:
        step += stride
        root = tmp_path / f"desk {step}"
        desk = Desk(root, platform.environment)
        first = send(desk, make_contract(tmp_path / f"files {step}", signers=(person_signer("张示例"),)))
        correction = correct(desk, first)
        desk.close()

        was_killed = driver.crash(root, correction, step, dies_before=dies_before)

        desk = Desk(root, platform.environment)
        assert first.flow_id is not None
        is_open = desk.flows.refresh(first.flow_id).status is FlowStatus.SIGNING
        visible = [flow for flow in platform.flows(correction.title) if flow.is_visible]
        assert not (is_open and visible), step
        if not is_open and not visible:
            # Without the one and without the other it is offered to be gone on with.
            revoked_in_between += 1
            assert [one.draft_id for one in desk.submission.unfinished()] == [correction.id], step
        resume_unfinished(desk.submission)
        for waiting in desk.submission.unfinished():
            desk.submission.run(desk.submission.start_again(waiting.id))
        if was_killed and not desk.stores.journal.of_draft(correction.id):
            # Killed before it was taken on.
            send(desk, correction)
        assert desk.flows.refresh(first.flow_id).status is FlowStatus.REVOKED, step
        assert len([flow for flow in platform.flows(correction.title) if flow.is_visible]) == 1, step
        desk.close()
    assert revoked_in_between > 0


class Form:
    """A contract that the platform makes of a template, filled in for somebody."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        client = desk.client_for(desk.environment)
        self.template_id = make_template(client, folder / "form.pdf", ("姓名", "住址"))
        drawn = make_contract(folder / "files", signers=(person_signer("张示例"),))
        template = TemplateFilling(self.template_id, (("姓名", "张示例"), ("住址", ADDRESS)))
        form = Document(DocumentId("form"), "", "申请表", 0, "", (PageFrame(595.0, 842.0),) * 2, template=template)
        (seal, *_rest) = drawn.placements
        self.draft = replace(drawn, documents=(form,), placements=(replace(seal, document_id=form.id),))


def filled(draft: ContractDraft) -> tuple[tuple[str, str], ...]:
    (document,) = draft.documents
    assert document.template is not None
    return document.template.fields


def test_a_corrected_form_is_filled_as_the_first_one_was(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    form = Form(desk, tmp_path / "form")
    first = send(desk, form.draft)
    # The journal itself holds nothing of it any more.
    assert filled(desk.submission.contract(first.submission_id)) == ()
    # What is kept of it can't be read without the key.
    assert desk.stores.values.get(first.submission_id) != {}
    kept = desk.all_bytes()
    assert not any(ADDRESS.encode(code) in kept for code in ("utf-8", "unicode-escape"))

    correction = correct(desk, first)
    assert filled(correction) == (("姓名", "张示例"), ("住址", ADDRESS))
    second = send(desk, correction)

    (flow,) = platform.flows(correction.title)
    with mupdf.open(stream=platform.document_bytes(flow.document_ids[0])) as pdf:
        assert ADDRESS in "".join(page.get_text() for page in pdf)
    # The first contract's values went with it; the correction's are kept until it is completed.
    assert desk.stores.values.get(first.submission_id) == {}
    assert desk.stores.values.get(second.submission_id) != {}
    assert second.flow_id is not None
    platform.sign(next(iter(second.links.values()))[0])
    assert desk.flows.refresh(second.flow_id).status is FlowStatus.COMPLETED
    assert desk.stores.values.get(second.submission_id) == {}
    desk.close()
    assert ADDRESS.encode("unicode-escape") not in desk.all_bytes()


def test_a_send_that_is_given_up_leaves_its_values_to_the_draft_alone(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    form = Form(desk, tmp_path / "form")
    platform.set_faults({"path": "/sign/start", "fault": "err_code", "err_code": 1400, "msg": "no"})

    outcome = desk.submission.send(form.draft, desk.environment)

    assert outcome.state is SubmissionState.FAILED
    assert desk.stores.values.get(outcome.submission_id) == {}


def test_forgetting_a_person_reaches_what_their_forms_were_filled_with(desk: Desk, tmp_path: Path) -> None:
    first = send(desk, Form(desk, tmp_path / "form").draft)
    assert first.flow_id is not None
    desk.flows.revoke(first.flow_id)
    assert desk.stores.values.get(first.submission_id) != {}
    (signer,) = desk.flows.get(first.flow_id).signers

    PersonErasure(desk.database).begin(
        PersonIdentifiers("张示例", forgotten_token("1"), account_ids=frozenset({signer.account_id}))
    )

    assert desk.stores.values.get(first.submission_id) == {}
