"""Customers whom another program hands over, several of them, and where they can't be laid out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.domain.people.handover import HandedCustomer, HandoverAnswer, HandoverState
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter import window as window_module
from esign_desktop.ui.counter.customer_screen import Face
from esign_desktop.ui.widgets import deliberate
from tests.services.counter_desk import WANG, ZHANG, made_up_number
from tests.ui.held_time import HeldTime
from tests.ui.qr_reading import seen_on

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.counter.conftest import Teller

CTRL = Qt.KeyboardModifier.ControlModifier

FIRST, SECOND, THIRD = (
    HandedCustomer(f"赵{n}", made_up_number(count), mobile=f"138{count:08}", preset_key=2, reference=f"loan-{count}")
    for count, n in enumerate("一二三", 1)
)


def shows(teller: Teller, customer: HandedCustomer) -> bool:
    return teller.window.line.text == customer.line


def test_who_is_handed_over_at_once_comes_in_turn_and_each_contract_once(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.wait_until(lambda: "借款合同" in str(teller.window.preset_keys.texts))
    for customer in (FIRST, SECOND, THIRD, SECOND):
        teller.window.queue.take(customer)
    teller.wait_until(lambda: shows(teller, FIRST))
    teller.wait_until(lambda: teller.window.head.waiting.startswith("2 "))
    for next_one in (THIRD, SECOND):
        teller.press_escape_twice()
        teller.wait_until(partial(shows, teller, next_one))
    teller.press_escape_twice()
    teller.wait_until(lambda: teller.window.line.text == "")
    assert teller.desk.view.state is CounterState.READY


def test_a_missing_preset_is_told_and_who_came_next_is_not_lost(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.wait_until(lambda: "借款合同" in str(teller.window.preset_keys.texts))
    teller.window.queue.take(HandedCustomer(FIRST.name, FIRST.number, preset_key=7))
    teller.window.queue.take(SECOND)
    teller.wait_until(lambda: "key 7 has no preset" in teller.window.message)
    assert teller.window.line.text == ""
    teller.choose()
    teller.wait_until(lambda: shows(teller, SECOND))


def test_whoever_waits_is_forgotten_where_nobody_is_at_the_counter(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "TYPED_FOR_MS", 300)
    teller.put_preset(2)
    teller.sit_down()
    teller.choose()
    for customer in (FIRST, SECOND):
        teller.window.queue.take(customer)
    teller.wait_until(lambda: shows(teller, FIRST))
    teller.wait_until(lambda: teller.window.line.text == "")
    assert not shows(teller, SECOND)


def hand_over(teller: Teller, customer: HandedCustomer) -> list[HandoverAnswer]:
    """Hand a customer over; return the list that their answer comes into."""
    answers: list[HandoverAnswer] = []
    teller.window.queue.take(customer, answers.append)
    return answers


def test_each_program_is_answered_if_a_customer_is_handed_over_twice_before_the_counter_is_ready(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller.put_preset(2)
    teller.sit_down()
    monkeypatch.setattr(type(teller.desk), "has_resumed", False)
    first = hand_over(teller, FIRST)
    assert first == []
    second = hand_over(teller, FIRST)
    assert first == [HandoverAnswer(HandoverState.QUEUED, 1)]
    assert second == []


def sign(teller: Teller) -> None:
    teller.platform.sign(teller.desk.view.link)
    teller.wait_for(CounterState.SIGNED)


@pytest.fixture
def time(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    """Must come before the teller, whose windows get its clock."""
    return HeldTime(qtbot, monkeypatch)


@pytest.fixture
def signed(teller: Teller, qtbot: QtBot) -> Teller:
    """A teller before the page that says that a customer has signed, with the next one in the queue."""
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    assert hand_over(teller, FIRST) == [HandoverAnswer(HandoverState.QUEUED, 1)]
    sign(teller)
    qtbot.wait(200)
    return teller


def test_the_signed_page_stays_until_enter_though_a_customer_waits(signed: Teller) -> None:
    assert signed.window.pane.heading == "Signed"
    assert signed.customer_sees(Face.SIGNED)
    assert signed.window.line.text == ""
    assert signed.window.head.waiting.startswith("1 ")
    asked: list[object] = []
    signed.window.print_requested.connect(asked.append)
    signed.press(Qt.Key.Key_P, CTRL)
    assert asked == [signed.desk.view.flow_id]
    signed.press(Qt.Key.Key_Return)
    signed.wait_until(lambda: shows(signed, FIRST))
    assert signed.window.head.waiting == ""


def test_saved_files_do_not_hide_that_a_customer_waits(signed: Teller) -> None:
    signed.desk.saved.emit(1)
    assert "signed file" in signed.window.message
    assert signed.window.head.waiting.startswith("1 ")


@pytest.mark.unhurried
def test_a_line_that_filled_itself_takes_enter_only_after_a_moment(time: HeldTime, signed: Teller) -> None:
    title = signed.desk.view.title
    time.pass_by(100)
    signed.press(Qt.Key.Key_Return)
    assert "too soon" in signed.window.message
    assert signed.window.pane.heading == "Signed"
    time.pass_by(deliberate.moment_ms())
    signed.press(Qt.Key.Key_Return)
    signed.wait_until(lambda: shows(signed, FIRST))
    for _ in range(30):
        time.pass_by(40)
        signed.press(Qt.Key.Key_Return)
    assert "too soon" in signed.window.message
    assert (len(signed.platform.flows(title)), shows(signed, FIRST)) == (1, True)
    time.pass_by(deliberate.moment_ms())
    signed.press(Qt.Key.Key_Return)
    signed.wait_for(CounterState.SHOWING)
    assert signed.desk.view.customers[0].name == FIRST.name


def test_what_is_typed_takes_enter_at_once(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    assert teller.desk.view.customers[0].name == "张三"


def test_a_lock_sets_the_customer_aside_who_fills_the_line(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    first, second = hand_over(teller, FIRST), hand_over(teller, SECOND)
    teller.wait_until(lambda: shows(teller, FIRST))
    assert (first, second) == ([HandoverAnswer(HandoverState.SHOWN)], [HandoverAnswer(HandoverState.QUEUED, 1)])
    teller.press(Qt.Key.Key_L, CTRL)
    assert teller.window.is_locked
    assert teller.window.line.text == ""
    third = hand_over(teller, THIRD)
    # The first customer returns to the head of the queue, from the thread of the store.
    teller.wait_until(lambda: len(third) == 1 and teller.window.queue.count == 3)
    assert third[0].state is HandoverState.QUEUED
    teller.unlock()
    for customer in (FIRST, SECOND, THIRD):
        teller.wait_until(partial(shows, teller, customer))
        teller.press_escape_twice()
    assert len(first) == 1


def test_a_locked_counter_keeps_the_queue_however_long_it_is_locked(
    teller: Teller, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller.put_preset(2)
    teller.sit_down()
    hand_over(teller, FIRST)
    teller.wait_until(lambda: shows(teller, FIRST))
    monkeypatch.setattr(window_module, "TYPED_FOR_MS", 100)
    teller.press(Qt.Key.Key_L, CTRL)
    qtbot.wait(400)
    monkeypatch.undo()
    teller.unlock()
    teller.wait_until(lambda: shows(teller, FIRST))


def test_who_types_while_a_customer_is_laid_out_keeps_line_and_preset(teller: Teller) -> None:
    teller.put_preset(2)
    title = teller.put_preset(3, name="存款合同")
    teller.sit_down()
    teller.choose(Qt.Key.Key_F3)
    answers = hand_over(teller, FIRST)
    teller.type(WANG)
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: answers == [HandoverAnswer(HandoverState.QUEUED, 1)])
    teller.wait_until(lambda: teller.desk.view.preset_name == "存款合同")
    assert teller.platform.flows(title) == ()
    assert teller.window.line.text == WANG
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert (teller.desk.view.customers[0].name, len(teller.platform.flows(title))) == ("王五", 1)


def test_a_key_of_another_preset_keeps_the_customer_their_answers_and_reference(teller: Teller) -> None:
    teller.put_preset(2)
    form = FormField("form1[0].loan_amount[0]", CustomerDatum.TYPED)
    teller.put_form_preset(3, form)
    teller.sit_down()
    answers = dict.fromkeys((form.name, form.label), "50,000")
    hand_over(teller, HandedCustomer(FIRST.name, FIRST.number, preset_key=2, reference="loan-1", answers=answers))
    teller.wait_until(lambda: FIRST.number in teller.window.line.text)
    teller.press(Qt.Key.Key_F3)
    teller.wait_until(lambda: bool(teller.desk.view.asked))
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: teller.window.line.text == "50,000")


def test_a_code_is_seen_by_its_own_customer_alone(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    link = teller.serve(ZHANG)
    hand_over(teller, FIRST)
    sign(teller)
    assert seen_on(teller.window) == []
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: shows(teller, FIRST))
    assert seen_on(teller.window) == []
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert seen_on(teller.window) == [teller.desk.view.link] != [link]


def test_f3_while_a_code_is_shown_says_so(teller: Teller) -> None:
    teller.put_preset(2)
    teller.put_preset(3, name="存款合同")
    teller.sit_down()
    teller.serve(ZHANG)
    teller.press(Qt.Key.Key_F3)
    teller.wait_until(lambda: "A QR code is on the screen." in teller.window.message)
