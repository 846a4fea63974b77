"""Provide the translated texts of the table of contacts: headings, types, and faults and changes of imported rows."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.people.contact_table import ContactColumn, ContactFault
from esign_desktop.services.people.exporting import TableWords
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.signer import code_type_words, id_type_words

_C = ContactColumn
_HEADINGS = {
    _C.KIND: QT_TRANSLATE_NOOP("ContactTable", "Type"),
    _C.NAME: QT_TRANSLATE_NOOP("ContactTable", "Name"),
    _C.NUMBER_TYPE: QT_TRANSLATE_NOOP("ContactTable", "ID type"),
    _C.NUMBER: QT_TRANSLATE_NOOP("ContactTable", "ID number"),
    _C.MOBILE: QT_TRANSLATE_NOOP("ContactTable", "Mobile"),
    _C.EMAIL: QT_TRANSLATE_NOOP("ContactTable", "Email"),
    _C.REFERENCE: QT_TRANSLATE_NOOP("ContactTable", "Your reference"),
    _C.OURS: QT_TRANSLATE_NOOP("ContactTable", "Ours"),
    _C.LEGAL_NAME: QT_TRANSLATE_NOOP("ContactTable", "Legal representative"),
    _C.LEGAL_TYPE: QT_TRANSLATE_NOOP("ContactTable", "Legal representative's ID type"),
    _C.LEGAL_NUMBER: QT_TRANSLATE_NOOP("ContactTable", "Legal representative's ID number"),
    _C.AGENT_NAME: QT_TRANSLATE_NOOP("ContactTable", "Representative"),
    _C.AGENT_TYPE: QT_TRANSLATE_NOOP("ContactTable", "Representative's ID type"),
    _C.AGENT_NUMBER: QT_TRANSLATE_NOOP("ContactTable", "Representative's ID number"),
    _C.AGENT_MOBILE: QT_TRANSLATE_NOOP("ContactTable", "Representative's mobile"),
}
_FAULTS = {
    ContactFault.NO_NAME: QT_TRANSLATE_NOOP("ContactTable", "The name is missing."),
    ContactFault.BAD_NAME: QT_TRANSLATE_NOOP("ContactTable", "The name column contains a number or an address."),
    ContactFault.BAD_KIND: QT_TRANSLATE_NOOP("ContactTable", "The type must be Person or Organization."),
    ContactFault.BAD_TYPE: QT_TRANSLATE_NOOP("ContactTable", "Unknown ID type."),
    ContactFault.BAD_NUMBER: QT_TRANSLATE_NOOP("ContactTable", "The ID number doesn't match its type."),
    ContactFault.UNSAID: QT_TRANSLATE_NOOP(
        "ContactTable", "This ID number fits several ID types. Specify the type in a column named “ID type”."
    ),
    ContactFault.MASKED: QT_TRANSLATE_NOOP("ContactTable", "The ID number is masked and can't identify this contact."),
    ContactFault.DAMAGED: QT_TRANSLATE_NOOP(
        "ContactTable", "The spreadsheet program rounded or calculated a value. Format the column as text."
    ),
    ContactFault.TOO_LONG: QT_TRANSLATE_NOOP("ContactTable", "The value is too long."),
    ContactFault.BAD_MOBILE: QT_TRANSLATE_NOOP("ContactTable", "Invalid mobile number; it won't be imported."),
    ContactFault.BAD_EMAIL: QT_TRANSLATE_NOOP("ContactTable", "Invalid email address; it won't be imported."),
    ContactFault.BAD_LEGAL: QT_TRANSLATE_NOOP(
        "ContactTable", "Invalid ID number of the legal representative; it won't be imported."
    ),
}
_CHANGES = {
    "id_number": QT_TRANSLATE_NOOP("ContactTable", "ID number"),
    "code": QT_TRANSLATE_NOOP("ContactTable", "ID number"),
    "mobile": QT_TRANSLATE_NOOP("ContactTable", "mobile number"),
    "email": QT_TRANSLATE_NOOP("ContactTable", "email"),
    "third_id": QT_TRANSLATE_NOOP("ContactTable", "reference"),
    "legal_name": QT_TRANSLATE_NOOP("ContactTable", "legal representative"),
    "legal_id_number": QT_TRANSLATE_NOOP("ContactTable", "legal representative's ID number"),
    "agent": QT_TRANSLATE_NOOP("ContactTable", "representative"),
    "ours": QT_TRANSLATE_NOOP("ContactTable", "ours"),
}


def _word(source: object) -> str:
    return QCoreApplication.translate("ContactTable", str(source))


def table_words() -> TableWords:
    """Return the headings and words of an exported table.

    ``domain.people.contact_table`` recognizes them in an import.
    """
    return TableWords(
        {column: _word(source) for column, source in _HEADINGS.items()},
        QCoreApplication.translate("ContactTable", "Person"),
        QCoreApplication.translate("ContactTable", "Organization"),
        QCoreApplication.translate("ContactTable", "Yes"),
        id_type_words(),
        code_type_words(),
    )


def fault_words(faults: tuple[ContactFault, ...]) -> str:
    """Return the sentences on a row's faults, or an empty text if there are none."""
    return " ".join(_word(_FAULTS[fault]) for fault in faults)


def change_words(changes: tuple[str, ...]) -> str:
    """Return the names of the fields that a row changes in an existing contact, as a list in one line."""
    return listed(dict.fromkeys(_word(_CHANGES[change]) for change in changes))
