"""One installation without a window: real stores in a folder of its own, real services on top."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zlib import crc32

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.api.exchange import Limits, Transport
from esign_desktop.domain.account import AccountRecord, Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.environment import Environment
from esign_desktop.domain.geometry import PageFrame, PagePoint
from esign_desktop.domain.options import FlowOptions
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, PlacementId
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, SigningTerms
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.flows.service import FlowService
from esign_desktop.services.people.accounts import AccountBook
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import RetryPolicy, SubmissionPlatforms, SubmissionStores
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.kept_values import KeptValues
from esign_desktop.store.tables.settings import Settings
from esign_desktop.store.tables.templates import Templates
from tests.services.sandbox_platform import SECRET

if TYPE_CHECKING:
    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.sending.values import SubmissionOutcome

NO_PAUSES = RetryPolicy(call_s=(0.0, 0.0), execute_s=(0.0, 0.0))
ONE_TRY = RetryPolicy(call_s=(), execute_s=())
LIMITS = Limits(connect_s=5.0, idle_s=5.0, total_s=10.0)


def clock_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Desk:
    """Everything that survives a restart lies below ``root``; ``close`` before another desk opens the same."""

    root: Path
    environment: Environment
    secret: str = SECRET
    retry: RetryPolicy = NO_PAUSES
    limits: Limits = LIMITS
    transport: Transport | None = None
    party_details_key: bytes | None = bytes(32)
    on_remembered: Callable[[AccountRecord, Person | Organization], None] = lambda _record, _subject: None
    learned: list[bool] = field(default_factory=list)
    _clients: list[PlatformClient] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paths = AppPaths.at(self.root)
        self.paths.prepare()
        self.database = Database(self.paths.database_path)
        self.database.open()
        self.stores = self.make_stores()
        self.submission = self.make_submission(self.stores)
        self.flows = FlowService(
            self.stores.flows, environment_of=self.environment_of, client_for=self.client_for, clock_ms=clock_ms
        )

    def make_stores(self) -> SubmissionStores:
        key = self.party_details_key
        values = KeptValues(self.database, SealedPartyDetails(lambda: key), clock_ms=clock_ms)
        return SubmissionStores(
            Journal(self.database),
            Ledger(self.paths.ledger_path),
            Flows(self.database, values=values),
            Accounts(self.database),
            Drafts(self.database),
            Snapshots(self.paths.snapshots_dir),
            self.make_book(),
            values,
            Templates(self.database),
        )

    def make_book(self) -> AccountBook:
        key = self.party_details_key
        return AccountBook(
            *(Accounts(self.database), ThirdIds(Settings(self.database)), SealedPartyDetails(lambda: key)),
            on_remembered=self.on_remembered,
        )

    def make_submission(self, stores: SubmissionStores, **options: Any) -> SubmissionService:
        platforms = SubmissionPlatforms(
            *(self.environment_of, self.client_for, self._learn),
            end_replaced=self._end_replaced,
        )
        return SubmissionService(stores, platforms, clock_ms=clock_ms, retry=self.retry, **options)

    def environment_of(self, kind: EnvironmentKind) -> Environment:
        return replace(self.environment, kind=kind)

    def client_for(self, environment: Environment) -> PlatformClient:
        client = PlatformClient(environment, Secret(self.secret), transport=self.transport, limits=self.limits)
        self._clients.append(client)
        return client

    def close_clients(self) -> None:
        for client in self._clients:
            client.close()

    def close(self) -> None:
        self.close_clients()
        self.database.close()

    def all_bytes(self) -> bytes:
        """Every byte that is kept, for looking for what must not be."""
        return b"".join(path.read_bytes() for path in sorted(self.root.rglob("*")) if path.is_file())

    def _end_replaced(self, flow_id: FlowId) -> FlowRecord:
        return self.flows.end_replaced(flow_id)

    def _learn(self, _kind: EnvironmentKind, /, *, reports_links: bool) -> None:
        self.learned.append(reports_links)


def resume_unfinished(submission: SubmissionService) -> tuple[SubmissionOutcome, ...]:
    """Continue, oldest first, the sends that wait for no decision, as the program does after a start."""
    submission.sweep_copies()
    return tuple(
        submission.run(summary.id)
        for summary in submission.unfinished()
        if not (summary.is_under_way or summary.state.waits_for_person)
    )


def make_pdf(path: Path, *, pages: int = 2, mark: str = "") -> Document:
    """Write a small PDF with empty A4 pages, and return it as opened."""
    kids = " ".join(f"{3 + index} 0 R" for index in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>",
        *(["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"] * pages),
    ]
    body, offsets = f"%PDF-1.7\n% {mark}\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    end += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    content = (body + end).encode("ascii")
    path.write_bytes(content)
    return Document(
        DocumentId(f"id of {path.stem}"),
        str(path),
        path.stem,
        len(content),
        hashlib.sha256(content).hexdigest(),
        (PageFrame(595.0, 842.0),) * pages,
    )


def person_signer(name: str, *, step: int = 1, number: str = "") -> PersonSigner:
    person = Person(name, number or f"11010119900307{crc32(name.encode()) % 9000:04}", mobile="13500000000")
    return PersonSigner(SignerId(f"id of {name}"), person, SigningTerms(step))


def organization_signer(name: str, agent: Person, *, step: int = 1, is_silent: bool = False) -> OrganizationSigner:
    organization = Organization(name, "91110000600037341L", legal_name="李示例")
    return OrganizationSigner(SignerId(f"id of {name}"), organization, agent, SigningTerms(step, is_silent))


def make_contract(folder: Path, *, documents: int = 1, signers: tuple[Signer, ...] = ()) -> ContractDraft:
    """Return a contract with a title of its own, and a seal of every signer on the first page of every document."""
    folder.mkdir(parents=True, exist_ok=True)
    title = f"contract {uuid4().hex}"
    made = tuple(make_pdf(folder / f"文件{number}.pdf", mark=title) for number in range(1, documents + 1))
    signers = signers or (person_signer("张示例"),)
    seals = tuple(
        CoordinatePlacement(
            PlacementId(f"{document.id} {signer.id}"),
            signer.id,
            document.id,
            PageRanges.single(1),
            PagePoint(150.0 + 120.0 * index, 300.0),
        )
        for document in made
        for index, signer in enumerate(signers)
    )
    across = CrossPagePlacement(
        PlacementId("across"), signers[0].id, made[0].id, PageRanges.all_of(made[0].page_count), 421.0
    )
    return ContractDraft(
        DraftId(uuid4().hex),
        documents=made,
        signers=signers,
        placements=(*seals, across),
        options=FlowOptions(business_scene=title),
    )
