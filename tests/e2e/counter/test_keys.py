"""Two customers at one contract, and what every key does to both monitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.texts import chinese
from tests.services.counter_desk import LI, ZHANG
from tests.services.sandbox_platform import sign_at

if TYPE_CHECKING:
    from tests.e2e.counter.teller import Teller

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow]


def test_the_second_customers_code_comes_by_itself_and_every_key_tells_on_both_monitors(teller: Teller) -> None:
    first = teller.serve("F4", ZHANG, LI)
    teller.customer_sees("张*")
    sign_at(first)
    second = teller.customers_code(not_one_of=(first,))
    teller.customer_sees("李*")
    teller.wait_for_codes((second,), (second,))

    teller.press("F9")
    teller.wait_for_codes((second,), ())
    teller.sees(chinese("HeadLine", "Customer's screen is blanked"))
    teller.press("F9")
    teller.wait_for_codes((second,), (second,))

    teller.press("ctrl+l")
    teller.sees(chinese("LockPane", "Locked. Press Ctrl+L to unlock."))
    teller.press("Escape", "Escape", "F12", "ctrl+m")
    teller.wait_for_codes((), ())
    teller.press("ctrl+l")
    teller.wait_for_codes((second,), (second,))

    sign_at(second)
    teller.sees(chinese("CounterWords", "Signed"))
    teller.customer_sees(chinese("CustomerDisplay", "Signed. Thank you!"))
    teller.press("Return")
    teller.is_ready()

    teller.type(ZHANG)
    teller.sees("✓ 110101 19900307 8515")
    teller.press("Escape")
    teller.sees("✓ 110101 19900307 8515")
    # The first of these may come too late to be the second one.
    teller.press("Escape", "Escape")
    teller.is_ready()

    link = teller.serve()
    teller.press("ctrl+m")
    by_message = teller.customers_code(not_one_of=(link,))
    teller.wait_for_codes((by_message,), (by_message,))
    teller.press("Escape")
    teller.sees(chinese("CounterWindow", "Press Esc again to revoke the contract and clear the screen."))
    teller.press("Escape")
    teller.is_ready()
    teller.leave()
