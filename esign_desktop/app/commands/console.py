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
    place, and the damaged database is kept under another name. Raises StoreError if the database is in use or cannot be
    opened.
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
            yield database
        finally:
            database.close()


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

    from esign_desktop.services.copies.rebuilding import copy_to_go_back_to
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.ui.text.copies import CopyOfferWords

    try:
        offer = copy_to_go_back_to(Database(paths.database_path), Ledger(paths.ledger_path))
    except StoreError as failure:
        print_error(failure)
        return
    if offer is None:
        text = QCoreApplication.translate("Rebuilding", "No usable copy from before the upgrade was found.")
        sys.stderr.write(text + "\n")
        return
    how = QCoreApplication.translate("Rebuilding", "To start with this copy, use {option}").format(
        option="esign-desktop --use-copy-before-upgrade"
    )
    sys.stderr.write("\n".join((*CopyOfferWords().of(offer), how)) + "\n")
