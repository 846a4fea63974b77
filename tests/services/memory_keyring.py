"""A keyring in memory, and an installation that starts again and again beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from keyring.errors import KeyringLocked

from esign_desktop.app.composition import build_services
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine
    from esign_desktop.services.catalogue import Services


class MemoryKeyring:
    """A keyring that its user may lock, that may be missing, and whose entries may be gone."""

    name = "memory"

    def __init__(self) -> None:
        self.is_locked = False
        self.is_absent = False
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        self._refuse_while_locked()
        return self.entries.get(service + user)

    def set_password(self, service: str, user: str, password: str) -> None:
        self._refuse_while_locked()
        self.entries[service + user] = password

    def delete_password(self, service: str, user: str) -> None:
        self._refuse_while_locked()
        del self.entries[service + user]

    def found(self) -> MemoryKeyring:
        """Stand in for the choice of a backend."""
        if self.is_absent:
            raise StoreError("keyring.no_backend")
        return self

    def _refuse_while_locked(self) -> None:
        if self.is_locked:
            raise KeyringLocked


class Computer:
    """An installation that starts again, with its keyring locked or not."""

    def __init__(self, root: Path, keyring: MemoryKeyring, engine: PdfEngine | None = None) -> None:
        self.keyring = keyring
        self.paths = AppPaths.at(root)
        self.paths.prepare()
        self._engine = engine
        self._database: Database | None = None
        self._services: Services | None = None

    def start(self, *, is_locked: bool = False) -> Services:
        self.stop()
        self.keyring.is_locked = is_locked
        self._database = Database(self.paths.database_path)
        self._database.open()
        self._services = build_services(self.paths, self._database, cast("Any", self._engine), clock_ms=clock_ms)
        return self._services

    @property
    def database(self) -> Database:
        """The open database."""
        assert self._database is not None
        return self._database

    def stop(self) -> None:
        if self._services is not None:
            self._services.environments.close()
            self._services = None
        if self._database is not None:
            self._database.close()
            self._database = None
