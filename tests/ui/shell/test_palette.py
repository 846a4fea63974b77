from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QTreeWidget

from esign_desktop.ui.shell.palette import CommandPalette, commands_of
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    file = window.menuBar().addMenu("&File")
    file.addAction("&Open PDF…").setShortcut("Ctrl+O")
    file.addSeparator()
    file.addAction("Save").setEnabled(False)
    edit = window.menuBar().addMenu("编辑(&E)")
    arrange = edit.addMenu("A&rrange")
    arrange.addAction("Align left\tCtrl+Shift+Left")
    arrange.addAction("Left && right")
    window.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    return window


def open_palette(window: QMainWindow) -> tuple[CommandPalette, QLineEdit]:
    palette = CommandPalette(window.menuBar(), window)
    palette.open()
    (edit,) = palette.findChildren(QLineEdit)
    return palette, edit


def told_nothing(palette: CommandPalette) -> bool:
    labels = [label.text() for label in palette.findChildren(QLabel) if label.isVisible()]
    return not palette.shown and labels == ["No matching commands."]


def test_every_enabled_action_is_listed_with_its_place_and_keys(window: QMainWindow) -> None:
    assert [(command.text, command.keys) for command in commands_of(window.menuBar())] == [
        ("File › Open PDF", "Ctrl+O"),
        ("编辑 › Arrange › Align left", "Ctrl+Shift+Left"),
        ("编辑 › Arrange › Left & right", ""),
    ]


def test_words_in_any_order_find_a_command(window: QMainWindow) -> None:
    palette, edit = open_palette(window)
    QTest.keyClicks(edit, "LEFT align")
    assert palette.shown == ("编辑 › Arrange › Align left",)
    edit.clear()
    QTest.keyClicks(edit, "left")
    assert [text.rpartition(" ")[2] for text in palette.shown] == ["right", "left"]
    assert not told_nothing(palette)
    QTest.keyClicks(edit, " such a thing")
    assert told_nothing(palette)
    palette.close()


def test_enter_runs_the_marked_command_and_closes(window: QMainWindow, qtbot: QtBot) -> None:
    _palette, edit = open_palette(window)
    wanted = commands_of(window.menuBar())[1].action
    QTest.keyClick(edit, Qt.Key.Key_Down)
    with qtbot.waitSignal(wanted.triggered):
        QTest.keyClick(edit, Qt.Key.Key_Return)


def test_it_is_round_and_what_is_behind_it_shows_only_at_its_corners(window: QMainWindow) -> None:
    palette, _edit = open_palette(window)
    picture = palette.grab().toImage()
    right, bottom = picture.width() - 1, picture.height() - 1
    corners = [picture.pixelColor(x, y).alpha() for x in (0, right) for y in (0, bottom)]
    assert corners == [0, 0, 0, 0]
    assert picture.pixelColor(4, bottom // 2) == theme().panel
    palette.close()


def test_up_from_the_first_leads_to_the_last(window: QMainWindow, qtbot: QtBot) -> None:
    _palette, edit = open_palette(window)
    QTest.keyClick(edit, Qt.Key.Key_Up)
    with qtbot.waitSignal(commands_of(window.menuBar())[2].action.triggered):
        QTest.keyClick(edit, Qt.Key.Key_Return)


def test_nothing_found_runs_nothing_and_esc_closes(window: QMainWindow) -> None:
    palette, edit = open_palette(window)
    QTest.keyClicks(edit, "nothing like it")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(edit, Qt.Key.Key_Escape)


def test_names_begin_in_one_line_with_and_without_a_picture(window: QMainWindow) -> None:
    commands_of(window.menuBar())[0].action.setIcon(icon("folder"))
    palette, _edit = open_palette(window)
    (entries,) = palette.findChildren(QTreeWidget)
    model = entries.model()
    pictures = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(model.rowCount())]
    palette.close()
    assert {one.actualSize(QSize(16, 16)).width() for one in pictures} == {16}
