"""Personal numbers, phone numbers and e-mail addresses, encrypted with a key in the system keyring.

The program's files cannot be decrypted without the keyring. Without a keyring, this data is not stored. The only other
place for the key is the daily copy, where it is encrypted with the passphrase of the copies.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.store.secrets import SecretStore

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
"""Nonces are random; a key encrypts far fewer than the 2**32 values at which a collision becomes likely."""
_DIGEST_CHARACTERS: Final = 24
_PATIENCE_S: Final = 60.0
"""Pause before a keyring that did not answer is asked again, in seconds."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Particulars:
    """The personal data with which an account was created; mobile number and e-mail address are empty if unknown."""

    number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


class SealedParticulars:
    """AES-256-GCM encryption of personal data; data encrypted for one account cannot be decrypted for another.

    ``key`` returns the key, or None if it is unavailable; it may block. Thread-safe.
    """

    def __init__(self, key: Callable[[], bytes | None]) -> None:
        self._key = key
        self._has_told = False

    def sealed(self, record: AccountRecord, particulars: Particulars) -> bytes:
        """Return the encrypted personal data; empty if the key is unavailable."""
        return self.seal(json.dumps(asdict(particulars), separators=(",", ":")), _place_of(record))

    def opened(self, record: AccountRecord) -> Particulars | None:
        """Return the decrypted personal data; None without the key or if decryption fails."""
        text = self.open(record.sealed, _place_of(record))
        try:
            return None if text is None else Particulars(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def digest(self, text: str) -> str:
        """Return a short keyed digest for looking up a text; empty if the key is unavailable. Takes microseconds."""
        key = self._key()
        if key is None:
            return ""
        digest_key = hmac.digest(key, b"to be found again", "sha256")
        return hmac.new(digest_key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
            :_DIGEST_CHARACTERS
        ]

    def seal(self, text: str, place: bytes) -> bytes:
        """Encrypt a text for a context (``place``); return empty bytes if the key is unavailable.

        Decryption succeeds only with the same context.
        """
        key = self._key()
        if key is None:
            return b""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, text.encode("ascii"), place)

    def open(self, sealed: bytes, place: bytes) -> str | None:
        """Return the decrypted text; None without the key or if decryption fails."""
        key = self._key() if len(sealed) > _NONCE_BYTES else None
        if key is None:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place).decode("ascii")
        except (InvalidTag, ValueError):
            # Encrypted with another key, for example before the keyring was reset. The user is asked for the data
            # again.
            if not self._has_told:
                self._has_told = True
                _log.warning("encrypted data cannot be decrypted with the current key")
            return None


class KeyringKey:
    """The key in the user's keyring, created when first needed. Calls block until the keyring answers."""

    def __init__(self, secret_store: SecretStore) -> None:
        self._secrets = secret_store
        self._lock = threading.Lock()
        self._key: bytes | None = None
        self._asked_at_s: float | None = None

    def __call__(self) -> bytes | None:
        """Return the key, or None if the keyring does not provide it."""
        with self._lock:
            now_s = time.monotonic()
            if self._key is None and (self._asked_at_s is None or now_s - self._asked_at_s > _PATIENCE_S):
                self._asked_at_s = now_s
                try:
                    self._key = self._from_keyring()
                except StoreError as error:
                    _log.info("personal data is not stored: %s", error.code)
            return self._key

    def asked_anew(self) -> bytes | None:
        """Return the key, asking the keyring again without a pause, since the user may have unlocked it meanwhile."""
        with self._lock:
            self._asked_at_s = None
        return self()

    def _from_keyring(self) -> bytes:
        kept = self._secrets.particulars_key()
        if kept is None:
            kept = key_as_text(secrets.token_bytes(_KEY_BYTES))
            self._secrets.keep_particulars_key(kept)
        key = key_from_text(kept)
        if key is None:
            raise StoreError("keyring.failed", "no key")
        return key


def key_as_text(key: bytes) -> str:
    """Return a key in the form in which keyring and copies store it."""
    return base64.b64encode(key).decode("ascii")


def key_from_text(text: str) -> bytes | None:
    """Parse the output of ``key_as_text``; return None if it is invalid."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def account_place(environment: str, project_id: str, account_id: str) -> bytes:
    """Return the context to which an account's encrypted data is bound."""
    return f"{environment}\0{project_id}\0{account_id}".encode()


def _place_of(record: AccountRecord) -> bytes:
    return account_place(record.environment.value, record.project_id, record.account_id)
