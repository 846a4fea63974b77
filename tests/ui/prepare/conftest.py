"""A Prepare room on the screen, with a real PDF engine behind it and a platform that knows two people."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from pytestqt.qtbot import QtBot

from esign_desktop.domain.account import AccountKind, AccountRecord
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.editing.copies import DocumentCopies
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.services.people.accounts import Reach
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS
from tests.pdf.local_engine import LocalEngine
from tests.ui.prepare.kept_sizes import KeptSizes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.signer import SignerId
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


class KnownAccounts:
    """The part of AccountService that the forms ask: one person met before, one found by reference."""

    def known(self, _environment: Environment) -> tuple[AccountRecord, ...]:
        return (make_record("赵六", "customer-6"),)

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
    tasks = TaskRunner()
    services = cast(
        "Services",
        SimpleNamespace(
            documents=documents,
            copies=DocumentCopies(documents, cast("DraftService", KeptDrafts()), copies_dir, clock_ms=lambda: NOW_MS),
            preferences=KeptSizes(),
            accounts=KnownAccounts(),
            environments=SimpleNamespace(current=lambda: SANDBOX),
        ),
    )
    session = ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)
    messages = Messages()
    room = PrepareRoom(services, tasks, messages, session)
    qtbot.addWidget(messages)
    qtbot.addWidget(room)
    room.resize(1280, 860)
    with qtbot.waitExposed(room):
        room.show()
    yield RoomDesk(room, session, messages, qtbot)
    room.close()
    tasks.stop()
    engine.stop()
