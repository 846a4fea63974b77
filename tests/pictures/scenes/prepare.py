"""Prepare: the empty desk, a contract on it, and what the panels say of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.prepare import begin_signer
from esign_desktop.domain.account import Person, PersonIdType
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.changed_files import ChangedFileBar
from esign_desktop.ui.prepare.documents.panel import DocumentsPanel
from esign_desktop.ui.prepare.preflight import ChipKind, Remedy
from esign_desktop.ui.prepare.signers.fields import PersonFields
from esign_desktop.ui.widgets.contact_matches import ContactMatches
from esign_desktop.ui.widgets.layouts import fit_on_screen
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from tests.pictures import papers
from tests.pictures.contracts import (
    ACROSS,
    COMPANY,
    COMPANY_SEAL,
    CONTRACTOR,
    add_parties,
    leave_proposals,
    open_contract,
    place_seals,
    ready_contract,
    sample,
)
from tests.pictures.fixed_world import HOME
from tests.pictures.office import Office, office
from tests.pictures.popups import close_popups, popups
from tests.pictures.scenes.templates import await_fields

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document
    from tests.pictures.studio import Studio

_PATIENCE_S = 60


def play(studio: Studio) -> None:
    """From nothing to a contract that is ready."""
    with office(studio, "prepare") as here:
        _desk(studio, here)
        _panels(studio, here)
    with office(studio, "papers") as here:
        _papers(studio, here)
    with office(studio, "changed") as here:
        _change_file(studio, here)
    with office(studio, "drafts") as here:
        _drafts(studio, here)


def _desk(studio: Studio, here: Office) -> None:
    window, room = here.window, here.workspace.prepare
    studio.take("prepare-empty", window)
    recents = ("劳动合同", "房屋租赁合同", "采购框架协议")
    room.show_recents(tuple(f"{HOME}/合同/{name}.pdf" for name in recents))
    studio.take("prepare-recents", window)
    window.messages.show_message(ApiError("api.no_network"), MessageLevel.WARNING)
    driver.rest(100)
    studio.take("prepare-recents-message", window)
    window.messages.clear("api.no_network")
    _opening(studio, here)
    studio.take("prepare-document", window, settle=here.pages_are_drawn)
    room.signers.find_signer()
    studio.take("prepare-signer-search", window, settle=here.pages_are_drawn)
    begin_signer(room, "New organization")
    studio.take("prepare-signer-form", window, settle=here.pages_are_drawn)
    driver.press(driver.button(room.signers, "SignerForm", "Cancel"))
    _matches(studio, here)
    add_parties(here)
    studio.take("prepare-signers", window, settle=here.pages_are_drawn)


def _matches(studio: Studio, here: Office) -> None:
    """Who is meant by two letters, who was picked, and a new one with the rare fields open."""
    window, room, contacts = here.window, here.workspace.prepare, here.services.contacts
    people = (
        Person("林小满", "33010019900101001X", mobile="13800000001", third_id="K-0001"),
        Person("林晓曼", "330100198805050025", mobile="13900000002"),
        Person("李现民", id_number="E12345678", id_type=PersonIdType.PASSPORT, mobile="13700000003"),
    )
    driver.elsewhere(lambda: contacts.import_all([ContactEntry(one) for one in people], may_lack_numbers=True))
    begin_signer(room, "New person")
    fields = driver.the(room, PersonFields)
    driver.write(fields.line, "lxm")
    matches = fields.findChild(ContactMatches)
    assert matches is not None
    driver.wait_until("the contacts are listed", matches.isVisible)
    for _ in range(2):
        driver.strike(fields.line, Qt.Key.Key_Down)
    studio.take("prepare-signer-matches", window, settle=here.pages_are_drawn)
    # Here is no keyring that its number could be kept with.
    with patch.object(contacts, "party_details", return_value=people[0]):
        driver.strike(fields.line, Qt.Key.Key_Return)
        driver.wait_until("the contact is filled in", fields.change.isVisible)
    studio.take("prepare-signer-picked", window, settle=here.pages_are_drawn)
    driver.press(driver.button(room.signers, "SignerForm", "Cancel"))
    begin_signer(room, "New person")
    driver.the(room, PersonFields).more.click()
    studio.take("prepare-signer-more", window, settle=here.pages_are_drawn)
    driver.press(driver.button(room.signers, "SignerForm", "Cancel"))


def _opening(studio: Studio, here: Office) -> None:
    """Hold the reader up, as a large file on a slow share does."""
    arrived = threading.Event()
    documents, path = here.services.documents, sample(here.folder / "files")
    read = documents.open_quickly

    def read_late(*args: Any, **options: Any) -> Document:
        arrived.wait(_PATIENCE_S)
        return read(*args, **options)

    with patch.object(documents, "open_quickly", read_late):
        here.workspace.open_files([path])
        driver.rest(600)
        studio.take("prepare-opening", here.window)
        arrived.set()
        driver.wait_until("the file is open", lambda: here.workspace.session.draft.documents)
    leave_proposals(here)
    here.pages_are_drawn()
    here.workspace.prepare.canvas.view.fit_width()
    here.pages_are_drawn()


def _panels(studio: Studio, here: Office) -> None:
    window, room, session = here.window, here.workspace.prepare, here.workspace.session

    def take(name: str, *above: QWidget) -> None:
        studio.take(f"prepare-{name}", window, above=above, settle=here.pages_are_drawn)

    place_seals(here)
    take("contract")
    room.open_details()
    driver.rest(100)
    take("positions", *popups())
    close_popups()
    room.open_options()
    driver.rest(100)
    take("options", *popups())
    close_popups()
    room.open_history()
    driver.rest(100)
    take("history", *popups())
    close_popups()
    nobody = replace(CONTRACTOR, person=Person("林小满", id_number="330100199001010029", mobile="1380000"))
    session.apply(EditName.CHANGE_SIGNER, lambda draft: edits.update_signer(draft, nobody))
    session.apply(EditName.REMOVE_SEALS, lambda draft: edits.remove_placements(draft, {ACROSS, COMPANY_SEAL}))
    room.problems_bar.open_list()
    driver.rest(100)
    take("problems", *popups())
    close_popups()


def _papers(studio: Studio, here: Office) -> None:
    window, room = here.window, here.workspace.prepare
    folder = here.folder / "files"
    folder.mkdir()
    contract = sample(folder)
    open_contract(
        here,
        contract,
        papers.odd_pages(folder / "附件二 平面图.pdf"),
        papers.scan(folder / "附件三 营业执照副本.pdf"),
        papers.form(folder / "附件四 客户信息表.pdf"),
    )
    add_parties(here)
    room.canvas.view.go_to(here.workspace.session.draft.documents[1].id, 1)
    room.canvas.view.fit_width()
    here.pages_are_drawn()
    studio.take("prepare-preflight", window, settle=here.pages_are_drawn)
    remedies = {ChipKind.ROTATED: "remedy-rotated", ChipKind.FONTS: "remedy-fonts"}
    for kind, name in remedies.items():
        card = driver.the(room, DocumentsPanel).card(here.workspace.session.draft.documents[1].id)
        assert card is not None
        chip = card.chips.button(kind)
        assert chip is not None
        driver.press(chip)
        driver.rest(200)
        studio.take(f"prepare-{name}", window, settle=here.pages_are_drawn)
        driver.press(chip)
    _template(studio, here)
    room.open_files([papers.locked(folder / "附件五 保密协议.pdf", "geheim")])
    driver.wait_until("the password is asked for", lambda: room.findChildren(QWidget, "noticeBar"))
    driver.rest(300)
    studio.take("prepare-password", window, settle=here.pages_are_drawn)


def _template(studio: Studio, here: Office) -> None:
    """Make the form a template, lose the answer, and open it once more."""
    workspace, drawing = here.workspace, here.workspace.presets.drawing
    contract = workspace.session.draft.id
    here.set_faults({"path": "/template/createbyfilekey", "fault": "drop_reply", "times": 1})
    for name in ("prepare-template", "prepare-template-lost"):
        card = driver.the(workspace.prepare, DocumentsPanel).card(workspace.session.draft.documents[3].id)
        assert card is not None
        chip = card.chips.button(ChipKind.FORM)
        assert chip is not None
        driver.press(chip)
        driver.press(card.pane.button(Remedy.TEMPLATE))
        driver.wait_until("the form is shown", lambda: drawing.is_open)
        await_fields(workspace.prepare.canvas.view)
        studio.take(name, here.window)
        if name == "prepare-template":
            driver.press(drawing.strip.make)
            driver.wait_until("the answer is lost", drawing.strip.make.isEnabled, limit_s=20.0)
            studio.take("prepare-template-failed", here.window)
        driver.press(drawing.strip.leave)
        driver.wait_until("the contract is shown", lambda: workspace.session.draft.id == contract)
        driver.rest(300)
    here.set_faults()


def _change_file(studio: Studio, here: Office) -> None:
    """Let another program change the open file, take its new version, and remove that."""
    window, room, session = here.window, here.workspace.prepare, here.workspace.session
    fit_on_screen(window, 1366, 768)
    ready_contract(here)
    driver.wait_until(
        "the words beside the seals are known",
        lambda: not any(isinstance(one, CoordinatePlacement) and one.needs_anchor for one in session.draft.placements),
    )
    path = here.folder / "files" / "软件实施服务合同.pdf"
    papers.annex(path, title="软件实施服务合同", signature="甲方（盖章）：")
    here.workspace.prepare.problems_bar.press_send()
    bar = room.findChildren(ChangedFileBar)[0]
    driver.wait_until("the change is reported", bar.isVisible)
    studio.take("prepare-file-changed", window, settle=here.pages_are_drawn)
    before = session.draft.documents
    driver.press(bar.findChildren(QPushButton)[0])
    driver.wait_until("the new version is open", lambda: session.draft.documents != before)
    leave_proposals(here)
    room.problems_bar.open_list()
    driver.rest(100)
    studio.take("prepare-unverified", window, above=popups(), settle=here.pages_are_drawn)
    close_popups()
    path.unlink()
    # As when the clerk comes back from the window of the folder.
    studio.application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    driver.wait_until("the file is missed", bar.isVisible)
    studio.take("prepare-file-missing", window, settle=here.pages_are_drawn)


def _drafts(studio: Studio, here: Office) -> None:
    ready_contract(here)
    drafts, session = here.services.drafts, here.workspace.session
    titles = ("房屋租赁合同 2026-118", "劳动合同 林小满", "采购框架协议（第二版）")

    def keep() -> None:
        for index, title in enumerate(titles):
            paper = papers.annex(here.folder / "files" / f"{title}.pdf", title=title, pages=2 + index)
            document = here.services.documents.open(paper)
            draft = replace(session.draft, id=DraftId(title), documents=(document,), placements=())
            drafts.keep(replace(draft, signers=(COMPANY, CONTRACTOR)[: 1 + index % 2]))

    driver.elsewhere(keep)
    driver.rest(100)
    here.workspace.contract.show_drafts()
    driver.rest(1500)
    studio.take("prepare-drafts", here.window)
