"""What others wrote into a name or a reference: shown to the letter in Contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from esign_desktop.domain.account import AccountKind, AccountRecord, Organization, Person
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.people.contact import Contact, ContactAgent, ContactId, ContactPage
from esign_desktop.ui.contacts.card import ContactCard, ContactFacts
from esign_desktop.ui.contacts.editor import ContactSheet
from esign_desktop.ui.contacts.merging import MergeSheet
from esign_desktop.ui.contacts.table import ContactTable

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look


def contact_called(text: str, kind: AccountKind = AccountKind.ORGANIZATION) -> Contact:
    others = (ContactAgent(ContactId("a"), text), ContactAgent(ContactId("b"), text))
    is_person = kind is AccountKind.PERSON
    return Contact(
        *(ContactId(kind.value), kind, text),
        masked_email=text,
        own_reference=text,
        is_ours=True,
        legal_name=text,
        agents=() if is_person else others,
        acts_for=others if is_person else (),
        contract_count=1,
        at_platform=frozenset({EnvironmentKind.TEST}),
    )


def accounts_of(text: str, kind: AccountKind) -> tuple[AccountRecord, ...]:
    home = EnvironmentKind.TEST, "project"
    return tuple(
        AccountRecord(*home, one, kind, text, third_id=text, agent_account_id="g", masked_email=text) for one in "12"
    )


def test_the_table_and_the_card(text: str, look_in_both_languages: Look, qtbot: QtBot) -> None:
    for kind in AccountKind:
        contact = contact_called(text, kind)
        table, card = ContactTable(), ContactCard()
        table.show_page(ContactPage((contact,), 1))
        card.show_facts(ContactFacts(contact, accounts_of(text, kind), (contact,), {"g": text}))
        for widget in (table, card):
            qtbot.addWidget(widget)
            widget.resize(500, 700)
            widget.show()
            look_in_both_languages(widget)


def test_the_sheets(text: str, look_in_both_languages: Look, qtbot: QtBot, tasks: TaskRunner) -> None:
    nobody = cast("Any", None)
    for kind, party in ((AccountKind.PERSON, Person(text)), (AccountKind.ORGANIZATION, Organization(text))):
        contact, accounts = contact_called(text, kind), accounts_of(text, kind)
        for sheet in (
            ContactSheet(nobody, tasks, party, contact),
            MergeSheet(nobody, tasks, (contact, contact), (accounts, accounts)),
        ):
            qtbot.addWidget(sheet)
            sheet.show()
            look_in_both_languages(sheet)
