from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, Person
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from tests.drafts import make_application_signer
from tests.raised import raises_code
from tests.services.desk import Desk, make_contract, organization_signer, person_signer
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from esign_desktop.services.sending.values import SubmissionProgress

AGENT = Person("王经办", "110101199003079999", mobile="13500000001")


def test_two_documents_reach_three_signers_who_can_sign_and_the_files_come_back(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    signers = (person_signer("张示例"), person_signer("李示例", step=2), organization_signer("示例公司", AGENT, step=3))
    draft = make_contract(tmp_path / "files", documents=2, signers=signers)
    seen: list[SubmissionProgress] = []

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment), on_progress=seen.append)

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    assert list(outcome.links) == [signer.id for signer in signers]
    (kept,) = platform.flows(draft.title)
    assert kept.is_visible
    assert kept.flow_id == outcome.flow_id
    assert [platform.document_bytes(doc_id) for doc_id in kept.document_ids] == [
        Path(document.path).read_bytes() for document in draft.documents
    ]
    assert {progress.document_number for progress in seen} == {None, 1, 2}
    assert any(progress.done_bytes == progress.total_bytes > 0 for progress in seen)

    for signer in signers:
        (url,) = outcome.links[signer.id]
        platform.sign(url)
    assert outcome.flow_id is not None
    assert desk.flows.refresh(outcome.flow_id).status is FlowStatus.COMPLETED
    paths = desk.flows.download(outcome.flow_id, tmp_path / "signed")
    assert [path.name.split("_")[1:] for path in paths] == [["文件1", "张示例.pdf"], ["文件2", "张示例.pdf"]]
    assert all(path.read_bytes().startswith(b"%PDF-") for path in paths)


def test_flow_is_listed_with_its_signers_and_links(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files", signers=(person_signer("张示例"), organization_signer("示例公司", AGENT)))

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    (record,) = desk.flows.list()
    assert (record.flow_id, record.status, record.title) == (outcome.flow_id, FlowStatus.SIGNING, draft.title)
    assert [(signer.name, signer.number, len(signer.urls)) for signer in record.signers] == [
        ("张示例", 1, 1),
        ("示例公司", 2, 1),
    ]
    assert record.signers[1].organization_account_id


def test_what_the_platform_tells_once_is_in_the_ledger_too(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    outcome = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "files"), platform.environment))

    told = [(entry.kind, entry.values) for entry in desk.stores.ledger.read()]
    assert [kind for kind, _ in told] == ["account", "document", "start", "flow"]
    assert told[3][1]["flow_id"] == outcome.flow_id


def test_sent_draft_is_gone_and_no_number_of_a_person_stays_on_the_disk(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    signer = person_signer("张示例", number="110101198001011234")
    draft = make_contract(tmp_path / "files", signers=(signer, organization_signer("示例公司", AGENT)))
    desk.stores.drafts.save(draft, saved_at_ms=1)

    desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert desk.stores.drafts.list() == ()
    kept = desk.all_bytes()
    for number in (b"110101198001011234", AGENT.id_number.encode(), b"13500000000", b"91110000600037341L"):
        assert number not in kept
    assert list(desk.paths.snapshots_dir.iterdir()) == []


def test_everybody_is_remembered_masked(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files", signers=(organization_signer("示例公司", AGENT),))

    desk.submission.run(desk.submission.queue(draft, platform.environment))

    known = {
        record.name: record
        for record in desk.stores.accounts.list(platform.environment.kind, platform.environment.project_id)
    }
    assert set(known) == {"王经办", "示例公司"}
    assert known["王经办"].kind is AccountKind.PERSON
    assert known["王经办"].masked_number == "****9999"
    assert known["示例公司"].agent_account_id == known["王经办"].account_id


def test_known_account_is_used_and_not_created_again(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    first = make_contract(tmp_path / "1")
    desk.submission.run(desk.submission.queue(first, platform.environment))
    (known,) = desk.stores.accounts.list(platform.environment.kind, platform.environment.project_id)
    created = platform.requests("/account/create/person/private")
    signer = person_signer("张示例")
    by_account = replace(signer, person=Person("张示例", account_id=known.account_id))

    outcome = desk.submission.run(
        desk.submission.queue(make_contract(tmp_path / "2", signers=(by_account,)), platform.environment)
    )

    assert outcome.state is SubmissionState.DONE
    assert platform.requests("/account/create/person/private") == created


def test_account_is_found_by_the_callers_own_id(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    name = "钱示例"
    signer = person_signer(name)
    signer = replace(signer, person=replace(signer.person, third_id=f"own id {tmp_path.name}"))
    for folder in ("1", "2"):
        draft = make_contract(tmp_path / folder, signers=(signer,))
        assert desk.submission.run(desk.submission.queue(draft, platform.environment)).state is SubmissionState.DONE

    assert len(platform.accounts(name)) == 1


def test_own_id_that_leads_to_somebody_of_another_name_stops_the_send(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    signer = person_signer("周示例")
    signer = replace(signer, person=replace(signer.person, third_id=f"own id {tmp_path.name}"))
    desk.submission.run(desk.submission.queue(make_contract(tmp_path / "1", signers=(signer,)), platform.environment))
    other = replace(signer, person=replace(signer.person, name="吴示例"))
    draft = make_contract(tmp_path / "2", signers=(other,))

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "account.another_name"
    assert platform.flows(draft.title) == ()


def test_person_who_signs_and_acts_gets_one_account_and_a_link_for_each_part(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    name = f"郑{tmp_path.name}"
    person = Person(name, "110101199003078888")
    signers = (
        replace(person_signer(name), person=person),
        organization_signer("示例公司甲", person),
    )
    draft = make_contract(tmp_path / "files", signers=signers)

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert len(platform.accounts(name)) == 1
    links = [outcome.links[signer.id] for signer in signers]
    assert [len(urls) for urls in links] == [1, 1]
    assert links[0] != links[1]


def test_silent_contract_needs_no_link(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    signer = organization_signer("示例公司", AGENT, is_silent=True)
    draft = make_contract(tmp_path / "files", signers=(signer,))

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (outcome.state, outcome.links, outcome.links_are_missing) == (SubmissionState.DONE, {}, False)
    assert [flow.status for flow in desk.flows.list()] == [FlowStatus.COMPLETED]


def test_draft_is_not_sent_twice(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    submission_id = desk.submission.queue(draft, platform.environment)
    with raises_code(InputError, "submission.sent_before"):
        desk.submission.queue(draft, platform.environment)
    desk.submission.run(submission_id)
    with raises_code(InputError, "submission.sent_before"):
        desk.submission.queue(draft, platform.environment)

    assert desk.submission.run(submission_id).state is SubmissionState.DONE
    assert len(platform.flows(draft.title)) == 1


def test_preview_shows_what_would_be_sent_without_anybodys_number(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")

    text = desk.submission.preview(draft, platform.environment)

    assert draft.title in text
    assert "<accountId 1>" in text
    assert "110101" not in text


def test_platform_that_tells_no_links_before_execute_is_noticed(tmp_path: Path) -> None:
    with SandboxPlatform(tmp_path / "platform", "--no-links-at-start") as silent_platform:
        desk = Desk(tmp_path / "desk", silent_platform.environment)
        draft = make_contract(tmp_path / "files")
        outcome = desk.submission.run(desk.submission.queue(draft, silent_platform.environment))
        desk.close()

    assert (outcome.state, outcome.links, outcome.links_are_missing) == (SubmissionState.DONE, {}, True)
    assert desk.learned == [False]


def test_application_signs_beside_a_person(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    signers = (person_signer("张示例"), make_application_signer(step=2))
    draft = make_contract(tmp_path / "files", signers=signers)

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert list(outcome.links) == [signers[0].id]
    platform.sign(outcome.links[signers[0].id][0])
    assert outcome.flow_id is not None
    assert desk.flows.refresh(outcome.flow_id).status is FlowStatus.COMPLETED


def test_two_sends_never_run_at_once(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    first = desk.submission.queue(make_contract(tmp_path / "1"), platform.environment)
    second = desk.submission.queue(make_contract(tmp_path / "2"), platform.environment)
    codes = []

    def run_another(_progress: SubmissionProgress) -> None:
        with pytest.raises(InputError) as raised:
            desk.submission.run(second)
        codes.append(raised.value.code)

    assert desk.submission.run(first, on_progress=run_another).state is SubmissionState.DONE
    assert set(codes) == {"submission.busy"}
    assert desk.submission.run(second).state is SubmissionState.DONE


def test_waiting_sends_are_listed_in_their_order(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    wanted = [desk.submission.queue(make_contract(tmp_path / str(number)), platform.environment) for number in range(3)]
    assert [waiting.id for waiting in desk.submission.unfinished()] == wanted

    assert desk.submission.run(wanted[1]).state is SubmissionState.DONE

    assert [waiting.id for waiting in desk.submission.unfinished()] == [wanted[0], wanted[2]]


def test_copies_of_sends_that_are_over_are_swept(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    waiting = desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)
    (desk.paths.snapshots_dir / "left by a crash").mkdir()

    desk.submission.sweep_copies()

    assert [path.name for path in desk.paths.snapshots_dir.iterdir()] == [waiting]


def test_outcome_can_be_read_again_later(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    submission_id = desk.submission.queue(make_contract(tmp_path / "files"), platform.environment)
    assert desk.submission.outcome(submission_id).state is SubmissionState.SNAPSHOT
    sent = desk.submission.run(submission_id)
    assert desk.submission.outcome(submission_id) == sent


def test_unknown_submission_is_an_error(desk: Desk) -> None:
    with raises_code(InputError, "submission.unknown"):
        desk.submission.run(SubmissionId("nobody's"))
