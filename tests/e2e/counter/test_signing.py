"""A teller and a customer with a monitor each: from F2 to the signature with keys alone, and what a cable can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.counter.monitors import CUSTOMERS
from tests.e2e.test_main_job import sign_in_browser
from tests.e2e.texts import chinese
from tests.services.counter_desk import LI
from tests.services.sandbox_platform import refuse_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.counter.teller import Teller

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_the_customer_signs_off_their_own_monitor_and_the_desk_is_free_again(teller: Teller, tmp_path: Path) -> None:
    teller.sees(chinese("PresetKeys", "Contracts"))
    teller.sees(chinese("EnvironmentWords", "Rehearsal"))
    assert teller.codes_on(CUSTOMERS) == ()

    link = teller.serve()
    teller.wait_for_codes((link,), (link,))
    sign_in_browser(link, tmp_path / "profile")
    teller.customer_sees(chinese("CustomerDisplay", "Signed. Thank you!"))
    teller.sees(chinese("CounterWords", "Signed"))
    teller.wait_for_codes((), ())
    # The signed page stays until the teller has seen it.
    teller.press("Return")
    teller.is_ready()
    teller.leave()


@pytest.mark.nightly
def test_a_pulled_cable_a_lock_a_renewal_and_a_refusal_are_told_on_each_monitor(teller: Teller) -> None:
    link = teller.serve("F2", LI)
    teller.monitors.unplug()
    teller.sees(chinese("HeadLine", "Customer's screen is not connected"))
    teller.wait_for_codes((link,), ())
    assert teller.display.all("label") == []
    teller.monitors.plug_in()
    teller.wait_for_codes((link,), (link,))

    teller.press("ctrl+l")
    teller.wait_for_codes((), ())
    teller.press("ctrl+l")
    teller.wait_for_codes((link,), (link,))

    teller.press("F12")
    renewed = teller.customers_code(not_one_of=(link,))
    refuse_at(renewed, "金额不对")
    teller.sees(chinese("CounterWords", "Reason: {reason}", reason="金额不对"))
    teller.customer_sees(chinese("CustomerDisplay", "Please wait, the teller is assisting you"))
    assert not any("金额" in label.name for label in teller.display.all("label"))
    teller.press("Return")
    teller.is_ready()

    teller.serve("F2", LI)
    teller.press("Escape", "Escape")
    teller.is_ready()
    teller.leave()
