from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter.pin import MISSES_BEFORE_WAITING
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.rehearsal import RehearsalPlatform


@pytest.fixture
def desk(tmp_path: Path, platform: RehearsalPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def audit(desk: CounterDesk) -> Audit:
    return Audit(desk.database, who="user@computer")


@pytest.fixture
def tellers(desk: CounterDesk, audit: Audit) -> Tellers:
    return Tellers(
        Settings(desk.database),
        clock_ms=clock_ms,
        min_digits=4,
        act_as=audit.act_as,
        note=lambda action, title: audit.note(action, title=title),
    )


def test_what_a_teller_does_is_noted_under_their_name(tellers: Tellers, audit: Audit) -> None:
    first, second = tellers.add("示例甲", "4815"), tellers.add(" 示例 乙 ", "162342")
    assert [one.name for one in tellers.list()] == ["示例 乙", "示例甲"]
    assert not tellers.sign_in(first.id, "162342")
    assert tellers.sign_in(first.id, "4815")
    audit.note(AuditAction.SENT, flow_id="f-1")
    assert tellers.sign_in(second.id, "162342")
    audit.note(AuditAction.SENT, flow_id="f-2")
    tellers.sign_out()
    audit.note(AuditAction.SENT, flow_id="f-3")
    assert [audit.sender_of(f"f-{n}") for n in (1, 2, 3)] == [
        "示例甲 · user@computer",
        "示例 乙 · user@computer",
        "user@computer",
    ]
    assert {AuditAction.TELLER, AuditAction.SIGNED_IN, AuditAction.PIN_WRONG} <= {one.action for one in audit.entries()}
    assert audit.check().is_whole


def test_who_was_removed_is_not_let_in(tellers: Tellers) -> None:
    teller = tellers.add("示例甲", "4815")
    tellers.remove(teller.id)
    assert not tellers.sign_in(teller.id, "4815")
    assert tellers.list() == ()


@pytest.mark.parametrize(
    ("name", "pin", "code"),
    [(" ", "4815", "teller.no_name"), ("示例甲", "4815", "teller.name_taken"), ("示例乙", "481", "pin.not_digits")],
)
def test_what_cannot_be_a_teller_is_refused(tellers: Tellers, name: str, pin: str, code: str) -> None:
    tellers.add("示例甲", "4815")
    with pytest.raises(InputError) as caught:
        tellers.add(name, pin)
    assert caught.value.code == code


def test_after_some_misses_everybody_waits_and_no_pin_lies_in_the_files(tellers: Tellers, desk: CounterDesk) -> None:
    teller = tellers.add("示例甲", "48151623")
    for _ in range(MISSES_BEFORE_WAITING):
        assert not tellers.sign_in(teller.id, "0000")
    with pytest.raises(InputError, match=r"pin\.wait"):
        tellers.sign_in(teller.id, "48151623")
    assert b"48151623" not in desk.all_bytes()
