"""Provide the sentences for errors of this computer's disk, database and keyring, and of backups."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def store_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors of the disk and the database, and of the records in it."""
    return {
        "notices.port_taken": (
            translate("ErrorSentences", "Port {port} is already in use, so notifications can't be received."),
            translate("ErrorSentences", "Choose another port in Settings, and update the company proxy accordingly."),
        ),
        "person.contract_open": (
            translate(
                "ErrorSentences", "Contracts with this person that can still be signed: {count}. Nothing was changed."
            ),
            translate(
                "ErrorSentences",
                "Revoke these contracts in Track, or wait until they are signed. Then delete the person's data.",
            ),
        ),
        "person.send_open": (
            translate("ErrorSentences", "A contract with this person is still being sent. Nothing was changed."),
            translate("ErrorSentences", "Continue or cancel the contract in Track, then delete the person's data."),
        ),
        "person.values_locked": (
            translate(
                "ErrorSentences",
                "The keyring is locked. Drafts and contacts that can't be searched: {count}. Nothing was changed.",
            ),
            translate("ErrorSentences", "Unlock the keyring, then delete the person's data."),
        ),
        "contact.locked": (
            translate(
                "ErrorSentences",
                "The keyring is locked, so ID numbers, mobile numbers and email addresses can't be saved or read.",
            ),
            translate("ErrorSentences", "Unlock the keyring, then try again. Nothing was changed."),
        ),
        "contact.no_keyring": (
            translate(
                "ErrorSentences",
                "This computer has no keyring, so ID numbers, mobile numbers and email addresses can't be saved.",
            ),
            translate("ErrorSentences", "You can save the contact without this data. Nothing was changed."),
        ),
        "contact.unreadable": (
            translate(
                "ErrorSentences",
                "The keyring can't decrypt the ID numbers, mobile numbers and email addresses of these contacts.",
            ),
            translate(
                "ErrorSentences",
                "Enter this data again in both contacts, then merge the contacts. Nothing was changed.",
            ),
        ),
        "contact.gone": (
            translate("ErrorSentences", "This contact no longer exists."),
            translate("ErrorSentences", "The contact was merged or deleted. See the list for current contacts."),
        ),
        "contact.no_name": (
            translate("ErrorSentences", "The contact needs a name."),
            translate("ErrorSentences", "Enter a name."),
        ),
        "contact.exists": (
            translate("ErrorSentences", "This contact already exists with the same ID number."),
            translate("ErrorSentences", "Search for the last digits of the ID number."),
        ),
        "contact.another_name": (
            translate("ErrorSentences", "This ID number belongs to another contact."),
            translate("ErrorSentences", "Compare the name and ID number with the identity document."),
        ),
        "contact.identity_known": (
            translate("ErrorSentences", "The platform has an account with this name and ID number."),
            translate("ErrorSentences", "For a different name, ID type or ID number, add a new contact."),
        ),
        "contact.two_identities": (
            translate(
                "ErrorSentences",
                "These two contacts have different ID numbers, so they aren't the same person or organization.",
            ),
            translate(
                "ErrorSentences",
                "Accounts are never moved to another identity. For a person with a new identity "
                "document, create a new contact.",
            ),
        ),
        "contact.has_accounts": (
            translate("ErrorSentences", "This contact has a platform account."),
            translate("ErrorSentences", "You can delete the data of a person; an organization stays in the list."),
        ),
        "store.disk_full": (
            translate("ErrorSentences", "The disk is full; saving failed."),
            translate(
                "ErrorSentences",
                "Free some disk space. The open contract is kept in memory and will be saved when there is space.",
            ),
        ),
        "store.unwritable": (
            translate("ErrorSentences", "The folder can't be written to."),
            translate("ErrorSentences", "Choose another folder, or ask for write permission."),
        ),
        "store.network_folder": (
            translate(
                "ErrorSentences", "The data folder is on another computer's disk ({kind}). Nothing was created there."
            ),
            translate(
                "ErrorSentences",
                "Keeping the database on a network share isn't safe: two computers could write "
                "at the same time, and saved work would be lost. Start the program with "
                "--data-dir and a folder on this computer. A network share is suitable for the "
                "backup folder, which you choose in Settings.",
            ),
        ),
        "store.damaged": (
            translate("ErrorSentences", "The database is damaged, and no usable backup was found."),
            translate(
                "ErrorSentences",
                "Contracts on the platform aren't affected. Keep the data folder and send it to "
                "support before you start over.",
            ),
        ),
        "store.restored": (
            translate("ErrorSentences", "The database was damaged. The last backup is in use instead."),
            translate("ErrorSentences", "Check your drafts and Track. Anything newer than the backup is missing."),
        ),
        "store.went_back": (
            translate(
                "ErrorSentences",
                "The backup from before the upgrade is in use. The newer data was kept in a separate place.",
            ),
            translate(
                "ErrorSentences",
                "Contracts sent since then are back in Track. Drafts, presets and contacts "
                "created since then are missing.",
            ),
        ),
        "store.not_newer": (
            translate(
                "ErrorSentences", "The data wasn't written by a newer version of this program. Nothing was changed."
            ),
            translate("ErrorSentences", "Start the program as usual."),
        ),
        "store.newer_version": (
            translate("ErrorSentences", "The data was written by a newer version of this program. It was not changed."),
            translate("ErrorSentences", "Install the latest version."),
        ),
        "store.old_sqlite": (
            translate(
                "ErrorSentences", "SQLite {found} on this computer is too old. Version {needed} or later is required."
            ),
            translate(
                "ErrorSentences",
                "Update the operating system, or install this program's complete package, which "
                "includes SQLite. Your data was not changed.",
            ),
        ),
        "store.unfit_sqlite": (
            translate("ErrorSentences", "SQLite {found} on this computer can't be used with the database."),
            translate(
                "ErrorSentences",
                "Update the operating system (SQLite {needed} or later), or install this "
                "program's complete package, which includes SQLite. Nothing is lost.",
            ),
        ),
        "store.locked": (
            translate("ErrorSentences", "The database is in use by another program."),
            translate(
                "ErrorSentences",
                "Close the program that is using the database (such as a backup program or virus "
                "scanner), then try again.",
            ),
        ),
        "store.second_instance": (
            translate("ErrorSentences", "The program is already running."),
            translate("ErrorSentences", "Use the window that is already open."),
        ),
        "store.no_such_draft": (
            translate("ErrorSentences", "This draft no longer exists."),
            translate("ErrorSentences", "The draft was sent or deleted. You'll find sent contracts in Track."),
        ),
        "store.bad_draft": (
            translate("ErrorSentences", "This draft can't be read."),
            translate("ErrorSentences", "Prepare the contract again from its files."),
        ),
        "store.draft_locked": (
            translate("ErrorSentences", "The keyring is locked, so this contract's field values can't be read."),
            translate("ErrorSentences", "Unlock the keyring, then open the contract again. Nothing is lost."),
        ),
        "store.values_for_session": (
            translate(
                "ErrorSentences",
                "Without the keyring, field values are kept only until you close the program.",
            ),
            translate("ErrorSentences", "Unlock the keyring, or send the contract before you close the program."),
        ),
        "store.values_lost": (
            translate("ErrorSentences", "The keyring no longer has the key to this contract's field values."),
            translate("ErrorSentences", "Fill in the fields again. Everything else is unchanged."),
        ),
        "store.bad_ledger": (
            translate("ErrorSentences", "One line of the ledger can't be read."),
            translate("ErrorSentences", "The other lines remain valid. Send the ledger in the data folder to support."),
        ),
        "store.no_such_flow": (
            translate("ErrorSentences", "This contract isn't known on this computer."),
            translate("ErrorSentences", "Choose the contract again from the list in Track."),
        ),
        "store.bad_flow": (
            translate("ErrorSentences", "This computer's record of this contract can't be read."),
            translate(
                "ErrorSentences",
                "The contract still exists on the platform. Contact the platform's support, and give the flow number.",
            ),
        ),
    }


def keyring_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors of the operating system's keyring."""
    return {
        "keyring.no_backend": (
            translate("ErrorSentences", "This computer has no keyring to store the secret in."),
            translate("ErrorSentences", "You'll be asked for the secret in each session. It isn't saved."),
        ),
        "keyring.locked": (
            translate("ErrorSentences", "The keyring is locked."),
            translate("ErrorSentences", "Unlock the keyring when the system asks, then try again."),
        ),
        "keyring.timeout": (
            translate("ErrorSentences", "The keyring isn't responding."),
            translate(
                "ErrorSentences",
                "Another window may be asking for the keyring's password. Enter the password there, then try again.",
            ),
        ),
        "keyring.too_long": (
            translate("ErrorSentences", "This computer's keyring can't store a secret this long."),
            translate(
                "ErrorSentences",
                "The secret works for this session. The platform's secrets are shorter than this "
                "one: copy the secret from the platform again.",
            ),
        ),
        "keyring.failed": (
            translate("ErrorSentences", "The keyring couldn't complete the operation."),
            translate(
                "ErrorSentences", "The secret works for this session. Try again, or sign in to this computer again."
            ),
        ),
    }


def copy_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors of the backup folder and its passphrase."""
    return {
        "copy.missing": (
            translate("ErrorSentences", "The backup folder can't be found."),
            translate(
                "ErrorSentences",
                "Plug in the USB drive or connect the network share. Nothing is lost: missing "
                "items will be backed up then.",
            ),
        ),
        "copy.same_folder": (
            translate("ErrorSentences", "This folder overlaps the program's own data folder."),
            translate(
                "ErrorSentences",
                "Choose a folder on another disk: a backup on the same disk would be lost with the original.",
            ),
        ),
        "copy.unwritable": (
            translate("ErrorSentences", "Can't write to the backup folder."),
            translate("ErrorSentences", "Ask for write permission, or choose another folder in Settings."),
        ),
        "copy.full": (
            translate("ErrorSentences", "The backup folder is full."),
            translate(
                "ErrorSentences",
                "Free some space there. The existing backup is complete, and the missing items "
                "are added automatically.",
            ),
        ),
        "copy.hangs": (
            translate("ErrorSentences", "The backup folder isn't responding."),
            translate(
                "ErrorSentences",
                "The network share may be disconnected. You can keep working; missing items are "
                "backed up when it responds.",
            ),
        ),
        "copy.failed": (
            translate("ErrorSentences", "Writing to the backup folder failed."),
            translate(
                "ErrorSentences",
                "The program retries automatically. If the error persists, send the details to support.",
            ),
        ),
        "copy.needs_passphrase": (
            translate("ErrorSentences", "Enter the backup passphrase."),
            translate(
                "ErrorSentences",
                "The passphrase isn't in this computer's keyring. To resume the backup, enter "
                "the passphrase in Settings.",
            ),
        ),
        "copy.short_passphrase": (
            translate("ErrorSentences", "The passphrase is too short. Use at least {least} characters."),
            translate("ErrorSentences", "Several words in a row are easy to remember and hard to guess."),
        ),
        "copy.two_computers": (
            translate("ErrorSentences", "Another computer is writing to this computer's backup."),
            translate(
                "ErrorSentences",
                "One computer may be a clone of the other. This computer now has its own backup. "
                "Send contracts from only one of the two computers.",
            ),
        ),
        "copy.other_lines": (
            translate("ErrorSentences", "The backup in the folder contains contracts unknown to this computer."),
            translate(
                "ErrorSentences",
                "That backup was left unchanged, and this computer now has its own backup. To "
                "see the contents of the other backup, restore it.",
            ),
        ),
    }


def restoring_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors in restoring a backup."""
    return {
        "copy.unreadable": (
            translate("ErrorSentences", "The backup in this folder can't be read."),
            translate(
                "ErrorSentences", "Check that the network share or USB drive is connected and readable, then try again."
            ),
        ),
        "copy.nothing": (
            translate("ErrorSentences", "This folder contains no backup."),
            translate("ErrorSentences", "Specify the folder chosen in Settings on the other computer."),
        ),
        "copy.wrong_passphrase": (
            translate("ErrorSentences", "The passphrase doesn't match this backup."),
            translate(
                "ErrorSentences",
                "Nothing was changed. Without the correct passphrase, no one can read the backup. Try again.",
            ),
        ),
        "copy.damaged": (
            translate("ErrorSentences", "The backup is damaged: none of its copies can be read."),
            translate("ErrorSentences", "Nothing was changed. If there's another copy of the folder, try that copy."),
        ),
        "copy.newer_version": (
            translate("ErrorSentences", "The backup was written by a newer version of this program."),
            translate("ErrorSentences", "Nothing was changed. Install the latest version, then try again."),
        ),
        "copy.which_computer": (
            translate("ErrorSentences", "This folder contains backups of several computers."),
            translate("ErrorSentences", "Specify one of these computers: {names}."),
        ),
        "copy.no_such_computer": (
            translate("ErrorSentences", "No computer with this name has a backup in this folder."),
            translate("ErrorSentences", "Available computers: {names}."),
        ),
        "copy.no_terminal": (
            translate("ErrorSentences", "Can't ask for the passphrase: there is no terminal."),
            translate(
                "ErrorSentences", "Run the command in a terminal, or specify a file that contains the passphrase."
            ),
        ),
        "copy.no_passphrase_file": (
            translate("ErrorSentences", "The passphrase file can't be read."),
            translate("ErrorSentences", "The file must be plain text with the passphrase on the first line."),
        ),
        "submission.restored": (
            translate(
                "ErrorSentences",
                "This contract was restored from another computer's backup, and sending may have continued there.",
            ),
            translate(
                "ErrorSentences",
                "Before you cancel and send again, ask the signers or the platform's support.",
            ),
        ),
    }
