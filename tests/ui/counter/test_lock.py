"""A counter that is locked: both screens are covered, and only the PIN opens it where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from esign_desktop.services.counter.pin import MISSES_BEFORE_WAITING
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter.customer_screen import Face
from tests.services.counter_desk import ZHANG
from tests.ui.qr_reading import seen_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.counter.conftest import Teller

CTRL = Qt.KeyboardModifier.ControlModifier
PIN = "48151623"


@pytest.fixture
def locked(teller: Teller) -> Teller:
    """A teller who went away while a code was shown."""
    teller.pin.set_pin(PIN)
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    teller.press(Qt.Key.Key_L, CTRL)
    teller.wait_until(lambda: teller.window.lock_pane.wants_pin)
    return teller


def enter_pin(teller: Teller, text: str) -> None:
    edit = teller.window.lock_pane.pin
    assert edit.hasFocus()
    QTest.keyClicks(edit, text)
    teller.press(Qt.Key.Key_Return)


def test_only_the_pin_opens(locked: Teller) -> None:
    link = locked.desk.view.link
    assert seen_on(locked.window) == []
    assert locked.customer_sees(Face.BLANK)
    shown = " ".join(label.text() for label in locked.window.findChildren(QLabel) if label.isVisible())
    assert "张三" not in shown
    assert "F11" not in shown
    locked.press(Qt.Key.Key_L, CTRL)
    assert locked.window.is_locked
    enter_pin(locked, "48151624")
    locked.wait_until(lambda: locked.window.lock_pane.status == "Incorrect PIN.")
    assert locked.window.lock_pane.pin.text() == ""
    enter_pin(locked, PIN)
    locked.wait_until(lambda: not locked.window.is_locked)
    assert seen_on(locked.window) == [link]
    assert locked.customer_sees(Face.CODE)
    assert locked.window.lock_pane.pin.text() == ""


def test_no_key_does_anything_before_that(locked: Teller) -> None:
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Escape, Qt.Key.Key_F12, Qt.Key.Key_F2, Qt.Key.Key_F9, Qt.Key.Key_F11):
        locked.press(key)
    locked.press(Qt.Key.Key_M, CTRL)
    assert locked.desk.view.state is CounterState.SHOWING
    assert locked.window.isVisible()
    locked.window.close()
    assert locked.window.isVisible()
    assert locked.customer_sees(Face.BLANK)


def test_guessing_has_to_wait_and_is_told_so(locked: Teller, speak: Callable[[str], None]) -> None:
    for _ in range(MISSES_BEFORE_WAITING):
        enter_pin(locked, "0000")
        locked.wait_until(lambda: bool(locked.window.lock_pane.status))
        locked.window.lock_pane.show_status("")
    enter_pin(locked, PIN)
    locked.wait_until(lambda: "try again" in locked.window.lock_pane.status)
    assert locked.window.is_locked
    speak("zh_CN")
    enter_pin(locked, PIN)
    locked.wait_until(lambda: "秒后再试" in locked.window.lock_pane.status)


def test_escape_clears_what_was_typed(locked: Teller) -> None:
    QTest.keyClicks(locked.window.lock_pane.pin, "4815")
    locked.press(Qt.Key.Key_Escape)
    assert locked.window.lock_pane.pin.text() == ""


def test_what_is_signed_meanwhile_is_seen_after_opening(locked: Teller) -> None:
    locked.platform.sign(locked.desk.view.link)
    locked.wait_for(CounterState.SIGNED)
    assert locked.customer_sees(Face.BLANK)
    enter_pin(locked, PIN)
    locked.wait_until(lambda: not locked.window.is_locked)
    assert locked.window.pane.heading == "Signed"


def test_without_a_pin_the_same_keys_open_it(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.press(Qt.Key.Key_L, CTRL)
    teller.wait_until(lambda: not teller.window.lock_pane.pin.isVisible())
    assert "Ctrl+L" in teller.window.lock_pane.heading
    assert teller.window.is_locked
    teller.unlock()


def test_a_pin_that_can_not_be_asked_for_keeps_it_locked(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    from esign_desktop.domain.errors import StoreError

    def fail(_key: str) -> str:
        raise StoreError("store.disk_full")

    teller.put_preset(2)
    teller.sit_down()
    monkeypatch.setattr("esign_desktop.store.tables.settings.Settings.get", lambda _self, key: fail(key))
    teller.press(Qt.Key.Key_L, CTRL)
    teller.wait_until(lambda: "disk is full" in teller.window.lock_pane.status)
    teller.press(Qt.Key.Key_L, CTRL)
    assert teller.window.is_locked
    teller.window.close()
    assert teller.window.isVisible()
    monkeypatch.undo()
    teller.press(Qt.Key.Key_L, CTRL)
    teller.press(Qt.Key.Key_L, CTRL)
