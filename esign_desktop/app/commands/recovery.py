"""The commands that recover lost data.

``--restore`` restores a backup that another computer wrote to a folder. ``--rebuild-from-ledger`` and
``--use-copy-before-upgrade`` recover the list of flows if the database was lost.
"""

from __future__ import annotations

import getpass
import sys
import warnings
from typing import TYPE_CHECKING, Final

from esign_desktop.app.commands.console import locked_database, print_error, print_start_error, use_language
from esign_desktop.domain.errors import AppError, InputError, StoreError
from esign_desktop.services.audit import note_restored, user_and_computer
from esign_desktop.services.backup.job import JobStarter
from esign_desktop.services.backup.rebuilding import copy_to_go_back_to, rebuild_flows
from esign_desktop.services.backup.restoring import Restorer, chosen
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.party_details import KeyringKey
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.flows import Flows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.services.backup.rebuilding import Rebuilt
    from esign_desktop.services.backup.restoring import RestoringReport

INCOMPLETE: Final = 3
"""The exit status if not everything could be restored."""


def run_restoring(arguments: Arguments) -> int:
    """Restore a backup, print what was restored and what was not, and return the exit status.

    The status is 0 if everything was restored, ``INCOMPLETE`` if only a part was restored, and 1 if nothing was
    restored.
    """
    use_language()
    try:
        report = _restore(arguments)
    except AppError as error:
        print_error(error)
        return 1
    from esign_desktop.ui.text.backup import missing_sentences, restored_sentence

    for line in (restored_sentence(report), *missing_sentences(report)):
        sys.stdout.write(f"{line}\n")
    return 0 if report.is_whole else INCOMPLETE


def _restore(arguments: Arguments) -> RestoringReport:
    if arguments.restore_from is None:
        raise ValueError("nothing to restore from")
    paths = AppPaths.chosen(arguments.data_dir)
    with locked_database(paths, may_begin_anew=True) as database:
        # If the database was damaged, its backup lacks contracts, even if nothing can be restored from the folder.
        rebuild_flows(Ledger(paths.ledger_path), Flows(database))
        restorer = Restorer(
            *(paths, database, Ledger(paths.ledger_path), JobStarter()),
            clock_ms=system_clock_ms,
            party_details_key=KeyringKey(SecretStore()),
        )
        computer = chosen(restorer.computers(arguments.restore_from), arguments.computer)
        return restorer.restore(computer, _passphrase(arguments.passphrase_file))


def _passphrase(file: Path | None) -> str:
    """Return the first line of a file. Without a file, prompt for the passphrase without displaying it.

    Raises InputError ``copy.no_passphrase_file`` or ``copy.no_terminal``.
    """
    if file is not None:
        try:
            # Editors on Windows write a byte order mark.
            return file.read_text("utf-8-sig").split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("copy.no_passphrase_file", type(error).__name__) from None
    from PySide6.QtCore import QCoreApplication

    prompt = QCoreApplication.translate("Restoring", "Backup passphrase: ")
    with warnings.catch_warnings():
        # Otherwise getpass would fall back to a prompt with echo.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError):
            raise InputError("copy.no_terminal") from None


def run_rebuilding(arguments: Arguments) -> int:
    """Rebuild the list of flows from the ledger, print the result, and return the exit status.

    The status is 0 if the list was rebuilt, ``INCOMPLETE`` if lines of the ledger cannot be read, and otherwise 1.
    """

    def rebuild(paths: AppPaths) -> Rebuilt:
        with locked_database(paths, may_begin_anew=True) as database:
            ledger, audit = Ledger(paths.ledger_path), Audit(database, who=user_and_computer())
            is_lost = audit.head() is None
            rebuilt = rebuild_flows(ledger, Flows(database))
            if is_lost and rebuilt.flow_count:
                note_restored(audit, ledger, str(rebuilt.flow_count))
            return rebuilt

    return _rebuilt(arguments, rebuild)


def run_from_copy(arguments: Arguments) -> int:
    """Restore the backup made before an upgrade, print the result, and return the exit status.

    The status is 0 if the backup was restored, ``INCOMPLETE`` if lines of the ledger cannot be read, and otherwise 1.
    Nothing is changed if there is no such backup or if the data was not written by a newer version.
    """
    return _rebuilt(arguments, _go_back)


def _rebuilt(arguments: Arguments, work: Callable[[AppPaths], Rebuilt]) -> int:
    try:
        paths = AppPaths.chosen(arguments.data_dir)
    except InputError as error:
        print_error(error)
        return 1
    try:
        rebuilt = work(paths)
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    _say_rebuilt(rebuilt)
    return INCOMPLETE if rebuilt.lost_count else 0


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
            rebuilt = rebuild_flows(ledger, Flows(database))
            note_restored(Audit(database, who=user_and_computer()), ledger, str(rebuilt.flow_count))
            return rebuilt
        finally:
            database.close()


def _say_rebuilt(outcome: Rebuilt) -> None:
    from PySide6.QtCore import QCoreApplication

    use_language()
    text = QCoreApplication.translate(
        "Rebuilding", "Contracts restored: {flows}, with {links} signing links. Already on this computer: {known}."
    )
    values = {"flows": outcome.flow_count, "links": outcome.link_count, "known": outcome.known_count}
    sys.stdout.write(text.format(**values) + "\n")
    if outcome.lost_count:
        text = QCoreApplication.translate(
            "Rebuilding", "Lines of the ledger that can't be read: {count}. Contracts and links may be missing."
        )
        sys.stdout.write(text.format(count=outcome.lost_count) + "\n")
