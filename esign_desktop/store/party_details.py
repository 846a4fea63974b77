"""ID numbers, phone numbers and email addresses, encrypted with a key that is stored in the system keyring.

Without the keyring, this data cannot be decrypted. If there is no keyring, the data is not stored. The only other place
that contains the key is the daily backup, which is encrypted with the user's passphrase.
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
"""Nonces are random. A key encrypts far fewer than 2**32 values, at which a collision would become likely."""
_SESSION_MARK: Final = b"\0session\0"
"""Prefix of values that are encrypted with a session's key. A random nonce does not begin with these bytes."""
_DIGEST_CHARACTERS: Final = 24
_PATIENCE_S: Final = 60.0
"""The time, in seconds, before a keyring that did not respond is queried again."""
_RETRY_S: Final = 2.0
"""The minimum time, in seconds, between two queries of a keyring that did not respond, while a user is waiting."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PartyDetails:
    """The personal data with which an account was created. Unknown values are empty strings."""

    number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


class SealedPartyDetails:
    """The encryption of personal data with AES-256-GCM. Data encrypted for one account cannot be decrypted for another.

    ``key`` returns the key in the keyring, or None while the keyring does not provide the key. The call may block.
    While there is no key, ``session_key`` is used. Values encrypted with the session's key can be read only until the
    program ends. ``may_unlock`` queries the keyring again, and returns whether the keyring may still provide its key
    later. The class is thread-safe.
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

    def sealed(self, record: AccountRecord, party_details: PartyDetails) -> bytes:
        """Return personal data encrypted for an account, or empty bytes if no key is available."""
        return self.seal(json.dumps(asdict(party_details), separators=(",", ":")), _context_of(record))

    def opened(self, record: AccountRecord) -> PartyDetails | None:
        """Return the decrypted personal data of an account, or None if the key is unavailable or decryption fails."""
        text = self.open(record.sealed, _context_of(record))
        try:
            return None if text is None else PartyDetails(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def digest(self, text: str) -> str:
        """Return a short keyed digest for looking up text, or an empty string if the key is unavailable.

        A call takes microseconds.
        """
        key = self._key()
        if key is None:
            return ""
        digest_key = hmac.digest(key, b"to be found again", "sha256")
        return hmac.new(digest_key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
            :_DIGEST_CHARACTERS
        ]

    def subkey(self, use: bytes) -> bytes | None:
        """Return a key for another use that is derived from the keyring's key, or None if the key is unavailable."""
        key = self._key()
        return None if key is None else hmac.digest(key, use, "sha256")

    def seal(self, text: str, context: bytes) -> bytes:
        """Return the text encrypted for a context, or empty bytes if no key is available.

        Decryption requires the same context. The text must be ASCII.
        """
        key, mark = self._key(), b""
        if key is None:
            key, mark = self._session_key, _SESSION_MARK
        if key is None:
            return b""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return mark + nonce + AESGCM(key).encrypt(nonce, text.encode("ascii"), context)

    def open(self, sealed: bytes, context: bytes) -> str | None:
        """Return the text that ``seal`` encrypted for the context.

        The result is None if the key is unavailable or decryption fails.
        """
        if is_for_session(sealed):
            key, sealed = self._session_key, sealed[len(_SESSION_MARK) :]
        else:
            key = self._key() if sealed else None
        if key is None or len(sealed) <= _NONCE_BYTES:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context).decode("ascii")
        except (InvalidTag, ValueError):
            # Encrypted with another key, for example before the keyring was recreated.
            if not self._has_told:
                self._has_told = True
                _log.warning("encrypted data cannot be decrypted with the current key")
            return None

    def is_locked(self, sealed: bytes) -> bool:
        """Return whether a value cannot be read because the keyring is locked. The keyring is queried again."""
        return bool(sealed) and not is_for_session(sealed) and self._key() is None and self.may_unlock()

    def sealed_again(self, sealed: bytes, context: bytes) -> bytes:
        """Return a value re-encrypted with the keyring's key, if the value was encrypted with the session's key.

        Otherwise, or if the keyring does not provide its key, the value is returned unchanged.
        """
        text = self.open(sealed, context) if is_for_session(sealed) and self._key() is not None else None
        return sealed if text is None else self.seal(text, context)


def is_for_session(sealed: bytes) -> bool:
    """Return whether a value was encrypted with a session's key instead of the key in the keyring."""
    return sealed.startswith(_SESSION_MARK)


class KeyringKey:
    """The key in the user's keyring. The key is created when it is first needed.

    Calls block until the keyring responds.
    """

    def __init__(self, secret_store: SecretStore) -> None:
        self._secrets = secret_store
        self._lock = threading.Lock()
        self._key: bytes | None = None
        self._asked_at_s: float | None = None
        self._failure = ""

    def __call__(self) -> bytes | None:
        """Return the key, or None if the keyring does not provide it.

        A keyring that did not provide the key is queried again only after a minute.
        """
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
        """Query the keyring again immediately. Return the key, or None if the keyring does not provide it.

        This is useful when the user may have unlocked the keyring since the last query.
        """
        with self._lock:
            self._asked_at_s = None
        return self()

    def may_unlock(self) -> bool:
        """Query the keyring again, at most every two seconds, and return whether it may provide its key later.

        The result is False if the keyring now provides its key, or if there is no keyring.
        """
        with self._lock:
            if self._asked_at_s is not None and time.monotonic() - self._asked_at_s > _RETRY_S:
                self._asked_at_s = None
        return self() is None and self._failure != "keyring.no_backend"

    def _from_keyring(self) -> bytes:
        kept = self._secrets.party_details_key()
        if kept is None:
            kept = key_as_text(secrets.token_bytes(_KEY_BYTES))
            self._secrets.keep_party_details_key(kept)
        key = key_from_text(kept)
        if key is None:
            raise StoreError("keyring.failed", "no key")
        return key


def key_as_text(key: bytes) -> str:
    """Return a key as text, in the format in which the keyring and the backups store it."""
    return base64.b64encode(key).decode("ascii")


def key_from_text(text: str) -> bytes | None:
    """Parse a key from text that ``key_as_text`` returned, or return None if the text is invalid."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def account_context(environment: str, project_id: str, account_id: str) -> bytes:
    """Return the context to which the encrypted data of an account is bound."""
    return f"{environment}\0{project_id}\0{account_id}".encode()


def _context_of(record: AccountRecord) -> bytes:
    return account_context(record.environment.value, record.project_id, record.account_id)
