"""Proposals: what was found in a contract that was dropped in, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from esign_desktop.app.self_test import driver, parties
from esign_desktop.domain.account import Organization
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowSigner
from esign_desktop.domain.options import MS_PER_DAY
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.domain.placing.proposed_seals import OurParty, plan_seals
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.presets.offer import OfferBar
from esign_desktop.ui.text import moments
from esign_desktop.ui.widgets.layouts import fit_on_screen
from tests.pictures.contracts import await_proposals, sample
from tests.pictures.office import office
from tests.services.presets.test_sent_forms import CLAUSES, FIRST, OURS, company, write

if TYPE_CHECKING:
    from tests.pictures.office import Office
    from tests.pictures.studio import Studio

DAYS_AGO = 19
SMALL_PX = (1366, 768)
ORGANIZATION = f"{parties.ORGANIZATION.name} {parties.ORGANIZATION.code}"
AGENT = f"{parties.AGENT.name} {parties.AGENT.id_number} {parties.AGENT.mobile}"
PERSON = f"{parties.PERSON.name} {parties.PERSON.id_number} {parties.PERSON.mobile}"


def play(studio: Studio) -> None:
    """From the file to both parties."""
    with office(studio, "proposals") as here:
        _proposed(studio, here)
    with office(studio, "form-offer") as here:
        _known_form(studio, here)


def _known_form(studio: Studio, here: Office) -> None:
    """Open a contract on the form of one that was sent before, in which a clause was changed."""
    forms, documents = here.services.sent_forms, here.services.documents
    document = documents.open(write(here.folder / "files" / "房屋租赁合同.pdf", FIRST))
    draft = edits.add_documents(ContractDraft.new(), [document])
    plan = plan_seals(draft, {document.id: documents.propose(document.id)}, ours=[OurParty(company())])
    read = forms.read(plan.taken(draft))
    assert read is not None
    home, sent_ms = here.services.environments.current(), moments.now_ms() - DAYS_AGO * MS_PER_DAY
    entry = ContactEntry(Organization(OURS), is_ours=True)
    here.services.contacts.save(entry, is_meant=True, may_lack_numbers=True)
    signers = (FlowSigner("company", OURS, 1, 1), FlowSigner("person", FIRST, 2, 1))
    record = FlowRecord(
        *(FlowId("flow"), home.kind, home.project_id, "submission", "房屋租赁合同", sent_ms, None, 1), signers=signers
    )
    here.services.flows._flows.add(record)  # noqa: SLF001  no contract has to be sent for it
    forms.keep(read, record)
    changed = CLAUSES[3].replace("不得擅自", "可以自行")
    path = write(
        here.folder / "files" / "租赁合同（许知远）.pdf", "许知远", clauses=(*CLAUSES[:3], changed, *CLAUSES[4:])
    )
    here.workspace.open_files([path])
    bars = here.workspace.prepare.findChildren
    driver.wait_until("the form is offered", lambda: any(bar.isVisible() for bar in bars(OfferBar)))
    studio.take("form-offer", here.window, settle=here.pages_are_drawn)


def _proposed(studio: Studio, here: Office) -> None:
    window, workspace = here.window, here.workspace
    room, session = workspace.prepare, workspace.session
    view = room.canvas.view
    workspace.open_files([sample(here.folder / "files")])
    driver.wait_until("the file is open", lambda: session.draft.documents and session.draft.documents[0].sha256)
    await_proposals(here)
    (document,) = session.draft.documents
    view.fit_width()
    seal = room.proposals.plan.ghosts[0].marks[0]
    view.go_to(document.id, seal.page_number, seal.rect)
    studio.take("proposed", window, settle=here.pages_are_drawn)
    fit_on_screen(window, *SMALL_PX)
    view.go_to(document.id, seal.page_number, seal.rect)
    here.pages_are_drawn()
    slot = view.page_layout.slot(document.id, seal.page_number)
    assert slot is not None
    QTest.mouseMove(view.viewport(), view.view_point(*slot.point_px(seal.rect.center)).toPoint())
    studio.take("proposed-reason", window, settle=here.pages_are_drawn)
    view.setFocus()
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Tab)
    studio.take("proposed-by-keys", window, settle=here.pages_are_drawn)
    bar = room.problems_bar.proposals
    bar.left.emit()
    studio.take("proposed-put-away", window, settle=here.pages_are_drawn)
    room.documents.proposals_requested.emit(document.id)
    driver.wait_until("it is proposed again", bar.isVisible)
    driver.strike(bar.findChildren(QPushButton)[0], Qt.Key.Key_Return)
    driver.rest(200)
    studio.take("proposed-taken", window, settle=here.pages_are_drawn)
    lines: tuple[tuple[type[OrganizationFields | PersonFields], str], ...] = (
        (OrganizationFields, f"{ORGANIZATION} {AGENT}"),
        (PersonFields, PERSON),
    )
    for kind, line in lines:
        field = next(one for one in room.findChildren(kind) if one.isVisible()).line
        driver.write(field, line)
        driver.strike(field, Qt.Key.Key_Return)
        driver.rest(200)
    studio.take("proposed-filled", window, settle=here.pages_are_drawn)
