"""A contract is rehearsed to its stamped PDF; nothing reaches the platform that is meant, or what is kept here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pymupdf
import pytest

from esign_desktop.api import wire
from esign_desktop.api.client import PlatformClient
from esign_desktop.app.composition import build_services
from esign_desktop.app.sandbox_process import EmbeddedSandbox
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind, SealAnchor
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken, InputError
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.options import AccountParty, FlowOptions
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId
from esign_desktop.domain.signer import OrganizationSigner, SignerId, SigningTerms
from esign_desktop.override import override
from esign_desktop.services.erasure.service import KnownPerson
from esign_desktop.services.rehearsal.comparing import Sealed, compare
from esign_desktop.services.rehearsal.people import with_invented_people
from esign_desktop.services.rehearsal.service import RehearsalService, RehearsalStage
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from tests.pdf.local_engine import LocalEngine
from tests.services.desk import clock_ms, make_contract, person_signer
from tests.services.sandbox_platform import SECRET, SandboxPlatform
from tests.services.template_files import write_form
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.rehearsal.service import Rehearsal

MEANT = Environment(EnvironmentKind.PRODUCTION, "https://platform.example", "project")
AGENT = Person("周知夏", "110101199003071233", mobile="13912345678", email="zhou@example.cn")
FIRST = PagePoint(150.0, 300.0)
SECOND = PagePoint(270.0, 300.0)
"""Where ``make_contract`` has the seals of the first and the second signer."""
FIRM = Organization("云禾示例科技有限公司", "91110000600037341L", legal_name="李示例")
COMPANY = OrganizationSigner(SignerId("company"), FIRM, AGENT, SigningTerms(2))


class _World:
    """An installation whose contracts go to production, played by a platform on loopback."""

    def __init__(self, root: Path, meant: SandboxPlatform) -> None:
        self.paths = AppPaths.at(root)
        self.paths.prepare()
        self.meant = meant
        self.database = Database(self.paths.database_path)
        self.database.open()
        self.engine = LocalEngine()
        self.services: Services = build_services(self.paths, self.database, self.engine, clock_ms=clock_ms)
        environments = self.services.environments
        environments.use_for_session(replace(meant.environment, kind=EnvironmentKind.PRODUCTION), SECRET)
        environments.choose(EnvironmentKind.PRODUCTION)

    def open(self, draft: ContractDraft) -> ContractDraft:
        for document in draft.documents:
            self.services.documents.reopen(document)
        return draft

    def traces(self) -> bytes:
        """All that the installation keeps of contracts, and of rehearsals."""
        folder = self.paths.cache_dir / "rehearsal"
        kept = [self.paths.ledger_path, *self.paths.snapshots_dir.rglob("*"), *folder.rglob("*")]
        return b"".join(path.read_bytes() for path in kept if path.is_file())

    def close(self) -> None:
        self.services.environments.close()
        self.engine.stop()
        self.database.close()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[SandboxPlatform]:
    """The one that is meant."""
    with SandboxPlatform(tmp_path / "meant") as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, platform: SandboxPlatform, no_secret_service: None) -> Iterator[_World]:
    found = _World(tmp_path / "installation", platform)
    yield found
    found.close()


def test_a_contract_is_stamped_as_it_was_placed_and_nobody_hears_of_it(world: _World, tmp_path: Path) -> None:
    signers = (person_signer("张示例"), COMPANY, replace(person_signer("王自由", step=3), id=SignerId("free")))
    draft = make_contract(tmp_path / "files", documents=2, signers=signers)
    placed = tuple(one for one in draft.placements if one.signer_id != "free")
    draft = world.open(replace(draft, placements=placed))
    stages: list[RehearsalStage] = []
    rehearsal = world.services.rehearsal.run(draft, {}, MEANT, on_stage=stages.append)
    assert stages == list(RehearsalStage)
    assert [one.stamped.name for one in rehearsal.documents] == [one.name for one in draft.documents]
    assert [len(seal.marks) for seal in rehearsal.seals] == [1, 1, 2, 1, 1]
    assert rehearsal.is_as_placed
    for one, document in zip(rehearsal.documents, draft.documents, strict=True):
        assert one.stamped.pages == document.pages
        assert one.stamped.sha256 != document.sha256
    # Nothing reached the platform that is meant, and nothing is kept here of a contract.
    assert world.meant.request_log() == []
    assert world.services.flows.list() == ()
    assert world.services.submission.unfinished() == ()
    assert not world.paths.ledger_path.exists() or world.paths.ledger_path.read_bytes() == b""
    # What is left for showing is the stamped files alone, and goes with them.
    left = sorted(path.name for path in rehearsal.folder.iterdir())
    assert left == ["stamped-1.pdf", "stamped-2.pdf"]
    world.services.rehearsal.discard(rehearsal)
    assert not rehearsal.folder.exists()
    assert not world.services.documents.is_open(rehearsal.documents[0].stamped.id)
    assert world.traces() == b""


def _rehearsed_by(world: _World, tmp_path: Path, draft: ContractDraft, *options: str) -> Rehearsal:
    service = RehearsalService(
        world.services.documents,
        tmp_path / "rehearsals",
        make_platform=lambda folder, _meant: EmbeddedSandbox(folder, "--signs-by-itself", *options),
        clock_ms=clock_ms,
    )
    rehearsal = service.run(draft, {}, MEANT)
    service.discard(rehearsal)
    return rehearsal


@pytest.mark.parametrize("anchor", SealAnchor)
def test_a_seal_that_lands_elsewhere_is_told(world: _World, tmp_path: Path, anchor: SealAnchor) -> None:
    draft = world.open(make_contract(tmp_path / "files"))
    rehearsal = _rehearsed_by(world, tmp_path, draft, "--seal-anchor", anchor.value)
    # The numbers that are sent name the seal's centre.
    assert rehearsal.is_as_placed is (anchor is SealAnchor.CENTRE)
    assert any(one.unexpected for one in rehearsal.documents) is (anchor is not SealAnchor.CENTRE)


@pytest.mark.parametrize(
    ("page", "x", "y", "is_free"),
    [
        pytest.param(1, 300, 600, False, marks=pytest.mark.nightly),
        # Just where a signer has their own seal, and where the second signer has one.
        pytest.param(1, FIRST.x_pt, FIRST.y_pt, False, marks=pytest.mark.nightly),
        (1, SECOND.x_pt, SECOND.y_pt, False),
        # On a page that has none; and at the foot of the last, where one who places it himself has his already.
        (2, 300, 400, False),
        (2, 480, 110, True),
    ],
)
def test_a_stamp_that_nobody_placed_is_found(
    world: _World, tmp_path: Path, page: int, x: int, y: int, *, is_free: bool
) -> None:
    draft = make_contract(tmp_path / "files")
    if (x, y) == (SECOND.x_pt, SECOND.y_pt):
        draft = make_contract(tmp_path / "two", signers=(draft.signers[0], COMPANY))
    if is_free:
        # The fifth of all, in the second row.
        names = ("李示例", "赵示例", "钱示例", "王自由")
        more = tuple(replace(person_signer(name, step=3), id=SignerId(name)) for name in names)
        document, pages = draft.documents[0].id, PageRanges.single(1)
        seals = tuple(
            CoordinatePlacement(PlacementId(one.id), one.id, document, pages, PagePoint(270.0 + 90 * number, 300.0))
            for number, one in enumerate(more[:-1])
        )
        draft = replace(draft, signers=(*draft.signers, *more), placements=(*draft.placements, *seals))
    draft = world.open(draft)
    faults = tmp_path / "faults.json"
    rule = {"path": "/sign/start", "fault": "stamp_elsewhere", "page": str(page), "x": x, "y": y, "width": 90}
    faults.write_text(json.dumps([rule]), "utf-8")
    rehearsal = _rehearsed_by(world, tmp_path, draft, "--faults", str(faults))
    assert all(one.is_found for one in rehearsal.seals)
    assert not rehearsal.is_as_placed
    ((stamp,), *others) = [one.unexpected for one in rehearsal.documents]
    assert stamp.page_number == page
    drawn = PageRect.around(PagePoint(x, y), 90, 90)
    assert stamp.rect.contains(drawn, slack_pt=2)
    assert drawn.contains(stamp.rect, slack_pt=2)
    assert not any(others)


@pytest.mark.nightly
def test_two_signers_who_stamp_on_each_others_places_are_told(world: _World, tmp_path: Path) -> None:
    both = (person_signer("张示例"), replace(person_signer("王示例", step=2), id=SignerId("second")))
    draft = make_contract(tmp_path / "files", signers=both)
    draft = world.open(replace(draft, placements=draft.placements[:2]))

    class Mistaken(PlatformClient):
        @override
        def post(self, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
            if path == wire.START_PATH:
                values = json.loads(body)
                one, other = values["recipientList"]["signerList"]
                one["docPosList"], other["docPosList"] = other["docPosList"], one["docPosList"]
                body = json.dumps(values).encode()
            return super().post(path, body, cancel=cancel)

    service = RehearsalService(
        world.services.documents,
        tmp_path / "rehearsals",
        make_platform=lambda folder, _meant: EmbeddedSandbox(folder, "--signs-by-itself"),
        clock_ms=clock_ms,
        connect=Mistaken,
    )
    rehearsal = service.run(draft, {}, MEANT)
    service.discard(rehearsal)
    assert [one.is_found for one in rehearsal.seals] == [False, False]
    assert [len(one.unexpected) for one in rehearsal.documents] == [2]


def test_ink_on_a_turned_page_is_found_in_its_own_space_and_other_pages_are_refused(
    world: _World, tmp_path: Path
) -> None:
    documents = world.services.documents
    original, stamped, longer = (tmp_path / f"{name}.pdf" for name in ("original", "stamped", "longer"))
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=400, height=600)
        page.insert_text((50, 50), "turned")
        page.set_rotation(90)
        pdf.save(original)
        # A stray dot is no stamp, nor is what only became a little paler.
        pdf[0].draw_rect((300, 500, 303, 503), fill=(1, 0, 0), color=None)
        pdf[0].draw_rect((0, 0, 400, 600), fill=(0, 0, 0), color=None, fill_opacity=0.03)
        pdf[0].draw_rect((100, 200, 160, 240), fill=(1, 0, 0), color=None)
        pdf.save(stamped)
        pdf.new_page()
        pdf.save(longer)
    before, after, other = map(documents.open, (original, stamped, longer))
    seals, (found,) = compare(documents, before, [Sealed(None, after)], (), lambda: None)
    assert seals == ()
    expected = PageRect(100, 360, 160, 400)
    assert found.rect.contains(expected, slack_pt=1)
    assert expected.contains(found.rect, slack_pt=1)
    with pytest.raises(InputError) as failure:
        compare(documents, before, [Sealed(None, other)], (), lambda: None)
    assert failure.value.code == "rehearsal.other_pages"


def test_a_refusal_is_the_error_of_the_rehearsal_and_leaves_nothing(world: _World, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    nowhere = KeywordPlacement(
        PlacementId("nowhere"), draft.signers[0].id, draft.documents[0].id, "乙方签字", confirmed_hits=1
    )
    draft = world.open(replace(draft, placements=(nowhere,)))
    with pytest.raises(AppError) as failure:
        world.services.rehearsal.run(draft, {}, MEANT)
    assert failure.value.code in {"api.refused", "rehearsal.not_signed"}
    assert world.traces() == b""
    assert world.meant.request_log() == []


@pytest.mark.parametrize("stage", daily([RehearsalStage.SIGNING], RehearsalStage))
def test_it_can_be_cancelled_at_any_stage(world: _World, tmp_path: Path, stage: RehearsalStage) -> None:
    draft = world.open(make_contract(tmp_path / "files"))
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        world.services.rehearsal.run(
            draft, {}, MEANT, on_stage=lambda now: cancel.cancel() if now is stage else None, cancel=cancel
        )
    assert world.traces() == b""
    # And begun again at once.
    rehearsal = world.services.rehearsal.run(draft, {}, MEANT)
    world.services.rehearsal.discard(rehearsal)


def test_what_a_crash_left_goes_with_the_next_start(world: _World) -> None:
    folder = world.paths.cache_dir / "rehearsal" / "left"
    folder.mkdir(parents=True)
    (folder / "stamped-1.pdf").write_bytes(b"somebody's")
    build_services(world.paths, world.database, world.engine, clock_ms=clock_ms)
    assert world.traces() == b""


def test_whoever_is_forgotten_is_so_in_what_was_rehearsed(world: _World, tmp_path: Path) -> None:
    draft = world.open(make_contract(tmp_path / "files"))
    world.services.rehearsal.run(draft, {}, MEANT)
    assert world.traces()
    world.services.people.forget(KnownPerson("张示例", (), "", 0))
    assert world.traces() == b""


def test_a_form_is_made_and_filled_in_there_too(world: _World, tmp_path: Path) -> None:
    path = write_form(tmp_path / "loan.pdf", ["borrower"], text="form")
    opened = world.services.documents.open(path)
    form = replace(opened, template=TemplateFilling("template of production", (("borrower", "Lin Xiaoman"),)))
    draft = make_contract(tmp_path / "files")
    seal = CoordinatePlacement(
        *(PlacementId("seal"), draft.signers[0].id, form.id, PageRanges.single(2)), PagePoint(200.0, 200.0)
    )
    rehearsal = world.services.rehearsal.run(replace(draft, documents=(form,), placements=(seal,)), {}, MEANT)
    assert rehearsal.is_as_placed
    stamped = rehearsal.documents[0].stamped
    assert [hit.page_number for hit in world.services.documents.find(stamped.id, "Lin Xiaoman")] == [1]
    assert world.meant.request_log() == []
    world.services.rehearsal.discard(rehearsal)


def test_a_form_whose_pdf_is_not_here_cannot_be_rehearsed(world: _World, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    form = replace(draft.documents[0], path="", template=TemplateFilling("template", (("姓名", "张示例"),)))
    with pytest.raises(InputError) as failure:
        world.services.rehearsal.run(replace(draft, documents=(form,)), {}, MEANT)
    assert failure.value.code == "rehearsal.no_form"


@pytest.mark.nightly
def test_who_pays_and_who_initiates_have_accounts_there_too(world: _World, tmp_path: Path) -> None:
    """Neither signs: a company and a person from Contacts, known by their accounts at the platform that is meant."""
    draft = world.open(make_contract(tmp_path / "files"))
    options = replace(
        draft.options, payer=AccountParty("firm", FIRM.name), initiator=AccountParty("somebody", AGENT.name)
    )
    parties: dict[str, Person | Organization] = {"firm": FIRM, "somebody": AGENT}
    started: list[dict[str, object]] = []
    made: dict[str, str] = {}

    class Listening(PlatformClient):
        @override
        def post(self, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
            if path == wire.START_PATH:
                started.append(json.loads(body))
            return super().post(path, body, cancel=cancel)

        @override
        def create_person(self, person: Person) -> str:
            made[person.name] = super().create_person(person)
            return made[person.name]

        @override
        def create_organization(self, organization: Organization, agent_account_id: str) -> str:
            made[organization.name] = super().create_organization(organization, agent_account_id)
            return made[organization.name]

    service = RehearsalService(
        world.services.documents,
        tmp_path / "rehearsals",
        make_platform=lambda folder, _meant: EmbeddedSandbox(folder, "--signs-by-itself"),
        clock_ms=clock_ms,
        connect=Listening,
        party=lambda environment, account_id: parties[account_id] if environment == MEANT else None,
    )
    rehearsal = service.run(replace(draft, options=options), {}, MEANT)
    service.discard(rehearsal)
    assert rehearsal.is_as_placed
    assert (started[0]["payer"], started[0]["initiatorAccountId"]) == (made[FIRM.name], made[AGENT.name])


def test_of_people_the_names_alone_are_taken_along(tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files", signers=(person_signer("张示例"), COMPANY))
    payer = AccountParty("account of production", FIRM.name)
    draft = replace(draft, options=FlowOptions(payer=payer, initiator=payer), replaces=None)
    asked: list[object] = []

    def make(one: object) -> str:
        asked.append(one)
        return f"account {len(asked)}"

    made = with_invented_people(draft, lambda _id: FIRM, make)
    assert made.id != draft.id
    assert made.options.payer == made.options.initiator == AccountParty("account 1", FIRM.name)
    (person, company) = made.signers
    text = f"{person.person!r}{vars_of(person.person)}{vars_of(company.organization)}{vars_of(company.agent)}"  # type: ignore[union-attr]
    text += vars_of(asked[0])
    for secret in ("13500000000", "13912345678", "110101", "9111", "李示例", "zhou@", "account of production"):
        assert secret not in text
    assert (company.organization.name, company.agent.name) == (COMPANY.organization.name, AGENT.name)  # type: ignore[union-attr]


def vars_of(value: object) -> str:
    return str({name: getattr(value, name) for name in value.__slots__})  # type: ignore[attr-defined]
