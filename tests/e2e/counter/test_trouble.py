"""Codes that run out, a network that is gone, answers that get lost: what both monitors say, and which key helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.counter.conftest import SHORT_MS
from tests.e2e.counter.monitors import CUSTOMERS
from tests.e2e.texts import chinese
from tests.services.counter_desk import LI, ZHANG
from tests.services.sandbox_platform import sign_at

if TYPE_CHECKING:
    from tests.e2e.counter.teller import Teller

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow]

KEPT = "The customer's data is still here."
ASK = "Please wait, the teller is assisting you"
SIGNED = "Signed. Thank you!"


def test_a_code_that_ran_out_is_told_on_both_monitors_and_renewed_by_a_key(teller: Teller) -> None:
    assert SHORT_MS < 30_000
    link = teller.serve("F3")
    teller.wait_for_codes((), ())
    teller.sees(chinese("CounterWords", "Expired"))
    teller.sees("张三")
    teller.customer_sees(chinese("CustomerDisplay", ASK))

    teller.press("F12")
    renewed = teller.customers_code(not_one_of=(link,))
    sign_at(renewed)
    teller.sees(chinese("CounterWords", "Signed"))
    teller.customer_sees(chinese("CustomerDisplay", SIGNED))
    teller.press("Return")
    teller.is_ready()
    teller.leave()


def test_a_lost_network_is_told_keeps_the_customer_and_one_key_goes_on(teller: Teller) -> None:
    with teller.take_over_platform() as platform:
        teller.choose()
        platform.go()
        teller.type(ZHANG)
        teller.press("Return")
        teller.sees(chinese("CounterWords", KEPT))
        teller.sees("张三")
        teller.customer_sees(chinese("CustomerDisplay", ASK))
        teller.press("Return")
        teller.sees(chinese("CounterWords", KEPT))
        platform.come_back()
        teller.press("Return")
        link = teller.customers_code()

        platform.go()
        teller.sees(chinese("CounterWords", "No connection; QR code still valid"))
        teller.wait_for_codes((link,), (link,))
        platform.come_back()
        teller.sees(chinese("CounterWords", "Waiting for the signature"))
        sign_at(link)
        teller.sees(chinese("CounterWords", "Signed"))
        teller.customer_sees(chinese("CustomerDisplay", SIGNED))
        teller.press("Return")
        teller.is_ready()

        platform.set_faults({"path": "/sign/execute", "fault": "reset", "times": None})
        teller.choose()
        teller.type(LI)
        teller.press("Return")
        teller.sees(chinese("CounterWords", KEPT))
        assert teller.codes_on(CUSTOMERS) == ()
        platform.set_faults()
        teller.press("Return")
        link = teller.customers_code()
        sign_at(link)
        teller.customer_sees(chinese("CustomerDisplay", SIGNED))
        teller.press("Return")
        teller.is_ready()
    teller.leave()


def test_a_lost_answer_is_told_in_words_and_a_key_decides(teller: Teller) -> None:
    with teller.take_over_platform() as platform:
        platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
        teller.choose()
        teller.type(ZHANG)
        teller.press("Return")
        teller.sees(chinese("CounterWords", "No answer from the platform"))
        teller.sees(chinese("CounterWords", "send again"))
        teller.customer_sees(chinese("CustomerDisplay", ASK))
        assert teller.codes_on(CUSTOMERS) == ()
        teller.press("1")
        teller.sees(chinese("CounterWindow", "Still no answer from the platform."))
        teller.press("2")
        link = teller.customers_code()
        sign_at(link)
        teller.sees(chinese("CounterWords", "Signed"))

        teller.press("Return")
        platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
        teller.choose()
        teller.type(LI)
        teller.press("Return")
        teller.sees(chinese("CounterWords", "cancel"))
        teller.press("3")
        teller.sees(chinese("CounterWords", "Revoked"))
        teller.press("Return")
        teller.is_ready()
    teller.leave()
