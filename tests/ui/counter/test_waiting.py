"""A code that nobody saw any more: the teller is told in words, and one key has it back on both screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter import window as window_module
from esign_desktop.ui.counter.customer_screen import Face
from tests.services.counter_desk import LI, ZHANG
from tests.ui.qr_reading import seen_on

if TYPE_CHECKING:
    from tests.ui.counter.conftest import Teller


@pytest.fixture
def title(teller: Teller) -> str:
    title = teller.put_preset(2)
    teller.sit_down()
    return title


def end_while_the_code_is_shown(teller: Teller) -> str:
    """Take the windows away, as the end of the program does; return the code's link."""
    link = teller.serve(ZHANG)
    teller.leave()
    teller.wait_until(lambda: not teller.installation.counter.view.customers[0].name)
    return link


def enter(teller: Teller, line: str) -> None:
    teller.type(line)
    teller.press(Qt.Key.Key_Return)


def test_the_next_opening_tells_of_it_and_enter_brings_the_code_back(teller: Teller, title: str) -> None:
    link = end_while_the_code_is_shown(teller)
    teller.sit_down_again()
    teller.wait_for(CounterState.WAITING)
    assert teller.window.pane.heading == "One of today's contracts is still unsigned"
    assert "Sent at" in teller.window.pane.detail
    assert teller.customer_sees(Face.BLANK)
    assert seen_on(teller.window) == []

    teller.press(Qt.Key.Key_Return)

    teller.wait_for(CounterState.SHOWING)
    assert seen_on(teller.window) == [link]
    assert teller.customer_sees(Face.CODE)
    assert len(teller.platform.flows(title)) == 1
    teller.platform.sign(link)
    teller.wait_for(CounterState.SIGNED)


def test_escape_twice_leaves_it_waiting(teller: Teller, title: str) -> None:
    end_while_the_code_is_shown(teller)
    teller.sit_down_again()
    teller.wait_for(CounterState.WAITING)
    teller.press_escape_twice()
    teller.wait_for(CounterState.READY)
    assert teller.is_at_the_line
    assert [flow.status for flow in teller.platform.flows(title)] == [1]


def test_a_preset_key_leaves_it_and_serves_another_customer(teller: Teller, title: str) -> None:
    end_while_the_code_is_shown(teller)
    teller.sit_down_again()
    teller.wait_for(CounterState.WAITING)
    teller.serve(LI)
    assert [flow.status for flow in teller.platform.flows(title)] == [1, 1]


def test_the_same_customer_is_told_of_the_old_code_and_enter_uses_it(teller: Teller, title: str) -> None:
    link = end_while_the_code_is_shown(teller)
    teller.sit_down_again()
    teller.wait_for(CounterState.WAITING)
    teller.choose()
    enter(teller, ZHANG)
    teller.wait_for(CounterState.WAITING)
    assert "Nothing new was sent" in teller.window.pane.detail
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert seen_on(teller.window) == [link]
    assert len(teller.platform.flows(title)) == 1


def test_f12_revokes_the_old_one_and_makes_a_new_code(teller: Teller, title: str) -> None:
    link = end_while_the_code_is_shown(teller)
    teller.sit_down_again()
    teller.wait_for(CounterState.WAITING)
    teller.press(Qt.Key.Key_F12)
    teller.choose()
    enter(teller, ZHANG)
    teller.wait_for(CounterState.WAITING)
    teller.press(Qt.Key.Key_F12)
    teller.wait_for(CounterState.SHOWING)
    assert teller.desk.view.link != link
    assert sorted(flow.status for flow in teller.platform.flows(title)) == [1, 3]


def test_what_was_signed_meanwhile_is_told_by_itself(teller: Teller, title: str) -> None:
    link = end_while_the_code_is_shown(teller)
    teller.platform.sign(link)
    teller.sit_down_again()
    teller.wait_for(CounterState.SIGNED)
    assert teller.window.pane.heading == "Signed"
    assert len(teller.platform.flows(title)) == 1


def test_what_waits_is_covered_after_a_while(teller: Teller, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    end_while_the_code_is_shown(teller)
    monkeypatch.setattr(window_module, "TYPED_FOR_MS", 300)
    teller.sit_down_again()
    teller.wait_until(lambda: teller.window.is_locked)
    teller.unlock()
    assert teller.desk.view.state is CounterState.WAITING
    assert len(teller.platform.flows(title)) == 1
