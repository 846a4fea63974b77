"""The PIN that unlocks a locked counter, stored as a salted scrypt hash.

The PIN keeps other people at the counter out of an open session. The PIN does not protect against someone who can read
the disk: its few digits can be found by trying all combinations.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.audit import Note
    from esign_desktop.store.tables.settings import Settings

MIN_DIGITS: Final = 4
MAX_DIGITS: Final = 8
MISSES_BEFORE_WAITING: Final = 5
WAIT_MS: Final = 30_000
LONGEST_WAIT_MS: Final = 15 * 60_000
_KEY: Final = "counter_pin"
_MISSES_KEY: Final = "counter_pin_misses"
_COST: Final = 2**15
_BLOCK: Final = 8
_MEMORY_BYTES: Final = 64 * 1024 * 1024
_SALT_BYTES: Final = 16


class PinGate:
    """A verifier of PINs that enforces a waiting time after several wrong entries.

    The waiting time doubles with each further wrong entry. Wrong entries are counted separately for each PIN,
    identified by ``whose``. The counts are stored, so restarting the program does not shorten the waiting time.
    """

    def __init__(self, settings: Settings, clock_ms: Callable[[], int]) -> None:
        self._settings = settings
        self._clock_ms = clock_ms
        self._lock = threading.Lock()

    def opens(self, pin: str, kept: str, *, whose: str = "") -> bool:
        """Return whether ``pin`` matches the stored hash ``kept``.

        Raises InputError ``pin.wait`` with the remaining ``seconds`` during the waiting time, and StoreError.
        """
        with self._lock:
            misses = self._misses()
            count, last_ms = misses.get(whose, (0, 0))
            if count >= MISSES_BEFORE_WAITING:
                wait_ms = min(WAIT_MS << min(count - MISSES_BEFORE_WAITING, 8), LONGEST_WAIT_MS)
                left_ms = last_ms + wait_ms - self._clock_ms()
                if 0 < left_ms <= wait_ms:
                    raise InputError("pin.wait", seconds=-(-left_ms // 1000))
            if _is(pin, kept):
                if misses.pop(whose, None):
                    self._keep(misses)
                return True
            self._keep({**misses, whose: (count + 1, self._clock_ms())})
            return False

    def forget(self, whose: str = "") -> None:
        """Reset the count of wrong entries for a PIN that was changed or removed. Raises StoreError."""
        with self._lock:
            misses = self._misses()
            if misses.pop(whose, None):
                self._keep(misses)

    def _misses(self) -> dict[str, tuple[int, int]]:
        try:
            kept = json.loads(self._settings.get(_MISSES_KEY) or "{}")
            return {str(whose): (int(count), int(last_ms)) for whose, (count, last_ms) in kept.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def _keep(self, misses: dict[str, tuple[int, int]]) -> None:
        self._settings.set(_MISSES_KEY, json.dumps(misses))


class CounterPin:
    """The counter's PIN.

    Calls block on the store and, for a moment, while the hash is computed. They may raise StoreError.
    """

    def __init__(
        self, settings: Settings, *, clock_ms: Callable[[], int], note: Note | None = None, min_digits: int = MIN_DIGITS
    ) -> None:
        self.min_digits = min_digits
        self._note = note
        self._settings = settings
        self._gate = PinGate(settings, clock_ms)

    @property
    def is_set(self) -> bool:
        """Whether a PIN is set."""
        return bool(self._settings.get(_KEY))

    def opens(self, pin: str) -> bool:
        """Return whether ``pin`` unlocks the counter. If no PIN is set, the result is always True.

        Raises InputError ``pin.wait`` with the remaining ``seconds`` after several wrong entries, even if the PIN is
        right.
        """
        kept = self._settings.get(_KEY)
        if not kept or self._gate.opens(pin, kept):
            return True
        if self._note is not None:
            self._note(AuditAction.PIN_WRONG, "")
        return False

    def set_pin(self, pin: str, *, current: str = "") -> None:
        """Set a new PIN. ``current`` is the PIN to be replaced, if one is set.

        Raises InputError ``pin.not_digits``, ``pin.wrong`` or ``pin.wait``.
        """
        require_digits(pin, self.min_digits)
        self._require(current)
        self._settings.set(_KEY, kept_pin(pin))

    def remove(self, current: str) -> None:
        """Remove the PIN. ``current`` is the PIN to be removed. Raises InputError ``pin.wrong`` or ``pin.wait``."""
        self._require(current)
        self._settings.delete(_KEY)

    def forget(self) -> None:
        """Remove the PIN without asking for it."""
        self._settings.delete(_KEY)
        self._gate.forget()

    def _require(self, current: str) -> None:
        if not self.opens(current):
            raise InputError("pin.wrong")


def require_digits(pin: str, least: int) -> None:
    """Raise InputError ``pin.not_digits`` unless the PIN consists of ``least`` to ``MAX_DIGITS`` digits."""
    if not (least <= len(pin) <= MAX_DIGITS and pin.isascii() and pin.isdigit()):
        raise InputError("pin.not_digits", least=least, most=MAX_DIGITS)


def kept_pin(pin: str) -> str:
    """Return the text to be stored for a PIN: a random salt and the hash."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}:{_hash(pin, salt).hex()}"


def _is(pin: str, kept: str) -> bool:
    salt, _, digest = kept.partition(":")
    try:
        return hmac.compare_digest(_hash(pin, bytes.fromhex(salt)), bytes.fromhex(digest))
    except ValueError:
        # The stored text is unreadable, so no PIN matches.
        return False


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, maxmem=_MEMORY_BYTES)
