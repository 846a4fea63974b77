from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from esign_desktop.ui.track import confirm_button
from esign_desktop.ui.track.confirm_button import ConfirmButton

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


class Shown:
    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.button = ConfirmButton(self.window)
        self.button.set_texts("Revoke", "Sure?")
        self.other = QLineEdit(self.window)
        column = QVBoxLayout(self.window)
        column.addWidget(self.button)
        column.addWidget(self.other)
        self.confirmed = 0
        self.button.confirmed.connect(self._on_confirmed)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def _on_confirmed(self) -> None:
        self.confirmed += 1


@pytest.fixture
def shown(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Shown:
    monkeypatch.setattr(confirm_button, "_TOO_SOON_MS", 20)
    return Shown(qtbot)


def test_one_press_only_asks(shown: Shown, qtbot: QtBot) -> None:
    qtbot.mouseClick(shown.button, LEFT)
    assert shown.button.text() == "Sure?"
    assert shown.confirmed == 0


def test_a_second_press_after_a_moment_does_it(shown: Shown, qtbot: QtBot) -> None:
    qtbot.mouseClick(shown.button, LEFT)

    def presses_again() -> bool:
        qtbot.mouseClick(shown.button, LEFT)
        return shown.confirmed == 1

    qtbot.waitUntil(presses_again)
    assert shown.button.text() == "Revoke"


def test_a_double_click_is_no_confirmation(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    qtbot.mouseClick(shown.button, LEFT)
    qtbot.mouseClick(shown.button, LEFT)
    assert shown.confirmed == 0


def test_it_works_by_keyboard(shown: Shown, qtbot: QtBot) -> None:
    shown.button.setFocus()
    qtbot.keyClick(shown.button, Qt.Key.Key_Space)

    def presses_again() -> bool:
        qtbot.keyClick(shown.button, Qt.Key.Key_Space)
        return shown.confirmed == 1

    qtbot.waitUntil(presses_again)


def test_it_stops_asking_when_one_turns_elsewhere(shown: Shown, qtbot: QtBot) -> None:
    shown.button.setFocus()
    qtbot.mouseClick(shown.button, LEFT)
    shown.other.setFocus()
    assert not shown.button.is_asking
    assert shown.button.text() == "Revoke"


def test_it_stops_asking_after_a_while(shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm_button, "_ASKS_MS", 20)
    quick = ConfirmButton(shown.window)
    quick.set_texts("Revoke", "Sure?")
    qtbot.mouseClick(quick, LEFT)
    assert quick.is_asking
    qtbot.waitUntil(lambda: not quick.is_asking)


def test_it_stops_asking_when_it_is_switched_off(shown: Shown, qtbot: QtBot) -> None:
    qtbot.mouseClick(shown.button, LEFT)
    shown.button.setEnabled(False)
    assert not shown.button.is_asking
