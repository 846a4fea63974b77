"""Contacts from files, and found while a signer is typed.

10,000 rows of a sheet and a phone's 5,000 entries with pictures, each read apart, compared and kept; and how long the
line of the signer's form takes to list who is meant, with 50,000 contacts. ``python -m tests.benchmarks.contact_files``
prints it. The peers are what was asked for.
"""

from __future__ import annotations

import base64
import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.domain.people.importing import ImportPlan
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.importing import ContactImport
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.contact_matches import ContactMatches
from tests.benchmarks.contacts import COUNT, entries
from tests.benchmarks.many_flows import GapMeter
from tests.benchmarks.row import Row, best, median
from tests.bulk_samples import id_number

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: Final = 10_000
CARDS: Final = 5_000
IMPORT_S: Final = 10.0
KEY_MS: Final = 50.0
ROUNDS: Final = 3
_PICTURE: Final = base64.b64encode(bytes(range(256)) * 80).decode()
TYPED: Final = ("zx", "wangx", "8515")


def write_sheet(path: Path) -> None:
    """Write the rows as a workbook."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.append(["姓名", "证件号码", "手机号", "邮箱", "内部编号"])
    for number in range(ROWS):
        name = f"样本{chr(0x4E00 + number)}"
        page.append([name, id_number(number), f"138{number:08}", f"s{number}@example.com", f"K-{number}"])
    book.save(path)


def write_cards(path: Path) -> None:
    """Write the entries of a phone, each with a picture of 20 KB."""
    folded = "\r\n".join(f" {_PICTURE[at : at + 74]}" for at in range(0, len(_PICTURE), 74))
    with path.open("w", encoding="utf-8") as file:
        for number in range(CARDS):
            file.write(
                f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:样本{chr(0x4E00 + number)}\r\nTEL;TYPE=CELL:138{number:08}\r\n"
                f"PHOTO;ENCODING=b;TYPE=JPEG:\r\n{folded}\r\nEND:VCARD\r\n"
            )


def service_in(folder: Path) -> tuple[ContactService, Database]:
    """Return contacts of which there are none yet."""
    database = Database(folder / "esign.db")
    database.open()
    here = Environment(EnvironmentKind.TEST, "https://sign.example.com", "project")
    parts = (Contacts(database), Accounts(database), ThirdIds(Settings(database)))
    return ContactService(*parts, SealedPartyDetails(lambda: bytes(32)), environment=lambda: here), database


def import_s(write: Callable[[Path], None], name: str, count: int) -> float:
    """Return the seconds from the file to the last contact kept."""
    times = []
    for _round in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path)
            contacts, database = service_in(Path(folder))
            began = time.monotonic()
            importing = ContactImport(contacts)
            plan = importing.plan(path)
            assert isinstance(plan, ImportPlan)
            importing.take(plan)
            times.append(time.monotonic() - began)
            assert contacts.search("").total == count
            database.close()
    return best(times)


def key_ms() -> float:
    """Return the milliseconds from a key in the line until who is meant is listed."""
    with tempfile.TemporaryDirectory() as folder:
        contacts, database = service_in(Path(folder))
        contacts.import_all(entries(COUNT))
        tasks, window = TaskRunner(), QWidget()
        line = QLineEdit(window)
        matches = ContactMatches(line, contacts, tasks, ContactFilter.PERSONS, window)
        window.show()
        line.setFocus()
        meter, times = GapMeter(), []
        for word in TYPED * ROUNDS:
            line.clear()
            for character in word:
                done: list[object] = []
                connection = matches.found.connect(partial(done.append, None))
                QTimer.singleShot(0, partial(QTest.keyClicks, line, character))
                times.append(meter.run_until(partial(bool, done)))
                matches.found.disconnect(connection)
        window.close()
        tasks.stop()
        database.close()
    return median(times)


def measure() -> list[dict[str, str | float]]:
    """Return the rows of the benchmark's table."""
    application = QApplication.instance() or QApplication([])
    sheet_s = import_s(write_sheet, "people.xlsx", ROWS)
    cards_s = import_s(write_cards, "phone.vcf", CARDS)
    typed_ms = key_ms()
    del application
    return [
        Row("10,000 contacts from a workbook, s", sheet_s, f"{IMPORT_S:g} s", IMPORT_S, 1.0).as_dict(),
        Row("A phone's 5,000 entries with pictures, s", cards_s, f"{IMPORT_S:g} s", IMPORT_S, 1.0).as_dict(),
        Row(
            "Signer's line, 50,000 contacts: matches after a key, ms", typed_ms, f"{KEY_MS:g} ms", KEY_MS, 1.0
        ).as_dict(),
    ]


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for _row in measure():
        print(_row)
