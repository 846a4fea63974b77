"""Sentences for the copies in the second folder, and for what is restored from them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def copy_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for the folder and the passphrase."""
    return {
        "copy.missing": (
            translate("ErrorSentences", "The second folder is not there."),
            translate(
                "ErrorSentences",
                "Plug in the stick or connect the share. Nothing is lost meanwhile: what is missing is copied then.",
            ),
        ),
        "copy.same_folder": (
            translate("ErrorSentences", "This folder lies where the program keeps its own data."),
            translate("ErrorSentences", "Choose one on another disk: a copy beside the original dies with it."),
        ),
        "copy.unwritable": (
            translate("ErrorSentences", "The second folder can't be written to."),
            translate("ErrorSentences", "Ask for the right to write there, or choose another folder in Settings."),
        ),
        "copy.full": (
            translate("ErrorSentences", "The second folder is full."),
            translate(
                "ErrorSentences", "Make room there; the copies so far are whole, and the rest follows by itself."
            ),
        ),
        "copy.hangs": (
            translate("ErrorSentences", "The second folder does not answer."),
            translate(
                "ErrorSentences", "The share may be away. Work goes on; what is missing is copied when it answers."
            ),
        ),
        "copy.failed": (
            translate("ErrorSentences", "Copying to the second folder failed."),
            translate("ErrorSentences", "It is tried again by itself; if it stays so, tell support the details."),
        ),
        "copy.needs_passphrase": (
            translate("ErrorSentences", "The passphrase of the copies is needed."),
            translate(
                "ErrorSentences",
                "It is in no keyring of this computer. Type it in Settings, and copying goes on.",
            ),
        ),
        "copy.short_passphrase": (
            translate("ErrorSentences", "The passphrase is too short: it needs {least} characters at least."),
            translate("ErrorSentences", "A few words in a row are easily remembered and hard to guess."),
        ),
        "copy.two_computers": (
            translate("ErrorSentences", "Another computer writes to this computer's copies."),
            translate(
                "ErrorSentences",
                "One may be a clone of the other. This one has copies of its own now; send contracts from one alone.",
            ),
        ),
        "copy.other_lines": (
            translate("ErrorSentences", "The copies in the folder know of contracts that this computer does not know."),
            translate(
                "ErrorSentences",
                "They were left as they are, and this computer has copies of its own now. Restore the others to see"
                " what is in them.",
            ),
        ),
    }


def restoring_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for what is restored."""
    return {
        "copy.unreadable": (
            translate("ErrorSentences", "The copies can't be read from this folder."),
            translate("ErrorSentences", "Look whether the share or stick is there and may be read, then try again."),
        ),
        "copy.nothing": (
            translate("ErrorSentences", "There are no copies in this folder."),
            translate("ErrorSentences", "Name the folder that was chosen in Settings of the other computer."),
        ),
        "copy.wrong_passphrase": (
            translate("ErrorSentences", "The passphrase is not the one of these copies."),
            translate(
                "ErrorSentences", "Nothing was changed. Without the right one nobody can read them; try once more."
            ),
        ),
        "copy.damaged": (
            translate("ErrorSentences", "The copies are damaged: none of them can be read."),
            translate("ErrorSentences", "Nothing was changed. Try another copy of the folder, if there is one."),
        ),
        "copy.newer_version": (
            translate("ErrorSentences", "The copies were written by a newer version of this program."),
            translate("ErrorSentences", "Nothing was changed. Install the newest version, then try again."),
        ),
        "copy.which_computer": (
            translate("ErrorSentences", "Several computers have copies in this folder."),
            translate("ErrorSentences", "Say whose are wanted: {names}."),
        ),
        "copy.no_such_computer": (
            translate("ErrorSentences", "No computer of this name has copies in this folder."),
            translate("ErrorSentences", "These have: {names}."),
        ),
        "copy.no_terminal": (
            translate("ErrorSentences", "The passphrase can't be asked for: there is no terminal."),
            translate("ErrorSentences", "Start the command in a terminal, or name a file that holds it."),
        ),
        "copy.no_passphrase_file": (
            translate("ErrorSentences", "The file that holds the passphrase can't be read."),
            translate("ErrorSentences", "It is plain text, and the passphrase is its first line."),
        ),
        "submission.restored": (
            translate("ErrorSentences", "This send came from another computer's copy, and may have gone on there."),
            translate(
                "ErrorSentences",
                "Ask the signers or the platform's support before you give it up and send the contract anew.",
            ),
        ),
    }
