"""Everything behind the windows: stores, engine, services. Knows no Qt, and imports what is heavy late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database import Database
from esign_desktop.store.instance_lock import InstanceLock
from esign_desktop.store.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient, Secret
    from esign_desktop.domain.environment import Environment
    from esign_desktop.pdf.process_engine import ProcessEngine
    from esign_desktop.services.catalogue import Services
    from esign_desktop.store.paths import AppPaths


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the window needs to know before it is painted for the first time."""

    language: str = ""
    theme: str = "system"
    geometry: bytes | None = None
    was_restored: bool = False


class Backstage:
    """Built and opened in steps: lock, database, services; ``close`` ends all of it in reverse.

    ``connect`` makes the ways to the platforms; None means the real ones.
    """

    def __init__(
        self, paths: AppPaths, *, connect: Callable[[Environment, Secret], PlatformClient] | None = None
    ) -> None:
        self.paths = paths
        self._connect = connect
        self._lock = InstanceLock(paths.lock_path)
        self._database = Database(paths.database_path)
        self._engine: ProcessEngine | None = None
        self._services: Services | None = None

    def lock(self) -> None:
        """Make the folders and become the only instance that works there. Raises StoreError."""
        self.paths.prepare()
        self._lock.acquire()

    def open_database(self) -> FirstLook:
        """Open the database and read what the window needs first. Raises StoreError."""
        from esign_desktop.services.preferences import Preferences

        self._database.open()
        preferences = Preferences(Settings(self._database))
        return FirstLook(
            preferences.language, preferences.theme.value, preferences.window_geometry, self._database.was_restored
        )

    def replace_damaged_database(self) -> Path:
        """Set a damaged database aside, so that the next ``open_database`` begins an empty one; return its new name."""
        return self._database.replace_damaged()

    def start_engine(self) -> None:
        """Start the processes that draw, without waiting for them."""
        self.engine.prestart()

    @property
    def engine(self) -> ProcessEngine:
        """Draws and searches PDFs."""
        if self._engine is None:
            from esign_desktop.pdf.process_engine import ProcessEngine

            self._engine = ProcessEngine()
        return self._engine

    @property
    def services(self) -> Services:
        """All services; made when first asked for, after ``open_database``."""
        if self._services is None:
            from esign_desktop.api.client import PlatformClient
            from esign_desktop.app.composition import build_services

            self._services = build_services(
                self.paths,
                self._database,
                self.engine,
                clock_ms=system_clock_ms,
                connect=self._connect or PlatformClient,
            )
        return self._services

    def interrupt(self) -> None:
        """Break off what waits for the network; a send goes on at the next start."""
        if self._services is not None:
            self._services.environments.close()

    def close(self) -> None:
        """End everything; nobody may ask for anything any more."""
        self.interrupt()
        if self._engine is not None:
            self._engine.stop()
        self._database.close()
        self._lock.release()
