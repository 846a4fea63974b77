"""Organizations as customers of presets that have everything at once, and beside customers who act for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.added_pages import FRAME, AddedTable
from esign_desktop.domain.bulk.columns import ColumnKind, offers_of
from esign_desktop.domain.bulk.headings import heading_of
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.domain.placing.placement import FallbackPoint, KeywordPlacement, PlacementId
from esign_desktop.domain.preset.edits import RoleKind, add_role
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.signer import OpenSigner
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from tests.bulk_samples import make_sheet
from tests.combinations.test_preset_and_use import CUSTOMERS, FIRM, TYPED, cell
from tests.raised import raises_code
from tests.services.bulk_desk import BulkDesk
from tests.services.counter.test_forms import make_form_preset
from tests.services.presets.sent_bodies import RecordingTransport
from tests.services.template_files import make_part, mupdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform

TABLE: Final = AddedTable((("期次", "金额"), ("第一期", "500")), "还款计划表")
LINE: Final = " ".join((*FIRM, *CUSTOMERS[0]))


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment, transport=RecordingTransport())
    yield desk
    desk.close()


@pytest.fixture
def rich(desk: BulkDesk, tmp_path: Path) -> Preset:
    """A preset with an organization: a form with a table and pages, and a file whose keyword is never found."""
    form = make_form_preset(desk, tmp_path)
    (customer,) = form.customers
    file = desk.make_preset(tmp_path / "file").documents[0]
    file = replace(file, id=DocumentId("file"), name="补充协议")
    document = form.documents[0]
    assert document.template is not None
    fields = tuple(
        # A company has no sex, so the teller is asked.
        replace(field, datum=CustomerDatum.SEX) if field.datum is CustomerDatum.MOBILE else field
        for field in document.template.preset_fields
    )
    part = make_part(tmp_path / "copies", "general terms")
    template = replace(document.template, blocks=(TABLE, part), preset_fields=fields)
    template = desk.presets.pdfs.keep_blocks(template, document.id)
    document = replace(document, template=template, pages=(*document.pages, FRAME, *part.frames))
    point = FallbackPoint(PageRanges.single(2), PagePoint(300.0, 250.0))
    seal = KeywordPlacement(
        *(PlacementId("missing"), customer.id, file.id, "此处没有的字"), confirmed_hits=0, fallbacks=(point,)
    )
    return desk.presets.save(
        replace(
            form,
            documents=(document, file),
            signers=(replace(customer, role="采购方", kind=AccountKind.ORGANIZATION),),
            placements=(*form.placements, seal),
        )
    )


def at_counter(desk: BulkDesk, preset: Preset, *lines: str) -> str:
    desk.counter.choose(preset.id)
    for line in lines:
        look = desk.counter.enter(line)
        assert look.is_ready, look.problems
    while desk.counter.view.next_question is not None:
        desk.counter.answer(TYPED)
    view = desk.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None)
    return view.link


def in_bulk(desk: BulkDesk, preset: Preset) -> None:
    offers = offers_of(preset)
    headings = tuple(heading_of(offer.target, offer.role_title) for offer in offers)
    cells = tuple(cell(preset, offer.target.kind, offer.target.role_id) for offer in offers)
    report = desk.send(preset, make_sheet(cells, headings=headings))
    assert [(row.state, row.problems) for row in report.rows] == [(RowState.SENT, ())]


@pytest.mark.parametrize("use", ["counter", "bulk"])
def test_an_organization_gets_everything_that_its_preset_has(
    desk: BulkDesk, platform: SandboxPlatform, rich: Preset, use: str
) -> None:
    if use == "counter":
        platform.sign(at_counter(desk, rich, LINE))
        assert desk.counter.refresh().state is CounterState.SIGNED
    else:
        in_bulk(desk, rich)
    (flow,) = platform.flows(rich.title)
    (signer,) = flow.signers
    assert platform.account_name(signer["organization_id"]) == FIRM[0]
    assert platform.account_name(signer["account_id"]) == CUSTOMERS[0][0]
    texts = []
    for document_id in flow.document_ids:
        with mupdf.open(stream=platform.document_bytes(document_id), filetype="pdf") as pdf:
            texts.append(["".join(page.get_text().split()) for page in pdf])
    form, file = texts
    assert form[-2:] == ["还款计划表期次金额第一期500", "generalterms"]
    assert FIRM[0] in form[0]
    assert FIRM[1] in form[0]
    assert len(file) == 2
    transport = desk.transport
    assert isinstance(transport, RecordingTransport)
    assert any('"posPage":"2","posX":300.0,"posY":250.0' in call["body"] for call in transport.calls)


@pytest.fixture
def pair(desk: BulkDesk, tmp_path: Path) -> Preset:
    """A preset whose customers are a person and an organization."""
    preset = add_role(desk.make_preset(tmp_path), RoleKind.CUSTOMER_ORGANIZATION)
    person, organization = preset.signers
    (seal,) = preset.placements
    own = replace(seal, id=PlacementId("own"), signer_id=organization.id)
    assert isinstance(person, OpenSigner)
    assert isinstance(organization, OpenSigner)
    signers = (replace(person, role="保证人"), replace(organization, role="采购方"))
    return desk.presets.save(replace(preset, signers=signers, placements=(seal, own)))


def test_a_customer_may_also_act_for_the_organization_at_the_counter(
    desk: BulkDesk, platform: SandboxPlatform, pair: Preset
) -> None:
    first = at_counter(desk, pair, " ".join(CUSTOMERS[0]), LINE)
    assert [(one.name, one.is_current) for one in desk.counter.view.customers] == [
        (CUSTOMERS[0][0], True),
        (FIRM[0], False),
    ]
    platform.sign(first)
    view = desk.counter.refresh()
    assert [(one.has_signed, one.is_current) for one in view.customers] == [(True, False), (False, True)]
    assert view.link != first
    platform.sign(view.link)
    assert desk.counter.refresh().state is CounterState.SIGNED


def test_a_customer_may_also_act_for_the_organization_in_bulk(
    desk: BulkDesk, platform: SandboxPlatform, pair: Preset
) -> None:
    offers = offers_of(pair)
    headings = tuple(heading_of(offer.target, offer.role_title) for offer in offers)
    cells = tuple(cell(pair, offer.target.kind, None) for offer in offers)
    report = desk.send(pair, make_sheet(cells, headings=headings))
    assert [(row.state, row.problems) for row in report.rows] == [(RowState.SENT, ())]
    (flow,) = platform.flows(pair.title)
    names = [platform.account_name(signer.get("organization_id") or signer["account_id"]) for signer in flow.signers]
    assert names == [CUSTOMERS[0][0], FIRM[0]]


def test_an_organization_stands_once_in_a_row(desk: BulkDesk, pair: Preset) -> None:
    both = tuple(replace(signer, kind=AccountKind.ORGANIZATION) for signer in pair.customers)
    preset = desk.presets.save(replace(pair, signers=both))
    offers = offers_of(preset)
    headings = tuple(heading_of(offer.target, offer.role_title) for offer in offers)
    cells = [cell(preset, offer.target.kind, None) for offer in offers]
    (row,) = desk.plan(preset, make_sheet(tuple(cells), headings=headings)).rows
    second = [at for at, offer in enumerate(offers) if offer.target.kind is ColumnKind.ORGANIZATION_CODE][1]
    assert [(problem.code, problem.column_index) for problem in row.problems] == [("bulk.same_party_twice", second)]
    cells[second] = "91110000600037341L"
    (row,) = desk.plan(preset, make_sheet(tuple(cells), headings=headings)).rows
    assert (row.state, row.problems) == (RowState.READY, ())


def test_an_organization_is_not_entered_twice(desk: BulkDesk, pair: Preset) -> None:
    both = tuple(replace(signer, kind=AccountKind.ORGANIZATION) for signer in pair.customers)
    desk.counter.choose(desk.presets.save(replace(pair, signers=both)).id)
    assert desk.counter.enter(LINE).is_ready
    with raises_code(InputError, "counter.same_customer"):
        desk.counter.enter(LINE)


def test_a_person_who_is_handed_over_acts_for_the_organization_that_the_teller_adds(
    desk: BulkDesk, platform: SandboxPlatform, rich: Preset
) -> None:
    name, number, mobile = CUSTOMERS[0]
    desk.presets.assign_key(rich.id, 3)
    line = desk.counter.lay_out(HandedCustomer(name, number, mobile=mobile, preset_key=3, reference="case 7"))
    assert line == " ".join(CUSTOMERS[0])
    assert not desk.counter.look(line).is_ready
    assert desk.counter.enter(f"{line} {FIRM[0]} {FIRM[1]}").is_ready
    while desk.counter.view.next_question is not None:
        desk.counter.answer(TYPED)
    assert desk.counter.send().state is CounterState.SHOWING
    (flow,) = platform.flows(rich.title)
    assert platform.account_name(flow.signers[0]["organization_id"]) == FIRM[0]
