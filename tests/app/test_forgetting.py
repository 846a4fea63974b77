"""*Forget this person* in the real window: asked once, refused with a reason, done to the last byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QMenu, QPushButton, QWidget

from esign_desktop.domain.account import AccountKind, AccountRecord
from esign_desktop.domain.contract import edits
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.services.editing.session import EditName
from esign_desktop.services.erasure.service import KnownPerson
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.ui.people.forgetting import ForgetSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.commands import FlowCommands
from esign_desktop.ui.track.menu import FlowMenu
from tests.canaries.persons import CANARIES, NAME, PERSON
from tests.canaries.scanner import Scanner, told
from tests.drafts import NOW_MS
from tests.pdf.builder import Page, build
from tests.services.counter_desk import make_form_contract
from tests.ui.flow_samples import make_flow, make_signer

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

ACCOUNT = "7f3a9c0d5e1b"
SCANNER = Scanner({**CANARIES, "account": ACCOUNT})


def database_of(program: Program) -> Database:
    database = program._backend._database  # noqa: SLF001
    assert database is not None
    return database


def workspace_of(program: Program) -> Workspace:
    assert program.workspace is not None
    return program.workspace


def persist_flow(program: Program, status: FlowStatus) -> None:
    database = database_of(program)
    canary = make_signer(1, NAME, account_id=ACCOUNT)
    record = make_flow(name="canary-flow", status=status, signers=(canary, make_signer(2, "李四")))
    Flows(database).add(replace(record, environment=EnvironmentKind.SANDBOX, title=f"{NAME}的合同"))
    Accounts(database).remember(
        AccountRecord(EnvironmentKind.SANDBOX, "p", ACCOUNT, AccountKind.PERSON, NAME, "", PERSON.id_number, "", NOW_MS)
    )


def press(window: object, kind: type, text: str, qtbot: QtBot) -> None:
    def found() -> list[QPushButton]:
        buttons = window.findChildren(kind)  # type: ignore[attr-defined]
        return [one for one in buttons if text in (one.text() or one.toolTip()) and one.isVisible() and one.isEnabled()]

    qtbot.waitUntil(lambda: bool(found()), timeout=10_000)
    QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)


def _offered(room: QWidget, text: str) -> list[QAction]:
    return [action for menu in room.findChildren(QMenu) for action in menu.actions() if action.text() == text]


def shown_sheets(program: Program) -> list[ForgetSheet]:
    return [sheet for sheet in program.window.findChildren(ForgetSheet) if sheet.isVisible()]


def sheet_of(program: Program, qtbot: QtBot) -> ForgetSheet:
    qtbot.waitUntil(lambda: bool(shown_sheets(program)), timeout=10_000)
    (sheet,) = shown_sheets(program)
    return sheet


def ask_in_contacts(program: Program, qtbot: QtBot) -> ForgetSheet:
    # As at a start: the account was written without the service that keeps a contact for it.
    workspace_of(program).services.contacts.take_in()
    program.window.show_room(RoomName.CONTACTS)
    card = workspace_of(program).contacts.card
    qtbot.waitUntil(lambda: card.contact is not None, timeout=10_000)
    assert card.contact is not None
    assert card.contact.name == NAME
    (action,) = _offered(card, "&Delete this person's data…")
    action.trigger()
    return sheet_of(program, qtbot)


def is_settled(program: Program) -> bool:
    return not shown_sheets(program)


@pytest.mark.parametrize("room", [RoomName.CONTACTS, RoomName.TRACK])
def test_a_person_is_forgotten_from_a_room(start: Start, paths: AppPaths, qtbot: QtBot, room: RoomName) -> None:
    program = start()
    persist_flow(program, FlowStatus.COMPLETED)
    signer = PersonSigner(SignerId("canary"), PERSON)
    workspace = workspace_of(program)
    workspace.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    if room is RoomName.CONTACTS:
        sheet = ask_in_contacts(program, qtbot)
    else:
        program.window.show_room(RoomName.TRACK)
        commands, menu = workspace.track.findChild(FlowCommands), workspace.track.findChild(FlowMenu)
        assert commands is not None
        assert menu is not None
        qtbot.waitUntil(lambda: commands.chosen is not None, timeout=10_000)
        menu.aboutToShow.emit()
        (action,) = _offered(workspace.track, f"Delete {NAME}'s data…")
        action.trigger()
        menu.aboutToHide.emit()
        sheet = sheet_of(program, qtbot)
    assert NAME in told_by(sheet)

    press(sheet, QPushButton, "Delete permanently", qtbot)

    qtbot.waitUntil(lambda: is_settled(program), timeout=20_000)
    assert workspace.session.draft.is_empty
    assert workspace.session.history() == ()
    # The draft that was on the desk is there, without the person.
    (kept,) = program.workspace.services.drafts.list()  # type: ignore[union-attr]
    (left,) = workspace.services.drafts.read(kept.id).signers
    assert isinstance(left, PersonSigner)
    assert left.person.name == ""
    assert told(SCANNER.in_folder(paths.data_dir)) == []
    program.stop()
    assert told(SCANNER.in_folder(paths.data_dir.parent)) == []


def told_by(sheet: ForgetSheet) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in sheet.findChildren(QLabel))


def test_who_still_has_to_sign_stays_known_and_the_reason_is_told(start: Start, paths: AppPaths, qtbot: QtBot) -> None:
    program = start()
    persist_flow(program, FlowStatus.SIGNING)
    sheet = ask_in_contacts(program, qtbot)
    press(sheet, QPushButton, "Delete permanently", qtbot)
    qtbot.waitUntil(lambda: bool(sheet.said), timeout=20_000)
    assert sheet.said.startswith("Contracts with this person that can still be signed: 1.")
    people = workspace_of(program).services.people
    assert people is not None
    assert [person.name for person in people.list()] == [NAME]
    press(sheet, QPushButton, "Cancel", qtbot)
    qtbot.waitUntil(lambda: is_settled(program), timeout=20_000)


def test_nothing_is_forgotten_by_going_back(start: Start, qtbot: QtBot) -> None:
    program = start()
    persist_flow(program, FlowStatus.COMPLETED)
    sheet = ask_in_contacts(program, qtbot)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_settled(program), timeout=20_000)
    people = workspace_of(program).services.people
    assert people is not None
    assert people.list() == (KnownPerson(NAME, (ACCOUNT,), f"****{PERSON.id_number[-4:]}", NOW_MS),)


def keep_preset(program: Program, folder: Path, name: str, text: str) -> Preset:
    """Keep a preset whose PDF holds a text."""
    services = workspace_of(program).services
    draft = make_form_contract(services.documents, folder)
    path = folder / "made out.pdf"
    path.write_bytes(build(Page().write(text, 60, 760)))
    draft = replace(draft, documents=(services.documents.open(path),), placements=())
    customers = [signer.id for signer in draft.signers]
    return services.presets.make(draft, customers, name=name, environment=services.environments.current())


def test_presets_are_listed_before_they_go_and_what_is_not_ticked_stays(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    program = start()
    persist_flow(program, FlowStatus.COMPLETED)
    presets = workspace_of(program).services.presets
    assert presets is not None
    certain = keep_preset(program, tmp_path / "1", "照抄", f"借款人 {NAME} {PERSON.id_number}")
    namesake = keep_preset(program, tmp_path / "2", "同名", f"抄送 {NAME}")
    plain = keep_preset(program, tmp_path / "3", "空白", "个人借款合同")
    # What is known of them besides is what a draft holds.
    signer = PersonSigner(SignerId("canary"), replace(PERSON, account_id=ACCOUNT))
    workspace_of(program).session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    saved = workspace_of(program).services.drafts
    saved.keep(workspace_of(program).session.draft)

    sheet = ask_in_contacts(program, qtbot)
    listed = sheet.findChild(QListWidget)
    assert listed is not None
    qtbot.waitUntil(lambda: listed.count() == 2, timeout=20_000)
    ticked = {listed.item(row).text(): listed.item(row).checkState() for row in range(2)}
    assert ticked == {
        "照抄: contains one of the numbers": Qt.CheckState.Checked,
        "同名: contains the same name": Qt.CheckState.Unchecked,
    }
    assert {one.id for one in presets.list()} == {certain.id, namesake.id, plain.id}
    press(sheet, QPushButton, "Delete permanently", qtbot)

    qtbot.waitUntil(lambda: is_settled(program), timeout=20_000)
    assert {one.id for one in presets.list()} == {namesake.id, plain.id}
