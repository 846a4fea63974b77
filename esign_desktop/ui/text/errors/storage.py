"""Sentences for what goes wrong on this computer: disk, database, keyring, and the copies in the second folder."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def store_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for disk and database."""
    return {
        "notices.port_taken": (
            translate("ErrorSentences", "Port {port} is taken: no notices are received."),
            translate("ErrorSentences", "Choose another port in Settings, and tell the company's proxy."),
        ),
        "person.contract_open": (
            translate(
                "ErrorSentences", "Contracts with this person that can still be signed: {count}. Nothing changed."
            ),
            translate("ErrorSentences", "Revoke them in Track, or wait until they are signed; then forget the person."),
        ),
        "person.send_open": (
            translate("ErrorSentences", "A contract with this person is still being sent. Nothing changed."),
            translate("ErrorSentences", "Continue or cancel it in Track; then forget the person."),
        ),
        "person.values_locked": (
            translate(
                "ErrorSentences",
                "The keyring is locked. Drafts and contacts that can't be searched: {count}. Nothing changed.",
            ),
            translate("ErrorSentences", "Unlock the keyring; then forget the person."),
        ),
        "contact.locked": (
            translate("ErrorSentences", "The keyring is locked: what it encrypts of this contact can't be read."),
            translate("ErrorSentences", "Unlock the keyring, then try again. Nothing changed."),
        ),
        "contact.gone": (
            translate("ErrorSentences", "This contact is not there any more."),
            translate("ErrorSentences", "It was merged with another one, or forgotten; the list shows who is there."),
        ),
        "contact.no_name": (
            translate("ErrorSentences", "A contact needs a name."),
            translate("ErrorSentences", "Fill it in."),
        ),
        "contact.exists": (
            translate("ErrorSentences", "This contact is there already, with this very number."),
            translate("ErrorSentences", "Search for the last digits of the number."),
        ),
        "contact.another_name": (
            translate("ErrorSentences", "This number belongs to another contact."),
            translate("ErrorSentences", "Compare name and number with the document."),
        ),
        "contact.identity_known": (
            translate("ErrorSentences", "The platform has an account with this name and number."),
            translate("ErrorSentences", "Add a new contact for another name, document or number."),
        ),
        "contact.two_identities": (
            translate("ErrorSentences", "These two have different numbers, so they are not one."),
            translate(
                "ErrorSentences",
                "An account never goes to another identity. Who has a new document is a contact of their own.",
            ),
        ),
        "contact.has_accounts": (
            translate("ErrorSentences", "The platform has an account of this contact."),
            translate("ErrorSentences", "A person can be forgotten instead; an organization stays in the list."),
        ),
        "store.disk_full": (
            translate("ErrorSentences", "The disk is full: it could not be saved."),
            translate("ErrorSentences", "Free some space; the open contract is kept in memory and saved then."),
        ),
        "store.unwritable": (
            translate("ErrorSentences", "The folder can't be written to."),
            translate("ErrorSentences", "Choose another folder, or ask for the right to write there."),
        ),
        "store.network_folder": (
            translate(
                "ErrorSentences", "The data folder lies on another computer's disk ({kind}); nothing was made there."
            ),
            translate(
                "ErrorSentences",
                "The database is not safe on a network share: two computers could write at the same time, and what was"
                " saved would be lost. Start the program with --data-dir and a folder of this computer. A share"
                " is right for the second folder, which is named in Settings.",
            ),
        ),
        "store.damaged": (
            translate("ErrorSentences", "The database is damaged, and no usable backup was found."),
            translate(
                "ErrorSentences",
                "Contracts at the platform are not affected. Keep the data folder and send it to support before"
                " you start over.",
            ),
        ),
        "store.restored": (
            translate("ErrorSentences", "The database was damaged; its last backup was taken instead."),
            translate("ErrorSentences", "Look through drafts and Track: what is newer than the backup is missing."),
        ),
        "store.went_back": (
            translate("ErrorSentences", "The copy from before the upgrade is in use; the newer data was moved aside."),
            translate(
                "ErrorSentences",
                "What was sent since then is in Track again; drafts, presets and contacts made since then are missing.",
            ),
        ),
        "store.not_newer": (
            translate("ErrorSentences", "The data is not of a newer version of this program; nothing was changed."),
            translate("ErrorSentences", "Start the program as usual."),
        ),
        "store.newer_version": (
            translate(
                "ErrorSentences", "The data was written by a newer version of this program; it was left untouched."
            ),
            translate("ErrorSentences", "Install the newest version."),
        ),
        "store.old_sqlite": (
            translate("ErrorSentences", "This computer's SQLite {found} is too old; {needed} is needed at least."),
            translate(
                "ErrorSentences",
                "Update the operating system, or install the complete package of this program, which brings its own"
                " SQLite. Your data was left untouched.",
            ),
        ),
        "store.unfit_sqlite": (
            translate("ErrorSentences", "This computer's SQLite {found} can't work with the database."),
            translate(
                "ErrorSentences",
                "Update the operating system (SQLite {needed} or newer), or install the complete package of this"
                " program, which brings its own. Nothing is lost.",
            ),
        ),
        "store.locked": (
            translate("ErrorSentences", "The database is in use by another program."),
            translate("ErrorSentences", "Close whatever is using it (a backup, a virus scanner), then try again."),
        ),
        "store.second_instance": (
            translate("ErrorSentences", "The program is running already."),
            translate("ErrorSentences", "Use the window that is open."),
        ),
        "store.no_such_draft": (
            translate("ErrorSentences", "This draft is not there any more."),
            translate("ErrorSentences", "It was sent or deleted. Sent contracts are in Track."),
        ),
        "store.bad_draft": (
            translate("ErrorSentences", "This draft can't be read."),
            translate("ErrorSentences", "Prepare the contract again from its files."),
        ),
        "store.draft_locked": (
            translate("ErrorSentences", "The filled-in fields of this contract are locked in the keyring."),
            translate("ErrorSentences", "Unlock the keyring, then open the contract again. Nothing is lost."),
        ),
        "store.bad_ledger": (
            translate("ErrorSentences", "A line of the ledger can't be read."),
            translate("ErrorSentences", "The others still count; send the data folder's ledger to support."),
        ),
        "store.no_such_flow": (
            translate("ErrorSentences", "This contract is not known here."),
            translate("ErrorSentences", "Choose it again from the list in Track."),
        ),
        "store.bad_flow": (
            translate("ErrorSentences", "What is kept about this contract can't be read."),
            translate(
                "ErrorSentences", "It still exists at the platform; ask its support with the number of the flow."
            ),
        ),
    }


def keyring_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for the operating system's keyring."""
    return {
        "keyring.no_backend": (
            translate("ErrorSentences", "This computer has no keyring that the secret could be kept in."),
            translate("ErrorSentences", "The secret is asked for in each session and kept nowhere."),
        ),
        "keyring.locked": (
            translate("ErrorSentences", "The keyring is locked."),
            translate("ErrorSentences", "Unlock it when the system asks, then try again."),
        ),
        "keyring.timeout": (
            translate("ErrorSentences", "The keyring does not answer."),
            translate("ErrorSentences", "It may be waiting for its password in another window. Then try again."),
        ),
        "keyring.too_long": (
            translate("ErrorSentences", "The keyring of this computer takes no secret of this length."),
            translate(
                "ErrorSentences",
                "The secret holds for this session. The platform's secrets are shorter: copy it there once more.",
            ),
        ),
        "keyring.failed": (
            translate("ErrorSentences", "The keyring could not complete this."),
            translate(
                "ErrorSentences", "The secret holds for this session; try again, or log in to this computer again."
            ),
        ),
    }


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
                "ErrorSentences", "Make room there; the copies so far are complete, and the rest follows automatically."
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
            translate(
                "ErrorSentences",
                "The program tries again automatically; if it keeps failing, tell support the details.",
            ),
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
            translate("ErrorSentences", "Name one of these computers: {names}."),
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
                "Ask the signers or the platform's support before you cancel it and send the contract again.",
            ),
        ),
    }
