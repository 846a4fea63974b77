"""Import contacts from a file, find one of them by typing a few letters, and send a contract to this contact."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QFileDialog

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test import prepare as places
from esign_desktop.app.self_test.driver import SelfTestFailed, sign_on_page
from esign_desktop.app.self_test.parties import CUSTOMERS
from esign_desktop.app.self_test.prepare import PreparePage
from esign_desktop.app.self_test.scenario import tell_what_was_sent
from esign_desktop.app.self_test.send import SendPage
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.contacts.importing import ImportDialog
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.shell.rail import RoomName

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.self_test.scenario import ScenarioContext
    from esign_desktop.ui.contacts.room import ContactsRoom

_SETTLE_MS: Final = 300
HEADINGS: Final = ("姓名", "身份证号", "手机号")
_SEARCHES: Final = {
    "xzy": CUSTOMERS[0].name,
    "heshuning": CUSTOMERS[1].name,
    CUSTOMERS[2].id_number[-4:]: CUSTOMERS[2].name,
}
"""The search terms (initials, pinyin and last digits), each with the name of the only contact that must be found."""


def run(context: ScenarioContext) -> bool:
    """Import contacts, find one of them, send a contract to this contact, and open the contact's card.

    Return whether the right contact was found and received the contract, and whether the card shows the contract.
    Raises SelfTestFailed if a step fails.
    """
    report = context.report
    file = context.folder / "联系人.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        csv.writer(written).writerows(
            [HEADINGS, *((person.name, person.id_number, person.mobile) for person in CUSTOMERS)]
        )
    with report.step("import contacts"):
        context.window.show_room(RoomName.CONTACTS)
        room: Any = context.workspace.contacts
        _import(context, room, file)
        report.photograph(context.window, "contacts")
    with report.step("find contacts"):
        found = {text: _found(room, text) for text in _SEARCHES}
        report.photograph(context.window, "found")
    report.values["found"] = found
    with report.step("prepare a contract with a contact"):
        _found(room, "xzy")
        _choose_first(room)
        driver.wait_until("the card is shown", room.card.isVisible)
        report.photograph(context.window, "card")
        driver.press(driver.button(room.card, "ContactCard", "New contract with this contact"))
        _add_signer(context)
        _place(context)
        report.photograph(context.window, "prepared")
    send_page = SendPage(context.window)
    with report.step("send"):
        PreparePage(context.workspace).ask_to_send()
        send_page.await_review()
        record = send_page.send()
    with report.step("sign"):
        link = record.signers[0].urls[0]
        state = driver.elsewhere(lambda: sign_on_page(link))
        if state != "signed":
            raise SelfTestFailed(f"the sign page says {state!r}")
        flows = tell_what_was_sent(context)
    with report.step("check the contact again"):
        context.window.show_room(RoomName.CONTACTS)
        _found(room, "xzy")
        (contact,) = room.list.table.people.contacts
        _choose_first(room)
        driver.wait_until("the card is shown", room.card.isVisible)
        report.photograph(context.window, "card-afterwards")
        report.values["contracts"] = contact.contract_count
    return (
        all(found[text] == [name] for text, name in _SEARCHES.items())
        and [flow.status for flow in flows] == [FlowStatus.COMPLETED]
        and contact.contract_count == 1
        and report.values["accounts"] == {"identities": 1, "accounts": 1, "are_their_own": True}
    )


def _import(context: ScenarioContext, room: ContactsRoom, file: Path) -> None:
    """Choose the file in the file dialog of the Contacts page, check the preview, and import the file."""
    driver.rest(_SETTLE_MS)
    driver.press(driver.button(room.list, "ContactList", "Import from file…"))
    driver.wait_until("the file dialog opens", lambda: room.findChildren(QFileDialog))
    dialog = room.findChildren(QFileDialog)[-1]
    dialog.selectFile(str(file))
    dialog.accept()
    driver.wait_until("the preview opens", lambda: room.findChildren(ImportDialog))
    preview = room.findChildren(ImportDialog)[-1]
    driver.wait_until("the file is read", lambda: preview.take.isVisible() and preview.take.isEnabled())
    driver.rest(200)
    context.report.photograph(preview, "import")
    driver.press(preview.take)

    def are_listed() -> bool:
        return len(room.list.table.people.contacts) == len(CUSTOMERS)

    def is_asking() -> bool:
        return preview in room.findChildren(ImportDialog) and preview.take.isEnabled()

    driver.wait_until("the file is imported", lambda: are_listed() or is_asking())
    if not are_listed():
        # Without a keyring, the numbers are left out, which takes a second press.
        driver.press(preview.take)
    driver.wait_until("the contacts are listed", are_listed)


def _found(room: ContactsRoom, text: str) -> list[str]:
    """Type text into the search field, and return the names that are then listed."""
    driver.write(room.list.search_line, text)
    driver.wait_until("the list is filtered", lambda: len(room.list.table.people.contacts) < len(CUSTOMERS), limit_s=10)
    driver.rest(_SETTLE_MS)
    return [contact.name for contact in room.list.table.people.contacts]


def _choose_first(room: ContactsRoom) -> None:
    table = room.list.table
    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    table.selectionModel().setCurrentIndex(table.model().index(0, 0), flags)


def _add_signer(context: ScenarioContext) -> None:
    """Wait until the contact has become a signer.

    Without a keyring, ID numbers are not stored. The form then asks for the number, which is filled in.
    """
    session, prepare = context.workspace.session, context.workspace.prepare

    def form() -> SignerForm | None:
        return next((signer_form for signer_form in prepare.findChildren(SignerForm) if signer_form.isVisible()), None)

    driver.wait_until(
        "Prepare shows the signer, or the form asks for the numbers", lambda: session.draft.signers or form()
    )
    asking = form()
    if asking is not None:
        context.report.photograph(context.window, "asked-for")
        PreparePage(context.workspace).complete_person(asking, CUSTOMERS[0])
    context.report.values["numbers_were_kept"] = asking is None


def _place(context: ScenarioContext) -> None:
    """Open the contract file, and place a seal by keyword."""
    page, documents = PreparePage(context.workspace), context.workspace.services.documents
    page.open_file(context.pdf)
    document_id = page.document.id
    keyword = driver.elsewhere(
        lambda: places.usable_keyword(lambda text: documents.find(document_id, text), context.keyword)
    )
    page.place_by_keyword(keyword)
    context.report.values["keyword"] = keyword
