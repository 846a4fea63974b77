"""Numbers, phones and addresses of persons, encrypted under a key that lies in the system's keyring.

Who has the program's files without the keyring can't read them; where there is no keyring nothing of it is kept. The
only other place where the key lies is a day's copy, under the passphrase of the copies.
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
"""Random: a key seals far fewer than the 2**32 values after which one may come twice."""
_DIGEST_CHARACTERS: Final = 24
_PATIENCE_S: Final = 60.0
"""How long a keyring that did not answer is left alone."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an account was made with; mobile and e-mail are empty where they are not known."""

    number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


class SealedParticulars:
    """Seals and opens with AES-256-GCM; what was sealed for one account opens for no other.

    ``key`` returns the key, or None while there is none; it may block. Thread-safe.
    """

    def __init__(self, key: Callable[[], bytes | None]) -> None:
        self._key = key
        self._has_told = False

    def sealed(self, record: AccountRecord, particulars: Particulars) -> bytes:
        """Return the particulars encrypted; empty without a key."""
        return self.seal(json.dumps(asdict(particulars), separators=(",", ":")), _place_of(record))

    def opened(self, record: AccountRecord) -> Particulars | None:
        """Return what was sealed; None without a key, or where it can't be opened."""
        text = self.open(record.sealed, _place_of(record))
        try:
            return None if text is None else Particulars(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def digest(self, text: str) -> str:
        """Return a short keyed digest to find a text again by; empty without a key. Takes microseconds."""
        key = self._key()
        if key is None:
            return ""
        digest_key = hmac.digest(key, b"to be found again", "sha256")
        return hmac.new(digest_key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
            :_DIGEST_CHARACTERS
        ]

    def seal(self, text: str, place: bytes) -> bytes:
        """Encrypt a text so that it opens only in the same place; empty without a key."""
        key = self._key()
        if key is None:
            return b""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, text.encode("ascii"), place)

    def open(self, sealed: bytes, place: bytes) -> str | None:
        """Return what was sealed; None without the key."""
        key = self._key() if len(sealed) > _NONCE_BYTES else None
        if key is None:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place).decode("ascii")
        except (InvalidTag, ValueError):
            # Another key's, as after a keyring was made anew: it is asked for again.
            if not self._has_told:
                self._has_told = True
                _log.warning("what was sealed can't be opened")
            return None


class KeyringKey:
    """The key of this person's keyring, made when it is first wanted. Asked once; calls block until it answers."""

    def __init__(self, secret_store: SecretStore) -> None:
        self._secrets = secret_store
        self._lock = threading.Lock()
        self._key: bytes | None = None
        self._asked_at_s: float | None = None

    def __call__(self) -> bytes | None:
        """Return the key; None while the keyring does not tell it."""
        with self._lock:
            now_s = time.monotonic()
            if self._key is None and (self._asked_at_s is None or now_s - self._asked_at_s > _PATIENCE_S):
                self._asked_at_s = now_s
                try:
                    self._key = self._from_keyring()
                except StoreError as error:
                    _log.info("particulars are not kept: %s", error.code)
            return self._key

    def asked_anew(self) -> bytes | None:
        """Return the key, also soon after the keyring did not tell it: somebody may have unlocked it since."""
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
    """Return a key as keyring and copies keep it."""
    return base64.b64encode(key).decode("ascii")


def key_from_text(text: str) -> bytes | None:
    """Read it; None for what is no key."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def account_place(environment: str, project_id: str, account_id: str) -> bytes:
    """Return what an account's particulars are bound to."""
    return f"{environment}\0{project_id}\0{account_id}".encode()


def _place_of(record: AccountRecord) -> bytes:
    return account_place(record.environment.value, record.project_id, record.account_id)
