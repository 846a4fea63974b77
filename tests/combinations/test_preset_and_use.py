"""Each kind of preset at the counter, in Bulk and in Prepare: the right party in the right place, or a reason."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.account import AccountKind, Person
from esign_desktop.domain.bulk.columns import ColumnKind, offers_of
from esign_desktop.domain.bulk.headings import heading_of
from esign_desktop.domain.contract import edits
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.preset.preset import Preset, PresetHome
from esign_desktop.domain.signer import PersonSigner, SignerId, role_of, unknown_party
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.presets.shared import SharedPresets
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.text.errors.sentences import error_sentence
from tests.bulk_samples import id_number, make_sheet
from tests.pdf.builder import Page, build
from tests.services.bulk_desk import BulkDesk
from tests.services.counter.test_forms import make_form_preset
from tests.services.counter_desk import CounterDesk, make_form_contract
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.services.sandbox_platform import SandboxPlatform

CUSTOMERS: Final = (("王小明", id_number(1), "13800000001"), ("李小红", id_number(2), "13800000002"))
FIRM: Final = ("云禾示例科技有限公司", "91310115591693856A")
TYPED: Final = "50000"


def make_local(desk: BulkDesk, folder: Path) -> Preset:
    return desk.make_preset(folder)


def shared_by(office: CounterDesk, preset: Preset, folder: Path, moment_s: int) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / "loan.esignpreset"
    office.presets.export(preset.id, path)
    os.utime(path, (moment_s, moment_s))


def make_shared(desk: BulkDesk, folder: Path, *, is_changed: bool = False) -> Preset:
    shared = SharedPresets(folder / "shared", desk.presets, Settings(desk.database))
    with closing(CounterDesk(folder / "office", desk.environment)) as office:
        preset = office.make_preset(folder)
        shared_by(office, preset, folder / "shared", 1_000)
        shared.refresh()
        if is_changed:
            office.presets.save(replace(office.presets.get(preset.id), name="借款合同 新"))
            shared_by(office, preset, folder / "shared", 2_000)
            shared.refresh()
            assert desk.presets.changed_by_office() == {preset.id}
    return desk.presets.get(preset.id)


def make_changed(desk: BulkDesk, folder: Path) -> Preset:
    return make_shared(desk, folder, is_changed=True)


def make_named(desk: BulkDesk, folder: Path) -> Preset:
    """Make a preset whose pages name the person in the place of the customer."""
    path = shutil.copyfile(resource_path("samples", "service-contract.pdf"), folder / "服务合同.pdf")
    customer = PersonSigner(SignerId("customer"), Person("样张"), role="乙方")
    document = desk.documents.open(path)
    draft = edits.add_documents(edits.add_signer(make_form_contract(desk.documents, folder), customer), [document])
    seal = CoordinatePlacement(
        PlacementId("seal"), customer.id, document.id, PageRanges.single(2), PagePoint(400.0, 300.0)
    )
    draft = replace(draft, documents=(document,), signers=(customer,), placements=(seal,))
    return desk.presets.make(
        draft, [customer.id], name="服务", environment=desk.environment, titles={customer.id: "乙方"}
    )


def make_settled(desk: BulkDesk, folder: Path) -> Preset:
    preset = make_named(desk, folder)
    for doubt in desk.presets.pages.unsettled(preset):
        preset = desk.presets.settle(preset.id, doubt)
    return preset


def make_template(desk: BulkDesk, folder: Path) -> Preset:
    return make_form_preset(desk, folder)


def make_foreign(desk: BulkDesk, folder: Path) -> Preset:
    preset = make_form_preset(desk, folder)
    return desk.presets.save(replace(preset, home=PresetHome(EnvironmentKind.TEST, "another project")))


def make_two_documents(desk: BulkDesk, folder: Path) -> Preset:
    draft = make_form_contract(desk.documents, folder)
    (signer,) = draft.signers
    path = folder / "附件.pdf"
    path.write_bytes(build(Page().write("附件 费用清单", 60, 760), Page().write("第二页", 60, 760)))
    other = desk.documents.open(path)
    seal = CoordinatePlacement(PlacementId("two"), signer.id, other.id, PageRanges.single(2), PagePoint(300.0, 300.0))
    draft = edits.place(edits.add_documents(draft, [other]), seal)
    return desk.presets.make(draft, [signer.id], name="借款合同", environment=desk.environment)


def make_two_customers(desk: BulkDesk, folder: Path) -> Preset:
    return desk.make_preset(folder, signers=2)


def make_with_branch(desk: BulkDesk, folder: Path) -> Preset:
    return desk.make_preset(folder, branch=True)


def make_organization(desk: BulkDesk, folder: Path) -> Preset:
    preset = desk.make_preset(folder)
    (customer,) = preset.customers
    return desk.presets.save(
        replace(preset, signers=(replace(customer, role="采购方", kind=AccountKind.ORGANIZATION),))
    )


@dataclass(frozen=True)
class Kind:
    """A kind of preset. ``parties`` are expected in the contract's order; a text is the code of a refusal instead.

    ``in_prepare`` is whether Prepare offers the preset for its own document.
    """

    make: Callable[[BulkDesk, Path], Preset]
    parties: tuple[str, ...] | str = ("王小明",)
    in_prepare: bool = True
    read: tuple[str, ...] = ()
    """The names that Prepare reads in the preset's own pages for its customers."""


KINDS: Final = {
    "local": Kind(make_local),
    "shared": Kind(make_shared),
    "shared, changed by head office": Kind(make_changed),
    "pages with a name": Kind(make_named, "preset.names_someone", read=("林小满",)),
    "pages with a settled name": Kind(make_settled, read=("林小满",)),
    "template with fields": Kind(make_template, in_prepare=False),
    "template of another project": Kind(make_foreign, "preset.other_environment", in_prepare=False),
    "two documents": Kind(make_two_documents, in_prepare=False),
    "two customers": Kind(make_two_customers, ("王小明", "李小红")),
    "customer and branch": Kind(make_with_branch, ("王小明", "示例银行")),
    "organization": Kind(make_organization, (FIRM[0],)),
}
DAILY: Final = ("local", "pages with a name", "two documents", "two customers", "customer and branch", "organization")


def sent_parties(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> tuple[str, ...]:
    """Return the parties of the one contract at the platform, in the order in which they sign."""
    assert desk.environment == platform.environment
    (flow,) = platform.flows(preset.title)
    assert len(flow.document_ids) == len(preset.documents)
    signers = sorted(flow.signers, key=lambda signer: signer.get("order", 0))
    return tuple(platform.account_name(signer.get("organization_id") or signer["account_id"]) for signer in signers)


def use_at_counter(desk: BulkDesk, preset: Preset) -> None:
    desk.counter.choose(preset.id)
    for number, customer in enumerate(preset.customers):
        firm = FIRM if customer.kind is AccountKind.ORGANIZATION else ()
        desk.counter.enter(" ".join((*firm, *CUSTOMERS[number])))
    while desk.counter.view.next_question is not None:
        desk.counter.answer(TYPED)
    view = desk.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None)


def cell(preset: Preset, kind: ColumnKind, role_id: SignerId | None) -> str:
    number = next((n for n, customer in enumerate(preset.customers) if customer.id == role_id), 0)
    name, id_text, mobile = CUSTOMERS[number]
    return {
        ColumnKind.NAME: name,
        ColumnKind.ORGANIZATION_NAME: FIRM[0],
        ColumnKind.ORGANIZATION_CODE: FIRM[1],
        ColumnKind.ID_NUMBER: id_text,
        ColumnKind.MOBILE: mobile,
        ColumnKind.QUESTION: TYPED,
    }.get(kind, "")


def use_in_bulk(desk: BulkDesk, preset: Preset) -> None:
    titles = {customer.id: customer.role for customer in preset.customers}
    offers = [offer for offer in offers_of(preset) if offer.target.role_id in {None, *titles}]
    headings = tuple(heading_of(offer.target, offer.role_title) for offer in offers)
    cells = tuple(cell(preset, offer.target.kind, offer.target.role_id) for offer in offers)
    report = desk.send(preset, make_sheet(cells, headings=headings))
    assert [(row.state, row.problems) for row in report.rows] == [(RowState.SENT, ())]


USES: Final = {"counter": use_at_counter, "bulk": use_in_bulk}


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", daily(DAILY, KINDS))
def test_each_party_stands_in_its_place_or_the_use_is_refused(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path, name: str, use: str
) -> None:
    kind = KINDS[name]
    preset = kind.make(desk, tmp_path)
    if isinstance(kind.parties, str):
        with pytest.raises(AppError) as refused:
            USES[use](desk, preset)
        assert refused.value.code == kind.parties
        assert error_sentence(refused.value).remedy
        assert platform.flows(preset.title) == ()
        return
    USES[use](desk, preset)
    assert sent_parties(desk, platform, preset) == kind.parties


@pytest.mark.parametrize("name", daily(DAILY, KINDS))
def test_prepare_offers_the_preset_of_a_document_and_leaves_its_customers_open(
    desk: BulkDesk, tmp_path: Path, name: str
) -> None:
    kind = KINDS[name]
    preset = kind.make(desk, tmp_path)
    kept = preset.documents[0]
    if kept.template is not None:
        assert not kind.in_prepare
        return
    document = desk.documents.open(desk.presets.paths_of(preset)[0])
    found = desk.presets.recognise(document, desk.environment)
    if len(preset.documents) > 1:
        # One document does not make the contract.
        assert found is None
        assert not kind.in_prepare
        return
    assert found is not None
    assert found.preset.id == preset.id
    names = desk.presets.pages.names_in(preset, found.document_ids)
    assert set(names.values()) == set(kind.read)
    parties = {signer.id: unknown_party(signer.kind, names.get(signer.id, "")) for signer in preset.customers}
    kept = found.preset.documents[0]
    filled = fill(preset, [desk.presets.filled_without_customer(kept, document)], parties, hits=found.hits)
    assert [role_of(signer) for signer in filled.signers] == [role_of(signer) for signer in preset.signers]
    order = [signer.id for signer in preset.signers]
    sealing = [order.index(place.signer_id) for place in preset.placements]
    placed = [filled.signer_number(placement.signer_id) - 1 for placement in filled.placements]
    assert placed == sealing
