"""``--remove-counter-pin``: for a PIN that nobody remembers. Whoever can run this has the program's files anyway."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esign_desktop.app.commands.console import locked_database, print_start_error, use_language
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Remove the PIN, say so, and return the exit status; a program that is running is not disturbed."""
    from PySide6.QtCore import QCoreApplication

    paths = AppPaths.chosen(arguments.data_dir)
    try:
        with locked_database(paths) as database:
            CounterPin(Settings(database), clock_ms=system_clock_ms).forget()
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    use_language()
    sys.stdout.write(QCoreApplication.translate("CounterPinRemoval", "The counter has no PIN any more.") + "\n")
    return 0
