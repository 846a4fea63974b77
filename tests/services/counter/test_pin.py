from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter.pin import MISSES_BEFORE_WAITING, WAIT_MS, CounterPin

if TYPE_CHECKING:
    from esign_desktop.store.tables.settings import Settings


class Clock:
    now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pin(settings: Settings, clock: Clock) -> CounterPin:
    return CounterPin(settings, clock_ms=clock)


def test_without_a_pin_everything_opens(pin: CounterPin) -> None:
    assert not pin.is_set
    assert pin.opens("")


def test_only_the_pin_opens_and_it_is_not_kept_as_typed(pin: CounterPin, settings: Settings) -> None:
    pin.set_pin("48151623")
    assert pin.is_set
    assert not pin.opens("48151624")
    assert not pin.opens("")
    assert pin.opens("48151623")
    kept = settings.get("counter_pin") or ""
    assert "48151623" not in kept
    pin.set_pin("48151623", current="48151623")
    assert settings.get("counter_pin") != kept


@pytest.mark.dear_pins
def test_a_guess_costs_as_much_as_is_promised(pin: CounterPin, settings: Settings) -> None:
    pin.set_pin("48151623")
    salt, _, digest = (settings.get("counter_pin") or "").partition(":")
    derived = hashlib.scrypt(b"48151623", salt=bytes.fromhex(salt), n=2**15, r=8, p=1, maxmem=64 << 20)
    assert derived.hex() == digest


def test_another_pin_or_none_wants_the_present_one(pin: CounterPin) -> None:
    pin.set_pin("1234")
    with pytest.raises(InputError) as caught:
        pin.set_pin("5678", current="0000")
    assert caught.value.code == "pin.wrong"
    with pytest.raises(InputError) as caught:
        pin.remove("")
    assert caught.value.code == "pin.wrong"
    pin.set_pin("5678", current="1234")
    pin.remove("5678")
    assert not pin.is_set


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a4", "１２３４", "1234\n"])
def test_a_pin_is_four_to_eight_digits(pin: CounterPin, text: str) -> None:
    with pytest.raises(InputError) as caught:
        pin.set_pin(text)
    assert caught.value.code == "pin.not_digits"


def test_guessing_has_to_wait(pin: CounterPin, clock: Clock) -> None:
    pin.set_pin("1234")
    for _ in range(MISSES_BEFORE_WAITING):
        assert not pin.opens("0000")
    with pytest.raises(InputError) as caught:
        pin.opens("1234")
    assert (caught.value.code, caught.value.params["seconds"]) == ("pin.wait", 30)
    clock.now_ms += WAIT_MS
    assert pin.opens("1234")
    assert not pin.opens("0000")
    assert pin.opens("1234")


def test_a_hash_that_cannot_be_read_lets_nobody_in(pin: CounterPin, settings: Settings) -> None:
    settings.set("counter_pin", "nonsense")
    assert not pin.opens("1234")
