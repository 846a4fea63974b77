"""The tellers of a counter, each with a name and a PIN, and the teller who is currently signed in.

Actions are recorded under the name of the signed-in teller. Changing the list of tellers requires the PIN of a
supervisor. The first teller becomes a supervisor and is added by the person who sets up the counter. If the policy
requires it, tellers are added by the administrator of the computer, who needs no PIN (``--add-teller``).

A PIN that another person set, or that is older than the policy allows, is accepted only to set a new one.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.policy import NO_POLICY
from esign_desktop.services.counter.pin import MIN_DIGITS, PinGate, kept_pin, require_digits
from esign_desktop.services.sending.approvals import Approvals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from esign_desktop.domain.policy import Policy
    from esign_desktop.services.audit import Note
    from esign_desktop.store.tables.settings import Settings

MOST_TELLERS: Final = 50
MAX_NAME_CHARACTERS: Final = 20
_KEY: Final = "counter_tellers"
_BLANK: Final = re.compile("[\u034f\u115f\u1160\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""The grapheme joiner, fillers of Hangul, the empty Braille pattern, and variation selectors."""


@dataclass(frozen=True, slots=True)
class Teller:
    """A teller. ``kept`` is the salted hash of the teller's PIN.

    ``own_pin_since_ms`` is the time at which the teller set this PIN, in epoch milliseconds, or None if another person
    set it.
    """

    id: str
    name: str
    kept: str = field(default="", repr=False)
    is_supervisor: bool = False
    own_pin_since_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TellerPin:
    """A teller's id and the PIN that the teller typed to prove their identity."""

    teller_id: str
    pin: str = field(repr=False)


class Tellers:
    """The service that manages the list of tellers, sign-in and approvals.

    Calls block on the store and, for a moment, while a hash is computed. They may raise StoreError. If the stored list
    is unreadable, sign-in and changes raise InputError ``teller.unreadable`` until the administrator adds a teller. If
    the policy requires tellers and there are none, sign-in and changes raise InputError ``teller.none``. ``mark`` is
    the path of a file that exists as long as there are tellers. If the file exists but the list is missing, the list
    counts as unreadable. ``act_as`` receives the name under which actions are recorded from then on; the name is empty
    after sign-out. ``approvals`` receives the contracts that a second person approves.

    Changes raise InputError ``teller.by_administrator`` if the policy reserves them for the administrator,
    ``teller.no_supervisor`` if ``by`` does not identify a supervisor, ``teller.pin_wrong`` with the teller's ``name``,
    ``teller.new_pin`` with the ``name`` and ``teller_id`` if the teller must first set a new PIN, or ``pin.wait``.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock_ms: Callable[[], int],
        act_as: Callable[[str], None] = lambda _name: None,
        note: Note | None = None,
        policy: Policy = NO_POLICY,
        mark: Path | None = None,
        approvals: Approvals | None = None,
    ) -> None:
        self._approvals = approvals or Approvals(policy)
        self.min_digits = policy.pin_digits or MIN_DIGITS
        self._policy = policy
        self._mark = mark
        self._settings = settings
        self._clock_ms = clock_ms
        self._act_as = act_as
        self._note = note or (lambda _action, _title: None)
        self._gate = PinGate(settings, clock_ms)
        self._lock = threading.Lock()
        self._current = ""
        self._are_wanted = policy.needs_teller or self._is_marked or settings.get(_KEY) not in {None, "[]"}

    @property
    def current(self) -> str:
        """The name of the teller who is signed in, or an empty string if no teller is signed in."""
        return self._current

    @property
    def are_wanted(self) -> bool:
        """Whether a teller has to sign in. Does not block.

        This is the case if there are tellers, if the stored list is unreadable, or if the policy requires tellers.
        """
        return self._are_wanted

    @property
    def are_by_administrator(self) -> bool:
        """Whether only the administrator may change the list of tellers."""
        return self._policy.are_tellers_by_administrator

    @property
    def is_first_by_administrator(self) -> bool:
        """Whether only the administrator may add the first teller.

        This is also the case if the policy requires tellers, or if it requires a second person to approve sends.
        Otherwise, one person could add two tellers and approve their own sends.
        """
        return self.are_by_administrator or self._policy.needs_second_person or self._policy.needs_teller

    @property
    def _is_marked(self) -> bool:
        return self._mark is not None and self._mark.exists()

    def list(self) -> tuple[Teller, ...]:
        """Return all tellers, ordered by name. Raises InputError ``teller.unreadable`` or ``teller.none``."""
        tellers = self._stored()
        if not tellers and self._is_marked:
            raise InputError("teller.unreadable")
        if not tellers and self._policy.needs_teller:
            raise InputError("teller.none")
        return tellers

    def _stored(self) -> tuple[Teller, ...]:
        try:
            kept = json.loads(self._settings.get(_KEY) or "[]")
            tellers = [_read_teller(item) for item in kept]
        except (ValueError, KeyError, TypeError, AttributeError):
            failure = InputError("teller.unreadable")
        else:
            return tuple(sorted(tellers, key=lambda teller: teller.name))
        raise failure

    def add(self, name: str, pin: str, *, by: TellerPin | None = None, is_supervisor: bool = False) -> Teller:
        """Add a teller, and return the new teller.

        ``by`` identifies the supervisor who makes the change; the teller must then change the PIN at the first use.
        The first teller becomes a supervisor and can be added without ``by``. Raises InputError ``teller.no_name``,
        ``teller.name_taken``, ``teller.too_many`` or ``pin.not_digits``.
        """
        with self._lock:
            tellers = self.list()
            name = self._new_name(name, tellers)
            require_digits(pin, self.min_digits)
            if tellers:
                answers = f"{self._supervisor(tellers, by).name}: "
            elif self.is_first_by_administrator:
                raise InputError("teller.by_administrator")
            else:
                answers, is_supervisor = "", True
            since_ms = None if tellers else self._clock_ms()
            teller = Teller(uuid4().hex, name, kept_pin(pin), is_supervisor, since_ms)
            self._keep((*tellers, teller))
        self._note(AuditAction.TELLER, f"{answers}+ {name}{_rank(teller)}")
        return teller

    def remove(self, teller_id: str, *, by: TellerPin) -> None:
        """Remove a teller. Existing records keep the teller's name.

        Raises InputError ``teller.last`` if no supervisor would remain.
        """
        self._change(teller_id, None, "−", by)

    def set_supervisor(self, teller_id: str, *, by: TellerPin, is_supervisor: bool) -> None:
        """Grant or withdraw a teller's supervisor rights.

        Raises InputError ``teller.last`` if no supervisor would remain.
        """
        self._change(teller_id, lambda teller: replace(teller, is_supervisor=is_supervisor), "=", by)

    def set_pin(self, teller_id: str, pin: str, *, by: TellerPin) -> None:
        """Set a teller's PIN. Raises InputError ``pin.not_digits`` or ``pin.same``.

        ``by`` identifies the same teller with the PIN to be replaced, or a supervisor. If a supervisor sets the PIN,
        the teller must change it at the next use.
        """
        require_digits(pin, self.min_digits)
        is_own = by.teller_id == teller_id
        if is_own and by.pin == pin:
            raise InputError("pin.same")
        since_ms = self._clock_ms() if is_own else None
        self._change(teller_id, lambda teller: replace(teller, kept=kept_pin(pin), own_pin_since_ms=since_ms), None, by)
        self._gate.forget(teller_id)

    def provide(self, name: str, pin: str, *, is_supervisor: bool) -> None:
        """Add a teller, or set the PIN of the teller with this name, on behalf of the administrator.

        The teller must change the PIN at the first use. The caller must have verified that the user is the
        administrator. If the stored list is unreadable, a new list replaces it. Raises the InputErrors of ``add``.
        """
        require_digits(pin, self.min_digits)
        with self._lock:
            try:
                tellers, was = self.list(), ""
            except InputError as error:
                tellers, was = (), "? " if error.code == "teller.unreadable" else ""
            known = next((teller for teller in tellers if teller.name == _tidy(name)), None)
            teller_id, tidy = (known.id, known.name) if known else (uuid4().hex, self._new_name(name, tellers))
            teller = Teller(teller_id, tidy, kept_pin(pin), is_supervisor or (known or Teller("", "")).is_supervisor)
            self._keep((*(teller for teller in tellers if teller is not known), teller))
        self._gate.forget(teller_id)
        self._note(AuditAction.PIN_SET if known else AuditAction.TELLER, f"{was}+ {tidy}{_rank(teller)}")

    def take_off(self, name: str) -> None:
        """Remove the teller with this name on behalf of the administrator.

        Raises InputError ``teller.unknown`` with the ``name``, or ``teller.last`` if no supervisor would remain.
        """
        with self._lock:
            tellers = self.list()
            gone = next((teller for teller in tellers if teller.name == _tidy(name)), None)
            if gone is None:
                raise InputError("teller.unknown", name=_tidy(name))
            left = tuple(teller for teller in tellers if teller is not gone)
            if gone.is_supervisor and left and not any(teller.is_supervisor for teller in left):
                raise InputError("teller.last")
            self._keep(left)
        self._note(AuditAction.TELLER, f"− {gone.name}")

    def sign_in(self, teller_id: str, pin: str, *, new_pin: str = "") -> bool:
        """Sign a teller in, and return whether the PIN was right. With ``new_pin``, first replace the PIN.

        Raises InputError ``teller.new_pin`` if the teller must set a new PIN and ``new_pin`` is empty, ``pin.wait``
        with the remaining ``seconds`` after several wrong entries, or an InputError of ``set_pin``.
        """
        teller = self._of(self.list(), teller_id)
        if teller is None or not self._opens(teller, pin):
            return False
        if new_pin:
            self.set_pin(teller_id, new_pin, by=TellerPin(teller_id, pin))
        else:
            self._require_own_pin(teller)
        self._set_mark(has_tellers=True)
        if teller.name != self._current:
            self._current = teller.name
            self._act_as(teller.name)
            self._note(AuditAction.SIGNED_IN, teller.name)
        return True

    def approve(
        self, second: TellerPin, title: str, *, sender: TellerPin | None = None, digests: Collection[str] = ()
    ) -> None:
        """Record that the teller ``second`` approves sending the contract with this title.

        ``digests`` identify the approved contracts (see ``services.sending.approvals``). The sender is the signed-in
        teller, or ``sender`` if no teller is signed in. Raises InputError ``second_person.same`` if the same teller
        sends and approves, ``second_person.no_sender`` if there is no sender, or ``teller.pin_wrong``.
        """
        tellers = self.list()
        sender_name = self._current
        if not sender_name:
            if sender is None:
                raise InputError("second_person.no_sender")
            if sender.teller_id == second.teller_id:
                raise InputError("second_person.same")
            sender_name = self._proven(tellers, sender).name
        approving = self._of(tellers, second.teller_id)
        if approving is not None and approving.name == sender_name:
            raise InputError("second_person.same")
        approved_by = self._proven(tellers, second).name
        self._note(AuditAction.APPROVED, f"{sender_name} → {approved_by}: {title}")
        self._approvals.add(digests)

    def require_supervisor(self, by: TellerPin) -> None:
        """Check a supervisor's PIN before settings of this computer are shown.

        Raises InputError ``teller.no_supervisor``, ``teller.pin_wrong`` or ``pin.wait``.
        """
        self._proven_supervisor(self.list(), by)

    def sign_out(self) -> None:
        """Sign the current teller out."""
        self._current = ""
        self._act_as("")

    def _change(
        self, teller_id: str, change: Callable[[Teller], Teller] | None, sign: str | None, by: TellerPin
    ) -> None:
        """Change a teller, or remove the teller if ``change`` is None.

        ``sign`` is the symbol used in the audit log, or None for a change of the PIN, which tellers may make
        themselves.
        """
        with self._lock:
            tellers = self.list()
            before = self._of(tellers, teller_id)
            is_own = sign is None and by.teller_id == teller_id
            answers = self._proven(tellers, by, may_be_old=True) if is_own else self._supervisor(tellers, by)
            if before is None:
                return
            after = change(before) if change is not None else None
            left = (*(teller for teller in tellers if teller is not before), *([after] if after is not None else ()))
            # The administrator may have added tellers without a supervisor.
            if before.is_supervisor and not any(teller.is_supervisor for teller in left):
                raise InputError("teller.last")
            self._keep(left)
        rank = _rank(after) if after is not None and sign is not None else ""
        action = AuditAction.PIN_SET if sign is None else AuditAction.TELLER
        self._note(action, f"{answers.name}: {f'{sign} ' if sign else ''}{before.name}{rank}")

    def _supervisor(self, tellers: tuple[Teller, ...], by: TellerPin | None) -> Teller:
        """Return the supervisor who authorizes a change, after verifying the supervisor's PIN."""
        if self.are_by_administrator:
            raise InputError("teller.by_administrator")
        return self._proven_supervisor(tellers, by)

    def _proven_supervisor(self, tellers: tuple[Teller, ...], by: TellerPin | None) -> Teller:
        found = self._of(tellers, by.teller_id) if by is not None else None
        if by is None or found is None or not found.is_supervisor:
            raise InputError("teller.no_supervisor")
        return self._proven(tellers, by)

    def _proven(self, tellers: tuple[Teller, ...], who: TellerPin, *, may_be_old: bool = False) -> Teller:
        teller = self._of(tellers, who.teller_id)
        if teller is None or not self._opens(teller, who.pin):
            raise InputError("teller.pin_wrong", name=teller.name if teller is not None else "")
        if not may_be_old:
            self._require_own_pin(teller)
        return teller

    def _require_own_pin(self, teller: Teller) -> None:
        """Raise InputError ``teller.new_pin`` if another person set the PIN, or if the PIN is too old."""
        since_ms, days = teller.own_pin_since_ms, self._policy.pin_days
        if since_ms is None or (days is not None and self._clock_ms() - since_ms >= days * DAY_MS):
            raise InputError("teller.new_pin", name=teller.name, teller_id=teller.id)

    def _opens(self, teller: Teller, pin: str) -> bool:
        opens = self._gate.opens(pin, teller.kept, whose=teller.id)
        if not opens:
            self._note(AuditAction.PIN_WRONG, teller.name)
        return opens

    @staticmethod
    def _of(tellers: tuple[Teller, ...], teller_id: str) -> Teller | None:
        return next((teller for teller in tellers if teller.id == teller_id), None)

    @staticmethod
    def _new_name(name: str, tellers: tuple[Teller, ...]) -> str:
        name = _tidy(name)
        if not name:
            raise InputError("teller.no_name")
        if name in {teller.name for teller in tellers}:
            raise InputError("teller.name_taken")
        if len(tellers) >= MOST_TELLERS:
            raise InputError("teller.too_many", most=MOST_TELLERS)
        return name

    def _keep(self, tellers: tuple[Teller, ...]) -> None:
        kept = [
            {
                "id": teller.id,
                "name": teller.name,
                "pin": teller.kept,
                "supervisor": teller.is_supervisor,
                "own_pin_since_ms": teller.own_pin_since_ms,
            }
            for teller in tellers
        ]
        self._set_mark(has_tellers=bool(tellers))
        self._settings.set(_KEY, json.dumps(kept))
        self._are_wanted = self._policy.needs_teller or bool(tellers)

    def _set_mark(self, *, has_tellers: bool) -> None:
        if self._mark is not None and has_tellers != self._mark.exists():
            with disk_errors():
                self._mark.touch(mode=0o600) if has_tellers else self._mark.unlink()


def _read_teller(item: dict[str, Any]) -> Teller:
    """Return a stored teller. Raises ValueError, KeyError, TypeError or AttributeError."""
    # Earlier versions had no supervisors, so every teller counts as one, and did not store when the PIN was set.
    since_ms = item.get("own_pin_since_ms", 0)
    return Teller(
        str(item["id"]),
        str(item["name"]),
        str(item["pin"]),
        bool(item.get("supervisor", True)),
        int(since_ms) if since_ms is not None else None,
    )


def _tidy(name: str) -> str:
    """Return the name without invisible characters, which would let two tellers have names that look the same."""
    visible = "".join(character for character in unicodedata.normalize("NFC", name) if _is_visible(character))
    return " ".join(visible.split())[:MAX_NAME_CHARACTERS].strip()


def _is_visible(character: str) -> bool:
    # Line breaks count as spaces.
    is_control = unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs"}
    return character.isspace() or not (is_control or _BLANK.match(character))


def _rank(teller: Teller) -> str:
    return " ★" if teller.is_supervisor else ""
