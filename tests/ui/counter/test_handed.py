"""Customers whom another program hands over, several of them, and where they can't be laid out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter import window as window_module
from tests.services.counter_desk import made_up_number

if TYPE_CHECKING:
    import pytest

    from tests.ui.counter.conftest import Teller

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
        teller.window.take_customer(customer)
    teller.wait_until(lambda: shows(teller, FIRST))
    teller.wait_until(lambda: teller.window.message.startswith("2 customers were handed over"))
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
    teller.window.take_customer(HandedCustomer(FIRST.name, FIRST.number, preset_key=7))
    teller.window.take_customer(SECOND)
    teller.wait_until(lambda: "no preset is on key 7" in teller.window.message)
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
        teller.window.take_customer(customer)
    teller.wait_until(lambda: shows(teller, FIRST))
    teller.wait_until(lambda: teller.window.line.text == "")
    assert not shows(teller, SECOND)
