"""``--rebuild-from-ledger`` and ``--use-copy-before-upgrade``: what brings lost flows back, without a window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esign_desktop.app.commands.console import locked_database, print_start_error, use_language
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.copies.rebuilding import copy_to_go_back_to, rebuild_flows
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.flows import Flows

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.services.copies.rebuilding import Rebuilt


def run(arguments: Arguments) -> int:
    """Rebuild, say what came of it, and return the exit status."""

    def rebuild(paths: AppPaths) -> Rebuilt:
        with locked_database(paths, may_begin_anew=True) as database:
            return rebuild_flows(Ledger(paths.ledger_path), Flows(database))

    return _do(AppPaths.chosen(arguments.data_dir), rebuild)


def run_from_copy(arguments: Arguments) -> int:
    """Go on with the copy from before an upgrade, say what came of it, and return the exit status.

    Without one, and where the data is not of a newer version, nothing is changed.
    """
    return _do(AppPaths.chosen(arguments.data_dir), _go_back)


def _do(paths: AppPaths, work: Callable[[AppPaths], Rebuilt]) -> int:
    try:
        rebuilt = work(paths)
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    _say(rebuilt)
    return 0


def _go_back(paths: AppPaths) -> Rebuilt:
    paths.prepare()
    with InstanceLock(paths.lock_path):
        database, ledger = Database(paths.database_path), Ledger(paths.ledger_path)
        try:
            database.open()
        except StoreError as error:
            offer = copy_to_go_back_to(database, ledger) if error.code == "store.newer_version" else None
            if offer is None:
                raise
            database.use_copy_before_upgrade(offer.copy)
            database.open()
        try:
            if not database.went_back:
                raise StoreError("store.not_newer")
            return rebuild_flows(ledger, Flows(database))
        finally:
            database.close()


def _say(outcome: Rebuilt) -> None:
    from PySide6.QtCore import QCoreApplication

    use_language()
    text = QCoreApplication.translate(
        "Rebuilding", "Flows brought back: {flows}, with {links} signing links. Already there: {known}."
    )
    values = {"flows": outcome.flow_count, "links": outcome.link_count, "known": outcome.known_count}
    sys.stdout.write(text.format(**values) + "\n")
