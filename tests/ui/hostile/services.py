"""Services in which everything that a person or the platform could have written is one text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.audit import AuditCheck, AuditEntry
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.document import Document, DocumentId, PreflightFacts
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.options import AccountParty, FlowOptions
from esign_desktop.domain.signature import Integrity, SignatureFact, SignaturePlace
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, SigningTerms
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.values import SubmissionSummary
from tests.drafts import A4, NOW_MS, make_keyword, make_seal
from tests.ui.flow_samples import FakeEnvironments, FakeFlows, make_flow, make_signer, progress

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord


class _Audit:
    def __init__(self, text: str) -> None:
        self._text = text

    def entries(self, *, limit: int) -> tuple[AuditEntry, ...]:
        return (AuditEntry(NOW_MS, self._text, self._text, "test", self._text, self._text, self._text),) * min(limit, 2)

    def check(self) -> AuditCheck:
        return AuditCheck(2, head=self._text)


class HostileServices:
    """What Track asks; flows that are signed, refused, and complete with a file."""

    download_folder = None
    track_columns = None

    def __init__(self, text: str) -> None:
        self.records = hostile_flows(text)
        self.flows = FakeFlows(*self.records)
        self.environments = FakeEnvironments()
        self.submission = self
        self.contacts = self
        self.preferences = self
        self.corrections = None
        self.signatures = self
        self.audit_log = _Audit(text)
        self._text = text

    def unfinished(self) -> tuple[SubmissionSummary, ...]:
        states = (SubmissionState.HELD, SubmissionState.ACCOUNTS)
        return tuple(
            SubmissionSummary(
                *(SubmissionId(state.value), state, EnvironmentKind.TEST, "project", DraftId("draft"), self._text),
                NOW_MS,
                can_be_cancelled=True,
            )
            for state in states
        )

    def search(self, *_query: object) -> SimpleNamespace:
        return SimpleNamespace(contacts=())

    def set_track_columns(self, _state: bytes) -> None:
        """Nobody looks."""

    def check(self, _path: object) -> tuple[SignatureFact, ...]:
        return hostile_signatures(self._text)


def hostile_flows(text: str) -> list[FlowRecord]:
    """Return a flow of each kind whose every word is the text."""
    signers = (make_signer(1, text), make_signer(2, text))
    steps = (progress(1, 2, signed_at_ms=NOW_MS, remark=text), progress(2, 4, remark=text))
    kinds = (FlowStatus.SIGNING, FlowStatus.TERMINATED, FlowStatus.COMPLETED)
    return [
        make_flow(
            name=f"{kind.name} {text[:50]}",
            title=text,
            status=kind,
            signers=signers,
            steps=steps,
            downloaded_to=(f"/folder/{text[:80]}.pdf",) if kind is FlowStatus.COMPLETED else (),
        )
        for kind in kinds
    ]


def hostile_signatures(text: str) -> tuple[SignatureFact, ...]:
    """Return a good signature that is seen, and a broken one that is not."""
    place = SignaturePlace(1, PageRect(0, 0, 100, 100))
    return (
        SignatureFact(text, text, NOW_MS, Integrity.UNCHANGED, is_trusted=False, place=place),
        SignatureFact(text, text, None, Integrity.BROKEN, is_trusted=True),
    )


def hostile_draft(text: str) -> ContractDraft:
    """Return a contract whose file, signers, keyword, remarks and title are the text; no file lies at its path."""
    document = Document(
        DocumentId("id of 合同"),
        f"/no/such/folder/{text}.pdf",
        text,
        10_000,
        "0" * 64,
        (A4,) * 3,
        PreflightFacts(is_signed=True, has_unembedded_fonts=True),
    )
    person = Person(text, id_number=text[:40], mobile=text[:20])
    people: tuple[Any, ...] = (
        PersonSigner(SignerId("id of 张三"), person, SigningTerms(1)),
        OrganizationSigner(SignerId("id of 公司"), Organization(text, code=text[:40]), person, SigningTerms(2)),
    )
    seals = (make_seal(), make_seal(signer="公司", name="another"), make_keyword(keyword=text or "x"))
    return ContractDraft(
        DraftId("draft"),
        documents=(document,),
        signers=people,
        placements=seals,
        options=FlowOptions(business_scene=text, initiator=AccountParty(text, text)),
    )
