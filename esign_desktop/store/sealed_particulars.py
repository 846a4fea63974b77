"""Numbers, phones and addresses of persons, encrypted under a key that lies in the system's keyring alone.

Who has the program's files without the keyring can't read them; where there is no keyring nothing of it is kept.
"""

from __future__ import annotations

import base64
import binascii
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

    from esign_desktop.store.accounts import AccountRecord
    from esign_desktop.store.secrets import SecretStore

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
"""Random: a key seals far fewer than the 2**32 values after which one may come twice."""
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

    def sealed(self, record: AccountRecord, particulars: Particulars) -> bytes:
        """Return the particulars encrypted; empty without a key."""
        return self.seal(json.dumps(asdict(particulars), separators=(",", ":")), _place(record))

    def opened(self, record: AccountRecord) -> Particulars | None:
        """Return what was sealed; None without a key, or where it can't be opened."""
        text = self.open(record.sealed, _place(record))
        try:
            return None if text is None else Particulars(**json.loads(text))
        except (ValueError, TypeError):
            return None

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

    def _from_keyring(self) -> bytes:
        kept = self._secrets.particulars_key()
        if kept is None:
            kept = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii")
            self._secrets.keep_particulars_key(kept)
        try:
            key = base64.b64decode(kept, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != _KEY_BYTES:
            raise StoreError("keyring.failed", "no key")
        return key


def _place(record: AccountRecord) -> bytes:
    return f"{record.environment.value}\0{record.project_id}\0{record.account_id}".encode()
