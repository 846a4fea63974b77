"""Sentences for what goes wrong when contacts are taken in from a file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def importing_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        "contact.not_at_platform": (
            translate("ErrorSentences", "The platform doesn't know this contact yet in the environment in use."),
            translate("ErrorSentences", "Send them a contract as a signer first: their account is made with it."),
        ),
        "cards.not_cards": (
            translate("ErrorSentences", "This file is not an address book."),
            translate("ErrorSentences", "Choose a .vcf file, as a phone or a mail program exports it."),
        ),
        "contacts.not_a_table": (
            translate("ErrorSentences", "This file is neither a sheet nor an address book."),
            translate("ErrorSentences", "Choose an .xlsx, .csv or .vcf file."),
        ),
        "contacts.no_names": (
            translate("ErrorSentences", "No column of this sheet is called Name or Organization."),
            translate("ErrorSentences", "Write headings into its first row, save it, and choose it again."),
        ),
        "contacts.no_rows": (
            translate("ErrorSentences", "This file holds no contacts."),
            translate("ErrorSentences", "Fill in one row per contact, save the file, and choose it again."),
        ),
        "contacts.too_many_rows": (
            translate("ErrorSentences", "The file has too many contacts: {max} at most are imported in one go."),
            translate("ErrorSentences", "Divide it into several files; who was imported is known again."),
        ),
    }
