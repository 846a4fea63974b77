"""The project secret and the key of persons' particulars, in the operating system's own keyring and nowhere else.

The only module that knows ``keyring``. Its automatic choice is not used: that obeys an environment variable and takes a
backend that writes plain text, if one is installed.
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
"""No environment and project is called like these two: theirs hold a colon."""

ALLOWED_BACKENDS: Final = (
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)
"""Keyrings that encrypt and belong to the person's session, the preferred first."""

_MOST_BYTES: Final = {"keyring.backends.Windows": 5 * 512}
"""CRED_MAX_CREDENTIAL_BLOB_SIZE (wincred.h), of UTF-16. Elsewhere there is no limit that anybody would meet."""

_LOCKED: Final = {"LockedException", "PromptDismissedException"}
"""What the Secret Service's own library raises; that library is there on Linux only."""

_log = logging.getLogger(__name__)


class SecretStore:
    """Keeps one secret per environment and project. Every call waits ``timeout_s`` at most.

    Raises StoreError: ``keyring.no_backend``, ``keyring.locked`` (the person did not unlock it), ``keyring.timeout``
    (it does not answer, or asks the person and got no answer yet), ``keyring.too_long``, ``keyring.failed``.
    """

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._turn = threading.Lock()

    def get(self, environment: EnvironmentKind, project_id: str) -> str | None:
        """Return the secret, or None if none is kept."""
        return self._get(_user(environment, project_id))

    def set(self, environment: EnvironmentKind, project_id: str, secret: str) -> None:
        """Keep the secret, and make sure by reading it back."""
        self._set(_user(environment, project_id), secret)

    def particulars_key(self) -> str | None:
        """Return the key of what is kept of persons, or None if there is none yet."""
        return self._get(_PARTICULARS)

    def keep_particulars_key(self, key: str) -> None:
        """Keep that key, and make sure by reading it back."""
        self._set(_PARTICULARS, key)

    def copy_key(self) -> str | None:
        """Return the key of the copies in the second folder, or None if there is none."""
        return self._get(_COPIES)

    def keep_copy_key(self, key: str) -> None:
        """Keep that key, and make sure by reading it back."""
        self._set(_COPIES, key)

    def _get(self, user: str) -> str | None:
        return self._ask(lambda keyring: keyring.get_password(SERVICE, user))

    def _set(self, user: str, secret: str) -> None:
        def work(keyring: KeyringBackend) -> None:
            if len(secret.encode("utf-16-le")) > _MOST_BYTES.get(type(keyring).__module__, math.inf):
                raise StoreError("keyring.too_long")
            keyring.set_password(SERVICE, user, secret)
            if keyring.get_password(SERVICE, user) != secret:
                raise StoreError("keyring.failed", "read back differently")

        self._ask(work)

    def delete(self, environment: EnvironmentKind, project_id: str) -> None:
        """Forget the secret; without effect if none is kept."""
        user = _user(environment, project_id)

        def work(keyring: KeyringBackend) -> None:
            if keyring.get_password(SERVICE, user) is not None:
                keyring.delete_password(SERVICE, user)

        self._ask(work)

    def status(self) -> KeyringStatus:
        """Say whether there is a keyring, without asking it for anything; a locked one counts as there."""
        try:
            name = self._ask(lambda keyring: str(type(keyring).name))
        except StoreError as error:
            return KeyringStatus(available=False, code=error.code)
        return KeyringStatus(available=True, backend_name=name)

    def _ask(self, work: Callable[[KeyringBackend], T]) -> T:
        """Do the work on a thread of its own: a frozen keyring hangs for ever, and a prompt until it is answered."""
        end = time.monotonic() + self._timeout_s
        # One call at a time, so that a frozen keyring costs one thread and not one a call.
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
        # The kinds differ by backend and by D-Bus library, and their texts may hold anything.
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
