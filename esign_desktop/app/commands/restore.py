"""``--restore``: bring back what another computer has copied to a folder, without a window."""

from __future__ import annotations

import getpass
import sys
import warnings
from typing import TYPE_CHECKING

from esign_desktop.app.commands.console import locked_database, print_error, use_language
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.services.copies.job import JobStarter
from esign_desktop.services.copies.restoring import Restorer, chosen
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.particulars import KeyringKey
from esign_desktop.store.secrets import SecretStore

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.services.copies.restoring import RestoringReport


def run(arguments: Arguments) -> int:
    """Restore, say what came and what did not, and return the exit status."""
    use_language()
    try:
        report = _restore(arguments)
    except AppError as error:
        print_error(error)
        return 1
    from esign_desktop.ui.text.copies import brought_back, not_brought_back

    for line in (brought_back(report), *not_brought_back(report)):
        sys.stdout.write(f"{line}\n")
    return 0


def _restore(arguments: Arguments) -> RestoringReport:
    if arguments.restore_from is None:
        raise ValueError("nothing to restore from")
    paths = AppPaths.chosen(arguments.data_dir)
    with locked_database(paths, may_begin_anew=True) as database:
        restorer = Restorer(
            *(paths, database, Ledger(paths.ledger_path), JobStarter()),
            clock_ms=system_clock_ms,
            particulars_key=KeyringKey(SecretStore()),
        )
        computer = chosen(restorer.computers(arguments.restore_from), arguments.computer)
        return restorer.bring_back(computer, _passphrase(arguments.passphrase_file))


def _passphrase(file: Path | None) -> str:
    """Return the first line of the file, or what is typed, which nobody sees."""
    if file is not None:
        try:
            # Editors on Windows put a mark before the first letter.
            return file.read_text("utf-8-sig").split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("copy.no_passphrase_file", type(error).__name__) from None
    from PySide6.QtCore import QCoreApplication

    prompt = QCoreApplication.translate("Restoring", "Passphrase of the copies: ")
    with warnings.catch_warnings():
        # Otherwise it would be typed where everybody sees it.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError):
            raise InputError("copy.no_terminal") from None
