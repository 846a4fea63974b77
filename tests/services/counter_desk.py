"""A counter without a window: real stores, a real PDF engine, and everything that happens written down."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.api.client import PlatformClient
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.environment import Environment
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import FlowOptions
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, SigningTerms
from esign_desktop.override import override
from esign_desktop.services.counter.service import CounterService
from esign_desktop.services.counter.shift import WaitingContracts
from esign_desktop.services.counter.values import CounterNews, CounterView
from esign_desktop.services.editing.copies import DocumentCopies
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.people.customers import CustomerReader
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.services.presets.layouts import PresetLayouts
from esign_desktop.services.presets.service import PresetService
from esign_desktop.services.sending.preparation import prepare_side_by_side
from esign_desktop.services.sending.send import ActiveSends
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.tables.presets import Presets
from esign_desktop.store.tables.settings import Settings
from tests.pdf.builder import Page, build
from tests.pdf.local_engine import LocalEngine
from tests.services.desk import Desk, clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.sending.submission import SubmissionService

ZHANG = "张三 110101199003078515 13800000000"
LI = "13900000000 110101195001010017 李四"
WANG = "王五 110101198808080036 13700000000"
AGENT = Person("王经办", "110101199003079999", mobile="13500000001")
KEYWORD = "乙方(签字)"


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def made_up_number(count: int) -> str:
    """Return an ID number with the right check digit, another one for each count."""
    body = f"110101{1950 + count // 500}0101{count % 500 * 2 + 1:03}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


@dataclass
class CounterDesk(Desk):
    """An installation with a counter; ``news`` is what its listener heard."""

    news: list[tuple[CounterNews, CounterView]] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    """References of handed-over customers who were dropped without a contract."""
    _ways: dict[Environment, PlatformClient] = field(default_factory=dict)

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.turns = ActiveSends()
        self.submission = self.make_submission(self.stores, turns=self.turns)
        self.documents = DocumentService(LocalEngine())
        self.third_ids = ThirdIds(Settings(self.database))
        self.drafts = DraftService(self.stores.drafts, clock_ms=clock_ms)
        self.copies = DocumentCopies(self.documents, self.drafts, self.paths.copies_dir, clock_ms=clock_ms)
        preset_files = PresetFiles(self.paths.presets_dir)
        self.presets = PresetService(
            Presets(self.database),
            preset_files,
            self.documents,
            self.third_ids,
            clock_ms=clock_ms,
            keep_copy=self.copies.keep_apart,
        )
        self.layouts = PresetLayouts(self.presets, preset_files, self.documents)
        self.counter = self.make_counter(
            self.make_submission(self.stores, turns=self.turns, prepare=prepare_side_by_side)
        )

    @override
    def client_for(self, environment: Environment) -> PlatformClient:
        """Return one shared way, as the application does."""
        if environment not in self._ways:
            self._ways[environment] = super().client_for(environment)
        return self._ways[environment]

    def make_counter(self, submission: SubmissionService) -> CounterService:
        counter = CounterService(
            self.presets,
            CustomerReader(self.stores.book, clock_ms=clock_ms),
            self.stores.accounts,
            submission,
            self.flows,
            WaitingContracts(self.stores.flows, self.stores.journal, clock_ms=clock_ms),
            environment=lambda: self.environment,
            on_unsent=self.unsent.append,
        )
        lock = threading.Lock()

        def hear(news: CounterNews, view: CounterView) -> None:
            with lock:
                self.news.append((news, view))

        counter.listen(hear)
        return counter

    def heard(self) -> list[CounterNews]:
        return [news for news, _ in self.news]

    def make_preset(self, folder: Path, *, name: str = "", signers: int = 1, branch: bool = False) -> Preset:
        """Make a preset of a contract with a keyword seal of each customer, and the branch's by coordinate."""
        draft = make_form_contract(self.documents, folder, signers=signers, branch=branch)
        customers = [signer.id for signer in draft.signers if isinstance(signer, PersonSigner)]
        document = draft.documents[0]
        hits = {(document.id, KEYWORD): self.documents.find(document.id, KEYWORD)}
        count = len(self.presets.list())
        name = name or (f"借款合同 {count + 1}" if count else "借款合同")
        return self.presets.make(draft, customers, name=name, environment=self.environment, hits=hits)


def make_form(path: Path, *, mark: str = "") -> Path:
    """Write the form that the presets are made of."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page = Page().write("个人借款合同 甲方示例银行 以下简称甲方", 60, 760)
    page = page.write("甲乙双方经协商一致签订本合同 第一条借款金额", 60, 700).write(f"{KEYWORD} {mark}", 60, 200)
    path.write_bytes(build(page, Page().write("第二条借款期限 第三条还款方式 第四条违约责任", 60, 760)))
    return path


def make_form_contract(
    documents: DocumentService, folder: Path, *, signers: int = 1, branch: bool = False
) -> ContractDraft:
    document: Document = documents.open(make_form(folder / "借款合同.pdf"))
    persons = [
        PersonSigner(SignerId(f"person {n}"), Person(f"样张{n}"), SigningTerms(n)) for n in range(1, signers + 1)
    ]
    seals: list[KeywordPlacement | CoordinatePlacement] = [
        KeywordPlacement(PlacementId(f"seal of {signer.id}"), signer.id, document.id, KEYWORD, 40.0 * n, 10.0)
        for n, signer in enumerate(persons, 1)
    ]
    everybody: list[PersonSigner | OrganizationSigner] = [*persons]
    if branch:
        bank = Organization("示例银行", "91110000600037341L")
        everybody.append(OrganizationSigner(SignerId("bank"), bank, AGENT, SigningTerms(signers + 1, is_silent=True)))
        center = PagePoint(400.0, 300.0)
        seals.append(
            CoordinatePlacement(
                PlacementId("of the bank"), SignerId("bank"), document.id, PageRanges.single(2), center, 113.4
            )
        )
    title = f"借款 {folder.name}"
    return ContractDraft(
        DraftId("prepared"),
        documents=(document,),
        signers=tuple(everybody),
        placements=tuple(seals),
        options=FlowOptions(title),
    )
