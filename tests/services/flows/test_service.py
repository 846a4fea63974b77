from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken, InputError, PdfError, StoreError
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.flow import FlowId, FlowStatus, SignStatus
from esign_desktop.override import override
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.flows.service import FlowService
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.notices import NoticeInbox, ReceivedNotice
from tests.raised import raises_code
from tests.services.desk import Desk, clock_ms, make_contract, organization_signer, person_signer
from tests.services.sending.test_submission import AGENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.audit import AuditAction
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowDetail
    from esign_desktop.services.sending.values import SubmissionOutcome
    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def sent(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> SubmissionOutcome:
    signers = (person_signer("张示例"), organization_signer("示例公司", AGENT, step=2))
    draft = make_contract(tmp_path / "files", documents=2, signers=signers)
    return desk.submission.run(desk.submission.queue(draft, platform.environment))


@pytest.fixture
def flow_id(sent: SubmissionOutcome) -> FlowId:
    assert sent.flow_id is not None
    return sent.flow_id


def sign_all(platform: SandboxPlatform, sent: SubmissionOutcome) -> None:
    for urls in sent.links.values():
        platform.sign(urls[0])


def test_refresh_tells_who_has_signed(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId
) -> None:
    platform.sign(next(iter(sent.links.values()))[0])

    record = desk.flows.refresh(flow_id)

    assert record.status is FlowStatus.SIGNING
    assert record.detail is not None
    assert [signer.status for signer in record.detail.documents[0].signers] == [
        SignStatus.SIGNED,
        SignStatus.SIGNING,
    ]
    assert desk.flows.get(flow_id) == record


def test_revoked_flow_is_revoked(desk: Desk, flow_id: FlowId) -> None:
    assert desk.flows.revoke(flow_id).status is FlowStatus.REVOKED


class SlowAnswers:
    """A client whose answer to the first query arrives after a second query was answered."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self.may_answer, self.has_asked = threading.Event(), threading.Event()

    def detail(self, flow_id: FlowId) -> FlowDetail:
        detail = self._client.detail(flow_id)
        if not self.has_asked.is_set():
            self.has_asked.set()
            assert self.may_answer.wait(20)
        return detail

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_an_older_answer_that_arrives_later_does_not_take_a_revocation_back(desk: Desk, flow_id: FlowId) -> None:
    slow = SlowAnswers(desk.client_for(desk.environment))
    service = FlowService(
        Flows(desk.database),
        environment_of=lambda _kind: desk.environment,
        client_for=lambda _environment: cast("PlatformClient", slow),
        clock_ms=clock_ms,
    )
    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(service.refresh, flow_id)
        assert slow.has_asked.wait(20)
        assert service.revoke(flow_id).status is FlowStatus.REVOKED
        slow.may_answer.set()
        assert polled.result(20).status is FlowStatus.REVOKED
    assert service.get(flow_id).status is FlowStatus.REVOKED


def test_a_clock_that_was_set_back_does_not_stop_answers(desk: Desk, flow_id: FlowId) -> None:
    now_ms = [clock_ms() + 86_400_000]
    service = FlowService(
        Flows(desk.database),
        environment_of=lambda _kind: desk.environment,
        client_for=desk.client_for,
        clock_ms=lambda: now_ms[0],
    )
    service.refresh(flow_id)
    now_ms[0] -= 86_400_000
    assert service.revoke(flow_id).status is FlowStatus.REVOKED


def test_revoke_whose_answer_was_lost_is_believed_after_asking(
    desk: Desk, platform: SandboxPlatform, flow_id: FlowId
) -> None:
    platform.set_faults({"path": "/sign/revoke", "fault": "drop_reply"})
    assert desk.flows.revoke(flow_id).status is FlowStatus.REVOKED


def test_forged_success_of_revoke_is_not_believed(desk: Desk, platform: SandboxPlatform, flow_id: FlowId) -> None:
    platform.set_faults({"path": "/sign/revoke", "fault": "err_code", "err_code": 0})
    with pytest.raises(OutcomeUnknown, match=r"flow\.not_revoked"):
        desk.flows.revoke(flow_id)
    assert desk.flows.get(flow_id).status is FlowStatus.SIGNING


def test_completed_flow_cannot_be_revoked_and_says_so(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId
) -> None:
    sign_all(platform, sent)
    with pytest.raises(Refused):
        desk.flows.revoke(flow_id)
    assert desk.flows.get(flow_id).status is FlowStatus.COMPLETED


def test_refusal_is_told_even_when_the_flow_cannot_be_asked_afterwards(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId
) -> None:
    sign_all(platform, sent)
    platform.set_faults({"path": "/sign/docdetail", "fault": "reset"})
    with pytest.raises(Refused):
        desk.flows.revoke(flow_id)


def test_revoke_that_nobody_can_confirm_is_an_error(desk: Desk, platform: SandboxPlatform, flow_id: FlowId) -> None:
    platform.set_faults({"path": "/sign/docdetail", "fault": "http_500"})
    with pytest.raises(ApiError):
        desk.flows.revoke(flow_id)
    assert desk.flows.refresh(flow_id).status is FlowStatus.REVOKED


def test_signed_files_lie_beside_what_is_there_already(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    sign_all(platform, sent)
    folder = tmp_path / "new" / "folder"
    first = desk.flows.download(flow_id, folder)
    first[0].write_bytes(b"somebody wrote into it")
    again = desk.flows.download(flow_id, folder)

    day = china_text(clock_ms(), "%Y-%m-%d")
    assert {path.parent for path in (*first, *again)} == {folder / "张示例"}
    assert [path.name for path in (*first, *again)] == [
        f"{day}_{name}.pdf" for name in ("文件1_张示例", "文件2_张示例", "文件1_张示例 (2)", "文件2_张示例")
    ]
    record = desk.flows.get(flow_id)
    assert record.downloaded_to == tuple(map(str, again))
    assert record.downloaded_sha256 == tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in again)


def test_signed_files_are_fetched_anew_only_where_one_is_not_what_was_fetched(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    sign_all(platform, sent)
    folder = tmp_path / "signed"
    first = desk.flows.signed_files(flow_id, folder)
    platform.set_faults({"path": "/storage/flows", "fault": "http_500"})
    assert desk.flows.signed_files(flow_id, folder) == first

    signed = first[1].read_bytes()
    platform.set_faults()
    for spoil in (lambda path: path.write_bytes(signed + b"\n"), Path.unlink):
        spoil(first[1])
        first = desk.flows.signed_files(flow_id, folder)
        assert first[1].read_bytes() == signed
        assert len(first) == 2
    # A folder that has taken the file's name.
    first[0].unlink()
    first[0].mkdir()
    assert desk.flows.signed_files(flow_id, folder)[0].is_file()


def test_file_name_of_a_document_cannot_lead_out_of_the_folder(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    draft = replace(draft, documents=(replace(draft.documents[0], name="../../借款合同"),))
    sent = desk.submission.run(desk.submission.queue(draft, platform.environment))
    sign_all(platform, sent)
    assert sent.flow_id is not None
    (path,) = desk.flows.download(sent.flow_id, tmp_path / "signed")
    assert path == tmp_path / "signed" / "张示例" / f"{china_text(clock_ms(), '%Y-%m-%d')}__.._借款合同_张示例.pdf"


def test_flow_that_nobody_signed_has_no_files(desk: Desk, flow_id: FlowId, tmp_path: Path) -> None:
    with raises_code(InputError, "flow.nothing_signed"):
        desk.flows.download(flow_id, tmp_path / "signed")


def test_folder_that_cannot_be_made_is_an_error(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    sign_all(platform, sent)
    (tmp_path / "file").touch()
    with raises_code(StoreError, "store.unwritable"):
        desk.flows.download(flow_id, tmp_path / "file" / "folder")


def test_a_download_that_came_in_part_is_completed_without_second_copies(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    sign_all(platform, sent)
    for _start in range(3):
        # The first file comes, the second does not: at each start anew.
        platform.set_faults({"path": "/storage/flows", "fault": "http_500", "skip": 1, "times": 9})
        with pytest.raises(ApiError):
            desk.flows.download(flow_id, tmp_path / "signed")
    platform.set_faults()

    paths = desk.flows.download(flow_id, tmp_path / "signed")

    there = sorted(path for path in (tmp_path / "signed").rglob("*") if path.is_file())
    assert there == sorted(paths)
    assert len(there) == 2
    assert not any("(2)" in path.name for path in there)


@pytest.mark.parametrize("layout", [FolderLayout.MONTH, FolderLayout.FLAT])
def test_files_are_saved_in_the_subfolders_that_are_set(
    desk: Desk,
    platform: SandboxPlatform,
    sent: SubmissionOutcome,
    flow_id: FlowId,
    tmp_path: Path,
    layout: FolderLayout,
) -> None:
    sign_all(platform, sent)
    service = FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        layout=lambda: layout,
    )
    paths = service.download(flow_id, tmp_path / "signed")
    month = paths[0].name[: len("2027-01")] if layout is FolderLayout.MONTH else ""
    assert {path.parent for path in paths} == {tmp_path / "signed" / month}
    assert len(set(paths)) == 2
    assert service.download(flow_id, tmp_path / "signed") == paths


def test_cancelled_download_leaves_no_half_of_a_file(
    desk: Desk, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    sign_all(platform, sent)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        desk.flows.download(flow_id, tmp_path / "signed", cancel=token)
    assert [path for path in (tmp_path / "signed").rglob("*") if path.is_file()] == []


@pytest.fixture
def with_documents(desk: Desk) -> Iterator[FlowService]:
    engine = ProcessEngine(workers=1)
    yield FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        documents=DocumentService(engine),
    )
    engine.stop()


def test_originals_are_those_that_were_sent_and_their_addresses_are_asked_for_each_time(
    with_documents: FlowService, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    sign_all(platform, sent)
    asked = platform.requests("/doc/downloadurl")
    paths = with_documents.download_originals(flow_id, tmp_path / "originals", mark=" (original)")
    record = with_documents.get(flow_id)
    assert [path.name.partition("_")[2] for path in paths] == [
        "文件1_张示例 (original).pdf",
        "文件2_张示例 (original).pdf",
    ]
    assert [path.read_bytes() for path in paths] == [platform.document_bytes(one.doc_id) for one in record.documents]
    assert with_documents.download_originals(flow_id, tmp_path / "originals", mark=" (original)") == paths
    assert platform.requests("/doc/downloadurl") == asked + 4
    # They are no signed files.
    assert record.downloaded_to == ()


def test_original_that_is_no_pdf_does_not_stay(
    with_documents: FlowService, platform: SandboxPlatform, flow_id: FlowId, tmp_path: Path
) -> None:
    platform.lose_document(with_documents.get(flow_id).documents[1].doc_id)
    with pytest.raises(PdfError):
        with_documents.download_originals(flow_id, tmp_path / "originals", mark="")
    assert [path.name.partition("_")[2] for path in (tmp_path / "originals").rglob("*.pdf")] == ["文件1_张示例.pdf"]


@pytest.mark.parametrize("path", ["/doc/downloadurl", "/storage/documents"])
def test_original_that_does_not_come_is_an_error(
    with_documents: FlowService, platform: SandboxPlatform, flow_id: FlowId, tmp_path: Path, path: str
) -> None:
    platform.set_faults({"path": path, "fault": "http_500", "times": 9})
    with pytest.raises(ApiError):
        with_documents.download_originals(flow_id, tmp_path / "originals", mark="")
    assert [path for path in (tmp_path / "originals").rglob("*") if path.is_file()] == []


def test_flow_of_another_project_is_asked_about_with_that_ones_secret_or_not_at_all(
    desk: Desk, flow_id: FlowId
) -> None:
    project_id, known = desk.environment.project_id, ["another"]
    desk.environment = replace(desk.environment, project_id="another")

    def client_for(environment: Environment) -> PlatformClient:
        if environment.project_id not in known:
            raise InputError("environment.no_secret", environment=environment.kind.value)
        return desk.client_for(environment)

    flows = FlowService(desk.stores.flows, environment_of=desk.environment_of, client_for=client_for, clock_ms=clock_ms)
    with raises_code(InputError, "flow.other_project"):
        flows.refresh(flow_id)

    known.append(project_id)
    assert flows.refresh(flow_id).status is FlowStatus.SIGNING


def test_unknown_flow_is_an_error(desk: Desk) -> None:
    with raises_code(StoreError, "store.no_such_flow"):
        desk.flows.get(FlowId("nobody's"))


class Clock:
    """Moves when told."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def polled(desk: Desk, clock: Clock) -> FlowService:
    return FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        monotonic_s=clock,
    )


def test_open_flow_is_polled_within_the_limits_until_it_ends(
    polled: FlowService, clock: Clock, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId
) -> None:
    kind = platform.environment.kind
    first = polled.poll(kind)
    assert first is not None
    assert first.flow_id == flow_id
    assert polled.poll(kind) is None
    assert polled.poll_wait_s() == 30.0
    polled.watch(flow_id)
    clock.now_s += 2.0
    assert polled.poll(kind) is not None

    sign_all(platform, sent)
    clock.now_s += 2.0
    last = polled.poll(kind)
    assert last is not None
    assert last.status is FlowStatus.COMPLETED
    clock.now_s += 60.0
    assert polled.poll(kind) is None
    assert polled.poll_wait_s() is None


@pytest.mark.usefixtures("sent")
def test_flow_that_could_not_be_asked_waits_for_its_next_turn(
    polled: FlowService, clock: Clock, platform: SandboxPlatform
) -> None:
    platform.set_faults({"path": "/sign/docdetail", "fault": "reset"})
    kind = platform.environment.kind
    with pytest.raises(ApiError):
        polled.poll(kind)
    assert polled.poll(kind) is None
    clock.now_s += 30.0
    assert polled.poll(kind) is not None


@pytest.mark.usefixtures("sent")
def test_flows_of_other_environments_and_projects_are_left_alone(polled: FlowService, desk: Desk) -> None:
    assert polled.poll(EnvironmentKind.PRODUCTION) is None
    desk.environment = replace(desk.environment, project_id="another")
    assert polled.poll(desk.environment.kind) is None
    assert polled.list(EnvironmentKind.PRODUCTION) == ()
    assert len(polled.list()) == 1


class FullAudit(Audit):
    """Of a disk that is full at this very moment."""

    @override
    def note(self, action: AuditAction, **about: Any) -> None:
        raise StoreError("store.disk_full", retryable=True)


def test_a_revocation_that_can_not_be_noted_is_done_all_the_same(desk: Desk, flow_id: FlowId) -> None:
    flows = FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        audit=FullAudit(desk.database, who="clerk"),
    )
    assert flows.revoke(flow_id).status is FlowStatus.REVOKED


def test_what_was_done_with_a_flow_is_noted(
    desk: Desk, platform: SandboxPlatform, flow_id: FlowId, tmp_path: Path
) -> None:
    audit = Audit(desk.database, who="clerk")
    flows = FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        audit=audit,
    )
    platform.set_faults({"path": "/sign/revoke", "fault": "err_code", "err_code": 0})
    with pytest.raises(OutcomeUnknown):
        flows.revoke(flow_id)
    platform.set_faults()
    flows.revoke(flow_id)
    noted = [(one.action, one.flow_id, one.outcome) for one in audit.entries()]
    assert noted == [("revoked", flow_id, ""), ("revoked", flow_id, "flow.not_revoked")]


def test_the_list_is_read_as_light_rows(desk: Desk, flow_id: FlowId) -> None:
    page = desk.flows.rows()
    assert [row.flow_id for row in page.rows] == [flow_id]
    assert desk.flows.rows(since=page.last_revision).rows == ()


def test_a_flow_that_a_notice_came_for_is_asked_first_and_only_then_believed(
    desk: Desk, clock: Clock, platform: SandboxPlatform, sent: SubmissionOutcome, flow_id: FlowId, tmp_path: Path
) -> None:
    other = desk.submission.run(desk.submission.queue(make_contract(tmp_path / "other"), platform.environment))
    inbox = NoticeInbox(desk.database)
    flows = FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        monotonic_s=clock,
        inbox=inbox,
    )
    kind = platform.environment.kind
    assert other.flow_id is not None
    inbox.keep(
        (
            ReceivedNotice("a", flow_id, kind, clock_ms()),
            ReceivedNotice("b", FlowId("nobody's"), kind, clock_ms()),
        )
    )
    record = flows.poll(kind)
    assert record is not None
    assert (record.flow_id, record.status) == (flow_id, FlowStatus.SIGNING)
    assert inbox.open_flows(kind) == ()
    clock.now_s += 0.5
    second = flows.poll(kind)
    assert second is not None
    assert second.flow_id == other.flow_id


def test_a_notice_waits_until_its_flow_could_be_asked_about(
    desk: Desk, clock: Clock, platform: SandboxPlatform, flow_id: FlowId
) -> None:
    inbox = NoticeInbox(desk.database)
    flows = FlowService(
        desk.stores.flows,
        environment_of=desk.environment_of,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        monotonic_s=clock,
        inbox=inbox,
    )
    kind = platform.environment.kind
    inbox.keep((ReceivedNotice("a", flow_id, kind, clock_ms()),))
    platform.set_faults({"path": "/sign/docdetail", "fault": "reset"})
    with pytest.raises(ApiError):
        flows.poll(kind)
    assert inbox.open_flows(kind) == (flow_id,)
