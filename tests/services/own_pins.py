"""Tellers who already use a PIN of their own, as after their first day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.services.counter.tellers import TellerPin

if TYPE_CHECKING:
    from esign_desktop.services.counter.tellers import Tellers

FIRST_PIN: Final = "90817263"


def provide_with_own_pin(tellers: Tellers, name: str, pin: str, *, is_supervisor: bool = False) -> TellerPin:
    """Add a teller as the administrator does, let the teller change the PIN to ``pin``, and return the PIN."""
    tellers.provide(name, FIRST_PIN, is_supervisor=is_supervisor)
    teller = next(one for one in tellers.list() if one.name == name)
    tellers.set_pin(teller.id, pin, by=TellerPin(teller.id, FIRST_PIN))
    return TellerPin(teller.id, pin)


def add_with_own_pin(tellers: Tellers, name: str, pin: str, *, by: TellerPin) -> TellerPin:
    """Add a teller as a supervisor does, let the teller change the PIN to ``pin``, and return the PIN."""
    teller = tellers.add(name, FIRST_PIN, by=by)
    tellers.set_pin(teller.id, pin, by=TellerPin(teller.id, FIRST_PIN))
    return TellerPin(teller.id, pin)
