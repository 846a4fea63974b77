from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from esign_desktop.ui.shell.help_dialogs import KeyListDialog
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, Scope
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from pytestqt.qtbot import QtBot


def shown_keys(qtbot: QtBot, *left_out: ActionName) -> list[str]:
    window = QWidget()
    qtbot.addWidget(window)
    sheet = KeyListDialog(window, left_out)
    qtbot.addWidget(sheet)
    sheet.show()
    return [label.text() for label in sheet.findChildren(PlainLabel) if label.objectName() == "key"]


def test_every_key_that_does_something_is_on_the_sheet(qtbot: QtBot) -> None:
    shown = shown_keys(qtbot)
    track = ["F5", "Ctrl+F", "Q", "L", "D", "O", "R", "Ctrl+R"]
    wanted = [*track, "V", "S", "K", *(row.keys[0] for row in ACTIONS.values() if row.keys)]
    native = [QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in wanted]
    assert [keys for keys in native if keys not in shown] == []


def test_the_key_of_a_hidden_action_is_left_out(qtbot: QtBot) -> None:
    every, shown = shown_keys(qtbot), shown_keys(qtbot, ActionName.BULK)
    assert [keys for keys in every if keys not in shown] == ["Ctrl+3"]


def test_no_key_does_two_things_in_one_room(qtbot: QtBot) -> None:
    counts = Counter(shown_keys(qtbot))
    of_track = [row.shown_keys for row in ACTIONS.values() if row.scope is Scope.TRACK]
    of_pages = [row.shown_keys for row in ACTIONS.values() if row.scope is Scope.PAGES]
    assert {keys for keys, count in counts.items() if count > 1} == {*of_track} & {*of_pages} - {""}
    assert max(counts.values()) <= 2


def test_the_sheet_speaks_chinese(qtbot: QtBot, speak: Callable[[str], None], subtests: pytest.Subtests) -> None:
    speak("zh_CN")
    window = QWidget()
    qtbot.addWidget(window)
    sheet = KeyListDialog(window)
    qtbot.addWidget(sheet)
    for label in sheet.findChildren(PlainLabel):
        if label.objectName() != "key":
            with subtests.test(label.text()):
                assert any("\u4e00" <= character <= "\u9fff" for character in label.text())
