"""A contact that is typed or imported while the keyring is locked or missing: told, and nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from esign_desktop.domain.account import Person
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.contacts.editor import ContactSheet
from esign_desktop.ui.contacts.importing import ImportDialog
from tests.ui.contacts.conftest import HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

WAIT_MS = 10_000
LIN = Person("林小满", "11010119900307803X", mobile="13900000002")


class Keyring:
    """A keyring that is locked, or missing."""

    def __init__(self) -> None:
        self.key: bytes | None = None
        self.is_missing = False


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def contacts(keyring: Keyring, tmp_path: Path, speak: Callable[[str], None]) -> Iterator[ContactService]:
    speak("en")
    database = Database(tmp_path / "esign.db")
    database.open()
    party_details = SealedPartyDetails(
        lambda: keyring.key, may_unlock=lambda: keyring.key is None and not keyring.is_missing
    )
    yield ContactService(
        *(Contacts(database), Accounts(database), ThirdIds(Settings(database)), party_details),
        environment=lambda: HERE,
    )
    database.close()


def press(window: QWidget, text: str) -> None:
    button = next(one for one in window.findChildren(QPushButton) if one.isVisible() and one.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def has(window: QWidget, text: str) -> bool:
    buttons = window.findChildren(QPushButton)
    return any(one.isVisible() and one.isEnabled() and one.text() == text for one in buttons)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def sheet(contacts: ContactService, tasks: TaskRunner, parent: QWidget) -> ContactSheet:
    sheet = ContactSheet(contacts, tasks, LIN, parent=parent)
    sheet.show()
    return sheet


def test_a_contact_waits_in_its_form_until_the_keyring_is_unlocked(
    contacts: ContactService, keyring: Keyring, sheet: ContactSheet, qtbot: QtBot
) -> None:
    press(sheet, "Add")
    qtbot.waitUntil(lambda: "keyring is locked" in sheet.said, timeout=WAIT_MS)
    assert sheet.form.value == LIN
    assert contacts.search("").total == 0
    keyring.key = bytes(32)
    with qtbot.waitSignal(sheet.kept, timeout=WAIT_MS):
        press(sheet, "Add")
    (kept,) = contacts.search("").contacts
    assert contacts.party_details(kept.id) == LIN


def test_without_a_keyring_a_contact_is_saved_without_numbers_on_a_second_press(
    contacts: ContactService, keyring: Keyring, sheet: ContactSheet, qtbot: QtBot
) -> None:
    keyring.is_missing = True
    press(sheet, "Add")
    qtbot.waitUntil(lambda: "has no keyring" in sheet.said, timeout=WAIT_MS)
    with qtbot.waitSignal(sheet.kept, timeout=WAIT_MS):
        press(sheet, "Save without numbers")
    (kept,) = contacts.search("").contacts
    assert (kept.name, kept.masked_mobile) == (LIN.name, "")


def test_an_import_asks_before_it_leaves_the_numbers_out(
    contacts: ContactService, keyring: Keyring, tasks: TaskRunner, parent: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    keyring.is_missing = True
    path = tmp_path / "contacts.csv"
    path.write_text(f"姓名,手机号\n{LIN.name},{LIN.mobile}\n", "utf-8")
    dialog = ImportDialog(path, contacts, tasks, parent)
    dialog.show()
    qtbot.waitUntil(lambda: has(dialog, "Import 1 contact"), timeout=WAIT_MS)
    press(dialog, "Import 1 contact")
    qtbot.waitUntil(lambda: has(dialog, "Import without numbers"), timeout=WAIT_MS)
    assert "has no keyring" in dialog.said
    assert contacts.search("").total == 0
    with qtbot.waitSignal(dialog.imported, timeout=WAIT_MS):
        press(dialog, "Import without numbers")
    assert contacts.search("").total == 1
