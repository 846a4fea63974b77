"""``--verify-audit``: whether every line of the audit log is as it was written, and none is missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esign_desktop.app.commands.console import locked_database, print_start_error, use_language
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import check_chain

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Say it, with the seal that binds all lines, and return the exit status: 1 if a line does not fit."""
    paths = AppPaths.chosen(arguments.data_dir)
    try:
        with locked_database(paths) as database:
            check = database.run(check_chain)
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    use_language()
    from esign_desktop.ui.track.audit_dialog import check_sentence

    sys.stdout.write(f"{check_sentence(check)}\n{check.head}\n")
    return 0 if check.is_whole else 1
