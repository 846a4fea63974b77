"""Build the stores, the PDF engine and the services, which all windows use.

To keep startup fast, this module does not import Qt, and it imports large modules only when they are needed.
"""

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
    from esign_desktop.services.backup.rebuilding import CopyOffer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.paths import AppPaths

T = TypeVar("T")

PDF_WORKERS: Final = 2
"""The number of PDF processes. With two, a page that takes long to draw does not block the drawing of other pages."""


class Backend:
    """The stores, the PDF engine and the services of the program.

    ``lock`` locks the installation, and ``open_services`` then opens the database and the services. ``close`` closes
    all parts in reverse order. ``connect`` creates the platform clients; if ``connect`` is None, real clients are
    created. ``policy_path`` is the path of the policy; if ``policy_path`` is None, the system's policy is used. The
    results of contracts are written to ``result_file``, unless the policy specifies another file.
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
        """The number of accounts removed from contacts to which they may not belong. The user is told this number."""

    def lock(self) -> None:
        """Create the data folders, and lock the installation.

        Raises StoreError if the folders cannot be created or the installation cannot be locked.
        """
        self.paths.prepare()
        self._lock.acquire()

    def open_services(self) -> Services:
        """Open the database, and build and return the services. The call blocks.

        Raises StoreError if the database cannot be opened, and InputError if the policy is invalid. After an error,
        this method may be called again.
        """
        from esign_desktop.api.client import PlatformClient
        from esign_desktop.app.composition import build_services
        from esign_desktop.store.clock import system_clock_ms
        from esign_desktop.store.database.connection import Database
        from esign_desktop.store.files.paths import system_policy_path
        from esign_desktop.store.files.policy_file import read_policy
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
                _attempt("the restored audit log could not be recorded", services.audit_seal.restored)
            if database.was_restored or database.went_back:
                _attempt("templates could not be restored from the ledger", services.templates.restore)
            _attempt("a person's data could not be erased completely", services.people.finish)
            services.second_folder.sweep()
            _attempt("leftover copies of files could not be deleted", services.submission.sweep_copies)
            _attempt("remembered forms could not be deleted", services.sent_forms.sweep)
            self.unlinked_accounts = _attempt("accounts could not be checked", services.account_repair.run) or 0
        return self._services

    def _bring_flows_back(self, database: Database) -> None:
        from esign_desktop.services.backup.rebuilding import rebuild_flows
        from esign_desktop.store.files.ledger import Ledger
        from esign_desktop.store.tables.flows import Flows

        ledger = Ledger(self.paths.ledger_path)
        _attempt("flows could not be restored from the ledger", lambda: rebuild_flows(ledger, Flows(database)))

    @property
    def is_counter_only(self) -> bool:
        """Whether the policy allows only the counter to be used.

        To show the first window quickly, the policy is not validated here.
        """
        import json

        from esign_desktop.store.files.paths import system_policy_path

        try:
            found = json.loads((self._policy_path or system_policy_path()).read_bytes())
        except (OSError, ValueError):
            return False
        return isinstance(found, dict) and found.get("counter_only") is True

    def copy_to_go_back_to(self) -> CopyOffer | None:
        """Return the backup that can replace a database written by a newer version, or None if there is no such backup.

        Raises StoreError if the backups cannot be read.
        """
        from esign_desktop.services.backup.rebuilding import copy_to_go_back_to
        from esign_desktop.store.files.ledger import Ledger

        return None if self._database is None else copy_to_go_back_to(self._database, Ledger(self.paths.ledger_path))

    def go_back_to(self, offer: CopyOffer) -> None:
        """Replace the newer database with the offered backup, and keep the newer database under another name.

        Call ``open_services`` afterwards. Raises StoreError.
        """
        if self._database is not None:
            self._database.use_copy_before_upgrade(offer.copy)

    @property
    def went_back(self) -> bool:
        """Whether a backup from before an upgrade has just replaced the database."""
        return self._database is not None and self._database.went_back

    @property
    def was_restored(self) -> bool:
        """Whether the database was damaged and has been replaced with its backup."""
        return self._database is not None and self._database.was_restored

    def replace_damaged_database(self) -> None:
        """Rename the damaged database. Does nothing if no database has been opened.

        The next call of ``open_services`` creates an empty database. Raises StoreError.
        """
        if self._database is not None:
            self._database.replace_damaged()

    def start_engine(self) -> None:
        """Start the PDF processes without waiting until they are ready."""
        self.engine.prestart()

    @property
    def engine(self) -> ProcessEngine:
        if self._engine is None:
            from esign_desktop.pdf.client.engine import ProcessEngine

            self._engine = ProcessEngine(workers=PDF_WORKERS)
        return self._engine

    def interrupt(self) -> None:
        """Interrupt all operations that are waiting for the network or the backup folder.

        These operations are resumed at the next start of the program.
        """
        if self._services is not None:
            self._services.environments.close()
            self._services.second_folder.close()
            self._services.rehearsal.close()

    def close(self) -> None:
        """Close all parts of the backend. The backend cannot be used afterwards."""
        self.interrupt()
        if self._engine is not None:
            self._engine.stop()
        if self._database is not None:
            self._database.close()
        self._lock.release()


def _attempt(failure: str, work: Callable[[], T]) -> T | None:
    """Run an operation and return its result. If it raises StoreError, log the error and return None.

    The operation is repeated when the program is started again.
    """
    try:
        return work()
    except StoreError as error:
        # Imported late: the window comes first.
        import logging

        logging.getLogger(__name__).warning("%s: %s", failure, error.code)
        return None
