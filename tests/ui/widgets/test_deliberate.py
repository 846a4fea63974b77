"""The button answers to a press that was meant for it, and to no other."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QCursor, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QToolTip, QVBoxLayout, QWidget

from esign_desktop.ui.widgets.deliberate import DeliberateButton
from tests.ui.held_time import HeldTime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.unhurried

LEFT = Qt.MouseButton.LeftButton
AFAR = QPoint(3, 3)


class Shown:
    """A window with a button, below something that can take its place."""

    def __init__(self, qtbot: QtBot, time: HeldTime, window: QWidget | None = None) -> None:
        self.qtbot = qtbot
        self.time = time
        self.window = window or QWidget()
        qtbot.addWidget(self.window)
        self.above = QLabel("above", self.window)
        self.above.setFixedHeight(60)
        self.line = QLineEdit(self.window)
        self.button = DeliberateButton(self.window, "&Send")
        column = QVBoxLayout(self.window)
        for widget in (self.above, self.line, self.button):
            column.addWidget(widget)
        self.count = 0
        self.button.meant.connect(self._on_meant)
        QCursor.setPos(AFAR)
        self.window.move(200, 200)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def _on_meant(self) -> None:
        self.count += 1

    def stand(self) -> None:
        self.time.let_stand(self.button.press_guard)

    def click(self) -> None:
        self.qtbot.mouseClick(self.button, LEFT)

    def rest_pointer_on_it(self) -> None:
        QCursor.setPos(self.button.mapToGlobal(self.button.rect().center()))


@pytest.fixture
def time(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    return HeldTime(qtbot, monkeypatch)


@pytest.fixture
def shown(qtbot: QtBot, time: HeldTime) -> Iterator[Shown]:
    one = Shown(qtbot, time)
    yield one
    QToolTip.hideText()


def press_key(widget: QWidget, key: Qt.Key, *, repeats: bool = False) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", autorep=repeats))


def press_by_reader(button: QWidget) -> None:
    interface = QAccessible.queryAccessibleInterface(button)
    assert interface is not None
    actions = interface.actionInterface()
    assert actions is not None
    actions.doAction(QAccessibleActionInterface.pressAction())


def test_a_press_after_a_moment_is_meant(qtbot: QtBot) -> None:
    button = DeliberateButton(None, "Send")
    qtbot.addWidget(button)
    presses: list[bool] = []
    button.meant.connect(lambda: presses.append(True))
    with qtbot.waitExposed(button):
        button.show()
    # In real time, as everywhere outside this file.
    qtbot.waitUntil(lambda: button.press_guard.is_long_enough)
    qtbot.mouseClick(button, LEFT)
    assert presses


def test_a_press_as_it_appears_is_not_and_the_button_says_so(shown: Shown) -> None:
    shown.click()
    assert shown.count == 0
    assert "too soon" in QToolTip.text()
    shown.stand()
    shown.click()
    assert shown.count == 1


def test_the_second_press_of_a_double_click_is_not(shown: Shown) -> None:
    shown.stand()
    # As Qt tells of it: the second press comes as a double click.
    shown.click()
    shown.qtbot.mouseDClick(shown.button, LEFT)
    assert shown.count == 1


def test_a_second_press_alone_which_began_elsewhere_is_not(shown: Shown) -> None:
    shown.stand()
    at = QPointF(shown.button.rect().center())
    where = shown.button.mapToGlobal(at)
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        buttons = LEFT if kind is QEvent.Type.MouseButtonDblClick else Qt.MouseButton.NoButton
        event = QMouseEvent(kind, at, where, LEFT, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(shown.button, event)
    assert shown.count == 0


def test_presses_that_follow_one_another_without_a_pause_are_one(shown: Shown) -> None:
    shown.stand()
    for _ in range(5):
        shown.click()
        shown.time.pass_by(100)
    assert shown.count == 1


@pytest.mark.parametrize("change", ["show", "enable", "shift", "text", "window", "dialog"])
def test_whatever_brings_it_makes_it_wait(shown: Shown, qtbot: QtBot, change: str) -> None:
    shown.stand()
    match change:
        case "show":
            shown.button.hide()
            shown.button.show()
        case "enable":
            shown.button.setEnabled(False)
            shown.button.setEnabled(True)
        case "shift":
            shown.above.setFixedHeight(90)
            qtbot.waitUntil(lambda: not shown.button.press_guard.is_long_enough)
        case "text":
            shown.button.setText("Send now")
        case "window":
            other = QWidget()
            qtbot.addWidget(other)
            with qtbot.waitActive(other):
                other.show()
                other.activateWindow()
            with qtbot.waitActive(shown.window):
                other.close()
                shown.window.activateWindow()
        case _:
            dialog = QDialog(shown.window)
            dialog.open()
            qtbot.waitUntil(dialog.isActiveWindow)
            dialog.close()
            qtbot.waitUntil(lambda: not shown.button.press_guard.is_long_enough)
    shown.click()
    assert shown.count == 0


def test_what_moves_with_all_around_it_waits_too(qtbot: QtBot, time: HeldTime) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    banner = QLabel("banner", outer)
    banner.hide()
    inner = QWidget(outer)
    button = DeliberateButton(inner, "Send")
    column = QVBoxLayout(outer)
    column.addWidget(banner)
    column.addWidget(inner)
    QVBoxLayout(inner).addWidget(button)
    presses: list[bool] = []
    button.meant.connect(lambda: presses.append(True))
    with qtbot.waitExposed(outer):
        outer.show()
    time.let_stand(button.press_guard)
    banner.setFixedHeight(50)
    banner.show()
    qtbot.waitUntil(lambda: not button.press_guard.is_long_enough)
    qtbot.mouseClick(button, LEFT)
    assert not presses
    QToolTip.hideText()


def test_a_press_under_which_it_changed_is_not_meant(shown: Shown) -> None:
    shown.stand()
    shown.qtbot.mousePress(shown.button, LEFT)
    shown.button.setText("Send to somebody else")
    shown.stand()
    shown.qtbot.mouseRelease(shown.button, LEFT)
    assert shown.count == 0


def test_what_came_under_a_resting_pointer_wants_to_be_pressed_anew(shown: Shown) -> None:
    shown.stand()
    shown.button.hide()
    QTest.mouseMove(shown.above)
    centre = shown.button.rect().center()
    shown.rest_pointer_on_it()
    shown.button.show()
    shown.stand()
    shown.qtbot.mouseClick(shown.button, LEFT, pos=centre)
    assert shown.count == 0
    shown.stand()
    shown.qtbot.mouseClick(shown.button, LEFT, pos=centre)
    assert shown.count == 1


def test_a_pointer_that_moved_there_may_press(shown: Shown) -> None:
    shown.button.hide()
    shown.rest_pointer_on_it()
    shown.button.show()
    shown.stand()
    shown.qtbot.mouseClick(shown.button, LEFT, pos=shown.button.rect().center() + QPoint(10, 0))
    assert shown.count == 1


def test_a_pointer_that_moved_and_came_back_may_press(shown: Shown) -> None:
    shown.button.hide()
    shown.rest_pointer_on_it()
    shown.button.show()
    shown.stand()
    centre = shown.button.rect().center()
    for place in (centre + QPoint(20, 0), centre):
        QTest.mouseMove(shown.button, place)
    shown.qtbot.mouseClick(shown.button, LEFT, pos=centre)
    assert shown.count == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_press_it_once_it_has_stood(shown: Shown, key: Qt.Key) -> None:
    shown.button.setFocus()
    press_key(shown.button, key)
    assert shown.count == 0
    shown.stand()
    press_key(shown.button, key)
    assert shown.count == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_that_repeat_never_press_it(shown: Shown, key: Qt.Key) -> None:
    shown.button.setFocus()
    shown.stand()
    press_key(shown.button, key, repeats=True)
    assert shown.count == 0


def test_its_mnemonic_presses_it_once_it_has_stood(shown: Shown, qtbot: QtBot) -> None:
    qtbot.keyClick(shown.line, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    assert shown.count == 0
    shown.stand()
    qtbot.keyClick(shown.line, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    assert shown.count == 1


def test_a_mnemonic_that_is_held_down_does_not_press_it(shown: Shown, qtbot: QtBot) -> None:
    shown.stand()
    window = shown.window.windowHandle()
    for _ in range(3):
        QTest.simulateEvent(shown.line, True, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier, "s", True)
    assert window is not None
    qtbot.wait(0)
    assert shown.count == 0


def test_a_screen_reader_presses_it_once_it_has_stood(shown: Shown, qtbot: QtBot) -> None:
    press_by_reader(shown.button)
    qtbot.wait(150)
    assert shown.count == 0
    shown.stand()
    press_by_reader(shown.button)
    qtbot.waitUntil(lambda: shown.count == 1)


def test_enter_elsewhere_in_a_dialog_never_presses_it(qtbot: QtBot, time: HeldTime) -> None:
    shown = Shown(qtbot, time, QDialog())
    other = QPushButton("Other", shown.window)
    other.setAutoDefault(False)
    shown.stand()
    qtbot.keyClick(shown.line, Qt.Key.Key_Return)
    assert shown.count == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_repeats_that_come_as_releases_and_presses_never_press_it(shown: Shown, key: Qt.Key) -> None:
    """As X sends them, where nothing marks them as repeats."""
    shown.button.setFocus()
    shown.stand()
    for _ in range(3):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            QApplication.sendEvent(shown.button, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
    assert shown.count == 0
    QApplication.sendEvent(shown.button, QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))
    shown.time.pass_by(40)
    shown.stand()
    press_key(shown.button, key)
    assert shown.count == 1


def test_enter_with_another_key_is_a_shortcut_and_does_not_press_it(shown: Shown) -> None:
    shown.button.setFocus()
    shown.stand()
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier):
        shown.qtbot.keyClick(shown.button, Qt.Key.Key_Return, modifier)
    assert shown.count == 0
    shown.qtbot.keyClick(shown.button, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert shown.count == 1


def test_other_keys_do_what_they_do_everywhere(qtbot: QtBot, time: HeldTime) -> None:
    dialog = QDialog()
    shown = Shown(qtbot, time, dialog)
    shown.button.setFocus()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(shown.button, Qt.Key.Key_Escape)
    assert shown.count == 0


def test_a_double_click_makes_it_wait_once_more(shown: Shown) -> None:
    shown.stand()
    shown.qtbot.mouseDClick(shown.button, LEFT)
    assert not shown.button.press_guard.is_long_enough


def test_a_window_that_nobody_closed_goes_without_complaint(qtbot: QtBot) -> None:
    class Forgotten(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.itself = self
            self.button = DeliberateButton(QWidget(self), "Send")
            self.button.meant.connect(self.close)

    window = Forgotten()
    with qtbot.waitExposed(window):
        window.show()
    del window
    # What Qt calls of it then would be told as this test's failure.
    assert gc.collect() > 0
    assert not any(isinstance(one, Forgotten) for one in QApplication.topLevelWidgets())
