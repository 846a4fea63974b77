from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.policy import Policy
from esign_desktop.services.audit import noting
from esign_desktop.services.counter.pin import MISSES_BEFORE_WAITING, kept_pin
from esign_desktop.services.counter.tellers import TellerPin, Tellers
from esign_desktop.services.sending.approvals import Approvals
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms
from tests.services.own_pins import add_with_own_pin, provide_with_own_pin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def audit(desk: CounterDesk) -> Audit:
    return Audit(desk.database, who="user@computer")


def started(
    desk: CounterDesk,
    audit: Audit,
    policy: Policy | None = None,
    mark: Path | None = None,
    approvals: Approvals | None = None,
    now_ms: Callable[[], int] = clock_ms,
) -> Tellers:
    """Return what a program that starts has of them."""
    return Tellers(
        Settings(desk.database),
        clock_ms=now_ms,
        act_as=audit.act_as,
        note=noting(audit),
        policy=policy or Policy(),
        mark=mark,
        approvals=approvals,
    )


@pytest.fixture
def tellers(desk: CounterDesk, audit: Audit) -> Tellers:
    return started(desk, audit)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        act()
    return caught.value.code


def test_what_a_teller_does_is_noted_under_their_name(tellers: Tellers, audit: Audit) -> None:
    first = tellers.add("示例甲", "4815")
    second = add_with_own_pin(tellers, " 示例 乙 ", "162342", by=TellerPin(first.id, "4815"))
    assert [one.name for one in tellers.list()] == ["示例 乙", "示例甲"]
    assert not tellers.sign_in(first.id, "162342")
    assert tellers.sign_in(first.id, "4815")
    audit.note(AuditAction.SENT, flow_id="f-1")
    assert tellers.sign_in(second.teller_id, "162342")
    audit.note(AuditAction.SENT, flow_id="f-2")
    tellers.sign_out()
    audit.note(AuditAction.SENT, flow_id="f-3")
    assert [audit.sender_of(f"f-{n}") for n in (1, 2, 3)] == [
        "示例甲 · user@computer",
        "示例 乙 · user@computer",
        "user@computer",
    ]
    noted = [(one.action, one.title) for one in audit.entries()]
    assert {("teller", "示例甲: + 示例 乙"), ("signed_in", "示例甲"), ("pin_wrong", "示例甲")} <= set(noted)
    assert audit.check().is_whole


def test_only_a_supervisor_changes_tellers_and_one_is_always_left(tellers: Tellers, audit: Audit) -> None:
    chief = tellers.add("示例甲", "4815")
    by = TellerPin(chief.id, "4815")
    clerk = tellers.add("示例乙", "162342", by=by)
    own = TellerPin(clerk.id, "162342")
    assert (chief.is_supervisor, clerk.is_supervisor) == (True, False)

    assert refused(lambda: tellers.add("示例丙", "2342")) == "teller.no_supervisor"
    assert refused(lambda: tellers.add("示例丙", "2342", by=own)) == "teller.no_supervisor"
    assert refused(lambda: tellers.remove(chief.id, by=own)) == "teller.no_supervisor"
    assert refused(lambda: tellers.set_supervisor(clerk.id, by=own, is_supervisor=True)) == "teller.no_supervisor"
    assert refused(lambda: tellers.set_pin(chief.id, "1111", by=own)) == "teller.no_supervisor"
    assert refused(lambda: tellers.remove(clerk.id, by=TellerPin(chief.id, "0000"))) == "teller.pin_wrong"
    assert refused(lambda: tellers.remove(chief.id, by=by)) == "teller.last"
    assert refused(lambda: tellers.set_supervisor(chief.id, by=by, is_supervisor=False)) == "teller.last"
    assert [one.name for one in tellers.list()] == ["示例乙", "示例甲"]

    # One's own PIN is nobody else's business.
    tellers.set_pin(clerk.id, "99119911", by=own)
    assert tellers.sign_in(clerk.id, "99119911")
    tellers.set_supervisor(clerk.id, by=by, is_supervisor=True)
    tellers.remove(chief.id, by=TellerPin(clerk.id, "99119911"))
    assert not tellers.sign_in(chief.id, "4815")
    assert [(one.action, one.title) for one in audit.entries() if one.action in {"teller", "pin_set"}][::-1] == [
        ("teller", "+ 示例甲 ★"),
        ("teller", "示例甲: + 示例乙"),
        ("pin_set", "示例乙: 示例乙"),
        ("teller", "示例甲: = 示例乙 ★"),
        ("teller", "示例乙: − 示例甲"),
    ]


def test_a_contract_is_approved_only_by_a_pin(desk: CounterDesk, audit: Audit) -> None:
    approvals = Approvals(Policy(needs_second_person=True))
    tellers = started(desk, audit, approvals=approvals)
    first = TellerPin(tellers.add("示例甲", "4815").id, "4815")
    second = add_with_own_pin(tellers, "示例乙", "162342", by=first)
    digests = ["a contract", "another one"]
    for wrong in (TellerPin(second.teller_id, "1111"), first):
        with pytest.raises(InputError):
            tellers.approve(wrong, "借款合同", sender=first, digests=digests)
        assert refused(lambda: approvals.require(digests[:1])) == "second_person.missing"
    tellers.approve(second, "借款合同", sender=first, digests=digests)
    approvals.require(digests)
    assert refused(lambda: approvals.require([*digests, "a third"])) == "second_person.missing"


def test_second_person_is_another_than_who_sends(tellers: Tellers, audit: Audit) -> None:
    chief = tellers.add("示例甲", "4815")
    first = TellerPin(chief.id, "4815")
    second = add_with_own_pin(tellers, "示例乙", "162342", by=first)
    assert refused(lambda: tellers.approve(second, "借款合同")) == "second_person.no_sender"
    assert refused(lambda: tellers.approve(second, "借款合同", sender=second)) == "second_person.same"
    wrong = TellerPin(second.teller_id, "1111")
    assert refused(lambda: tellers.approve(wrong, "借款合同", sender=first)) == "teller.pin_wrong"
    tellers.approve(second, "借款合同", sender=first)
    tellers.sign_in(chief.id, "4815")
    assert refused(lambda: tellers.approve(first, "借款合同")) == "second_person.same"
    # Who is signed in is who sends, whatever is said.
    assert refused(lambda: tellers.approve(first, "借款合同", sender=second)) == "second_person.same"
    tellers.approve(second, "借款合同")
    approved = [one.title for one in audit.entries() if one.action == "approved"]
    assert approved == ["示例甲 → 示例乙: 借款合同"] * 2


@pytest.mark.parametrize(
    ("name", "pin", "code"),
    [(" ", "4815", "teller.no_name"), ("示例甲", "4815", "teller.name_taken"), ("示例乙", "481", "pin.not_digits")],
)
def test_what_cannot_be_a_teller_is_refused(tellers: Tellers, name: str, pin: str, code: str) -> None:
    by = TellerPin(tellers.add("示例甲", "4815").id, "4815")
    assert refused(lambda: tellers.add(name, pin, by=by)) == code


def test_after_some_misses_one_waits_also_after_a_new_start_and_no_pin_lies_in_the_files(
    tellers: Tellers, desk: CounterDesk, audit: Audit
) -> None:
    teller = tellers.add("示例甲", "48151623")
    for _ in range(MISSES_BEFORE_WAITING):
        assert not tellers.sign_in(teller.id, "0000")
    assert refused(lambda: tellers.sign_in(teller.id, "48151623")) == "pin.wait"
    anew = started(desk, audit)
    assert refused(lambda: anew.sign_in(teller.id, "48151623")) == "pin.wait"
    assert refused(lambda: anew.remove(teller.id, by=TellerPin(teller.id, "48151623"))) == "pin.wait"
    assert b"48151623" not in desk.all_bytes()
    # The administrator ends it by another PIN.
    anew.provide("示例甲", "1623", is_supervisor=True)
    assert anew.sign_in(teller.id, "1623", new_pin="2342")


@pytest.mark.parametrize(
    "policy", [Policy(are_tellers_by_administrator=True), Policy(needs_second_person=True)], ids=["all", "first"]
)
def test_administrator_adds_the_first_where_the_policy_says_so(desk: CounterDesk, audit: Audit, policy: Policy) -> None:
    tellers = started(desk, audit, policy)
    assert refused(lambda: tellers.add("示例甲", "4815")) == "teller.by_administrator"
    by = provide_with_own_pin(tellers, "示例甲", "4815", is_supervisor=True)
    if policy.are_tellers_by_administrator:
        assert refused(lambda: tellers.add("示例乙", "162342", by=by)) == "teller.by_administrator"
        tellers.set_pin(by.teller_id, "2342", by=by)
        assert tellers.sign_in(by.teller_id, "2342")
    else:
        assert tellers.add("示例乙", "162342", by=by).name == "示例乙"


@pytest.mark.parametrize(
    "same", ["示\u200b例甲", "示例甲\u3164", "\u2066示例甲", "示例甲\ufe00", " \u200b示例甲", "示例甲\u2028"]
)
def test_two_tellers_have_no_names_that_look_the_same(tellers: Tellers, same: str) -> None:
    first = tellers.add("示例甲", "4815")
    assert refused(lambda: tellers.add(same, "162342", by=TellerPin(first.id, "4815"))) == "teller.name_taken"
    assert refused(lambda: tellers.add("\u200b\u3164", "162342", by=TellerPin(first.id, "4815"))) == "teller.no_name"


def test_a_counter_that_needs_tellers_opens_for_nobody_while_there_are_none(desk: CounterDesk, audit: Audit) -> None:
    tellers = started(desk, audit, Policy(needs_teller=True))
    assert tellers.are_wanted
    assert refused(tellers.list) == "teller.none"
    assert refused(lambda: tellers.add("示例甲", "4815")) == "teller.none"
    tellers.provide("示例甲", "4815", is_supervisor=True)
    assert audit.entries()[0].title == "+ 示例甲 ★"
    assert tellers.sign_in(tellers.list()[0].id, "4815", new_pin="2342")


@pytest.mark.parametrize("rest", [None, "[]"])
def test_a_list_that_was_deleted_lets_nobody_in(
    desk: CounterDesk, audit: Audit, tmp_path: Path, rest: str | None
) -> None:
    mark = tmp_path / "mark"
    # An earlier version made no mark: it is made when a teller signs in.
    teller = started(desk, audit).add("示例甲", "4815")
    tellers = started(desk, audit, mark=mark)
    assert tellers.sign_in(teller.id, "4815")
    settings = Settings(desk.database)
    settings.delete("counter_tellers") if rest is None else settings.set("counter_tellers", rest)
    tellers = started(desk, audit, mark=mark)
    assert tellers.are_wanted
    assert refused(lambda: tellers.add("示例乙", "162342")) == "teller.unreadable"
    tellers.provide("示例甲", "4815", is_supervisor=True)
    tellers.take_off("示例甲")
    assert not started(desk, audit, mark=mark).are_wanted
    assert not mark.exists()


@pytest.mark.parametrize("kept", ["{", '[{"id": "a"}]', '["a"]', "7"])
def test_nobody_is_let_in_by_a_list_that_cannot_be_read(
    tellers: Tellers, desk: CounterDesk, audit: Audit, kept: str
) -> None:
    teller = tellers.add("示例甲", "4815")
    Settings(desk.database).set("counter_tellers", kept)
    assert tellers.are_wanted
    assert refused(tellers.list) == "teller.unreadable"
    assert refused(lambda: tellers.sign_in(teller.id, "4815")) == "teller.unreadable"
    assert refused(lambda: tellers.add("示例乙", "4815")) == "teller.unreadable"
    assert Settings(desk.database).get("counter_tellers") == kept
    tellers.provide("示例丙", "2342", is_supervisor=True)
    assert [one.name for one in tellers.list()] == ["示例丙"]
    assert audit.entries()[0].title == "? + 示例丙 ★"


def test_a_pin_that_another_person_set_only_serves_to_set_a_new_one(tellers: Tellers, audit: Audit) -> None:
    chief = TellerPin(tellers.add("示例甲", "4815").id, "4815")
    assert tellers.sign_in(chief.teller_id, chief.pin)
    clerk = TellerPin(tellers.add("示例乙", "162342", by=chief, is_supervisor=True).id, "162342")
    tellers.sign_out()
    for act in (
        lambda: tellers.sign_in(clerk.teller_id, clerk.pin),
        lambda: tellers.require_supervisor(clerk),
        lambda: tellers.add("示例丙", "2342", by=clerk),
        lambda: tellers.approve(clerk, "借款合同", sender=chief),
        lambda: tellers.approve(chief, "借款合同", sender=clerk),
    ):
        with pytest.raises(InputError) as caught:
            act()
        assert (caught.value.code, caught.value.params) == (
            "teller.new_pin",
            {"name": "示例乙", "teller_id": clerk.teller_id},
        )
    assert tellers.current == ""
    assert refused(lambda: tellers.sign_in(clerk.teller_id, clerk.pin, new_pin=clerk.pin)) == "pin.same"
    assert refused(lambda: tellers.sign_in(clerk.teller_id, clerk.pin, new_pin="23")) == "pin.not_digits"
    assert not tellers.sign_in(clerk.teller_id, "9999", new_pin="2342")
    assert tellers.sign_in(clerk.teller_id, clerk.pin, new_pin="2342")
    assert not tellers.sign_in(clerk.teller_id, clerk.pin)
    assert tellers.sign_in(clerk.teller_id, "2342")
    # A supervisor who gives a new PIN to a teller who forgot it knows that PIN, and so does the administrator.
    tellers.set_pin(clerk.teller_id, "1623", by=chief)
    assert refused(lambda: tellers.sign_in(clerk.teller_id, "1623")) == "teller.new_pin"
    tellers.provide("示例甲", "1623", is_supervisor=True)
    assert refused(lambda: tellers.sign_in(chief.teller_id, "1623")) == "teller.new_pin"
    assert ("pin_set", "示例乙: 示例乙") in [(one.action, one.title) for one in audit.entries()]


def test_a_pin_is_changed_after_the_days_of_the_policy(desk: CounterDesk, audit: Audit) -> None:
    now_ms = [clock_ms()]
    policy = Policy(pin_days=90)
    tellers = started(desk, audit, policy, now_ms=lambda: now_ms[0])
    own = provide_with_own_pin(tellers, "示例甲", "4815", is_supervisor=True)
    now_ms[0] += 90 * DAY_MS - 1
    assert tellers.sign_in(own.teller_id, "4815")
    now_ms[0] += 1
    assert refused(lambda: tellers.sign_in(own.teller_id, "4815")) == "teller.new_pin"
    assert refused(lambda: tellers.require_supervisor(own)) == "teller.new_pin"
    # Without the key, the age of a PIN does not matter.
    assert started(desk, audit, now_ms=lambda: now_ms[0]).sign_in(own.teller_id, "4815")
    assert tellers.sign_in(own.teller_id, "4815", new_pin="2342")
    now_ms[0] += 89 * DAY_MS
    assert tellers.sign_in(own.teller_id, "2342")


def test_the_pins_of_an_earlier_version_are_changed_only_where_the_policy_limits_their_age(
    desk: CounterDesk, audit: Audit
) -> None:
    earlier = [{"id": "a", "name": "示例甲", "pin": kept_pin("4815"), "supervisor": True}]
    Settings(desk.database).set("counter_tellers", json.dumps(earlier))
    assert started(desk, audit).sign_in("a", "4815")
    assert refused(lambda: started(desk, audit, Policy(pin_days=366)).sign_in("a", "4815")) == "teller.new_pin"


@pytest.mark.parametrize("since", ["soon", [1]])
def test_a_pin_of_unknown_age_lets_nobody_in(desk: CounterDesk, audit: Audit, since: object) -> None:
    damaged = [{"id": "a", "name": "示例甲", "pin": kept_pin("4815"), "own_pin_since_ms": since}]
    Settings(desk.database).set("counter_tellers", json.dumps(damaged))
    assert refused(lambda: started(desk, audit).sign_in("a", "4815")) == "teller.unreadable"


def test_tellers_without_a_supervisor_change_their_pins_and_are_removed_by_the_administrator(
    desk: CounterDesk, audit: Audit
) -> None:
    tellers = started(desk, audit, Policy(are_tellers_by_administrator=True))
    first = provide_with_own_pin(tellers, "示例甲", "4815")
    provide_with_own_pin(tellers, "示例乙", "162342")
    assert tellers.sign_in(first.teller_id, "4815")
    tellers.take_off("示例乙")
    assert [one.name for one in tellers.list()] == ["示例甲"]
