"""A contract of today that its customer has not signed: offered again after a crash, and not sent twice unasked.

A desk that is closed without a word stands for one that was killed; ``test_crash`` kills it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from esign_desktop.domain.china_time import DAY_MS, midnight_ms
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.preset.preset import COUNTER_VALIDITY_MS
from esign_desktop.services.counter.shift import WaitingContracts
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterNews
from tests.services.counter_desk import LI, ZHANG, CounterDesk
from tests.services.desk import ONE_TRY, clock_ms, make_contract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import KeptFlow, SandboxPlatform

NOON_MS = DAY_MS // 2


class Office:
    """One installation, whose program is started as often as one likes."""

    def __init__(self, folder: Path, platform: SandboxPlatform) -> None:
        self.folder = folder
        self.platform = platform
        self.desk = CounterDesk(folder / "desk", platform.environment, retry=ONE_TRY)
        self.preset = self.make_preset()

    def make_preset(self, *, signers: int = 1) -> Preset:
        return self.desk.make_preset(self.folder / uuid4().hex, signers=signers)

    def serve(self, *lines: str, preset: Preset | None = None) -> CounterState:
        counter = self.desk.counter
        counter.choose((preset or self.preset).id)
        for line in lines or (ZHANG,):
            assert counter.enter(line).is_ready
        return counter.send().state

    def start_again(self) -> None:
        self.desk.close()
        self.desk = CounterDesk(self.folder / "desk", self.platform.environment, retry=ONE_TRY)

    def flows(self, preset: Preset | None = None) -> tuple[KeptFlow, ...]:
        return self.platform.flows((preset or self.preset).title)

    @property
    def open_count(self) -> int:
        return sum(flow.is_visible and flow.status == 1 for flow in self.flows())


@pytest.fixture
def office(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Office]:
    office = Office(tmp_path, platform)
    yield office
    office.desk.close()


@pytest.fixture
def link(office: Office) -> str:
    """Of the code that stood there when the program ended."""
    assert office.serve() is CounterState.SHOWING
    link = office.desk.counter.view.link
    office.start_again()
    return link


def test_the_next_opening_offers_the_code_and_one_call_shows_it(office: Office, link: str) -> None:
    counter = office.desk.counter
    view = counter.resume()
    assert (view.state, view.link, view.customers[0].name) == (CounterState.WAITING, "", "张三")
    assert view.earlier is not None
    assert not view.earlier.is_entered_anew
    assert 0 <= clock_ms() - view.earlier.sent_at_ms < 60_000

    view = counter.show_waiting()

    assert (view.state, view.link, view.is_live, view.error) == (CounterState.SHOWING, link, True, None)
    assert office.open_count == 1
    office.platform.sign(link)
    assert counter.refresh().state is CounterState.SIGNED


def test_the_same_customer_is_sent_nothing_before_it_is_decided(office: Office, link: str) -> None:
    calls = len(office.platform.request_log())
    assert office.serve() is CounterState.WAITING
    counter = office.desk.counter
    assert counter.view.earlier is not None
    assert counter.view.earlier.is_entered_anew
    assert len(office.platform.request_log()) == calls

    assert counter.show_waiting().link == link
    assert office.open_count == 1
    # The customer was entered, so that the code can be renewed as any other.
    view = counter.renew()
    assert (view.state, view.link == link, office.open_count) == (CounterState.SHOWING, False, 1)


def test_the_old_contract_is_revoked_for_a_new_one(office: Office, link: str) -> None:
    office.serve()
    view = office.desk.counter.renew()
    assert (view.state, view.is_live) == (CounterState.SHOWING, True)
    assert view.link != link
    assert sorted(flow.status for flow in office.flows()) == [1, 3]


def test_left_alone_it_goes_on_and_is_offered_no_more(office: Office, link: str) -> None:
    counter = office.desk.counter
    counter.resume()
    assert counter.clear().state is CounterState.READY
    assert counter.resume().state is CounterState.READY
    assert office.open_count == 1
    # Entered, the customer is told of it all the same.
    assert office.serve() is CounterState.WAITING
    assert counter.show_waiting().link == link


def test_another_contract_can_be_chosen_while_one_is_offered(office: Office, link: str) -> None:
    counter = office.desk.counter
    counter.resume()
    assert counter.choose(office.preset.id).state is CounterState.READY
    assert all(not one.name for one in counter.view.customers)
    assert office.serve(LI) is CounterState.SHOWING
    assert counter.view.link != link
    assert office.open_count == 2


def test_what_was_typed_is_not_lost_by_a_preset_key(office: Office, link: str) -> None:
    office.serve()
    with pytest.raises(InputError) as caught:
        office.desk.counter.choose(office.preset.id)
    assert caught.value.code == "counter.in_use"
    assert office.desk.counter.show_waiting().link == link


def test_other_customers_and_other_contracts_are_sent_at_once(office: Office, link: str) -> None:
    counter = office.desk.counter
    assert office.serve(LI) is CounterState.SHOWING
    assert counter.view.link != link
    counter.clear()
    other = office.make_preset()
    assert office.serve(preset=other) is CounterState.SHOWING
    assert (len(office.flows()), len(office.flows(other))) == (2, 1)


def test_two_customers_are_the_same_only_together(office: Office) -> None:
    both = office.make_preset(signers=2)
    counter = office.desk.counter
    assert office.serve(ZHANG, LI, preset=both) is CounterState.SHOWING
    first = counter.view.link
    office.platform.sign(first)
    counter.refresh()
    second = counter.view.link
    office.start_again()
    counter = office.desk.counter
    third = "王五 11010119900307774X 13700000000"
    assert office.serve(ZHANG, third, preset=both) is CounterState.SHOWING
    counter.clear()
    assert office.serve(ZHANG, LI, preset=both) is CounterState.WAITING
    # One of them has signed: the code is the other one's.
    assert counter.show_waiting().link == second
    assert [one.has_signed for one in counter.view.customers] == [True, False]


def test_one_that_was_signed_meanwhile_is_told_as_signed(office: Office, link: str) -> None:
    counter = office.desk.counter
    office.platform.sign(link)
    assert counter.resume().state is CounterState.WAITING
    assert counter.refresh().state is CounterState.SIGNED
    assert office.desk.heard()[-1] is CounterNews.ENDED
    counter.clear()
    assert office.serve() is CounterState.WAITING
    assert counter.view.earlier is not None
    assert counter.view.earlier.is_signed


def test_the_code_is_not_shown_when_it_turns_out_to_be_signed(office: Office, link: str) -> None:
    counter = office.desk.counter
    office.serve()
    office.platform.sign(link)
    assert (counter.show_waiting().state, counter.view.link) == (CounterState.SIGNED, "")
    assert len(office.flows()) == 1


def test_without_network_the_code_is_shown_with_a_word(office: Office, link: str) -> None:
    office.platform.set_faults({"path": "/", "fault": "reset", "times": None})
    counter = office.desk.counter
    counter.resume()
    assert (counter.refresh().state, counter.view.error) == (CounterState.WAITING, None)
    view = counter.show_waiting()
    assert (view.state, view.link) == (CounterState.SHOWING, link)
    assert view.error is not None


def test_one_that_can_not_be_revoked_now_keeps_waiting_and_nothing_is_sent(office: Office, link: str) -> None:
    office.serve()
    office.platform.set_faults({"path": "/", "fault": "reset", "times": None})
    counter = office.desk.counter
    view = counter.renew()
    assert (view.state, view.error is not None) == (CounterState.WAITING, True)
    assert len(office.flows()) == 1
    office.platform.set_faults()
    assert counter.show_waiting().link == link


@pytest.mark.parametrize(
    ("later_ms", "is_found"),
    [(COUNTER_VALIDITY_MS - 1, True), (COUNTER_VALIDITY_MS, False)],
    ids=["valid", "expired"],
)
def test_only_what_is_valid_and_of_today_waits(office: Office, link: str, later_ms: int, is_found: bool) -> None:
    stores, environment = office.desk.stores, office.platform.environment
    (sent,) = stores.flows.list()
    noon_ms = midnight_ms(sent.sent_at_ms) + NOON_MS + DAY_MS
    at_noon = replace(sent, flow_id=FlowId("of noon"), sent_at_ms=noon_ms, deadline_ms=noon_ms + COUNTER_VALIDITY_MS)
    stores.flows.add(at_noon)
    waiting = WaitingContracts(stores.flows, stores.journal, clock_ms=lambda: noon_ms + later_ms)
    assert [one.record.flow_id for one in waiting.today(environment)] == (["of noon"] if is_found else [])


def test_what_was_sent_yesterday_is_not_offered(office: Office, link: str) -> None:
    stores, environment = office.desk.stores, office.platform.environment
    (sent,) = stores.flows.list()
    assert sent.deadline_ms is None or sent.deadline_ms > sent.sent_at_ms + DAY_MS
    for days, count in ((0, 1), (1, 0)):
        at_ms = sent.sent_at_ms + days * DAY_MS
        waiting = WaitingContracts(stores.flows, stores.journal, clock_ms=partial(int, at_ms))
        assert len(list(waiting.today(environment))) == count


def test_nobody_and_whoever_has_no_account_were_sent_nothing(office: Office, link: str) -> None:
    stores, environment = office.desk.stores, office.platform.environment
    ids = {signer.account_id for record in stores.flows.list() for signer in record.signers}
    waiting = WaitingContracts(stores.flows, stores.journal, clock_ms=clock_ms)
    assert waiting.of_customers(office.preset, [ids], environment) is not None
    assert waiting.of_customers(office.preset, [], environment) is None
    assert waiting.of_customers(office.preset, [ids, ()], environment) is None
    # A preset that has other signers by now.
    assert waiting.of_customers(replace(office.preset, signers=office.preset.signers * 2), [ids], environment) is None


def test_what_was_not_sent_at_a_counter_is_not_offered_there(office: Office, tmp_path: Path) -> None:
    office.desk.submission.send(make_contract(tmp_path / "prepared"), office.platform.environment)
    assert office.desk.counter.resume().state is CounterState.IDLE


def signed(office: Office) -> None:
    """Serve somebody, who signs."""
    assert office.serve() is CounterState.SHOWING
    office.platform.sign(office.desk.counter.view.link)
    assert office.desk.counter.refresh().state is CounterState.SIGNED
    office.desk.counter.clear()


@pytest.mark.parametrize(
    "line", [ZHANG, ZHANG.replace("13800000000", "13900000009"), ZHANG.replace(" 13800000000", "")]
)
def test_who_has_signed_today_is_asked_about_and_not_sent_a_second_contract(office: Office, line: str) -> None:
    signed(office)
    counter = office.desk.counter
    assert counter.look(line).signed_at_ms is not None
    assert counter.look(LI).signed_at_ms is None

    assert office.serve(line) is CounterState.WAITING

    earlier = counter.view.earlier
    assert earlier is not None
    assert (earlier.is_signed, earlier.is_entered_anew, len(office.flows())) == (True, True, 1)
    # Nobody is asked whether it still waits: it does not.
    assert counter.refresh().state is CounterState.WAITING
    assert counter.revoke_and_clear().state is CounterState.READY
    assert [flow.status for flow in office.flows()] == [2]


def test_another_one_is_sent_on_a_persons_word_and_the_signed_one_stays(office: Office) -> None:
    signed(office)
    assert office.serve() is CounterState.WAITING
    assert office.desk.counter.renew().state is CounterState.SHOWING
    assert sorted(flow.status for flow in office.flows()) == [1, 2]


def test_that_it_is_signed_can_be_shown(office: Office) -> None:
    signed(office)
    office.serve()
    assert office.desk.counter.show_waiting().state is CounterState.SIGNED
    assert len(office.flows()) == 1


def test_another_contract_may_be_signed_the_same_day(office: Office) -> None:
    signed(office)
    assert office.serve(preset=office.make_preset()) is CounterState.SHOWING
