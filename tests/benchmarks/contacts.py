"""Contacts with 50,000 of them: how long the first rows take after a key, and how long the window stands still.

``python -m tests.benchmarks.contacts`` prints it; ``measure`` gives the rows of build/bench.json. The peer is what Qt
has for it, a filtering proxy over a standard model with the same texts, in the window's thread.
"""

from __future__ import annotations

import os
import random
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from PySide6.QtCore import QSortFilterProxyModel, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.contacts.room import ContactsRoom
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.benchmarks.many_flows import GapMeter
from tests.benchmarks.row import Row

COUNT: Final = 50_000
FIRST_ROWS_MS: Final = 50
GAP_MS: Final = 25
ROUNDS: Final = 5
TYPED: Final = ("z", "zx", "wangx", "李", "8515", "138", "yunhe")
"""What is typed, key by key: initials, pinyin, a character, last digits, a company."""
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗曾单"
_NAMES: Final = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文华建国小红"


def entries(count: int) -> list[ContactEntry]:
    """Return made-up persons, and an organization for every tenth of them."""
    draw = random.Random(1)  # noqa: S311  the same people in every run
    made = []
    for index in range(count):
        name = draw.choice(_SURNAMES) + draw.choice(_NAMES) + draw.choice(_NAMES)
        number = f"{draw.randrange(10**8):08}"
        person = Person(name, f"1101011990{number}", mobile=f"138{number[::-1]}")
        company = Organization(f"云禾{name}科技有限公司", f"9111000060{number}")
        made.append(ContactEntry(company if index % 10 == 0 else person, is_ours=index == 0))
    return made


def ours(folder: Path) -> tuple[float, float]:
    """Return milliseconds: the median of the first rows after a key, and the longest gap of the event loop."""
    database = Database(folder / "esign.db")
    database.open()
    here = Environment(EnvironmentKind.TEST, "https://sign.example.com", "project")
    contacts = ContactService(
        *(Contacts(database), Accounts(database), ThirdIds(Settings(database)), SealedPartyDetails(lambda: bytes(32))),
        environment=lambda: here,
    )
    contacts.import_all(entries(COUNT))
    tasks, messages = TaskRunner(), Messages()
    room = ContactsRoom(contacts, tasks, messages)
    room.resize(1200, 760)
    room.show()
    meter, times = GapMeter(), []
    room.activated()
    line = room.list.search_line
    meter.run_until(lambda: room.list.table.people.rowCount() > 0 and room.card.isVisible())
    meter.longest_ms = 0.0
    for _round in range(ROUNDS):
        for word in TYPED:
            line.clear()
            meter.run_until(lambda: not room.list.is_asking)
            for character in word:
                QTimer.singleShot(0, partial(_type, room, character))
                taken_ms = meter.run_until(lambda: not room.list.is_asking)
                times.append(taken_ms)
    room.close()
    tasks.stop()
    database.close()
    return median(times), meter.longest_ms


def _type(room: ContactsRoom, character: str) -> None:
    line = room.list.search_line
    if character.isascii():
        QTest.keyClicks(line, character)
    else:
        line.insert(character)


def peer() -> float:
    """Filter as many texts with Qt's standard parts; return the longest gap in milliseconds."""
    model = QStandardItemModel(COUNT, 1)
    for index, entry in enumerate(entries(COUNT)):
        model.setItem(index, 0, QStandardItem(f"{entry.subject.name} {entry.subject.identity.number}"))
    proxy = QSortFilterProxyModel()
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setSourceModel(model)
    table = QTableView()
    table.setModel(proxy)
    table.show()
    meter = GapMeter()
    for word in TYPED:
        for length in range(1, len(word) + 1):
            done: list[object] = []
            QTimer.singleShot(0, partial(_filter, proxy, word[:length], done))
            meter.run_until(partial(bool, done))
    table.close()
    return meter.longest_ms


def _filter(proxy: QSortFilterProxyModel, text: str, done: list[object]) -> None:
    proxy.setFilterFixedString(text)
    done.append(True)


def measure() -> list[dict[str, str | float]]:
    """Return the rows of the benchmark's table."""
    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        first_ms, gap_ms = ours(Path(folder))
    their_gap_ms = peer()
    del application
    name = "50,000 contacts"
    return [
        Row(f"{name}: first rows after a key, ms", first_ms, f"{FIRST_ROWS_MS} ms", FIRST_ROWS_MS, 1.0).as_dict(),
        Row(f"{name}: longest gap over {GAP_MS} ms, ms", gap_ms, f"{GAP_MS} ms", GAP_MS, 1.0).as_dict(),
        Row(f"{name}: longest gap, ms", gap_ms, "QSortFilterProxyModel", their_gap_ms, 0.5).as_dict(),
    ]


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for _row in measure():
        print(_row)
