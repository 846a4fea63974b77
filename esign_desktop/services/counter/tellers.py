"""The tellers of a counter: names with a PIN each, and who is there now. What is done is noted under that name."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter.pin import PinGate, kept_pin, require_digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.audit import Note
    from esign_desktop.store.tables.settings import Settings

MOST_TELLERS: Final = 50
MAX_NAME_CHARACTERS: Final = 20
_KEY: Final = "counter_tellers"


@dataclass(frozen=True, slots=True)
class Teller:
    """One of them. ``kept`` is the PIN's salted hash."""

    id: str
    name: str
    kept: str = field(default="", repr=False)


class Tellers:
    """Calls block for the store, and a moment for the hash; StoreError comes through.

    ``act_as`` hears under whose name things are done from now on: empty for nobody's.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock_ms: Callable[[], int],
        min_digits: int,
        act_as: Callable[[str], None],
        note: Note | None = None,
    ) -> None:
        self.min_digits = min_digits
        self._settings = settings
        self._clock_ms = clock_ms
        self._act_as = act_as
        self._note = note or (lambda _action, _title: None)
        self._gates: dict[str, PinGate] = {}
        self._lock = threading.Lock()
        self._current = ""

    @property
    def current(self) -> str:
        """The name of who is there; empty for nobody."""
        return self._current

    def list(self) -> tuple[Teller, ...]:
        """Return all, in the order of their names."""
        try:
            kept = json.loads(self._settings.get(_KEY) or "[]")
            tellers = [Teller(str(one["id"]), str(one["name"]), str(one["pin"])) for one in kept]
        except (ValueError, KeyError, TypeError):
            # Nobody is let in by what can't be read; the PIN of the counter stands before it.
            return ()
        return tuple(sorted(tellers, key=lambda teller: teller.name))

    def add(self, name: str, pin: str) -> Teller:
        """Add one. Raises InputError ``teller.no_name``, ``teller.name_taken``, ``teller.too_many``, ``pin.…``."""
        name = " ".join(name.split())[:MAX_NAME_CHARACTERS]
        with self._lock:
            tellers = self.list()
            if not name:
                raise InputError("teller.no_name")
            if name in {teller.name for teller in tellers}:
                raise InputError("teller.name_taken")
            if len(tellers) >= MOST_TELLERS:
                raise InputError("teller.too_many", most=MOST_TELLERS)
            require_digits(pin, self.min_digits)
            teller = Teller(uuid4().hex, name, kept_pin(pin))
            self._keep((*tellers, teller))
        self._note(AuditAction.TELLER, f"+ {name}")
        return teller

    def remove(self, teller_id: str) -> None:
        """Take one off the list; what was done under the name stays noted."""
        with self._lock:
            tellers = self.list()
            gone = [one for one in tellers if one.id == teller_id]
            self._keep(tuple(one for one in tellers if one.id != teller_id))
        for one in gone:
            self._note(AuditAction.TELLER, f"− {one.name}")

    def sign_in(self, teller_id: str, pin: str) -> bool:
        """Let one in, who acts from now on; False for a wrong PIN. Raises InputError ``pin.wait`` (``seconds``)."""
        if not self._opens(teller_id, pin):
            return False
        name = next((one.name for one in self.list() if one.id == teller_id), "")
        if name != self._current:
            self._current = name
            self._act_as(name)
            self._note(AuditAction.SIGNED_IN, name)
        return True

    def approve(self, teller_id: str, pin: str, title: str) -> bool:
        """Note that one approves what is called so; False for a wrong PIN. Raises InputError ``pin.wait``."""
        if not self._opens(teller_id, pin):
            return False
        name = next((one.name for one in self.list() if one.id == teller_id), "")
        self._note(AuditAction.APPROVED, f"{name}: {title}")
        return True

    def sign_out(self) -> None:
        """Nobody is there any more."""
        self._current = ""
        self._act_as("")

    def _opens(self, teller_id: str, pin: str) -> bool:
        kept = next((one.kept for one in self.list() if one.id == teller_id), "")
        with self._lock:
            gate = self._gates.setdefault(teller_id, PinGate(self._clock_ms))
        opens = bool(kept) and gate.opens(pin, kept)
        if not opens:
            self._note(AuditAction.PIN_WRONG, "")
        return opens

    def _keep(self, tellers: tuple[Teller, ...]) -> None:
        kept = [{"id": one.id, "name": one.name, "pin": one.kept} for one in tellers]
        self._settings.set(_KEY, json.dumps(kept))
