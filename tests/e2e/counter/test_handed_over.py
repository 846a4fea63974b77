"""Another program, such as a bank's own, hands customers over and reads what became of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.counter.bank import BankProgram, Customer
from tests.e2e.texts import chinese
from tests.services.sandbox_platform import sign_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.counter.teller import Teller

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FIRST, SECOND, THIRD, FOURTH = map(Customer, range(1, 5))


def test_a_hand_over_waits_for_the_tellers_enter_and_never_stands_before_another_customer(
    teller: Teller, tmp_path: Path
) -> None:
    bank = BankProgram(tmp_path / "application")
    assert bank.hand_over(FIRST) == "shown"
    teller.line_holds(FIRST.id_number)
    time.sleep(2)
    assert bank.results() == {}
    teller.press("Return")
    link = teller.customers_code()
    bank.wait_for(FIRST, "signing")

    # The code of the one before stays until they have signed, and the page that says so until Enter.
    assert bank.hand_over(SECOND) == "queued"
    teller.sees(chinese("HeadLine", "%n customer(s) waiting", n=1))
    assert teller.customers_code() == link
    sign_at(link)
    teller.sees(chinese("CounterWords", "Signed"))
    teller.sees(chinese("HeadLine", "%n customer(s) waiting", n=1))
    teller.press("Return")
    teller.line_holds(SECOND.id_number)
    teller.press("ctrl+l")
    assert bank.hand_over(THIRD) == "queued"
    time.sleep(1)
    teller.press("ctrl+l")
    teller.line_holds(SECOND.id_number)
    teller.press("Escape", "Escape")
    teller.line_holds(THIRD.id_number)
    teller.press("Escape", "Escape")

    assert bank.hand_over(FOURTH, preset=7) == "refused"
    teller.sees(chinese("PolicySentences", "Customer data was received, but key {key} has no preset.", key=7))
    # The counter was cleared of two, and the refusal was an answer of its own.
    for customer in (SECOND, THIRD):
        bank.wait_for(customer, "cleared")
        assert bank.states_of(customer) == ["cleared"]
    assert FOURTH.reference not in {line["reference"] for line in bank.results().values()}
