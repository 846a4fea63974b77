from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from esign_desktop.ui.widgets import deliberate as confirm_button
from esign_desktop.ui.widgets.deliberate import ConfirmButton
from tests.ui.held_time import HeldTime

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.unhurried

LEFT = Qt.MouseButton.LeftButton


class Shown:
    def __init__(self, qtbot: QtBot, time: HeldTime) -> None:
        self.qtbot = qtbot
        self.time = time
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
        QCursor.setPos(QPoint(3, 3))
        self.window.move(200, 200)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.stand()

    def _on_confirmed(self) -> None:
        self.confirmed += 1

    def stand(self) -> None:
        self.time.let_stand(self.button.press_guard)

    def ask(self) -> None:
        """Press once, with the pointer where it is pressed."""
        QTest.mouseMove(self.button)
        self.qtbot.mouseClick(self.button, LEFT)
        assert self.button.is_armed


@pytest.fixture
def time(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    return HeldTime(qtbot, monkeypatch)


@pytest.fixture
def shown(qtbot: QtBot, time: HeldTime) -> Shown:
    return Shown(qtbot, time)


def test_one_press_only_asks(shown: Shown) -> None:
    shown.ask()
    assert shown.button.text() == "Sure?"
    assert shown.confirmed == 0


def test_a_second_press_after_a_moment_does_it_though_the_pointer_rests(shown: Shown) -> None:
    shown.ask()
    shown.stand()
    shown.qtbot.mouseClick(shown.button, LEFT)
    assert shown.confirmed == 1
    assert shown.button.text() == "Revoke"


def test_a_double_click_is_no_confirmation(shown: Shown) -> None:
    shown.ask()
    shown.qtbot.mouseDClick(shown.button, LEFT)
    shown.qtbot.mouseClick(shown.button, LEFT)
    assert shown.confirmed == 0
    assert shown.button.is_armed


def test_it_works_by_keyboard(shown: Shown, qtbot: QtBot) -> None:
    shown.button.setFocus()
    for _ in range(2):
        shown.stand()
        qtbot.keyClick(shown.button, Qt.Key.Key_Space)
    assert shown.confirmed == 1


def test_it_stops_asking_when_one_turns_elsewhere(shown: Shown) -> None:
    shown.button.setFocus()
    shown.ask()
    shown.other.setFocus()
    assert not shown.button.is_armed
    assert shown.button.text() == "Revoke"


def test_escape_ends_the_question(shown: Shown, qtbot: QtBot) -> None:
    shown.button.setFocus()
    shown.ask()
    qtbot.keyClick(shown.button, Qt.Key.Key_Escape)
    assert not shown.button.is_armed


@pytest.mark.parametrize("what", ["pointer", "keyboard"])
def test_it_asks_for_as_long_as_one_stays_on_it(
    qtbot: QtBot, time: HeldTime, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(confirm_button, "_ASKS_MS", 20)
    shown = Shown(qtbot, time)
    if what == "pointer":
        shown.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        shown.ask()
    else:
        shown.button.setFocus()
        qtbot.keyClick(shown.button, Qt.Key.Key_Space)
    qtbot.wait(200)
    assert shown.button.is_armed


def test_it_stops_asking_after_a_while_when_nobody_is_there(
    qtbot: QtBot, time: HeldTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm_button, "_ASKS_MS", 20)
    shown = Shown(qtbot, time)
    shown.other.setFocus()
    shown.button.click()
    assert shown.button.is_armed
    qtbot.waitUntil(lambda: not shown.button.is_armed)


def test_it_stops_asking_when_it_is_switched_off(shown: Shown) -> None:
    shown.ask()
    shown.button.setEnabled(False)
    assert not shown.button.is_armed
