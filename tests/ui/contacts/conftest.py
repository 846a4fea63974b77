"""The Contacts room on a real store, without a platform: accounts are written as a send would write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from esign_desktop.domain.account import AccountKind, AccountRecord, Organization, Person
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowSigner, FlowStatus
from esign_desktop.services.people.accounts import AccountBook
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.contacts.room import ContactsRoom
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.ui.tasks import TaskRunner

HERE = Environment(EnvironmentKind.TEST, "https://sign.example.com", "project")
LIN = Person("林小满", "11010119900307803X", mobile="13900000002")
ZHOU = Person("周知夏", "110101199003078515", mobile="13800000001")
COMPANY = Organization("云禾科技有限公司", "91110000600037341L", legal_name="沈闻溪")


@dataclass
class ContactsDesk:
    """The room, and what it stands on."""

    qtbot: QtBot
    service: ContactService
    book: AccountBook
    flows: Flows
    room: ContactsRoom
    messages: Messages
    heard: dict[str, list[object]] = field(default_factory=dict)

    def met(self, subject: Person | Organization, account_id: str, agent_account_id: str = "") -> None:
        """Keep an account of somebody, who is its current one from now on."""
        kind = AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION
        identity = self.book.look_up(HERE, subject).identity
        record = AccountRecord(
            *(HERE.kind, HERE.project_id, account_id, kind, subject.name),
            third_id="a" * 40,
            agent_account_id=agent_account_id,
            identity=identity,
            reach="r" if isinstance(subject, Person) else "",
        )
        self.book.remember(record, subject)

    def sent(self, name: str, *account_ids: str) -> None:
        """Keep a contract that these sign."""
        signers = tuple(FlowSigner(one, "", number, 1) for number, one in enumerate(account_ids, 1))
        flow = FlowRecord(
            *(FlowId(name), HERE.kind, HERE.project_id, name, name, NOW_MS, None, 1, FlowStatus.SIGNING),
            signers=signers,
        )
        self.flows.add(flow)

    def show(self) -> None:
        """Enter the room, and wait until its list is there."""
        self.room.resize(1200, 760)
        self.room.show()
        self.room.activated()
        self.wait(lambda: not self.room.list.is_asking)

    def search(self, text: str, *names: str) -> None:
        """Type a search, and wait until just these are listed."""
        line = self.room.list.search_line
        line.clear()
        self.qtbot.keyClicks(line, text)
        self.wait(lambda: self.names == list(names))

    def choose(self, name: str) -> None:
        """Choose a contact, and wait until the card tells of it."""
        table = self.room.list.table
        row = self.names.index(name)
        rect = table.visualRect(table.people.index(row, 0))
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
        self.wait(lambda: self.room.card.contact is not None and self.room.card.contact.name == name)

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.room.list.table.people.contacts]

    def wait(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=20_000)

    def texts(self, widget: QWidget | None = None) -> str:
        """Everything that is to be read there, as one text."""
        labels = (widget or self.room.card).findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisibleTo(label.window()))

    def button(self, text: str, widget: QWidget | None = None) -> QAbstractButton:
        """Return the visible button with this text."""
        buttons = (widget or self.room).findChildren(QAbstractButton)
        return next(one for one in buttons if one.text().replace("&", "") == text and one.isVisibleTo(one.window()))

    def sheet(self, kind: type[QWidget]) -> QWidget:
        """Wait for a window over the room."""
        self.wait(lambda: any(isinstance(one, kind) and one.isVisible() for one in QApplication.topLevelWidgets()))
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


@pytest.fixture
def desk(qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None], tmp_path: Path) -> Iterator[ContactsDesk]:
    speak("en")
    database = Database(tmp_path / "esign.db")
    database.open()
    accounts, third_ids = Accounts(database), ThirdIds(Settings(database))
    party_details = SealedPartyDetails(lambda: bytes(32))
    service = ContactService(Contacts(database), accounts, third_ids, party_details, environment=lambda: HERE)
    book = AccountBook(accounts, third_ids, party_details, on_remembered=service.note)
    messages = Messages()
    qtbot.addWidget(messages)
    room = ContactsRoom(service, tasks, messages)
    qtbot.addWidget(room)
    made = ContactsDesk(qtbot, service, book, Flows(database), room, messages)
    for name in ("contract_requested", "history_requested", "forget_requested"):
        heard = made.heard.setdefault(name, [])
        getattr(room, name).connect(lambda *values, heard=heard: heard.append(values))
    yield made
    tasks.stop()
    database.close()
