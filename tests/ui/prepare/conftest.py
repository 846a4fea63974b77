"""A Prepare room on the screen, with a real PDF engine behind it and a platform that knows two people."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from pytestqt.qtbot import QtBot

from esign_desktop.domain.account import AccountKind, AccountRecord, Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, StoreError
from esign_desktop.domain.people.contact import Contact, ContactAgent, ContactFilter, ContactId, ContactPage
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId
from esign_desktop.services.editing.copies import DocumentCopies
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.services.people.accounts import Reach
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.notice_bar import Messages
from esign_desktop.ui.widgets.popup import Popup
from tests.drafts import NOW_MS
from tests.pdf.local_engine import LocalEngine
from tests.ui.account_book import TrustingBook
from tests.ui.prepare.kept_sizes import KeptSizes
from tests.ui.status_bar import add_status_bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.drafts import DraftService

SANDBOX = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1/", "project")


def make_record(name: str, third_id: str = "", kind: AccountKind = AccountKind.PERSON) -> AccountRecord:
    return AccountRecord(
        environment=SANDBOX.kind,
        project_id=SANDBOX.project_id,
        account_id=f"account of {name or third_id}",
        kind=kind,
        name=name,
        third_id=third_id,
        last_used_ms=NOW_MS,
    )


ZHAO = make_record("赵六", "customer-6")
COMPANY = make_record("示例银行", kind=AccountKind.ORGANIZATION)
IDS = {ContactId("zhao"): ZHAO, ContactId("company"): COMPANY}
SUN = Person("孙样", "110101199003078515", mobile="13800000001", email="sun@example.com")
"In Contacts, without a platform account yet."


class KnownContacts:
    """The part of ContactService that the forms ask."""

    def __init__(self) -> None:
        sun = Contact(ContactId("sun"), AccountKind.PERSON, SUN.name, masked_number="****8515")
        zhao = Contact(ContactId("zhao"), AccountKind.PERSON, ZHAO.name, own_reference="customer-6")
        agent = ContactAgent(zhao.id, zhao.name)
        company = Contact(ContactId("company"), AccountKind.ORGANIZATION, COMPANY.name, agents=(agent,))
        self.all = (sun, zhao, company)
        self.asked: list[str] = []

    def search(self, text: str, kind: ContactFilter, limit: int) -> ContactPage:
        self.asked.append(text)
        if text == "broken":
            raise StoreError("store.failed")
        pinyin = {"孙样": "sunyang sy 8515", "赵六": "zhaoliu zl", "示例银行": "shiliyinhang"}
        found = [one for one in self.all if text in f"{one.name} {pinyin[one.name]}"]
        if kind is not ContactFilter.ALL:
            found = [one for one in found if one.is_person is (kind is ContactFilter.PERSONS)]
        return ContactPage(tuple(found[:limit]), len(found))

    def get(self, contact_id: ContactId) -> Contact | None:
        return next((one for one in self.all if one.id == contact_id), None)

    def party_details(self, contact_id: ContactId) -> Person | Organization:
        if contact_id == "company":
            return Organization(COMPANY.name)
        return SUN if contact_id == "sun" else Person(ZHAO.name)

    def signer(self, contact_id: ContactId) -> PersonSigner | OrganizationSigner:
        if contact_id == "sun":
            return PersonSigner(SignerId("sun of contacts"), SUN)
        assert contact_id == "company"
        organization = Organization(COMPANY.name, account_id=COMPANY.account_id)
        return OrganizationSigner(SignerId("of contacts"), organization, Person(ZHAO.name, account_id=ZHAO.account_id))

    def account_in_use(self, contact_id: ContactId, _environment: Environment) -> AccountRecord | None:
        return IDS.get(contact_id)


class KnownAccounts:
    """The part of AccountService that the forms ask: one person met before, one found by reference."""

    book = TrustingBook()

    def record(self, _environment: Environment, account_id: str) -> AccountRecord | None:
        return ZHAO if account_id == ZHAO.account_id else None

    def reaches(self, _environment: Environment, draft: ContractDraft) -> dict[SignerId, Reach]:
        persons = {one.id: one.person for one in draft.signers if isinstance(one, PersonSigner)}
        reach = Reach("139****0009", is_kept=False)
        kept = Reach("139****0009", is_kept=True)
        known = {one: person for one, person in persons.items() if person.account_id}
        return {one: kept if person.mobile else reach for one, person in known.items()}

    def find_by_third_id(
        self, _environment: Environment, third_id: str, kind: AccountKind = AccountKind.PERSON
    ) -> AccountRecord | None:
        if third_id == "offline":
            raise ApiError("api.no_network")
        return make_record("", third_id, kind) if third_id == "customer-7" else None


class KeptDrafts:
    """The part of DraftService that is asked for which copies are in use."""

    def list(self) -> tuple[()]:
        return ()


@dataclass
class RoomDesk:
    """The room and what a test looks at behind it."""

    room: PrepareRoom
    session: ContractSession
    messages: Messages
    qtbot: QtBot
    preferences: KeptSizes
    documents: DocumentService

    def open(self, *paths: Path) -> None:
        count = len(self.session.draft.documents) + len(paths)
        self.room.open_files(paths)
        self.qtbot.waitUntil(lambda: self._shown_documents() == count)

    def _shown_documents(self) -> int:
        return sum(card.isVisible() for card in self.room.findChildren(DocumentCard))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[RoomDesk]:
    engine = LocalEngine()
    documents = DocumentService(engine)
    copies_dir = tmp_path / "copies of the application"
    copies_dir.mkdir()
    tasks, preferences = TaskRunner(), KeptSizes()
    services = cast(
        "Services",
        SimpleNamespace(
            documents=documents,
            copies=DocumentCopies(documents, cast("DraftService", KeptDrafts()), copies_dir, clock_ms=lambda: NOW_MS),
            preferences=preferences,
            accounts=KnownAccounts(),
            contacts=KnownContacts(),
            environments=SimpleNamespace(current=lambda: SANDBOX),
            templates=SimpleNamespace(here=tuple),
        ),
    )
    session = ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)
    messages = Messages()
    room = PrepareRoom(services, tasks, messages, session)
    add_status_bar(room)
    qtbot.addWidget(messages)
    qtbot.addWidget(room)
    room.resize(1280, 860)
    with qtbot.waitExposed(room):
        room.show()
    yield RoomDesk(room, session, messages, qtbot, preferences, documents)
    for popup in room.findChildren(Popup):
        popup.close()
    room.close()
    tasks.stop()
    engine.stop()
