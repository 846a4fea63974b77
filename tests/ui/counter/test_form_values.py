"""What is typed in for a form at the counter, with keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter import work_page as sum_pane
from esign_desktop.ui.counter.work_page import SumPane
from tests.services.counter_desk import ZHANG

if TYPE_CHECKING:
    from tests.ui.counter.conftest import Teller

TYPED = CustomerDatum.TYPED
FIELDS = (
    FormField("form1[0].borrower[0]", CustomerDatum.NAME),
    FormField("form1[0].loan_amount[0]", TYPED),
    FormField("form1[0].start[0]", TYPED, label="起始日期"),
    FormField("form1[0].way[0]", TYPED, label="还款方式", kind=AnswerKind.CHOICE, choices=("等额本息", "等额本金")),
    FormField("form1[0].remark[0]", TYPED, label="备注", most_characters=5, is_required=False),
)


@pytest.fixture
def asked(teller: Teller) -> Teller:
    """A teller who has entered the customer of a contract with a form."""
    teller.title = teller.put_form_preset(2, *FIELDS)
    teller.sit_down()
    teller.choose()
    teller.type(ZHANG)
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: asks(teller) == "Loan amount")
    return teller


def asks(teller: Teller) -> str:
    question = teller.desk.view.next_question
    return question.label if question is not None else ""


def answer(teller: Teller, text: str, then: str) -> None:
    if text:
        teller.type(text)
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: asks(teller) == then)
    teller.wait_until(lambda: then == "" or teller.is_at_the_line)


def answer_all(teller: Teller) -> SumPane:
    answer(teller, "50,000", "起始日期")
    answer(teller, "20260309", "还款方式")
    answer(teller, "2", "备注")
    answer(teller, "", "")
    pane = teller.window.findChild(SumPane)
    assert pane is not None
    teller.wait_until(pane.isVisible)
    return pane


def test_everything_is_looked_at_before_a_fresh_enter_sends(asked: Teller) -> None:
    pane = answer_all(asked)
    assert [value for _, value, _ in pane.rows] == ["张三", "50,000", "2026年03月09日", "等额本金", ""]
    assert [check for _, _, check in pane.rows] == ["****8515", "伍万元整", "星期一", "", ""]
    assert [name for name, _, _ in pane.rows][1:] == ["Loan amount", "起始日期", "还款方式", "备注"]
    asked.wait_until(lambda: pane.is_seen)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(pane, held)
    assert asked.desk.view.state is CounterState.READY
    asked.press(Qt.Key.Key_Return)
    asked.wait_for(CounterState.SHOWING)
    assert pane.rows == ()
    assert len(asked.platform.flows(asked.title)) == 1


def test_enter_within_the_first_moment_sends_nothing(asked: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sum_pane, "FIRST_MOMENT_MS", 60_000)
    answer_all(asked)
    for _ in range(3):
        asked.press(Qt.Key.Key_Return)
    asked.tasks_are_done()
    assert (asked.desk.view.state, asked.platform.flows(asked.title)) == (CounterState.READY, ())


def test_enter_shows_what_lies_below_the_edge_before_it_sends(asked: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sum_pane, "FIRST_MOMENT_MS", 0)
    pane = answer_all(asked)
    pane.setMaximumHeight(120)
    bar = pane.findChild(QScrollArea).verticalScrollBar()  # type: ignore[union-attr]
    asked.wait_until(lambda: bar.maximum() > 0)
    asked.press(Qt.Key.Key_Return)
    assert bar.value() > 0
    assert asked.desk.view.state is CounterState.READY
    while bar.value() < bar.maximum():
        asked.press(Qt.Key.Key_Return)
    asked.tasks_are_done()
    assert asked.platform.flows(asked.title) == ()
    asked.press(Qt.Key.Key_Return)
    asked.wait_for(CounterState.SHOWING)


@pytest.mark.parametrize("text", ["12 months", "12万", "1.234"])
def test_what_is_no_amount_is_refused_in_words_and_stays_in_the_line(asked: Teller, text: str) -> None:
    asked.type(text)
    asked.press(Qt.Key.Key_Return)
    asked.wait_until(lambda: "“Loan amount” must be an amount" in asked.window.message)
    assert (asks(asked), asked.window.line.text) == ("Loan amount", text)


def test_amount_is_shown_in_capital_characters_while_it_is_typed(asked: Teller) -> None:
    asked.type("1,409.50")
    assert asked.window.line.advice == "✓ 壹仟肆佰零玖元伍角"


def test_an_empty_value_is_refused_and_an_optional_one_is_not(asked: Teller) -> None:
    asked.press(Qt.Key.Key_Return)
    asked.wait_until(lambda: "“Loan amount” is required" in asked.window.message)
    assert asks(asked) == "Loan amount"
    answer_all(asked)


def test_choices_are_listed_and_nothing_else_is_taken(asked: Teller) -> None:
    answer(asked, "50,000", "起始日期")
    answer(asked, "2026-3-9", "还款方式")
    assert asked.window.line.advice == "1 等额本息   2 等额本金"
    asked.type("3")
    asked.press(Qt.Key.Key_Return)
    asked.wait_until(lambda: "one of the options" in asked.window.message)


def test_text_that_is_too_long_is_refused(asked: Teller) -> None:
    answer(asked, "50,000", "起始日期")
    answer(asked, "2026年3月9日", "还款方式")
    answer(asked, "等额本息", "备注")
    asked.type("六个字太长了")
    asked.press(Qt.Key.Key_Return)
    asked.wait_until(lambda: "at most 5" in asked.window.message)


@pytest.mark.parametrize("shift_tab", [False, True])
def test_going_back_brings_every_line_again(asked: Teller, shift_tab: bool) -> None:
    def back() -> None:
        if shift_tab:
            asked.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        else:
            asked.press(Qt.Key.Key_Up)

    answer_all(asked)
    back()
    asked.wait_until(lambda: asks(asked) == "备注")
    back()
    asked.wait_until(lambda: asked.window.line.text == "2")
    back()
    asked.wait_until(lambda: asked.window.line.text == "20260309")
    back()
    asked.wait_until(lambda: asked.window.line.text == "50,000")
    asked.type("60,000")
    asked.press(Qt.Key.Key_Return)
    asked.wait_until(lambda: asked.window.line.text == "20260309")
    back()
    asked.wait_until(lambda: asked.window.line.text == "60,000")
    back()
    asked.wait_until(lambda: asked.window.line.text == ZHANG)
    assert all(not one.name for one in asked.desk.view.customers)


def test_nothing_of_the_customer_is_left_after_clearing(asked: Teller) -> None:
    pane = answer_all(asked)
    asked.press_escape_twice()
    asked.wait_until(lambda: not asked.desk.view.is_complete)
    assert (pane.rows, asked.window.line.text) == ((), "")
    assert "50,000" not in asked.window.findChild(SumPane).accessibleName()  # type: ignore[union-attr]
