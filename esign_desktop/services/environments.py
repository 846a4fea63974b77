"""The platform environments, such as sandbox and production: their settings, secrets and clients."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import uuid4

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.api.errors import Refused
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import (
    PRODUCTION_URL,
    TEST_URL,
    Environment,
    EnvironmentKind,
    KeyringStatus,
    LinksAtStart,
    PlatformBehaviour,
    with_password,
    without_password,
)
from esign_desktop.domain.errors import ApiError, InputError, StoreError
from esign_desktop.domain.policy import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.policy import Policy
    from esign_desktop.services.audit import Note
    from esign_desktop.store.secrets import SecretStore
    from esign_desktop.store.tables.settings import Settings


T = TypeVar("T")

_DEFAULTS: Final = {
    EnvironmentKind.SANDBOX: Environment(EnvironmentKind.SANDBOX, ""),
    EnvironmentKind.TEST: Environment(EnvironmentKind.TEST, TEST_URL),
    EnvironmentKind.PRODUCTION: Environment(EnvironmentKind.PRODUCTION, PRODUCTION_URL),
    EnvironmentKind.OWN: Environment(EnvironmentKind.OWN, ""),
}
_FIRST_CHOICE: Final = EnvironmentKind.SANDBOX
"""The environment used until the user chooses another one. Contracts in it are not binding."""

CONNECTED: Final = "connected"


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The result of a connection test. ``code`` is ``connected`` or the code of ``error``.

    ``latency_ms`` is the time until the response arrived. ``clock_skew_s`` is the difference between this computer's
    clock and the platform's clock. The difference is positive if this computer's clock is ahead, and None if no
    response contained the platform's time.
    """

    code: str
    latency_ms: float
    clock_skew_s: float | None = None
    error: ApiError | None = None

    @property
    def is_connected(self) -> bool:
        return self.code == CONNECTED


class EnvironmentService:
    """The service that manages the settings of the environments and provides a client for each environment.

    It is thread-safe, and every call may block on the store or the keyring. Values set by ``policy`` override saved
    values. A secret that the keyring cannot store is kept in memory until the application ends.
    """

    def __init__(
        self,
        settings: Settings,
        secrets: SecretStore,
        *,
        connect: Callable[[Environment, Secret], PlatformClient] = PlatformClient,
        note: Note | None = None,
        policy: Policy = NO_POLICY,
    ) -> None:
        self.policy = policy
        self._note = note
        self._settings = settings
        self._secrets = secrets
        self._connect = connect
        self._lock = threading.Lock()
        self._session_secrets: dict[tuple[EnvironmentKind, str], Secret] = {}
        self._proxy_passwords: dict[tuple[EnvironmentKind, str], str] = {}
        self._session_environments: dict[EnvironmentKind, Environment] = {}
        self._clients: dict[Environment, PlatformClient] = {}
        self._retired: list[PlatformClient] = []
        self._changes = 0
        self._behaviour_lock = threading.Lock()

    @property
    def change_count(self) -> int:
        """A number that increases whenever an environment's address or secret changes."""
        return self._changes

    def all(self) -> tuple[Environment, ...]:
        """Return all environments, including those that are not configured."""
        return tuple(self.get(kind) for kind in EnvironmentKind)

    def get(self, kind: EnvironmentKind) -> Environment:
        """Return the environment of this kind with its current settings."""
        with self._lock:
            passing = self._session_environments.get(kind)
        if passing is not None:
            return passing
        found = self._kept(kind)
        # An older version may have stored the proxy's password in its address.
        found = replace(found, proxy_url=without_password(found.proxy_url)[0])
        policy = self.policy
        if kind is not policy.environment:
            return found
        return replace(
            found,
            base_url=policy.address or found.base_url,
            project_id=policy.project_id or found.project_id,
            proxy_url=found.proxy_url if policy.proxy_url is None else policy.proxy_url,
        )

    def current(self) -> Environment:
        """Return the environment to which contracts are sent."""
        if self.policy.environment is not None:
            return self.get(self.policy.environment)
        chosen = self._settings.get("environment.chosen")
        return self.get(EnvironmentKind(chosen) if chosen in set(EnvironmentKind) else _FIRST_CHOICE)

    def choose(self, kind: EnvironmentKind) -> Environment:
        """Set the environment to which contracts are sent, and return the environment.

        Raises InputError ``policy.fixed`` if the policy prescribes a different one.
        """
        if self.policy.environment not in {None, kind}:
            raise InputError("policy.fixed")
        self._settings.set("environment.chosen", kind.value)
        return self.get(kind)

    def save(self, environment: Environment) -> bool:
        """Store an environment's settings, except the project's secret.

        A password in the proxy's address is stored in the keyring. If there is no keyring, return False; the password
        is then forgotten when the application ends. Otherwise, return True. Raises StoreError if the keyring fails; in
        this case, the password remains valid for this session.
        """
        proxy_url, password = without_password(environment.proxy_url.strip())
        values = _values(replace(environment, proxy_url=proxy_url))
        before = self.get(environment.kind).proxy_url
        self._settings.overwrite(_setting(environment.kind), json.dumps(values))
        if before != proxy_url:
            self._forget_proxy_password(environment.kind, before)
        with self._lock:
            self._session_environments.pop(environment.kind, None)
        self._drop_clients(environment.kind)
        return self._keep_proxy_password(environment.kind, proxy_url, password) if password else True

    def use_for_session(self, environment: Environment, secret: str) -> None:
        """Use an environment that exists only while the application runs, such as the application's own sandbox."""
        with self._lock:
            self._session_environments[environment.kind] = environment
            self._session_secrets[_key(environment)] = Secret(secret)
        self._drop_clients(environment.kind)

    def secret(self, environment: Environment) -> Secret | None:
        """Return the secret of the environment's project, or None if the user has to enter it.

        Raises StoreError if the keyring does not respond or stays locked.
        """
        with self._lock:
            held = self._session_secrets.get(_key(environment))
        if held is not None or not environment.project_id:
            return held
        kept = _if_keyring(lambda: self._secrets.get(environment.kind, environment.project_id), None)
        if kept is None:
            return None
        secret = Secret(kept)
        with self._lock:
            self._session_secrets[_key(environment)] = secret
        return secret

    def set_secret(self, environment: Environment, secret: str) -> bool:
        """Set the secret of the environment's project, and return whether it is stored in a keyring.

        If there is no keyring, the secret is forgotten when the application ends. Raises StoreError if the keyring
        fails; the secret then remains valid for this session.
        """
        with self._lock:
            self._session_secrets[_key(environment)] = Secret(secret)
        self._drop_clients(environment.kind)
        self._note_secret(environment)
        return self._is_kept(environment.kind, environment.project_id, secret)

    def forget_secret(self, environment: Environment) -> None:
        """Delete the secret of the environment's project from memory and from the keyring."""
        with self._lock:
            self._session_secrets.pop(_key(environment), None)
        self._drop_clients(environment.kind)
        self._note_secret(environment)
        _if_keyring(lambda: self._secrets.delete(environment.kind, environment.project_id), None)

    def _note_secret(self, environment: Environment) -> None:
        if self._note is not None:
            self._note(AuditAction.SECRET, environment.kind.value)

    def keyring_status(self) -> KeyringStatus:
        """Return whether secrets can be stored in a keyring, and in which one."""
        return self._secrets.status()

    def client(self) -> PlatformClient:
        """Return the client of the current environment. Raises the errors of ``client_for``."""
        return self.client_for(self.current())

    def client_for(self, environment: Environment) -> PlatformClient:
        """Return the client for an environment. The client is shared and stays open.

        The environment may be that of an earlier send. The current proxy is always used. For the sandbox, the current
        port is used too, because it changes each time the sandbox is started. Raises InputError
        ``environment.no_address``, ``environment.no_project`` or ``environment.no_secret``, InputError
        ``environment.no_rehearsal`` if the environment is a sandbox that is not running, and StoreError.
        """
        today = self.get(environment.kind)
        environment = replace(environment, proxy_url=today.proxy_url, has_near_files=today.has_near_files)
        # The platform's behavior does not affect the connection.
        environment = replace(environment, behaviour=PlatformBehaviour())
        if environment.kind is EnvironmentKind.SANDBOX and today.project_id == environment.project_id:
            environment = replace(environment, base_url=today.base_url)
        if environment.kind is EnvironmentKind.SANDBOX and not today.base_url:
            # The address and the secret of an earlier rehearsal are no longer valid.
            raise InputError("environment.no_rehearsal")
        _require_complete(environment)
        with self._lock:
            client = self._clients.get(environment)
        if client is not None:
            return client
        secret = self.secret(environment)
        if secret is None:
            raise InputError("environment.no_secret", environment=environment.kind.value)
        way = self._with_proxy_password(environment)
        with self._lock:
            return self._clients.setdefault(environment, self._connect(way, secret))

    def test_connection(self, environment: Environment, secret: str | None = None) -> ConnectionReport:
        """Test the connection by querying an account that does not exist. Any verified response counts as a success.

        ``secret`` replaces the stored secret for the test. Raises InputError or StoreError. An ApiError is not raised
        but returned in the report.
        """
        _require_complete(environment)
        chosen = Secret(secret) if secret is not None else self.secret(environment)
        if chosen is None:
            raise InputError("environment.no_secret", environment=environment.kind.value)
        client = self._connect(self._with_proxy_password(environment), chosen)
        error: ApiError | None = None
        started_s = time.monotonic()
        try:
            client.find_account(uuid4().hex)
        except Refused:
            # The answer was verified. The platform reports the missing account as a refusal.
            pass
        except ApiError as failure:
            error = failure
        finally:
            latency_ms = (time.monotonic() - started_s) * 1000
            client.close()
        return ConnectionReport(error.code if error else CONNECTED, latency_ms, client.last_clock_skew_s, error)

    def set_behaviour(self, kind: EnvironmentKind, behaviour: PlatformBehaviour) -> Environment:
        """Store the measured or chosen behavior of an environment's platform, and return the changed environment.

        Connections stay open. If the environment exists only in this session, its behavior is not stored permanently.
        """
        with self._behaviour_lock:
            before = self.get(kind)
            after = replace(before, behaviour=behaviour)
            if after == before:
                return before
            with self._lock:
                is_passing = kind in self._session_environments
                if is_passing:
                    self._session_environments[kind] = after
            if not is_passing:
                # Keep the stored address unchanged, even if an older version left a password in it.
                kept = _values(replace(self._kept(kind), behaviour=behaviour))
                self._settings.set(_setting(kind), json.dumps(kept))
            return after

    def learn_reports_links(self, kind: EnvironmentKind, *, reports_links: bool) -> None:
        """Store whether ``start`` returns the signing links of a flow before the flow is executed.

        See docs/platform-answers.md#signing-links-at-the-start.
        """
        learned = LinksAtStart.YES if reports_links else LinksAtStart.NO
        self.set_behaviour(kind, replace(self.get(kind).behaviour, links_at_start=learned))

    def reports_links(self, kind: EnvironmentKind) -> bool | None:
        """Return whether ``start`` returns signing links, as measured or set by the user.

        The result is None if this is not known.
        """
        known = self.get(kind).behaviour.links_at_start
        return None if known is LinksAtStart.UNKNOWN else known is LinksAtStart.YES

    def close(self) -> None:
        """Close all connections, and discard the secrets held in memory."""
        for kind in EnvironmentKind:
            self._drop_clients(kind)
        with self._lock:
            self._session_secrets.clear()
            self._proxy_passwords.clear()
            clients, self._retired = self._retired, []
        for client in clients:
            client.close()

    def _with_proxy_password(self, environment: Environment) -> Environment:
        """Return the environment with the password of its proxy, if one is stored. Raises StoreError."""
        bare, typed = without_password(environment.proxy_url)
        if typed or bare == with_password(bare, "?"):
            # The address already has a password, or it has no user name.
            return environment
        self._move_old_password(environment.kind)
        key = environment.kind, bare
        with self._lock:
            password = self._proxy_passwords.get(key)
        if password is None:
            password = _if_keyring(lambda: self._secrets.get(key[0], _proxy_name(bare)), None) or ""
            with self._lock:
                self._proxy_passwords[key] = password
        return replace(environment, proxy_url=with_password(bare, password))

    def _keep_proxy_password(self, kind: EnvironmentKind, proxy_url: str, password: str) -> bool:
        with self._lock:
            self._proxy_passwords[kind, proxy_url] = password
        return self._is_kept(kind, _proxy_name(proxy_url), password)

    def _is_kept(self, kind: EnvironmentKind, name: str, secret: str) -> bool:
        """Store a secret in the keyring, and return whether there is a keyring. Raises StoreError if storing fails."""

        def keep() -> bool:
            self._secrets.set(kind, name, secret)
            return True

        return _if_keyring(keep, otherwise=False)

    def _forget_proxy_password(self, kind: EnvironmentKind, proxy_url: str) -> None:
        """Delete a proxy password that is no longer used.

        If the keyring fails, the password remains in it and does no harm.
        """
        with self._lock:
            self._proxy_passwords.pop((kind, proxy_url), None)
        if proxy_url != with_password(proxy_url, "?"):
            with suppress(StoreError):
                self._secrets.delete(kind, _proxy_name(proxy_url))

    def _move_old_password(self, kind: EnvironmentKind) -> None:
        """Move a proxy password that an older version stored in the settings to the keyring.

        If there is no keyring, the password is still removed from the settings and must be entered in each session.
        """
        found = self._kept(kind)
        proxy_url, password = without_password(found.proxy_url)
        if password:
            self._keep_proxy_password(kind, proxy_url, password)
            self.save(replace(found, proxy_url=proxy_url))

    def _kept(self, kind: EnvironmentKind) -> Environment:
        learned = self._settings.get(f"environment.{kind.value}.links_before_execute")
        return _read(kind, self._settings.get(_setting(kind)), learned)

    def _drop_clients(self, kind: EnvironmentKind) -> None:
        # The clients stay open, because a send may still use them.
        with self._lock:
            self._changes += 1
            for environment in [known for known in self._clients if known.kind == kind]:
                self._retired.append(self._clients.pop(environment))


def _if_keyring(ask: Callable[[], T], otherwise: T) -> T:
    """Return the result of ``ask``, or ``otherwise`` if there is no keyring. Raises StoreError if the keyring fails."""
    try:
        return ask()
    except StoreError as error:
        if error.code != "keyring.no_backend":
            raise
        return otherwise


def _setting(kind: EnvironmentKind) -> str:
    return f"environment.{kind.value}"


def _proxy_name(proxy_url: str) -> str:
    """Return the name under which the keyring stores a proxy password. It is used in place of a project id."""
    return f"proxy {proxy_url}"


def _key(environment: Environment) -> tuple[EnvironmentKind, str]:
    return environment.kind, environment.project_id


def _require_complete(environment: Environment) -> None:
    if not environment.base_url:
        raise InputError("environment.no_address", environment=environment.kind.value)
    if not environment.project_id:
        raise InputError("environment.no_project", environment=environment.kind.value)


def _values(environment: Environment) -> dict[str, object]:
    return {
        "base_url": environment.base_url.strip().rstrip("/"),
        "project_id": environment.project_id.strip(),
        "proxy_url": environment.proxy_url,
        "has_near_files": environment.has_near_files,
        "behaviour": environment.behaviour.as_values(),
    }


_LEARNED: Final = {"1": LinksAtStart.YES, "0": LinksAtStart.NO}


def _read(kind: EnvironmentKind, text: str | None, learned: str | None) -> Environment:
    default = _DEFAULTS[kind]
    try:
        values = json.loads(text or "{}")
    except ValueError:
        values = {}
    if not isinstance(values, dict):
        values = {}

    def value(name: str, otherwise: str) -> str:
        found = values.get(name)
        return found if isinstance(found, str) else otherwise

    behaviour = values.get("behaviour")
    if not isinstance(behaviour, dict):
        # Older versions stored only ``seal_anchor`` here, and the learned behavior elsewhere.
        behaviour = {"seal_anchor": values.get("seal_anchor"), "links_at_start": _LEARNED.get(learned or "")}
    return Environment(
        kind,
        value("base_url", default.base_url) or default.base_url,
        value("project_id", ""),
        value("proxy_url", ""),
        has_near_files=values.get("has_near_files") is True,
        behaviour=PlatformBehaviour.from_values(behaviour),
    )
