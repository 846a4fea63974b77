"""What a view of the counter's desk tells, and what it keeps to itself."""

from __future__ import annotations

import pytest

from esign_desktop.domain.preset.questions import Question
from esign_desktop.domain.signer import SignerId
from esign_desktop.services.counter.values import Asked, CounterCustomer, CounterView

AMOUNT = Question("amount", "金额")


def view(names: str, *values: str | None) -> CounterView:
    """Customers by one letter each, a blank for one who is not named yet, and what was typed in for the forms."""
    customers = tuple(CounterCustomer(SignerId(str(at)), "甲方", name.strip()) for at, name in enumerate(names))
    return CounterView(customers=customers, asked=tuple(Asked(AMOUNT, value) for value in values))


@pytest.mark.parametrize(
    ("shown", "sends"),
    [
        (view(" "), True),
        (view("张 "), True),
        (view("张"), True),
        (view("  "), False),
        # What was typed in is looked at before.
        (view(" ", None), False),
        (view("张", None), False),
    ],
)
def test_the_last_line_that_is_wanted_sends_unless_something_is_typed_in(shown: CounterView, sends: bool) -> None:
    assert shown.sends_next is sends


def test_who_comes_and_what_is_asked_next() -> None:
    assert view("张  ").next_role == CounterCustomer(SignerId("1"), "甲方")
    assert view("张 ", None).next_question is None
    assert view("张王", "5", None).next_question == AMOUNT
    assert view("张王", "5").next_question is None
    assert view("张", "5").is_complete
    assert not any(one.is_complete for one in (view("张", None), view(" ", "5"), view("")))


def test_no_link_and_nothing_typed_in_stands_in_a_repr() -> None:
    shown = repr(
        CounterView(
            customers=(CounterCustomer(SignerId("r"), "甲方", "张三", masked_number="****5693"),),
            link="https://example.com/key",
            remark="利率不对",
            asked=(Asked(AMOUNT, "50000", check="伍万元整"),),
        )
    )
    assert not [text for text in ("张三", "5693", "example.com", "利率", "50000", "伍万", "金额") if text in shown]
    assert "50000" not in repr(Asked(AMOUNT, "50000", check="50000"))
