"""Contacts in the real window: a contract makes them, and a contract is made with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.people.forgetting import ForgetSheet
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.prepare.signers.search import SignerHits
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.table import FlowTable
from tests.app.window import RunningWindow
from tests.services.desk import make_contract, person_signer

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.contacts.room import ContactsRoom
    from tests.app.conftest import Start

CTRL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
OURS = Organization("云禾科技有限公司", "91110000600037341L")
AGENT = Person("周知夏", "110101199003078515", mobile="13800000001")


class Rig(RunningWindow):
    def room(self) -> ContactsRoom:
        """Go to Contacts by its key, and wait until the first one is told of."""
        QTest.keyClick(self.program.window, Qt.Key.Key_4, CTRL)
        assert self.program.window.room is RoomName.CONTACTS
        self.wait(self.workspace.contacts.card.isVisible)
        return self.workspace.contacts

    def press(self, within: QWidget, text: str) -> None:
        def shown() -> list[QAbstractButton]:
            buttons = within.findChildren(QAbstractButton)
            return [one for one in buttons if one.text().replace("&", "") == text and one.isVisible()]

        # What the store is asked for stands there a little later.
        self.wait(lambda: bool(shown()))
        self.qtbot.mouseClick(shown()[0], LEFT)


@pytest.fixture
def rig(start: Start, tmp_path: Path, qtbot: QtBot) -> Rig:
    return Rig(start, tmp_path / "papers", qtbot)


def test_a_contract_makes_contacts_whose_contracts_track_shows(rig: Rig) -> None:
    rig.send("张三", "李四")
    rig.send("张三")
    room = rig.room()
    assert room.list.table.current is not None
    assert {one.name for one in room.list.table.people.contacts} == {"张三", "李四"}
    rig.qtbot.keyClicks(room.list.search_line, "lisi")
    rig.wait(lambda: room.card.contact is not None and room.card.contact.name == "李四")
    rig.press(room.card, "Show in Track")
    rig.wait(lambda: rig.program.window.room is RoomName.TRACK)
    table = rig.workspace.track.findChild(FlowTable)
    assert table is not None
    rig.wait(lambda: table.flows.rowCount() == 1)
    shown = [one.text() for one in rig.workspace.track.findChildren(QLabel) if one.isVisible()]
    assert "Contracts with 李四" in shown
    rig.press(rig.workspace.track, "Show all contracts")
    rig.wait(lambda: table.flows.rowCount() == 2)


@pytest.mark.nightly
def test_a_new_contract_begins_with_a_contact_and_keeps_what_was_on_the_desk(rig: Rig) -> None:
    session = rig.workspace.session
    rig.send("张三")
    rig.workspace.prepare.signers.add(PersonSigner(person_signer("王五").id, AGENT))
    first = session.draft.id
    room = rig.room()
    rig.press(room.card, "New contract with this contact")
    rig.wait(lambda: session.draft.id != first and len(session.draft.signers) == 1)
    assert rig.program.window.room is RoomName.PREPARE
    (signer,) = session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert (signer.person.name, bool(signer.person.account_id)) == ("张三", True)
    assert [one.id for one in rig.workspace.services.drafts.list()] == [first]


def test_somebody_whose_number_is_not_known_is_asked_for(rig: Rig) -> None:
    rig.workspace.services.contacts.save(ContactEntry(Person("新人", mobile=AGENT.mobile)), may_lack_numbers=True)
    room = rig.room()
    rig.press(room.card, "New contract with this contact")
    rig.wait(lambda: any(form.isVisible() for form in rig.workspace.prepare.signers.findChildren(SignerForm)))
    assert not rig.workspace.session.draft.signers


@pytest.mark.nightly
def test_ours_are_offered_first_and_come_with_one_key(rig: Rig) -> None:
    contacts, session = rig.workspace.services.contacts, rig.workspace.session
    agent = contacts.save(ContactEntry(AGENT), may_lack_numbers=True)
    contacts.save(
        ContactEntry(OURS, is_ours=True, seal_width_pt=mm_to_pt(42), agents=(agent.id,)), may_lack_numbers=True
    )
    # Without a keyring no number is kept: the platform has to have them.
    environment = rig.workspace.services.environments.current()
    draft = make_contract(rig.folder, signers=(OrganizationSigner(person_signer("x").id, OURS, AGENT),))
    services = rig.workspace.services
    assert services.submission.run(services.submission.queue(draft, environment)).error is None
    QTest.keyClick(rig.program.window, Qt.Key.Key_M, CTRL)
    rig.wait(lambda: len(session.draft.signers) == 1)
    (signer,) = session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.organization.name, signer.agent.name) == (OURS.name, AGENT.name)
    assert signer.organization.account_id
    assert rig.workspace.prepare.state.seal_width_pt == pytest.approx(mm_to_pt(42))
    session.undo()
    session.apply(EditName.ADD_DOCUMENTS, lambda contract: edits.add_documents(contract, draft.documents))
    hits = rig.workspace.prepare.signers.findChildren(SignerHits)[0]
    rig.wait(lambda: hits.isVisible() and hits.item(0).text().startswith(OURS.name))
    rig.qtbot.mouseClick(hits.viewport(), LEFT, pos=hits.visualItemRect(hits.item(0)).center())
    rig.wait(lambda: len(session.draft.signers) == 1)


@pytest.mark.nightly
def test_a_forgotten_person_is_gone_from_the_list(rig: Rig) -> None:
    rig.workspace.services.contacts.save(ContactEntry(Person("张三", AGENT.id_number)), may_lack_numbers=True)
    rig.workspace.services.contacts.save(ContactEntry(Person("李四", "11010119900307803X")), may_lack_numbers=True)
    room = rig.room()
    rig.qtbot.keyClicks(room.list.search_line, "zhangsan")
    rig.wait(lambda: room.card.contact is not None and room.card.contact.name == "张三")
    next(one for one in room.card.menu.actions() if "Delete this person" in one.text().replace("&", "")).trigger()
    sheet = rig.program.window.findChild(ForgetSheet)
    assert sheet is not None
    button = next(one for one in sheet.findChildren(QPushButton) if "Delete" in one.text().replace("&", ""))
    rig.wait(button.isEnabled)
    rig.qtbot.mouseClick(button, LEFT)
    rig.wait(lambda: rig.workspace.services.contacts.search("").total == 1)
    rig.wait(lambda: [one.name for one in room.list.table.people.contacts] in (["李四"], []))
    assert rig.workspace.services.contacts.search("").contacts[0].name == "李四"
    rig.wait(lambda: not any(isinstance(one, ForgetSheet) for one in QApplication.topLevelWidgets()))
