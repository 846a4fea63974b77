"""Prepare and what is kept of it: names of files and people, text found on pages, problems, drafts, the palette."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtWidgets import QMainWindow, QMenuBar, QWidget

from esign_desktop.domain.account import AccountKind, AccountRecord, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft, DraftId, DraftSummary
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.people.contact import Contact, ContactId, ContactPage
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.services.people.accounts import Reach
from esign_desktop.ui.prepare.drafts import DraftsList
from esign_desktop.ui.prepare.properties.panel import SealDetails
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.prepare.signers.fields import PersonFields
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.shell.menus import MenuBar
from esign_desktop.ui.shell.palette import CommandPalette
from esign_desktop.ui.widgets.contact_matches import ContactMatches
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS
from tests.pdf.local_engine import LocalEngine
from tests.ui.account_book import TrustingBook
from tests.ui.hostile.looking import look
from tests.ui.hostile.services import hostile_draft
from tests.ui.prepare.kept_sizes import KeptSizes
from tests.ui.status_bar import add_status_bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.signer import SignerId
    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look

SANDBOX = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1/", "project")


@pytest.fixture
def documents() -> Iterator[DocumentService]:
    engine = LocalEngine()
    yield DocumentService(engine)
    engine.stop()


class _KnownAccounts:
    def __init__(self, text: str) -> None:
        self._text = text
        self.book = TrustingBook()

    def record(self, environment: Environment, account_id: str) -> AccountRecord:
        return AccountRecord(
            environment=environment.kind,
            project_id=environment.project_id,
            account_id=account_id,
            kind=AccountKind.PERSON,
            name=self._text,
            third_id=self._text,
            last_used_ms=NOW_MS,
        )

    def reaches(self, _environment: Environment, draft: ContractDraft) -> dict[SignerId, Reach]:
        return {signer.id: Reach(self._text, self._text, is_kept=True) for signer in draft.signers}

    def find_by_third_id(self, *_question: Any) -> None:
        raise ApiError("api.no_network")


class _KnownContacts:
    def __init__(self, text: str) -> None:
        self._contact = Contact(ContactId("known"), AccountKind.PERSON, text, None, text, text, text, text)

    def search(self, *_question: Any) -> ContactPage:
        return ContactPage((self._contact,) * 3, 3)

    def party_details(self, _contact_id: ContactId) -> Person:
        return Person(self._contact.name, mobile=self._contact.name, third_id=self._contact.name)

    def get(self, _contact_id: ContactId) -> Contact:
        return self._contact

    def account_in_use(self, _contact_id: ContactId, _environment: Environment) -> None:
        return None


def make_room(
    text: str, documents: DocumentService, tasks: TaskRunner, qtbot: QtBot
) -> tuple[PrepareRoom, ContractSession, Messages]:
    services: Any = SimpleNamespace(
        documents=documents,
        preferences=KeptSizes(),
        accounts=_KnownAccounts(text),
        contacts=_KnownContacts(text),
        environments=SimpleNamespace(current=lambda: SANDBOX),
        signatures=None,
        copies=None,
        presets=None,
    )
    session = ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)
    messages = Messages()
    qtbot.addWidget(messages)
    room = PrepareRoom(services, tasks, messages, session)
    add_status_bar(room)
    qtbot.addWidget(room)
    room.resize(1280, 700)
    room.show()
    return room, session, messages


@pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
def test_the_desk_with_a_contract(
    text: str, documents: DocumentService, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    room, session, messages = make_room(text, documents, tasks, qtbot)
    room.show_recents((f"/no/such/folder/{text}.pdf",) * 3)
    look_in_both_languages(room)
    draft = hostile_draft(text)
    session.load(draft)
    document_id, keyword = DocumentId("id of 合同"), getattr(draft.placements[2], "keyword", "")
    hits = tuple(KeywordHit(1, (PageRect(0, 0, 50, 20 + n),), text, text, is_literal=False) for n in range(3))
    session.set_hits(document_id, keyword, hits)
    qtbot.waitUntil(tasks.wait_idle)
    room.selection.set({placement.id for placement in draft.placements[2:]})
    look_in_both_languages(room)
    room.selection.set({placement.id for placement in draft.placements[:1]})
    session.apply(EditName.RENAME_DOCUMENT, lambda one: edits.rename_document(one, document_id, text + text))
    room.opening.password_needed.emit(f"/no/such/folder/{text}.pdf", True)
    room.opening.failed.emit(InputError("document.missing"), f"/no/such/folder/{text}.pdf")
    for problem in room.problems():
        room.problems_bar.problem_activated.emit(problem)
    look_in_both_languages(room)
    for details in room.findChildren(SealDetails):
        look_in_both_languages(details)
        with qtbot.waitSignal(details.destroyed):
            details.close()
    room.signers.add_person()
    form = next(one for one in room.signers.findChildren(SignerForm) if one.isVisible())
    fields = form.findChild(PersonFields)
    assert fields is not None
    matches = fields.findChild(ContactMatches)
    assert matches is not None
    fields.line.setText("x")
    with qtbot.waitSignal(matches.found):
        matches.ask()
    matches.show()
    look_in_both_languages(room)
    matches.picked.emit(matches.contacts[0])
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(room)
    messages.show()
    look_in_both_languages(messages)
    assert room.width() == 1280
    qtbot.waitUntil(tasks.wait_idle)


class _NoDrafts:
    def read(self, _draft_id: DraftId) -> ContractDraft:
        raise InputError("draft.missing")


def summary(text: str) -> DraftSummary:
    return DraftSummary(DraftId("draft"), text, 1, 3, NOW_MS, is_open=False)


def test_the_drafts(
    text: str, documents: DocumentService, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    made = DraftsList(cast("Any", _NoDrafts()), documents, tasks)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.show_drafts((summary(text), replace(summary(text), id=DraftId("another"), is_open=True)))
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(made)


@pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
def test_the_menus_and_the_palette(
    text: str, tmp_path: Path, look_in_both_languages: Look, watch: Any, qtbot: QtBot
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    menus = MenuBar(window)
    window.setMenuBar(cast("QMenuBar", menus))
    window.setCentralWidget(QWidget(window))
    window.show()
    menus.show_recents((tmp_path / f"{text}.pdf",) * 2)
    menus.show_drafts((summary(text),) * 2)
    look_in_both_languages(window)
    palette = CommandPalette(menus, window)
    palette.open()
    look(palette, watch)
    with qtbot.waitSignal(palette.destroyed):
        palette.close()
