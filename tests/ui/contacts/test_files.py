"""Contacts come in from a file and go out into one, by real clicks on a real store."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QWidget

from esign_desktop.domain.account import Person
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.ui.contacts.exporting import ExportDialog
from esign_desktop.ui.contacts.files import ContactFiles
from esign_desktop.ui.contacts.importing import ImportDialog, ImportView
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.bulk_samples import id_number
from tests.services.desk import Desk
from tests.services.people.test_contacts import service_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.deliberate import DeliberateButton
    from tests.ui.contacts.conftest import ContactsDesk

WAIT_MS = 10_000
LEFT = Qt.MouseButton.LeftButton
HEADINGS = "姓名,证件号码,手机号"


class Room:
    """A window with contacts, and what it says."""

    def __init__(self, contacts: ContactService, tasks: TaskRunner, qtbot: QtBot) -> None:
        self.contacts, self._qtbot = contacts, qtbot
        self.window, self.messages = QWidget(), Messages()
        for widget in (self.window, self.messages):
            qtbot.addWidget(widget)
        self.window.resize(1000, 700)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.files = ContactFiles(contacts, tasks, self.messages, self.window)

    def open_import(self, path: Path) -> ImportDialog:
        self.files.open_import(path)
        dialog = self.window.findChild(ImportDialog)
        assert dialog is not None
        return dialog

    def read(self, path: Path) -> ImportDialog:
        dialog = self.open_import(path)
        self._qtbot.waitUntil(dialog.table.isVisible, timeout=WAIT_MS)
        return dialog

    def press(self, button: DeliberateButton) -> None:
        self._qtbot.waitUntil(lambda: button.press_guard.is_long_enough, timeout=WAIT_MS)
        self._qtbot.mouseClick(button, LEFT)

    @property
    def names(self) -> set[str]:
        return {one.name for one in self.contacts.search("").contacts}


@pytest.fixture
def room(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Room]:
    desk = Desk(tmp_path / "desk", Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project"))
    room = Room(service_of(desk), tasks, qtbot)
    yield room
    for dialog in room.window.findChildren(QDialog):
        dialog.reject()
    tasks.wait_idle()
    desk.close()


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join((HEADINGS, *rows)), encoding="utf-8")
    return path


def texts(dialog: ImportDialog, column: int) -> list[str]:
    model = dialog.table.model()
    return [str(model.index(row, column).data() or "") for row in range(model.rowCount())]


def test_a_file_is_looked_through_taken_in_and_taken_back(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    room.contacts.import_all([ContactEntry(Person("孙样", id_number(1), mobile="13800000001"))])
    path = write(
        tmp_path / "people.csv",
        f"孙样,{id_number(1)},13900000009",
        f"李样,{id_number(2)},13800000002",
        f"错样,{id_number(3)[:-1]}Z,",
    )
    dialog = room.read(path)
    assert texts(dialog, 0) == ["Not imported", "Updated", "Added"]
    assert texts(dialog, 2) == ["错样", "孙样", "李样"]
    assert texts(dialog, 5)[:2] == ["The ID number doesn't match its type.", "mobile number"]
    assert not any(id_number(1) in text for column in range(6) for text in texts(dialog, column))
    assert room.names == {"孙样"}
    qtbot.mouseClick(dialog.views.button(ImportView.NEW), LEFT)
    assert texts(dialog, 2) == ["李样"]
    assert dialog.take.text() in {"Import 2 contact(s)", "Import 2 contacts"}

    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        room.press(dialog.take)

    assert room.names == {"孙样", "李样"}
    row = room.messages.rows[-1]
    assert row.title in {"1 contact(s) added, 1 updated.", "1 contact added, 1 updated."}
    undo = next(one for one in row.findChildren(QPushButton) if one.text() == "Undo import")
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        qtbot.mouseClick(undo, LEFT)
    assert room.names == {"孙样"}


def test_enter_imports_what_the_file_holds(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = room.read(write(tmp_path / "people.csv", f"李样,{id_number(2)},13800000002"))
    qtbot.waitUntil(dialog.take.isVisible, timeout=WAIT_MS)
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert room.names == {"李样"}


def test_a_stopped_import_changes_nothing_and_offers_no_undo(
    room: Room, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = room.read(write(tmp_path / "first.csv", f"孙样,{id_number(1)},13800000001"))
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        room.press(dialog.take)
    assert len(room.messages.rows) == 1
    may_write, real_write = threading.Event(), Contacts.write

    def write_late(*arguments: Any) -> None:
        assert may_write.wait(WAIT_MS / 1000)
        real_write(*arguments)

    monkeypatch.setattr(Contacts, "write", write_late)
    qtbot.waitUntil(lambda: not room.window.findChildren(ImportDialog), timeout=WAIT_MS)
    dialog = room.read(write(tmp_path / "second.csv", f"李样,{id_number(2)},13800000002"))
    room.press(dialog.take)
    qtbot.waitUntil(lambda: dialog.close_button.text() == "Stop", timeout=WAIT_MS)
    qtbot.mouseClick(dialog.close_button, LEFT)
    assert dialog.isVisible()
    may_write.set()
    qtbot.waitUntil(lambda: not room.window.findChildren(ImportDialog), timeout=WAIT_MS)
    assert room.names == {"孙样"}
    assert not room.messages.rows


def test_undoing_an_import_tells_how_many_contacts_keep_something_of_it(
    room: Room, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = room.read(write(tmp_path / "people.csv", f"孙样,{id_number(1)},13800000001", f"李样,{id_number(2)},"))
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        room.press(dialog.take)
    (sun,) = room.contacts.search("孙样").contacts
    room.contacts.save(ContactEntry(Person("孙样", id_number(1), mobile="13900000009"), sun.id))
    undo = next(one for one in room.messages.rows[-1].findChildren(QPushButton) if one.text() == "Undo import")
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        qtbot.mouseClick(undo, LEFT)
    assert room.names == {"孙样"}
    row = room.messages.rows[-1]
    assert row.title == "The import was undone."
    assert row.remedy in {
        "1 contact that you edited or used after the import wasn't changed.",
        "1 contact(s) that you edited or used after the import weren't changed.",
    }


def test_what_collides_is_left_out_until_it_is_ticked(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    room.contacts.import_all([ContactEntry(Person("孙样", id_number(1)))])
    path = write(
        tmp_path / "people.csv",
        f"孙洋,{id_number(1)},",
        f"李样,{id_number(2)},13800000002",
        f"李样,{id_number(2)},13800000003",
    )
    dialog = room.read(path)
    remarks = texts(dialog, 5)
    assert remarks[0] == "This ID number belongs to 孙样 in Contacts. Select to keep both."
    assert "Row 3 has the same ID number" in remarks[2]
    assert texts(dialog, 0) == ["Not imported", "Added", "Not imported"]
    for row in (0, 2):
        dialog.table.setCurrentIndex(dialog.table.model().index(row, 0))
        qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    assert texts(dialog, 0) == ["Added", "Not imported", "Added"]
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        room.press(dialog.take)
    assert room.names == {"孙样", "孙洋", "李样"}
    (li,) = room.contacts.search("李样").contacts
    assert li.masked_mobile == "138****0003"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", "手机号,邮箱\n13800000001,a@example.com\n", "named Name or Organization"),
        ("x.vcf", "姓名\n孙样\n", "isn't an address book"),
        ("gone.xlsx", None, "no longer in its folder"),
    ],
)
def test_a_file_that_can_t_be_used_is_told_where_it_was_opened(
    room: Room, tmp_path: Path, qtbot: QtBot, name: str, content: str | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    dialog = room.open_import(path)
    qtbot.waitUntil(lambda: said in dialog.said, timeout=WAIT_MS)
    assert not dialog.take.isVisible()
    assert dialog.close_button.text() == "Close"
    qtbot.mouseClick(dialog.close_button, LEFT)
    assert room.names == set()


def test_columns_that_are_not_known_are_named(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"姓名,证件号码,备注\n李样,{id_number(2)},x\n", encoding="utf-8")
    assert "备注" in room.read(path).said


def test_of_several_worksheets_one_is_chosen(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    book = openpyxl.Workbook()
    for title in ("客户", "供应商"):
        page = book.create_sheet(title)
        page.append(["姓名", "手机号"])
        page.append([f"{title}样", "13800000001"])
    path = tmp_path / "two.xlsx"
    book.save(path)
    dialog = room.open_import(path)
    qtbot.waitUntil(dialog.worksheets.isVisible, timeout=WAIT_MS)
    qtbot.keyClick(dialog.worksheets, Qt.Key.Key_Down)
    qtbot.mouseClick(dialog.read_worksheet, LEFT)
    qtbot.waitUntil(dialog.table.isVisible, timeout=WAIT_MS)
    assert texts(dialog, 2) == ["供应商样"]


def test_stopping_takes_back_what_was_begun(room: Room, tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> None:
    rows = [f"样本{chr(0x4E00 + n)},{id_number(n)},138{n:08}" for n in range(3_000)]
    dialog = room.read(write(tmp_path / "many.csv", *rows))
    room.press(dialog.take)
    assert dialog.close_button.text() == "Stop"
    qtbot.mouseClick(dialog.close_button, LEFT)
    tasks.wait_idle()
    QApplication.processEvents()
    assert room.names == set()
    assert not room.messages.rows


def test_an_import_that_the_store_refuses_loses_nothing(
    room: Room, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_question: object, **_options: object) -> None:
        raise StoreError("store.disk_full")

    dialog = room.read(write(tmp_path / "people.csv", f"李样,{id_number(2)},"))
    monkeypatch.setattr(room.contacts, "import_all", fail)
    room.press(dialog.take)
    qtbot.waitUntil(dialog.table.isVisible, timeout=WAIT_MS)
    assert "disk" in dialog.said
    assert dialog.take.isEnabled()
    assert texts(dialog, 2) == ["李样"]


def exporting(room: Room) -> ExportDialog:
    room.files.open_export([one.id for one in room.contacts.search("").contacts])
    dialog = room.window.findChild(ExportDialog)
    assert dialog is not None
    return dialog


def test_an_export_is_masked_until_somebody_says_otherwise(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    room.contacts.import_all([ContactEntry(Person("孙样", id_number(1), mobile="13800000001"))])
    dialog = exporting(room)
    assert dialog.go_on.text() == "Export masked…"
    with qtbot.waitSignal(dialog.exported, timeout=WAIT_MS):
        dialog.write(tmp_path / "masked.csv")
    assert id_number(1) not in (tmp_path / "masked.csv").read_text("utf-8-sig")
    assert re.fullmatch(r"1 contact(\(s\))? saved to masked\.csv\.", room.messages.rows[-1].title)
    qtbot.waitUntil(lambda: not room.window.findChildren(ExportDialog))

    dialog = exporting(room)
    qtbot.mouseClick(dialog.in_clear, LEFT, pos=dialog.in_clear.rect().topLeft() + dialog.in_clear.rect().center() / 8)
    assert dialog.go_on.text() == "Export in full…"
    assert "can read all numbers" in dialog.said
    with qtbot.waitSignal(dialog.exported, timeout=WAIT_MS):
        dialog.write(tmp_path / "clear.csv")
    assert id_number(1) in (tmp_path / "clear.csv").read_text("utf-8-sig")


def test_a_folder_that_can_t_be_written_is_told(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    room.contacts.import_all([ContactEntry(Person("孙样", id_number(1)))])
    dialog = exporting(room)
    dialog.write(tmp_path / "gone" / "x.csv")
    qtbot.waitUntil(lambda: bool(dialog.said), timeout=WAIT_MS)
    assert dialog.isVisible()
    assert dialog.go_on.isEnabled()


def test_the_room_takes_a_file_in_and_writes_the_selected_out(desk: ContactsDesk, tmp_path: Path, qtbot: QtBot) -> None:
    room = desk.room
    desk.show()
    first = next(one for one in room.findChildren(QPushButton) if one.text() == "Import from file…")
    qtbot.waitUntil(first.isVisible, timeout=WAIT_MS)
    qtbot.mouseClick(first, LEFT)
    chooser = room.findChild(QFileDialog)
    assert chooser is not None
    path = write(tmp_path / "people.csv", f"孙样,{id_number(1)},13800000001", f"李样,{id_number(2)},13800000002")
    chooser.fileSelected.emit(str(path))
    chooser.close()
    dialog = room.findChild(ImportDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.table.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: dialog.take.press_guard.is_long_enough, timeout=WAIT_MS)
    with qtbot.waitSignal(room.files.changed, timeout=WAIT_MS):
        qtbot.mouseClick(dialog.take, LEFT)
    qtbot.waitUntil(lambda: room.list.table.current is not None, timeout=WAIT_MS)
    room.list.table.selectAll()
    room.list.menu.aboutToShow.emit()
    export = room.list.menu.actions()[1]
    assert export.isEnabled()
    export.trigger()
    asked = room.findChild(ExportDialog)
    assert asked is not None
    with qtbot.waitSignal(asked.exported, timeout=WAIT_MS) as written:
        asked.write(tmp_path / "out.xlsx")
    assert written.args[1] == 2
