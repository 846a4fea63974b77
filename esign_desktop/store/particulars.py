"""ID numbers, phone numbers and email addresses, encrypted with a key in the system keyring.

The program's files cannot be decrypted without the keyring. Without a keyring, this data is not stored. The only other
place for the key is the daily backup, where it is encrypted with the passphrase of the backups.
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
_SESSION_MARK: Final = b"\0session\0"
"""Begins values encrypted with the key of a session; a random nonce does not begin like this."""
_DIGEST_CHARACTERS: Final = 24
_PATIENCE_S: Final = 60.0
"""Pause before a keyring that did not answer is asked again, in seconds."""
_RETRY_S: Final = 2.0
"""Shortest time between two requests to a keyring that did not answer, where a user waits for the result."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Particulars:
    """The personal data with which an account was created. The mobile number and email address are empty if unknown."""

    number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


class SealedParticulars:
    """The AES-256-GCM encryption of personal data. Data encrypted for one account cannot be decrypted for another.

    ``key`` returns the keyring's key, or None while the keyring does not provide it; it may block. While there is none,
    ``session_key`` is used instead, and its values can be read until the program ends. ``may_unlock`` asks the keyring
    again, and returns whether it may still provide its key later. The class is thread-safe.
    """

    def __init__(
        self,
        key: Callable[[], bytes | None],
        *,
        session_key: bytes | None = None,
        may_unlock: Callable[[], bool] = lambda: True,
    ) -> None:
        self._key = key
        self._session_key = session_key
        self.may_unlock = may_unlock
        self._has_told = False

    def sealed(self, record: AccountRecord, particulars: Particulars) -> bytes:
        """Return the encrypted personal data, or empty bytes if the key is unavailable."""
        return self.seal(json.dumps(asdict(particulars), separators=(",", ":")), _place_of(record))

    def opened(self, record: AccountRecord) -> Particulars | None:
        """Return the decrypted personal data, or None if the key is unavailable or decryption fails."""
        text = self.open(record.sealed, _place_of(record))
        try:
            return None if text is None else Particulars(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def digest(self, text: str) -> str:
        """Return a short keyed digest for looking up text, or an empty string if the key is unavailable.

        This takes microseconds.
        """
        key = self._key()
        if key is None:
            return ""
        digest_key = hmac.digest(key, b"to be found again", "sha256")
        return hmac.new(digest_key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
            :_DIGEST_CHARACTERS
        ]

    def seal(self, text: str, place: bytes) -> bytes:
        """Return the text encrypted for a context (``place``), or empty bytes if no key is available.

        Decryption succeeds only with the same context.
        """
        key, mark = self._key(), b""
        if key is None:
            key, mark = self._session_key, _SESSION_MARK
        if key is None:
            return b""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return mark + nonce + AESGCM(key).encrypt(nonce, text.encode("ascii"), place)

    def open(self, sealed: bytes, place: bytes) -> str | None:
        """Return the decrypted text, or None if its key is unavailable or decryption fails."""
        if is_for_session(sealed):
            key, sealed = self._session_key, sealed[len(_SESSION_MARK) :]
        else:
            key = self._key() if sealed else None
        if key is None or len(sealed) <= _NONCE_BYTES:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place).decode("ascii")
        except (InvalidTag, ValueError):
            # Encrypted with another key, for example before the keyring was created anew.
            if not self._has_told:
                self._has_told = True
                _log.warning("encrypted data cannot be decrypted with the current key")
            return None

    def is_locked(self, sealed: bytes) -> bool:
        """Return whether a value can't be read because the keyring is locked. This asks the keyring again."""
        return bool(sealed) and not is_for_session(sealed) and self._key() is None and self.may_unlock()

    def sealed_again(self, sealed: bytes, place: bytes) -> bytes:
        """Return a value of this session encrypted with the keyring's key, or unchanged while this is not possible."""
        text = self.open(sealed, place) if is_for_session(sealed) and self._key() is not None else None
        return sealed if text is None else self.seal(text, place)


def is_for_session(sealed: bytes) -> bool:
    """Return whether a value was encrypted with the key of a session and not with the keyring's."""
    return sealed.startswith(_SESSION_MARK)


class KeyringKey:
    """The key in the user's keyring, which is created when it is first needed.

    Calls block until the keyring answers.
    """

    def __init__(self, secret_store: SecretStore) -> None:
        self._secrets = secret_store
        self._lock = threading.Lock()
        self._key: bytes | None = None
        self._asked_at_s: float | None = None
        self._failure = ""

    def __call__(self) -> bytes | None:
        """Return the key, or None if the keyring does not provide it."""
        with self._lock:
            now_s = time.monotonic()
            if self._key is None and (self._asked_at_s is None or now_s - self._asked_at_s > _PATIENCE_S):
                self._asked_at_s = now_s
                try:
                    self._key = self._from_keyring()
                except StoreError as error:
                    self._failure = error.code
                    self._asked_at_s = time.monotonic()
                    _log.info("personal data is not stored: %s", error.code)
            return self._key

    def asked_anew(self) -> bytes | None:
        """Return the key, asking the keyring again without a pause.

        The user may have unlocked the keyring in the meantime.
        """
        with self._lock:
            self._asked_at_s = None
        return self()

    def may_unlock(self) -> bool:
        """Ask the keyring again, at most every two seconds, and return whether it may provide its key later.

        The result is False if the keyring now provides its key or does not exist.
        """
        with self._lock:
            if self._asked_at_s is not None and time.monotonic() - self._asked_at_s > _RETRY_S:
                self._asked_at_s = None
        return self() is None and self._failure != "keyring.no_backend"

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
    """Return a key in the form in which the keyring and the backups store it."""
    return base64.b64encode(key).decode("ascii")


def key_from_text(text: str) -> bytes | None:
    """Return the key in the output of ``key_as_text``, or None if it is invalid."""
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
