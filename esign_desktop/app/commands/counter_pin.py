"""``--remove-counter-pin``: for a PIN that nobody remembers. Whoever can run this has the program's files anyway."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esign_desktop.app.commands.console import print_start_error, use_language
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Remove the PIN, say so, and return the exit status; a program that is running is not disturbed."""
    paths = AppPaths.chosen(arguments.data_dir)
    try:
        paths.prepare()
        with InstanceLock(paths.lock_path):
            _remove(paths)
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    _say_removed()
    return 0


def _remove(paths: AppPaths) -> None:
    database = Database(paths.database_path)
    database.open()
    try:
        CounterPin(Settings(database), clock_ms=system_clock_ms).forget()
    finally:
        database.close()


def _say_removed() -> None:
    from PySide6.QtCore import QCoreApplication

    use_language()
    sys.stdout.write(QCoreApplication.translate("CounterPinRemoval", "The counter has no PIN any more.") + "\n")
