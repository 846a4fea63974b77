"""What commands without a window share: the data that they work on alone, and what they say, in people's language."""

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
    """Yield the open database of an installation that no program is using, and close it. Raises StoreError.

    A damaged one that has no sound copy is set aside for a new one where that is allowed.
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
    """Load the translations of the system's language, for ``translate`` to find."""
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.text.i18n import Languages

    # The application that there is keeps it.
    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    Languages(application).use("")


def print_error(error: AppError) -> None:
    """Print sentence, remedy and detail on the standard error."""
    from esign_desktop.ui.text.errors.sentences import error_sentence

    use_language()
    sentence = error_sentence(error)
    sys.stderr.write(f"{sentence.text} ({sentence.detail})\n")


def print_start_error(error: AppError, paths: AppPaths) -> None:
    """Print an error of opening the data; where a newer version wrote it, also what can be gone back to."""
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
        text = QCoreApplication.translate("Rebuilding", "There is no usable copy from before the upgrade.")
        sys.stderr.write(text + "\n")
        return
    how = QCoreApplication.translate("Rebuilding", "To start with it: {option}").format(
        option="esign-desktop --use-copy-before-upgrade"
    )
    sys.stderr.write("\n".join((*CopyOfferWords().of(offer), how)) + "\n")
