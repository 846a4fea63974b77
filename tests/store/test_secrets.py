from __future__ import annotations

import gc
import sys
import threading
import time
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import EnvironmentKind, KeyringStatus
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.secrets import SERVICE, TIMEOUT_S, SecretStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.secret_service import SecretService

TEST, PRODUCTION = EnvironmentKind.TEST, EnvironmentKind.PRODUCTION
SECRET = "made-up 秘密 0123456789abcdef"

PLAINTEXT_BACKEND = """
from pathlib import Path
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 100
    def get_password(self, service, username):
        return Path("{file}").read_text() if Path("{file}").exists() else None
    def set_password(self, service, username, password):
        Path("{file}").write_text(password)
    def delete_password(self, service, username):
        Path("{file}").unlink()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is that of Linux desktops")


def _failure(work: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        work()
    assert SECRET not in repr(caught.value)
    return caught.value.code


def test_a_secret_is_kept_by_the_secret_service(secret_service: SecretService) -> None:
    import secretstorage

    SecretStore().set(TEST, "project", SECRET)
    assert SecretStore().get(TEST, "project") == SECRET
    with closing(secretstorage.dbus_init()) as connection:
        items = secretstorage.get_default_collection(connection).search_items({"service": SERVICE})
        assert [item.get_secret().decode() for item in items] == [SECRET]


def test_a_secret_belongs_to_one_project_of_one_environment(secret_service: SecretService) -> None:
    store = SecretStore()
    store.set(TEST, "project", SECRET)
    store.set(PRODUCTION, "project", "another")
    assert store.get(TEST, "project") == SECRET
    assert store.get(PRODUCTION, "project") == "another"
    assert store.get(TEST, "other project") is None


def test_a_later_secret_takes_the_place_of_the_first(secret_service: SecretService) -> None:
    store = SecretStore()
    store.set(TEST, "project", "the first")
    store.set(TEST, "project", SECRET)
    assert store.get(TEST, "project") == SECRET


@pytest.mark.parametrize(
    ("system", "taken"),
    [("Windows", "WinVaultKeyring"), ("macOS", "Keyring"), ("SecretService", "Keyring"), ("kwallet", "DBusKeyring")],
)
def test_each_system_has_its_own_keyring_whatever_else_is_installed(
    monkeypatch: pytest.MonkeyPatch, system: str, taken: str
) -> None:
    """Each is a module that can be imported everywhere, and is viable on its own system."""

    def module(name: str) -> SimpleNamespace:
        kind = type(taken, (), {"viable": name == f"keyring.backends.{system}", "name": name})
        return SimpleNamespace(Keyring=kind, WinVaultKeyring=kind, DBusKeyring=kind)

    monkeypatch.setattr("esign_desktop.store.secrets.importlib.import_module", module)
    assert SecretStore().status() == KeyringStatus(available=True, backend_name=f"keyring.backends.{system}")


def test_a_secret_that_the_keyring_of_windows_does_not_hold_is_refused_before_it_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: dict[str, str] = {}

    class WinVaultKeyring:
        def set_password(self, _service: str, user: str, secret: str) -> None:
            kept[user] = secret

        def get_password(self, _service: str, user: str) -> str | None:
            return kept.get(user)

    WinVaultKeyring.__module__ = "keyring.backends.Windows"
    monkeypatch.setattr("esign_desktop.store.secrets._backend", WinVaultKeyring)
    store = SecretStore()
    store.set(TEST, "project", "钥" * 1280)
    assert store.get(TEST, "project") == "钥" * 1280
    assert _failure(lambda: store.set(TEST, "project", "s" * 1281)) == "keyring.too_long"
    assert store.get(TEST, "project") == "钥" * 1280


def test_a_deleted_secret_is_gone(secret_service: SecretService) -> None:
    store = SecretStore()
    store.set(TEST, "project", SECRET)
    store.delete(TEST, "project")
    store.delete(TEST, "project")
    assert store.get(TEST, "project") is None


def test_status_names_the_keyring(secret_service: SecretService) -> None:
    assert SecretStore().status() == KeyringStatus(available=True, backend_name="SecretService Keyring")


def test_a_desktop_without_a_keyring_is_told(no_secret_service: None) -> None:
    store = SecretStore()
    assert _failure(lambda: store.set(TEST, "project", SECRET)) == "keyring.no_backend"
    assert _failure(lambda: store.get(TEST, "project")) == "keyring.no_backend"
    assert _failure(lambda: store.delete(TEST, "project")) == "keyring.no_backend"
    assert store.status() == KeyringStatus(available=False, code="keyring.no_backend")


@pytest.mark.parametrize("has_service", [False, True])
def test_a_backend_in_plain_text_is_refused_though_it_is_asked_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, has_service: bool
) -> None:
    """By the environment variable, by the configuration file, and by its priority."""
    request.getfixturevalue("secret_service" if has_service else "no_secret_service")
    leak = tmp_path / "leak"
    (tmp_path / "plaintext_keyring.py").write_text(PLAINTEXT_BACKEND.format(file=leak), encoding="utf-8")
    configuration = tmp_path / "python_keyring" / "keyringrc.cfg"
    configuration.parent.mkdir()
    configuration.write_text("[backend]\ndefault-keyring=plaintext_keyring.Keyring\n", encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "plaintext_keyring.Keyring")
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("plaintext_keyring")
    store = SecretStore()
    if has_service:
        store.set(TEST, "project", SECRET)
        assert store.get(TEST, "project") == SECRET
    else:
        assert _failure(lambda: store.set(TEST, "project", SECRET)) == "keyring.no_backend"
    assert not leak.exists()


def test_a_keyring_that_forgets_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign_desktop.store.secrets.ALLOWED_BACKENDS", (("keyring.backends.null", "Keyring"),))
    assert _failure(lambda: SecretStore().set(TEST, "project", SECRET)) == "keyring.failed"


def test_a_backend_that_is_not_installed_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = (("keyring.backends.nowhere", "Keyring"), ("keyring.backends.null", "Keyring"))
    monkeypatch.setattr("esign_desktop.store.secrets.ALLOWED_BACKENDS", allowed)
    assert SecretStore().status() == KeyringStatus(available=True, backend_name="null Keyring")


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # keyring's own, of a connection it gives up
def test_a_locked_keyring_that_nobody_unlocks_is_told(
    secret_service: SecretService, caplog: pytest.LogCaptureFixture
) -> None:
    store = SecretStore(timeout_s=3.0)
    store.set(TEST, "project", SECRET)
    secret_service.lock()
    assert _failure(lambda: store.get(TEST, "project")) == "keyring.locked"
    assert _failure(lambda: store.set(TEST, "project", SECRET)) == "keyring.locked"
    assert store.status().available
    assert SECRET not in caplog.text
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join()
    gc.collect()


def test_a_frozen_keyring_costs_the_time_limit_and_works_again_afterwards(secret_service: SecretService) -> None:
    SecretStore().set(TEST, "project", SECRET)
    store = SecretStore(timeout_s=0.3)
    secret_service.freeze()
    start = time.monotonic()
    try:
        assert _failure(lambda: store.get(TEST, "project")) == "keyring.timeout"
        assert _failure(lambda: store.get(TEST, "project")) == "keyring.timeout"
        assert store.status() == KeyringStatus(available=False, code="keyring.timeout")
    finally:
        secret_service.thaw()
    # Three calls with the usual limit would take longer.
    assert time.monotonic() - start < 3 * TIMEOUT_S
    assert SecretStore().get(TEST, "project") == SECRET


def test_a_keyring_that_breaks_is_told_by_its_kind_alone(
    secret_service: SecretService, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> str:
        raise ConnectionResetError(SECRET)

    monkeypatch.setattr("keyring.backends.SecretService.Keyring.get_password", fail)
    assert _failure(lambda: SecretStore().get(TEST, "project")) == "keyring.failed"
    assert "ConnectionResetError" in caplog.text
    assert SECRET not in caplog.text
