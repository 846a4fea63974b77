"""The table of contacts in words: headings, kinds, and what is wrong with a row that is taken in."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.people.contact_table import ContactColumn, ContactFault
from esign_desktop.services.people.exporting import TableWords
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.signer import code_type_words, id_type_words

_C = ContactColumn
_HEADINGS = {
    _C.KIND: QT_TRANSLATE_NOOP("ContactTable", "Kind"),
    _C.NAME: QT_TRANSLATE_NOOP("ContactTable", "Name"),
    _C.NUMBER_TYPE: QT_TRANSLATE_NOOP("ContactTable", "Document type"),
    _C.NUMBER: QT_TRANSLATE_NOOP("ContactTable", "Document number"),
    _C.MOBILE: QT_TRANSLATE_NOOP("ContactTable", "Mobile"),
    _C.EMAIL: QT_TRANSLATE_NOOP("ContactTable", "E-mail"),
    _C.REFERENCE: QT_TRANSLATE_NOOP("ContactTable", "Your reference"),
    _C.OURS: QT_TRANSLATE_NOOP("ContactTable", "Ours"),
    _C.LEGAL_NAME: QT_TRANSLATE_NOOP("ContactTable", "Legal representative"),
    _C.LEGAL_TYPE: QT_TRANSLATE_NOOP("ContactTable", "Legal representative's ID type"),
    _C.LEGAL_NUMBER: QT_TRANSLATE_NOOP("ContactTable", "Legal representative's ID number"),
    _C.AGENT_NAME: QT_TRANSLATE_NOOP("ContactTable", "Agent"),
    _C.AGENT_TYPE: QT_TRANSLATE_NOOP("ContactTable", "Agent's ID type"),
    _C.AGENT_NUMBER: QT_TRANSLATE_NOOP("ContactTable", "Agent's ID number"),
    _C.AGENT_MOBILE: QT_TRANSLATE_NOOP("ContactTable", "Agent's mobile"),
}
_FAULTS = {
    ContactFault.NO_NAME: QT_TRANSLATE_NOOP("ContactTable", "There is no name."),
    ContactFault.BAD_NAME: QT_TRANSLATE_NOOP("ContactTable", "A number or an address stands where the name should."),
    ContactFault.BAD_KIND: QT_TRANSLATE_NOOP("ContactTable", "The kind is neither Person nor Organization."),
    ContactFault.BAD_TYPE: QT_TRANSLATE_NOOP("ContactTable", "This kind of document is not known."),
    ContactFault.BAD_NUMBER: QT_TRANSLATE_NOOP("ContactTable", "The number can't be right for its document."),
    ContactFault.UNSAID: QT_TRANSLATE_NOOP(
        "ContactTable", "Several documents have such a number: name the kind in a column called Document type."
    ),
    ContactFault.MASKED: QT_TRANSLATE_NOOP("ContactTable", "The number is masked, so it tells nobody."),
    ContactFault.DAMAGED: QT_TRANSLATE_NOOP(
        "ContactTable", "The spreadsheet program has rounded or computed a value: format the column as text."
    ),
    ContactFault.TOO_LONG: QT_TRANSLATE_NOOP("ContactTable", "A value is too long."),
    ContactFault.BAD_MOBILE: QT_TRANSLATE_NOOP("ContactTable", "The mobile can't be right and is left out."),
    ContactFault.BAD_EMAIL: QT_TRANSLATE_NOOP("ContactTable", "The e-mail address can't be right and is left out."),
    ContactFault.BAD_LEGAL: QT_TRANSLATE_NOOP(
        "ContactTable", "The legal representative's number can't be right and is left out."
    ),
}
_CHANGES = {
    "id_number": QT_TRANSLATE_NOOP("ContactTable", "number"),
    "code": QT_TRANSLATE_NOOP("ContactTable", "number"),
    "mobile": QT_TRANSLATE_NOOP("ContactTable", "mobile"),
    "email": QT_TRANSLATE_NOOP("ContactTable", "e-mail"),
    "third_id": QT_TRANSLATE_NOOP("ContactTable", "reference"),
    "legal_name": QT_TRANSLATE_NOOP("ContactTable", "legal representative"),
    "legal_id_number": QT_TRANSLATE_NOOP("ContactTable", "legal representative's number"),
    "agent": QT_TRANSLATE_NOOP("ContactTable", "agent"),
    "ours": QT_TRANSLATE_NOOP("ContactTable", "ours"),
}


def _word(source: object) -> str:
    return QCoreApplication.translate("ContactTable", str(source))


def table_words() -> TableWords:
    """Return what stands in a table of contacts; ``domain.people.contact_table`` reads it again."""
    return TableWords(
        {column: _word(source) for column, source in _HEADINGS.items()},
        QCoreApplication.translate("ContactTable", "Person"),
        QCoreApplication.translate("ContactTable", "Organization"),
        QCoreApplication.translate("ContactTable", "Yes"),
        id_type_words(),
        code_type_words(),
    )


def fault_words(faults: tuple[ContactFault, ...]) -> str:
    """Say what is wrong with a row."""
    return " ".join(_word(_FAULTS[fault]) for fault in faults)


def change_words(changes: tuple[str, ...]) -> str:
    """Name what a row fills in, of somebody who is there."""
    return listed(dict.fromkeys(_word(_CHANGES[change]) for change in changes))
