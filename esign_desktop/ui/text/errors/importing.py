"""Provide the sentences for errors in importing contacts from a file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def importing_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors in importing contacts."""
    return {
        "contact.not_at_platform": (
            translate("ErrorSentences", "This contact has no platform account in the current environment yet."),
            translate(
                "ErrorSentences",
                "First send a contract with this contact as a signer. This also creates the contact's account.",
            ),
        ),
        "cards.not_cards": (
            translate("ErrorSentences", "This file isn't an address book."),
            translate("ErrorSentences", "Choose a .vcf file exported from a phone or mail program."),
        ),
        "contacts.not_a_table": (
            translate("ErrorSentences", "This file is neither a spreadsheet nor an address book."),
            translate("ErrorSentences", "Choose an .xlsx, .csv or .vcf file."),
        ),
        "contacts.no_names": (
            translate("ErrorSentences", "This sheet has no column named Name or Organization."),
            translate("ErrorSentences", "Enter headings in the first row, save the file, and choose it again."),
        ),
        "contacts.no_rows": (
            translate("ErrorSentences", "This file contains no contacts."),
            translate("ErrorSentences", "Fill in one row per contact, save the file, and choose it again."),
        ),
        "contacts.too_many_rows": (
            translate("ErrorSentences", "The file has too many contacts. You can import at most {max} at a time."),
            translate(
                "ErrorSentences", "Split the file into several files. Contacts already imported will be recognized."
            ),
        ),
    }
