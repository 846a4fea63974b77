"""Keys of the counter that send or revoke: held down, pressed twice, and pressed as what they act on appears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.widgets import deliberate as standing
from tests.services.counter_desk import ZHANG

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.counter.conftest import Teller

pytestmark = pytest.mark.unhurried

REPEATS = 50
REPEAT_MS = 30


def hold(teller: Teller, qtbot: QtBot, key: Qt.Key) -> None:
    """Hold a key down that is down already; its repeats are not marked as such, as over X they may be."""
    for _ in range(REPEATS):
        focus = QApplication.focusWidget() or teller.window
        QTest.keyRelease(focus, key)
        QTest.keyPress(focus, key)
        qtbot.wait(REPEAT_MS)


def rest(qtbot: QtBot) -> None:
    """Look at what is there."""
    qtbot.wait(standing.moment_ms() + 100)


def lose_network(teller: Teller) -> None:
    teller.begin()
    teller.lose_network_at("/file/uploadurl")
    teller.wait_until(lambda: teller.desk.view.state in {CounterState.PAUSED, CounterState.FAILED})


def test_enter_that_is_held_down_does_not_go_on_with_a_send(teller: Teller, qtbot: QtBot) -> None:
    lose_network(teller)
    teller.platform.set_faults()
    hold(teller, qtbot, Qt.Key.Key_Return)
    assert teller.desk.view.state in {CounterState.PAUSED, CounterState.FAILED}
    rest(qtbot)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)


def test_a_key_that_comes_too_soon_sends_nothing_and_is_told(teller: Teller, qtbot: QtBot) -> None:
    title = teller.begin()
    teller.platform.set_faults({"path": "/sign/start", "fault": "drop_reply", "times": 1})
    teller.type(ZHANG)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.HELD)
    teller.press(Qt.Key.Key_2)
    assert "too soon" in teller.window.message
    assert len(teller.platform.flows(title)) == 1
    rest(qtbot)
    teller.press(Qt.Key.Key_2)
    teller.wait_for(CounterState.SHOWING)


def test_a_renewal_twice_in_a_hurry_is_one(teller: Teller, qtbot: QtBot) -> None:
    title = teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    rest(qtbot)
    teller.press(Qt.Key.Key_F12)
    teller.wait_until(lambda: len(teller.platform.flows(title)) == 2)
    teller.wait_for(CounterState.SHOWING)
    teller.press(Qt.Key.Key_F12)
    qtbot.wait(500)
    assert len(teller.platform.flows(title)) == 2


def test_escape_that_is_held_down_revokes_nothing(teller: Teller, qtbot: QtBot) -> None:
    title = teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    teller.press(Qt.Key.Key_Escape)
    hold(teller, qtbot, Qt.Key.Key_Escape)
    assert teller.desk.view.state is CounterState.SHOWING
    assert [flow.status for flow in teller.platform.flows(title)] == [1]


def test_enter_that_gave_the_pin_does_not_send_what_is_uncovered(teller: Teller, qtbot: QtBot) -> None:
    teller.pin.set_pin("48151623")
    title = teller.put_form_preset(2, FormField("form1[0].loan_amount[0]", CustomerDatum.TYPED))
    teller.sit_down()
    teller.choose()
    teller.type(ZHANG)
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: teller.desk.view.next_question is not None)
    teller.wait_until(lambda: teller.is_at_the_line)
    teller.type("50,000")
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: teller.desk.view.wants_look)
    rest(qtbot)
    teller.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    teller.wait_until(lambda: teller.window.lock_pane.wants_pin)
    QTest.keyClicks(teller.window.lock_pane.pin, "48151623")
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: not teller.window.is_locked)
    teller.press(Qt.Key.Key_Return)
    teller.tasks_are_done()
    assert (teller.desk.view.state, teller.platform.flows(title)) == (CounterState.READY, ())
    rest(qtbot)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
