"""Functions for commands without a window: open the locked database, and print text in the user's language."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.lock import InstanceLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.errors import AppError
    from esign_desktop.store.files.paths import AppPaths


@contextmanager
def locked_database(paths: AppPaths, *, may_begin_anew: bool = False) -> Iterator[Database]:
    """Open the database of an installation that is not in use, and close it at the end of the context.

    If ``may_begin_anew`` is True and a damaged database has no usable backup, an empty database is created in its
    place, and the damaged database is kept under another name. If a damaged database was replaced by its backup, this
    is printed to standard error and recorded, and contracts and templates are added from the ledger; a caller with
    ``may_begin_anew`` adds the contracts itself. Raises StoreError if the database is in use or cannot be opened.
    """
    paths.prepare()
    with InstanceLock(paths.lock_path):
        database = Database(paths.database_path)
        try:
            database.open()
        except StoreError as error:
            if error.code != "store.damaged" or not may_begin_anew:
                raise
            database.replace_damaged()
            database.open()
        try:
            if database.was_restored:
                _complete_backup(paths, database, has_flows=not may_begin_anew)
            yield database
        finally:
            database.close()


def _complete_backup(paths: AppPaths, database: Database, *, has_flows: bool) -> None:
    """Add the data that a backup lacks, as a start of the program does, because the next start cannot tell that."""
    from esign_desktop.services.audit import note_restored, user_and_computer
    from esign_desktop.services.backup.rebuilding import rebuild_flows
    from esign_desktop.services.templates.service import bring_templates_back
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.tables.audit import Audit
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.templates import Templates

    print_error(StoreError("store.restored"))
    ledger = Ledger(paths.ledger_path)
    if has_flows:
        rebuild_flows(ledger, Flows(database))
    note_restored(Audit(database, who=user_and_computer()), ledger)
    bring_templates_back(ledger, Templates(database))


def use_language() -> None:
    """Load the translations for the system's language, so that ``QCoreApplication.translate`` can be used."""
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.text.i18n import Languages

    # An existing application keeps the translations.
    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    Languages(application).use("")


def print_error(error: AppError) -> None:
    """Print an error to standard error, as a sentence that says what to do, followed by the detail."""
    from esign_desktop.ui.text.errors.sentences import error_sentence

    use_language()
    sentence = error_sentence(error)
    sys.stderr.write(f"{sentence.text} ({sentence.detail})\n")


def print_start_error(error: AppError, paths: AppPaths) -> None:
    """Print an error that occurred while the program's data was being opened.

    If the data was written by a newer version, also print which backup can be used instead.
    """
    print_error(error)
    if error.code != "store.newer_version":
        return
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.services.backup.rebuilding import copy_to_go_back_to
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.ui.text.backup import CopyOfferWords

    try:
        offer = copy_to_go_back_to(Database(paths.database_path), Ledger(paths.ledger_path))
    except StoreError as failure:
        print_error(failure)
        return
    if offer is None:
        text = QCoreApplication.translate("Rebuilding", "No usable backup from before the upgrade was found.")
        sys.stderr.write(text + "\n")
        return
    how = QCoreApplication.translate("Rebuilding", "To start with this backup, use {option}").format(
        option="esign-desktop --use-copy-before-upgrade"
    )
    sys.stderr.write("\n".join((*CopyOfferWords().of(offer), how)) + "\n")
