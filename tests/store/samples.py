"""Made-up contracts and records that use every field there is."""

from __future__ import annotations

from esign_desktop.domain.account import (
    AccountKind,
    AccountRecord,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
)
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.document import Document, DocumentId, PreflightFacts
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import (
    DocumentProgress,
    FlowDetail,
    FlowDocument,
    FlowId,
    FlowRecord,
    FlowSigner,
    FlowStatus,
    SignerProgress,
    SignStatus,
)
from esign_desktop.domain.geometry import PageFrame, PagePoint, Rotation
from esign_desktop.domain.options import (
    AccountParty,
    FlowOptions,
    NoticeChannel,
    SignerParty,
    SignPlatform,
    SignUntil,
)
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    PlacementId,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    CertificateType,
    OrganizationSigner,
    PersonSigner,
    SealType,
    SignerId,
    SigningTerms,
)
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.store.tables.journal import SubmissionRecord

ID_NUMBER = "110101199003078515"
PAPER = DocumentId("paper")
SANDBOX = EnvironmentKind.SANDBOX

DOCUMENT = Document(
    PAPER,
    "/contracts/借款合同.pdf",
    "借款合同",
    123_456,
    "ab" * 32,
    (PageFrame(595.0, 842.0), PageFrame(842.0, 595.0, Rotation.LEFT, 2.0, 10.5, -3.25)),
    PreflightFacts(is_signed=True, pages_without_text=(2,), form_field_count=3),
)

SIGNERS = (
    PersonSigner(SignerId("one"), Person("张三", ID_NUMBER, PersonIdType.PASSPORT, "13800000000", "z@example.com")),
    OrganizationSigner(
        SignerId("two"),
        Organization("示例公司", "91350100M000100Y43", OrganizationCodeType.BUSINESS_REGISTRATION, third_id="o-1"),
        Person("王五", account_id="account-5"),
        SigningTerms(2, seal_types=frozenset({SealType.TEMPLATE}), certificate=CertificateType.UKEY),
    ),
    ApplicationSigner(SignerId("three"), "平台"),
)

PLACEMENTS = (
    CoordinatePlacement(
        *(PlacementId("a"), SignerId("one"), PAPER, PageRanges.of([1, 2])),
        center=PagePoint(100.5, 200.25),
        width_pt=113.4,
        with_qr_code=True,
    ),
    KeywordPlacement(PlacementId("b"), SignerId("two"), PAPER, "乙方(签字)", 10.0, -5.0, confirmed_hits=2),
    CrossPagePlacement(PlacementId("c"), SignerId("three"), PAPER, PageRanges.all_of(2), center_y_pt=421.0),
)

DRAFT = ContractDraft(
    DraftId("draft-1"),
    documents=(DOCUMENT,),
    signers=SIGNERS,
    placements=PLACEMENTS,
    options=FlowOptions(
        "借款",
        SignerParty(SignerId("two")),
        AccountParty("account-9", "付款方"),
        SignUntil(1_800_000_000_000),
        1_900_000_000_000,
        frozenset({SignPlatform.H5, SignPlatform.WECHAT}),
        frozenset({NoticeChannel.EMAIL}),
        "https://example.com/done",
    ),
    is_ordered=False,
)

ACCOUNT = AccountRecord(
    *(SANDBOX, "project", "account-1", AccountKind.PERSON, "张三", "t-1"), masked_number=ID_NUMBER, last_used_ms=5
)

FLOW = FlowRecord(
    flow_id=FlowId("flow-1"),
    environment=SANDBOX,
    project_id="project",
    submission_id="submission-1",
    title="借款合同",
    sent_at_ms=1_000,
    deadline_ms=9_000,
    contract_count=1,
    documents=(FlowDocument("doc-1", "借款合同"),),
    signers=(FlowSigner("account-1", "张三", 1, 1, urls=("https://example.com/sign/1",)),),
)

DETAIL = FlowDetail(
    FlowId("flow-1"),
    FlowStatus.SIGNING,
    1,
    (DocumentProgress("doc-1", "借款合同", (SignerProgress("account-1", SignStatus.SIGNED, 2, signed_at_ms=7_000),)),),
    deadline_ms=8_000,
)


def submission(number: int = 1) -> SubmissionRecord:
    return SubmissionRecord(SubmissionId(f"submission-{number}"), SANDBOX, "project", DRAFT, queued_at_ms=number)
