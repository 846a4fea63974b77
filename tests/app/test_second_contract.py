"""The second contract on a form, from the file to the send, by keys alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from esign_desktop.app.self_test import parties
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.domain.placing.proposed_seals import OurParty, plan_seals
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, display_name, role_of
from esign_desktop.store import secrets
from esign_desktop.ui.prepare.signers.fields import PersonFields
from esign_desktop.ui.presets.offer import OfferBar
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.text.moments import china_day, now_ms
from tests.app.window import RunningWindow
from tests.services.memory_keyring import MemoryKeyring
from tests.services.presets.test_sent_forms import CLAUSES, FIRST, OURS, write, write_inventory
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Start

MOST_PRESSES = 4
SECOND = parties.CUSTOMERS[0].name
CTRL = Qt.KeyboardModifier.ControlModifier


class Clerk(RunningWindow):
    """Sends leases, and counts the keys. A text that is typed counts as no press."""

    def __init__(self, start: Start, folder: Path, qtbot: QtBot) -> None:
        super().__init__(start, folder, qtbot)
        self.presses = 0
        contacts = self.workspace.services.contacts
        agent = contacts.save(ContactEntry(parties.AGENT))
        ours = replace(parties.ORGANIZATION, name=OURS)
        contacts.save(ContactEntry(ours, is_ours=True, agents=(agent.id,)), is_meant=True)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.presses += 1
        QTest.keyClick(QApplication.focusWidget() or self.program.window, key, modifier)

    def the(self, kind: type[QWidget]) -> QWidget:
        def shown() -> QWidget | None:
            return next((one for one in self.workspace.prepare.findChildren(kind) if one.isVisible()), None)

        self.wait(lambda: shown() is not None)
        widget = shown()
        assert widget is not None
        return widget

    def send_first(self, printed: str = FIRST, *, inventory: Path | None = None) -> None:
        """Send a lease, with a list of things if it has one, to a customer, whose name is printed in it or not."""
        services = self.workspace.services
        paths = [write(self.folder / "first.pdf", printed), *([inventory] if inventory is not None else ())]
        documents = [services.documents.open(path) for path in paths]
        draft = edits.add_documents(ContractDraft.new(), documents)
        company = OrganizationSigner(SignerId("ours"), replace(parties.ORGANIZATION, name=OURS), parties.AGENT)
        proposals = {document.id: services.documents.propose(document.id) for document in documents}
        draft = plan_seals(draft, proposals, ours=[OurParty(company)], with_across=False).taken(draft)
        customer = draft.signers[1]
        assert isinstance(customer, PersonSigner)
        draft = edits.update_signer(draft, replace(customer, person=replace(parties.PERSON, name=FIRST)))
        taken: list[bool] = []
        self.workspace.draft_controller.take_in(draft, then=lambda: taken.append(True))
        self.wait(lambda: bool(taken))
        self.workspace.send_controller.begin()
        self.send_reviewed()
        self.wait(lambda: services.sent_forms.count() == 1)

    def send_reviewed(self) -> None:
        sheet = self.the(ReviewSheet)
        assert isinstance(sheet, ReviewSheet)
        self.wait(sheet.send_button.isEnabled)
        self.wait(sheet.send_button.hasFocus)
        with self.qtbot.waitSignal(self.workspace.send_controller.sent, timeout=20_000):
            self.key(Qt.Key.Key_Return, CTRL)

    def button(self, text: str) -> QPushButton:
        def shown() -> list[QPushButton]:
            buttons = self.workspace.prepare.findChildren(QPushButton)
            return [one for one in buttons if one.isVisible() and one.text() == text]

        self.wait(lambda: bool(shown()))
        return shown()[0]

    def press_next(self) -> None:
        self.presses += 1
        self.qtbot.mouseClick(self.button("Next customer, same form"), Qt.MouseButton.LeftButton)

    def choose(self, *paths: Path) -> str:
        """Choose files in the dialog that asks for them, and return its title."""
        window = self.program.window
        dialog = next(one for one in window.findChildren(QFileDialog) if one.isVisible())
        title = dialog.windowTitle()
        dialog.filesSelected.emit([str(path) for path in paths])
        dialog.reject()
        with self.qtbot.waitActive(window):
            window.activateWindow()
        return title

    def documents(self) -> list[str]:
        return [document.name for document in self.workspace.session.draft.documents]

    def seal_counts(self) -> list[int]:
        draft = self.workspace.session.draft
        return [sum(seal.document_id == one.id for seal in draft.placements) for one in draft.documents]

    def names(self) -> list[str]:
        return [display_name(one) for one in self.workspace.session.draft.signers]


@pytest.fixture
def clerk(start: Start, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setattr(secrets, "_backend", MemoryKeyring().found)
    return Clerk(start, tmp_path, qtbot)


@pytest.mark.slow
def test_the_second_contract_takes_four_presses(clerk: Clerk) -> None:
    clerk.send_first()
    clerk.presses = 0
    clerk.workspace.open_files([write(clerk.folder / "second.pdf", SECOND, rent=3200, things=36)])
    bar = clerk.the(OfferBar)
    assert isinstance(bar, OfferBar)
    assert bar.text == f"Same form as the contract sent to {FIRST} on {china_day(now_ms(), now_ms())}."
    clerk.wait(lambda: isinstance(QApplication.focusWidget(), QPushButton))
    clerk.key(Qt.Key.Key_Return)
    fields = clerk.the(PersonFields)
    assert isinstance(fields, PersonFields)
    clerk.wait(lambda: [display_name(one) for one in clerk.workspace.session.draft.signers] == [OURS, SECOND])
    draft = clerk.workspace.session.draft
    assert [role_of(one) for one in draft.signers] == ["出租方", "承租方"]
    assert len(draft.placements) == 2
    type_text(fields.line, f"{SECOND} {parties.CUSTOMERS[0].id_number} 13800000002")
    clerk.key(Qt.Key.Key_Return)
    clerk.wait(lambda: not clerk.workspace.prepare.signers.is_form_shown)
    clerk.key(Qt.Key.Key_Return, CTRL)
    clerk.send_reviewed()
    assert clerk.presses <= MOST_PRESSES
    flows = clerk.workspace.services.flows.list()
    assert sorted(name for flow in flows for name in (one.name for one in flow.signers)) == sorted(
        [OURS, OURS, FIRST, SECOND]
    )
    clerk.wait(lambda: clerk.workspace.services.sent_forms.count() == 1)


@pytest.mark.slow
def test_bulk_and_the_services_that_send_for_other_windows_leave_no_form(clerk: Clerk) -> None:
    clerk.send(FIRST)
    clerk.workspace.tasks.wait_idle()
    assert clerk.workspace.services.sent_forms.count() == 0


@pytest.mark.slow
def test_the_next_customer_of_a_filled_in_form_needs_another_file_and_no_answer(clerk: Clerk) -> None:
    clerk.send_first()
    clerk.presses = 0
    clerk.press_next()
    assert clerk.workspace.session.draft.documents == ()
    clerk.choose(write(clerk.folder / "second.pdf", SECOND, rent=3200, things=36))
    clerk.wait(lambda: clerk.names() == [OURS, SECOND])
    assert not any(one.isVisible() for one in clerk.workspace.prepare.findChildren(OfferBar))
    fields = clerk.the(PersonFields)
    assert isinstance(fields, PersonFields)
    clerk.wait(fields.line.hasFocus)
    type_text(fields.line, f"{SECOND} {parties.CUSTOMERS[0].id_number} 13800000002")
    clerk.key(Qt.Key.Key_Return)
    clerk.wait(lambda: not clerk.workspace.prepare.signers.is_form_shown)
    clerk.key(Qt.Key.Key_Return, CTRL)
    clerk.send_reviewed()
    assert clerk.presses <= MOST_PRESSES
    # After the second contract, the next one on the form comes with the suggestion of a preset.
    clerk.press_next()
    clerk.choose(write(clerk.folder / "third.pdf", FIRST))
    clerk.wait(lambda: clerk.names() == [OURS, FIRST])
    suggestions = [row for row in clerk.workspace._messages.rows if "preset" in row.text]  # noqa: SLF001
    assert len(suggestions) == 1


@pytest.mark.slow
def test_the_next_customer_of_a_blank_form_gets_the_same_file(clerk: Clerk) -> None:
    clerk.send_first("")
    clerk.press_next()
    clerk.wait(lambda: clerk.names() == [OURS, ""])
    (document,) = clerk.workspace.session.draft.documents
    assert document.path == str(clerk.folder / "first.pdf")
    assert clerk.workspace.session.draft.options.business_scene == ""


@pytest.mark.slow
def test_a_difference_is_asked_about_though_the_next_customer_was_announced(clerk: Clerk) -> None:
    clerk.send_first()
    clerk.press_next()
    changed = CLAUSES[3].replace("不得擅自", "可以自行")
    clerk.choose(write(clerk.folder / "second.pdf", SECOND, clauses=(*CLAUSES[:3], changed, *CLAUSES[4:])))
    bar = clerk.the(OfferBar)
    assert isinstance(bar, OfferBar)
    assert "可以自行转租" in bar.text
    assert clerk.names() == []


@pytest.mark.slow
def test_the_second_contract_of_two_documents_takes_four_presses_in_any_order_of_the_files(clerk: Clerk) -> None:
    clerk.send_first(inventory=write_inventory(clerk.folder / "first list.pdf", FIRST))
    clerk.presses = 0
    papers = write_inventory(clerk.folder / "list.pdf", SECOND, things=30), write(clerk.folder / "lease.pdf", SECOND)
    clerk.workspace.open_files(list(papers))
    bar = clerk.the(OfferBar)
    assert isinstance(bar, OfferBar)
    date = china_day(now_ms(), now_ms())
    assert bar.text == f"Same forms as the 2 documents of the contract sent to {FIRST} on {date}."
    clerk.wait(lambda: isinstance(QApplication.focusWidget(), QPushButton))
    clerk.key(Qt.Key.Key_Return)
    fields = clerk.the(PersonFields)
    assert isinstance(fields, PersonFields)
    clerk.wait(lambda: clerk.names() == [OURS, SECOND])
    assert clerk.documents() == ["lease", "list"]
    assert clerk.seal_counts() == [2, 2]
    type_text(fields.line, f"{SECOND} {parties.CUSTOMERS[0].id_number} 13800000002")
    clerk.key(Qt.Key.Key_Return)
    clerk.wait(lambda: not clerk.workspace.prepare.signers.is_form_shown)
    clerk.key(Qt.Key.Key_Return, CTRL)
    clerk.send_reviewed()
    assert clerk.presses <= MOST_PRESSES
    flows = clerk.workspace.services.flows.list()
    assert [len(flow.documents) for flow in flows] == [2, 2]
    clerk.workspace.tasks.wait_idle()
    assert clerk.workspace.services.sent_forms.count() == 1


@pytest.mark.slow
def test_nothing_is_offered_until_the_second_document_is_open(clerk: Clerk) -> None:
    clerk.send_first(inventory=write_inventory(clerk.folder / "first list.pdf", FIRST))
    offer = clerk.workspace.offer
    with clerk.qtbot.waitSignal(offer.settled, timeout=20_000):
        clerk.workspace.open_files([write(clerk.folder / "lease.pdf", SECOND)])
    assert not offer.bar.isVisible()
    clerk.workspace.open_files([write_inventory(clerk.folder / "list.pdf", SECOND)])
    clerk.wait(offer.bar.isVisible)
    clerk.qtbot.mouseClick(clerk.button("Use last layout (Enter)"), Qt.MouseButton.LeftButton)
    clerk.wait(lambda: clerk.names() == [OURS, SECOND])
    assert clerk.seal_counts() == [2, 2]


@pytest.mark.slow
@pytest.mark.parametrize("is_filled", [True, False], ids=["both filled in", "the list without names"])
def test_the_next_customer_is_asked_for_the_documents_that_name_the_last_one(clerk: Clerk, is_filled: bool) -> None:
    first = write_inventory(clerk.folder / "first list.pdf", FIRST, names_parties=is_filled)
    clerk.send_first(inventory=first)
    clerk.press_next()
    lease = write(clerk.folder / "lease.pdf", SECOND, things=30)
    if is_filled:
        papers = write_inventory(clerk.folder / "list.pdf", SECOND), lease
        assert clerk.choose(*papers) == "Choose the 2 documents of the next customer"
    else:
        assert clerk.choose(lease) == "Choose the next customer's document"
    clerk.wait(lambda: clerk.names() == [OURS, SECOND])
    assert clerk.documents() == ["lease", "list" if is_filled else "first list"]
    assert not any(one.isVisible() for one in clerk.workspace.prepare.findChildren(OfferBar))
