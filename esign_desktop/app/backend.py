"""Everything behind the windows: stores, engine, services. Knows no Qt, and imports what is heavy late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files.lock import InstanceLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient, Secret
    from esign_desktop.domain.environment import Environment
    from esign_desktop.pdf.client.engine import ProcessEngine
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.copies.rebuilding import CopyOffer
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.paths import AppPaths

T = TypeVar("T")

PDF_WORKERS: Final = 2
"""So that a page that takes long does not keep the others from being drawn."""


class Backend:
    """Built and opened in steps: lock, database, services; ``close`` ends all of it in reverse.

    ``connect`` makes the ways to the platforms; None means the real ones. ``policy_path`` None is the system's.
    ``result_file`` is where what becomes of contracts is told, unless the policy names another file.
    """

    def __init__(
        self,
        paths: AppPaths,
        *,
        connect: Callable[[Environment, Secret], PlatformClient] | None = None,
        policy_path: Path | None = None,
        result_file: Path | None = None,
    ) -> None:
        self.paths = paths
        self._result_file = result_file
        self._policy_path = policy_path
        self._connect = connect
        self._lock = InstanceLock(paths.lock_path)
        self._database: Database | None = None
        self._engine: ProcessEngine | None = None
        self._services: Services | None = None
        self.unlinked_accounts = 0
        """How many accounts were taken from contacts whose they may not be, and are to be told of."""

    def lock(self) -> None:
        """Make the folders and become the only instance that works there. Raises StoreError."""
        self.paths.prepare()
        self._lock.acquire()

    def open_services(self) -> Services:
        """Open the database and build the services on it; blocks.

        Raises StoreError, and InputError for a policy that can't be used; may be called again then.
        """
        from esign_desktop.api.client import PlatformClient
        from esign_desktop.app.composition import build_services
        from esign_desktop.store.clock import system_clock_ms
        from esign_desktop.store.database.connection import Database
        from esign_desktop.store.files.policy_file import read_policy, system_policy_path
        from esign_desktop.ui.resources import resource_path

        if self._services is None:
            policy = read_policy(self._policy_path or system_policy_path(), resource_path("policy.schema.json"))
            database = self._database or Database(self.paths.database_path)
            self._database = database
            database.open()
            if database.was_restored or database.went_back:
                self._bring_flows_back(database)
            self._services = build_services(
                self.paths,
                database,
                self.engine,
                clock_ms=system_clock_ms,
                connect=self._connect or PlatformClient,
                policy=policy,
                result_file=self._result_file,
            )
            services = self._services
            if database.was_restored or database.went_back:
                _attempt("templates could not be brought back from the ledger", services.templates.bring_back)
            _attempt("somebody could not be forgotten to the end", services.people.finish)
            services.second_folder.sweep()
            _attempt("copies of files could not be swept", services.submission.sweep_copies)
            self.unlinked_accounts = _attempt("accounts could not be looked through", services.account_repair.run) or 0
        return self._services

    def _bring_flows_back(self, database: Database) -> None:
        from esign_desktop.services.copies.rebuilding import rebuild_flows
        from esign_desktop.store.files.ledger import Ledger
        from esign_desktop.store.tables.flows import Flows

        ledger = Ledger(self.paths.ledger_path)
        _attempt("flows could not be brought back from the ledger", lambda: rebuild_flows(ledger, Flows(database)))

    def copy_to_go_back_to(self) -> CopyOffer | None:
        """Return what can be offered when ``open_services`` met the database of a newer version. Raises StoreError."""
        from esign_desktop.services.copies.rebuilding import copy_to_go_back_to
        from esign_desktop.store.files.ledger import Ledger

        return None if self._database is None else copy_to_go_back_to(self._database, Ledger(self.paths.ledger_path))

    def go_back_to(self, offer: CopyOffer) -> None:
        """Put the copy in the place of the newer database, which is set aside; ``open_services`` follows.

        Raises StoreError.
        """
        if self._database is not None:
            self._database.use_copy_before_upgrade(offer.copy)

    @property
    def went_back(self) -> bool:
        """Whether a copy from before an upgrade is in use for the first time."""
        return self._database is not None and self._database.went_back

    @property
    def was_restored(self) -> bool:
        """Whether the database was found damaged and its backup was taken instead."""
        return self._database is not None and self._database.was_restored

    def replace_damaged_database(self) -> Path | None:
        """Set the damaged database aside, so that the next ``open_services`` begins an empty one; return its new name.

        Raises StoreError.
        """
        return self._database.replace_damaged() if self._database is not None else None

    def start_engine(self) -> None:
        """Start the processes that draw, without waiting for them."""
        self.engine.prestart()

    @property
    def engine(self) -> ProcessEngine:
        if self._engine is None:
            from esign_desktop.pdf.client.engine import ProcessEngine

            self._engine = ProcessEngine(workers=PDF_WORKERS)
        return self._engine

    def interrupt(self) -> None:
        """Break off what waits for the network or the second folder; it goes on at the next start."""
        if self._services is not None:
            self._services.environments.close()
            self._services.second_folder.close()
            self._services.rehearsal.close()

    def close(self) -> None:
        """End everything; nobody may ask for anything any more."""
        self.interrupt()
        if self._engine is not None:
            self._engine.stop()
        if self._database is not None:
            self._database.close()
        self._lock.release()


def _attempt(failure: str, work: Callable[[], T]) -> T | None:
    """Do what the next start does as well where it fails now."""
    try:
        return work()
    except StoreError as error:
        # Not imported before the window stands.
        import logging

        logging.getLogger(__name__).warning("%s: %s", failure, error.code)
        return None
