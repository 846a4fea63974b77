"""F1 opens the manual at the page about the window that has the keyboard, also beside dialogs and at the counter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from esign_desktop.ui.shell import manual as pages
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.ui.shell.manual import ManualWindow
    from tests.app.conftest import Start

WAIT_MS = 20_000
SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "manual.py"


@pytest.fixture(scope="session", autouse=True)
def made_pages() -> None:
    subprocess.run([sys.executable, str(SCRIPT)], check=True)


class Reader:
    """Somebody who presses F1 wherever they are."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program, self._qtbot = program, qtbot

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def press(self, widget: QWidget) -> ManualWindow:
        widget.window().activateWindow()
        widget.setFocus()
        self.wait(lambda: QApplication.activeWindow() is widget.window())
        QTest.keyClick(QApplication.focusWidget() or widget, Qt.Key.Key_F1)
        keys = self.program.window.manual_keys
        assert keys is not None
        self.wait(lambda: keys.manual is not None and keys.manual.isVisible())
        assert keys.manual is not None
        return keys.manual

    def close(self, manual: ManualWindow) -> None:
        manual.reject()
        QTest.qWait(0)


@pytest.fixture
def reader(start: Start, qtbot: QtBot) -> Reader:
    return Reader(start(), qtbot)


def test_each_room_has_its_page(reader: Reader) -> None:
    window = reader.program.window
    for room in RoomName:
        window.show_room(room)
        manual = reader.press(window)
        assert manual.page == room.value
        assert manual.reader.toPlainText().strip()
        assert manual.pages.currentItem().text() == manual.reader.documentTitle()
        reader.close(manual)


@pytest.mark.nightly
def test_a_dialog_has_its_own_key_and_one_that_blocks_the_window_can_be_read_about(reader: Reader) -> None:
    window = reader.program.window
    behind = reader.press(window)
    dialog = QDialog(window)
    dialog.manual_page = "bulk"  # type: ignore[attr-defined]  # as the classes of dialogs have it
    line = QLineEdit(dialog)
    QVBoxLayout(dialog).addWidget(line)
    dialog.setModal(True)
    dialog.show()
    manual = reader.press(line)
    assert manual is not behind
    assert manual.page == "bulk"
    assert manual.parentWidget() is dialog
    reader.close(manual)
    dialog.close()
    dialog.deleteLater()


def test_links_lead_from_page_to_page_and_what_is_looked_for_is_found_on_another_one(reader: Reader) -> None:
    manual = reader.press(reader.program.window)
    manual.show_page("index")
    manual.search.setFocus()
    QTest.keyClicks(manual.search, "duplicates")
    QTest.keyClick(manual.search, Qt.Key.Key_Return)
    assert manual.page == "seals"
    assert manual.reader.textCursor().selectedText().lower() == "duplicates"
    manual.reader.backward()
    assert manual.page == "index"
    # A heading is scrolled to, and above the pages stands whom they are for, which is no page.
    manual.show_page("counter#tellers")
    assert manual.page == "counter"
    assert manual.reader.verticalScrollBar().value() > 0
    groups = [item for item in map(manual.pages.item, range(manual.pages.count())) if not item.flags()]
    assert groups[0].text() == "For clerks"
    reader.close(manual)


def test_the_page_is_opened_in_a_browser_but_not_from_the_counter(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    manual = reader.press(reader.program.window)
    QTest.mouseClick(manual.browser, Qt.MouseButton.LeftButton)
    assert Path(opened[0].toLocalFile()).read_text("utf-8").startswith("<!DOCTYPE html>")
    reader.close(manual)


def test_what_the_desktop_cannot_open_is_reported(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    window = reader.program.window
    manual = reader.press(window)
    QTest.mouseClick(manual.browser, Qt.MouseButton.LeftButton)
    assert "couldn't be opened" in " ".join(label.text() for label in manual.findChildren(QLabel) if label.isVisible())
    reader.close(manual)
    window.actions_by_name[ActionName.LOG_FOLDER].trigger()
    assert "No program on this computer opened" in " ".join(row.title for row in window.messages.rows)
    told: list[str] = []
    open_link("https://example.com/sign", told.append)
    assert "browser couldn't be opened" in told[0]


def test_a_locked_counter_shows_no_window_beside_it(reader: Reader) -> None:
    workspace = reader.program.workspace
    assert workspace is not None
    workspace.open_counter()
    reader.wait(lambda: workspace.counter.window is not None and workspace.counter.window.isVisible())
    counter = workspace.counter.window
    assert counter is not None
    manual = reader.press(counter)
    assert manual.page == "counter"
    assert not manual.browser.isVisible()
    reader.close(manual)
    counter.lock()
    counter.activateWindow()
    QTest.keyClick(QApplication.focusWidget() or counter, Qt.Key.Key_F1)
    QTest.qWait(50)
    keys = reader.program.window.manual_keys
    assert keys is not None
    assert keys.manual is None


def test_a_manual_that_is_missing_says_so(reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "manual_folder", lambda: tmp_path)
    manual = reader.press(reader.program.window)
    assert "The manual is missing" in manual.reader.toPlainText()
    reader.close(manual)
