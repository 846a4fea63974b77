"""``--rebuild-from-ledger``: the list of flows from the ledger alone, without a window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esign_desktop.app.console import print_error, use_language
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.rebuilding import rebuild_flows
from esign_desktop.store.database import Database
from esign_desktop.store.flows import Flows
from esign_desktop.store.instance_lock import InstanceLock
from esign_desktop.store.ledger import Ledger
from esign_desktop.store.paths import AppPaths

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments
    from esign_desktop.services.rebuilding import Rebuilt


def run(arguments: Arguments) -> int:
    """Rebuild, say what came of it, and return the exit status."""
    paths = AppPaths.chosen(arguments.data_dir)
    try:
        paths.prepare()
        with InstanceLock(paths.lock_path):
            rebuilt = _rebuild(paths)
    except StoreError as error:
        print_error(error)
        return 1
    _say(rebuilt)
    return 0


def _rebuild(paths: AppPaths) -> Rebuilt:
    """Add to the database what it lacks; a damaged one that has no sound copy is set aside for a new one."""
    database = Database(paths.database_path)
    try:
        database.open()
    except StoreError as error:
        if error.code != "store.damaged":
            raise
        database.replace_damaged()
        database.open()
    try:
        return rebuild_flows(Ledger(paths.ledger_path), Flows(database))
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
