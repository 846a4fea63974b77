"""The PIN that opens a locked counter. Kept as a salted scrypt hash, never as it is typed.

It keeps others at the counter out of an open session. Whoever can read the disk can try all of a few digits.
"""

from __future__ import annotations

import hashlib
import hmac
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
_KEY: Final = "counter_pin"
_COST: Final = 2**15
_BLOCK: Final = 8
_MEMORY_BYTES: Final = 64 * 1024 * 1024
_SALT_BYTES: Final = 16


class PinGate:
    """Compares a PIN with what is kept of it; after some misses it makes everybody wait."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._misses = 0
        self._last_miss_ms = 0

    def opens(self, pin: str, kept: str) -> bool:
        """Whether it is the one. Raises InputError ``pin.wait`` (``seconds``)."""
        with self._lock:
            left_ms = self._last_miss_ms + WAIT_MS - self._clock_ms()
            if self._misses >= MISSES_BEFORE_WAITING and 0 < left_ms <= WAIT_MS:
                raise InputError("pin.wait", seconds=-(-left_ms // 1000))
            if _is(pin, kept):
                self._misses = 0
                return True
            self._misses += 1
            self._last_miss_ms = self._clock_ms()
            return False


class CounterPin:
    """Calls block for the store, and a moment for the hash; StoreError comes through."""

    def __init__(
        self, settings: Settings, *, clock_ms: Callable[[], int], note: Note | None = None, min_digits: int = MIN_DIGITS
    ) -> None:
        self.min_digits = min_digits
        self._note = note
        self._settings = settings
        self._gate = PinGate(clock_ms)

    @property
    def is_set(self) -> bool:
        """Whether a locked counter wants a PIN."""
        return bool(self._settings.get(_KEY))

    def opens(self, pin: str) -> bool:
        """Whether this opens the lock; anything does while no PIN is set.

        After some misses it makes everybody wait: raises InputError ``pin.wait`` (``seconds``).
        """
        kept = self._settings.get(_KEY)
        if not kept or self._gate.opens(pin, kept):
            return True
        if self._note is not None:
            self._note(AuditAction.PIN_WRONG, "")
        return False

    def set_pin(self, pin: str, *, current: str = "") -> None:
        """Want this PIN from now on. Raises InputError ``pin.not_digits``, ``pin.wrong``, ``pin.wait``."""
        require_digits(pin, self.min_digits)
        self._require(current)
        self._settings.set(_KEY, kept_pin(pin))

    def remove(self, current: str) -> None:
        """Want none any more. Raises InputError ``pin.wrong``, ``pin.wait``."""
        self._require(current)
        self._settings.delete(_KEY)

    def forget(self) -> None:
        """Want none any more, though nobody knows it."""
        self._settings.delete(_KEY)

    def _require(self, current: str) -> None:
        if not self.opens(current):
            raise InputError("pin.wrong")


def require_digits(pin: str, least: int) -> None:
    """Raise InputError ``pin.not_digits`` for what can't be a PIN of so many digits at least."""
    if not (least <= len(pin) <= MAX_DIGITS and pin.isascii() and pin.isdigit()):
        raise InputError("pin.not_digits", least=least, most=MAX_DIGITS)


def kept_pin(pin: str) -> str:
    """Return what is kept of a PIN."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}:{_hash(pin, salt).hex()}"


def _is(pin: str, kept: str) -> bool:
    salt, _, digest = kept.partition(":")
    try:
        return hmac.compare_digest(_hash(pin, bytes.fromhex(salt)), bytes.fromhex(digest))
    except ValueError:
        # What is kept can't be read: nobody is let in by that.
        return False


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, maxmem=_MEMORY_BYTES)
