"""The command ``--verify-audit``, which checks whether lines of the audit log were changed or are missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esign_desktop.app.commands.console import locked_database, print_error, print_start_error, use_language
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.services.audit import unlike_ledger
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import Audit, check_chain

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Check the audit log, print the result and the last line's hash, and return 1 if a line is wrong, otherwise 0.

    The hashes recorded in the ledger are also compared, because a user who can write to the database can recompute the
    hash chain.
    """
    try:
        paths = AppPaths.chosen(arguments.data_dir)
    except InputError as error:
        print_error(error)
        return 1
    try:
        with locked_database(paths) as database:
            check = database.run(check_chain)
            unlike = unlike_ledger(Audit(database, who=""), Ledger(paths.ledger_path))
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    use_language()
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.track.audit_dialog import check_sentence

    sys.stdout.write(f"{check_sentence(check)}\n{check.head}\n")
    if unlike is not None:
        told = QCoreApplication.translate("Managing", "Line {number} of the log doesn't match the ledger.")
        sys.stdout.write(told.format(number=unlike) + "\n")
    return 0 if check.is_whole and unlike is None else 1
