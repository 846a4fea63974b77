"""The real client and the real rehearsal platform, which share no code, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.api import strict_json, wire
from esign_desktop.api.client import Chunk, PlatformClient, Secret
from esign_desktop.api.errors import OutcomeUnknown, Refused, StorageRefused
from esign_desktop.api.notices import parse_notice
from esign_desktop.api.payload import SignerAccounts, start_body
from esign_desktop.domain.account import Organization, Person, PersonIdType
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import Environment, EnvironmentKind, PlatformBehaviour
from esign_desktop.domain.flow import FlowFinishedNotice, FlowStatus, SignerUpdatedNotice, SignStatus
from esign_desktop.domain.options import FlowOptions, SignUntil
from esign_desktop.domain.signer import SealType, SigningTerms
from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.server import SandboxServer
from tests.api.checksum import content_md5_of
from tests.api.notice_receiver import NoticeReceiver
from tests.drafts import (
    make_application_signer,
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)
from tests.sandbox.client import FakeClock
from tests.sandbox.pages import blank_pdf, form_pdf, text_pdf
from tests.services.sandbox_platform import PROJECT_ID, SECRET, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.flow import StartedFlow

pytestmark = pytest.mark.slow

PERSON = Person("张三", "371500198101175693", mobile="13500000000")
COMPANY = Organization("示例有限公司", "745830607", legal_name="李四", legal_id_number="E1", email="a@example.com")
COMPANY = replace(COMPANY, legal_id_type=PersonIdType.PASSPORT)


@pytest.fixture(scope="module")
def receiver() -> Iterator[NoticeReceiver]:
    with NoticeReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, receiver: NoticeReceiver) -> Iterator[SandboxPlatform]:
    folder = tmp_path_factory.mktemp("platform")
    with SandboxPlatform(folder, "--notify-url", receiver.url) as platform:
        yield platform


@pytest.fixture
def client(platform: SandboxPlatform) -> Iterator[PlatformClient]:
    client = PlatformClient(platform.environment, Secret(SECRET))
    yield client
    client.close()
    platform.set_faults()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "合同.pdf"
    path.write_bytes(text_pdf("甲方", "乙方"))
    return path


def uploaded(client: PlatformClient, file: Path) -> str:
    md5 = content_md5_of(file)
    slot = client.create_upload_url(file.name, file.stat().st_size, md5)
    client.upload(slot.upload_url, file, md5)
    return slot.file_key


def created(client: PlatformClient, file: Path) -> str:
    body = wire.build_file_key(uploaded(client, file))
    return wire.parse_doc_id(client.post(wire.CREATE_DOCUMENT_PATH, body))


def started(client: PlatformClient, draft: ContractDraft, file: Path, accounts: dict[Any, Any]) -> StartedFlow:
    doc_ids = {document.id: created(client, file) for document in draft.documents}
    return client.start(
        strict_json.write(
            start_body(
                draft,
                doc_ids=doc_ids,
                account_ids=accounts,
                auto_initiate=0,
                behaviour=PlatformBehaviour(),
                sent_at_ms=time.time_ns() // 1_000_000,
            )
        )
    )


def test_accounts_are_created_and_found_again(client: PlatformClient) -> None:
    person = client.create_person(replace(PERSON, third_id="客户-1"))
    company = client.create_organization(replace(COMPANY, third_id="公司-1"), person)
    assert client.find_account("客户-1") == person
    assert client.find_account("公司-1") == company
    assert client.find_account("nobody") is None


def test_a_file_arrives_as_it_is_and_can_be_read_again(client: PlatformClient, file: Path, tmp_path: Path) -> None:
    doc_id = created(client, file)
    sha256 = client.download(client.document_url(doc_id), tmp_path / "copy.pdf")
    assert (tmp_path / "copy.pdf").read_bytes() == file.read_bytes()
    assert sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_template_is_made_and_filled(client: PlatformClient, tmp_path: Path) -> None:
    form = tmp_path / "form.pdf"
    form.write_bytes(form_pdf("borrower"))
    template_id = client.create_template(uploaded(client, form), "借款")
    page = Chunk("text/html", base64.b64encode("<h1>附页</h1>".encode()).decode())
    doc_id, url = client.create_document_from_template(template_id, "借款合同", {"borrower": "张三"}, [page])
    assert doc_id
    client.download(url, tmp_path / "filled.pdf")
    assert (tmp_path / "filled.pdf").stat().st_size > 1000


def test_a_contract_goes_all_the_way(
    client: PlatformClient, platform: SandboxPlatform, receiver: NoticeReceiver, file: Path, tmp_path: Path
) -> None:
    scene = "从头到尾"
    person, company, application = (
        make_person_signer(),
        make_organization_signer(step=2),
        make_application_signer(step=3),
    )
    agent_id = client.create_person(replace(PERSON, name="王五"))
    accounts = {
        person.id: SignerAccounts(client.create_person(PERSON)),
        company.id: SignerAccounts(agent_id, client.create_organization(COMPANY, agent_id)),
    }
    placements = (
        make_seal(width_pt=80.0, with_qr_code=True),
        make_keyword(signer="示例有限公司", keyword="甲方", offset_x_pt=60.0),
        make_seal(signer="the application", name="last"),
    )
    draft = make_draft(
        documents=(make_document(pages=1),),
        signers=(person, company, application),
        placements=placements,
        options=FlowOptions(scene),
    )
    flow = started(client, draft, file, accounts)
    assert client.detail(flow.flow_id).status is FlowStatus.DRAFT
    client.execute(flow.flow_id)
    detail = client.detail(flow.flow_id)
    assert (detail.status, detail.business_scene) == (FlowStatus.SIGNING, scene)
    assert detail.deadline_ms is not None
    assert abs((detail.started_at_ms or 0) - time.time_ns() // 1_000_000) < 60_000

    links = {link.account_id: link.urls[0] for link in flow.links}
    platform.sign(links[accounts[person.id].account_id])
    platform.sign(links[agent_id])
    detail = client.detail(flow.flow_id)
    assert (detail.status, detail.ended_at_ms is None) == (FlowStatus.COMPLETED, False)
    assert {signer.status for signer in detail.documents[0].signers} == {SignStatus.SIGNED}

    (signed,) = client.signed_documents(flow.flow_id)
    client.download(signed.url, tmp_path / "signed.pdf")
    assert (tmp_path / "signed.pdf").stat().st_size > file.stat().st_size

    notices = [parse_notice(headers, body, Secret(SECRET)) for headers, body in (receiver.take() for _ in range(4))]
    assert {notice.flow_id for notice in notices} == {flow.flow_id}
    assert sum(isinstance(notice, SignerUpdatedNotice) for notice in notices) == 3
    (finished,) = [notice for notice in notices if isinstance(notice, FlowFinishedNotice)]
    assert (finished.status, finished.business_scene) == (FlowStatus.COMPLETED, scene)


def test_every_option_and_kind_of_place_is_taken(client: PlatformClient, tmp_path: Path) -> None:
    file = tmp_path / "three.pdf"
    file.write_bytes(blank_pdf(3))
    terms = SigningTerms(seal_types=frozenset(SealType))
    signer = replace(make_person_signer(), terms=terms)
    options = FlowOptions(
        "各种选项", deadline=SignUntil((int(time.time()) + 3600) * 1000), redirect_url="https://example.com/done"
    )
    placements = (make_seal(pages="1-3"), make_cross_page(width_pt=120.0))
    draft = make_draft(signers=(signer,), placements=placements, options=options, is_ordered=False)
    flow = started(client, draft, file, {signer.id: SignerAccounts(client.create_person(PERSON))})
    client.revoke(flow.flow_id)
    assert client.detail(flow.flow_id).status is FlowStatus.REVOKED


def test_a_refusal_is_told_with_its_code_and_message(client: PlatformClient) -> None:
    with pytest.raises(Refused) as caught:
        client.detail("no such flow")
    assert caught.value.err_code
    assert caught.value.msg


def test_a_wrong_secret_is_told_by_any_call(platform: SandboxPlatform) -> None:
    client = PlatformClient(platform.environment, Secret("wrong"))
    with pytest.raises(OutcomeUnknown) as caught:
        client.find_account("anybody")
    client.close()
    assert caught.value.code == "api.unsigned_refusal"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("drop_reply", "api.reset"),
        ("reset", "api.reset"),
        ("truncate", "api.reset"),
        ("http_500", "api.http_status"),
        ("gateway_html", ("api.unverified", "api.http_status")),
        ("bad_signature", "api.unverified"),
        ("no_signature", "api.unverified"),
        ("redirect", "api.protocol"),
    ],
)
def test_each_fault_of_the_platform_leaves_the_outcome_unknown(
    client: PlatformClient, platform: SandboxPlatform, fault: str, code: str | tuple[str, ...]
) -> None:
    client.create_person(replace(PERSON, third_id="known"))
    platform.set_faults({"path": wire.FIND_ACCOUNT_PATH, "fault": fault, "times": 1})
    with pytest.raises(OutcomeUnknown) as caught:
        client.find_account("known")
    assert caught.value.code in ({code} if isinstance(code, str) else set(code))
    assert client.find_account("known") is not None


def test_a_platform_whose_clock_differs_is_noticed(client: PlatformClient, platform: SandboxPlatform) -> None:
    platform.set_faults({"path": wire.FIND_ACCOUNT_PATH, "fault": "wrong_clock", "seconds": 3600, "times": 1})
    client.find_account("anybody")
    assert client.last_clock_skew_s is not None
    assert abs(client.last_clock_skew_s) == pytest.approx(3600, abs=60)


def test_a_file_of_another_md5_is_refused_by_the_storage(client: PlatformClient, file: Path, tmp_path: Path) -> None:
    slot = client.create_upload_url(file.name, file.stat().st_size, content_md5_of(file))
    other = tmp_path / "other.pdf"
    other.write_bytes(file.read_bytes()[::-1])
    with pytest.raises(StorageRefused) as caught:
        client.upload(slot.upload_url, other, content_md5_of(other))
    assert caught.value.code == "api.upload_md5"


def test_addresses_that_are_over_ask_for_fresh_ones(file: Path, tmp_path: Path) -> None:
    clock = FakeClock()
    options = SandboxOptions(PROJECT_ID, SECRET, tmp_path / "data", clock_ms=clock)
    with SandboxServer(options) as server:
        environment = Environment(EnvironmentKind.SANDBOX, server.base_url, PROJECT_ID)
        client = PlatformClient(environment, Secret(SECRET))
        md5 = content_md5_of(file)
        slot = client.create_upload_url(file.name, file.stat().st_size, md5)
        clock.advance(3700)
        with pytest.raises(StorageRefused) as caught:
            client.upload(slot.upload_url, file, md5)
        assert caught.value.code == "api.upload_expired"

        doc_id = created(client, file)
        url = client.document_url(doc_id)
        clock.advance(1900)
        with pytest.raises(StorageRefused) as caught:
            client.download(url, tmp_path / "late.pdf")
        assert caught.value.code == "api.download_expired"
        client.close()


def test_what_is_sent_is_what_the_draft_says(client: PlatformClient, file: Path, platform: SandboxPlatform) -> None:
    signer = make_person_signer()
    draft = make_draft(
        documents=(make_document(pages=1, id=DocumentId("id of 合同")),),
        signers=(signer,),
        options=FlowOptions("一字不差"),
    )
    account_id = client.create_person(PERSON)
    flow = started(client, draft, file, {signer.id: SignerAccounts(account_id)})
    (kept,) = platform.flows("一字不差")
    assert kept.flow_id == flow.flow_id
    assert not kept.is_visible
    assert account_id in json.dumps(kept.signers)
