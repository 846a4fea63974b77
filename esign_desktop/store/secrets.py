"""The project secrets and the encryption keys, which are stored only in the operating system's keyring.

Only this module uses ``keyring``. That library's own choice of a backend is not used, because it follows an environment
variable and accepts an installed backend that stores plain text.
"""

from __future__ import annotations

import importlib
import logging
import math
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

from esign_desktop.domain.environment import KeyringStatus
from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

    from esign_desktop.domain.environment import EnvironmentKind

T = TypeVar("T")

SERVICE: Final = "esign-desktop"
TIMEOUT_S: Final = 8.0
_PARTICULARS: Final = "particulars"
_COPIES: Final = "second-folder"
"""These two entries cannot clash with the entries of projects, whose names contain a colon."""

ALLOWED_BACKENDS: Final = (
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)
"""Keyrings that encrypt their content and belong to the user's session, in order of preference."""

_MOST_BYTES: Final = {"keyring.backends.Windows": 5 * 512}
"""The maximum size of a secret: CRED_MAX_CREDENTIAL_BLOB_SIZE (wincred.h), in bytes of UTF-16.

Other keyrings have no practical limit.
"""

_LOCKED: Final = {"LockedException", "PromptDismissedException"}
"""Names of exceptions from the Secret Service library, which exists only on Linux."""

_log = logging.getLogger(__name__)


class SecretStore:
    """A store for the encryption keys, and for one secret per project and environment.

    Each call takes at most ``timeout_s`` seconds. Methods raise StoreError ``keyring.no_backend``, ``keyring.locked``
    if the user did not unlock the keyring, ``keyring.timeout`` if the keyring or the user did not respond in time,
    ``keyring.too_long`` or ``keyring.failed``.
    """

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._turn = threading.Lock()

    def get(self, environment: EnvironmentKind, project_id: str) -> str | None:
        """Return the secret of a project, or None if none is stored."""
        return self._get(_user(environment, project_id))

    def set(self, environment: EnvironmentKind, project_id: str, secret: str) -> None:
        """Store the secret of a project, and read it back for verification."""
        self._set(_user(environment, project_id), secret)

    def party_details_key(self) -> str | None:
        """Return the key for personal data as text, or None if none is stored."""
        return self._get(_PARTICULARS)

    def keep_party_details_key(self, key: str) -> None:
        """Store the key for personal data, and read it back for verification."""
        self._set(_PARTICULARS, key)

    def copy_key(self) -> str | None:
        """Return, as text, the key for the backups in the second folder, or None if none is stored."""
        return self._get(_COPIES)

    def keep_copy_key(self, key: str) -> None:
        """Store the key for the backups in the second folder, and read it back for verification."""
        self._set(_COPIES, key)

    def _get(self, user: str) -> str | None:
        return self._ask(lambda keyring: keyring.get_password(SERVICE, user))

    def _set(self, user: str, secret: str) -> None:
        def work(keyring: KeyringBackend) -> None:
            if len(secret.encode("utf-16-le")) > _MOST_BYTES.get(type(keyring).__module__, math.inf):
                raise StoreError("keyring.too_long")
            keyring.set_password(SERVICE, user, secret)
            if keyring.get_password(SERVICE, user) != secret:
                raise StoreError("keyring.failed", "the stored value differs")

        self._ask(work)

    def delete(self, environment: EnvironmentKind, project_id: str) -> None:
        """Delete the secret of a project. Do nothing if none is stored."""
        user = _user(environment, project_id)

        def work(keyring: KeyringBackend) -> None:
            if keyring.get_password(SERVICE, user) is not None:
                keyring.delete_password(SERVICE, user)

        self._ask(work)

    def status(self) -> KeyringStatus:
        """Return whether a keyring is available. A locked keyring counts as available. Nothing is read from it."""
        try:
            name = self._ask(lambda keyring: str(type(keyring).name))
        except StoreError as error:
            return KeyringStatus(available=False, code=error.code)
        return KeyringStatus(available=True, backend_name=name)

    def _ask(self, work: Callable[[KeyringBackend], T]) -> T:
        """Run the work on a separate thread, wait for at most ``timeout_s`` seconds, and return the result.

        If a keyring does not respond, or if the user does not answer a prompt, only that thread is blocked.
        """
        end = time.monotonic() + self._timeout_s
        # Only one call at a time is made, so that an unresponsive keyring blocks only one thread.
        if not self._turn.acquire(timeout=self._timeout_s):
            raise StoreError("keyring.timeout", retryable=True)
        outcome: Future[T] = Future()
        threading.Thread(target=self._answer, args=(work, outcome), name="keyring", daemon=True).start()
        try:
            return outcome.result(max(0.0, end - time.monotonic()))
        except TimeoutError:
            raise StoreError("keyring.timeout", retryable=True) from None

    def _answer(self, work: Callable[[KeyringBackend], T], outcome: Future[T]) -> None:
        try:
            outcome.set_result(work(_backend()))
        except StoreError as error:
            outcome.set_exception(error)
        # The types of exceptions depend on the backend and on the D-Bus library, and their messages may contain
        # anything.
        except Exception as error:  # noqa: BLE001
            _log.warning("the keyring failed: %s", type(error).__name__)
            outcome.set_exception(StoreError(_code(error), type(error).__name__, retryable=True))
        finally:
            self._turn.release()


def _code(error: Exception) -> str:
    from keyring.errors import KeyringLocked

    is_locked = isinstance(error, KeyringLocked) or type(error).__name__ in _LOCKED
    return "keyring.locked" if is_locked else "keyring.failed"


def _user(environment: EnvironmentKind, project_id: str) -> str:
    return f"{environment.value}:{project_id}"


def _backend() -> KeyringBackend:
    for module_name, class_name in ALLOWED_BACKENDS:
        try:
            kind: type[KeyringBackend] = getattr(importlib.import_module(module_name), class_name)
        except ImportError:
            continue
        if kind.viable:
            return kind()
    raise StoreError("keyring.no_backend")
