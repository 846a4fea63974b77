"""Export contacts to a table that can be imported again. Numbers and addresses are masked by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import (
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    masked_email,
    masked_mobile,
    masked_number,
)
from esign_desktop.domain.errors import CancelToken
from esign_desktop.domain.people.contact_table import ContactColumn
from esign_desktop.services.sheets.writing import save_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from esign_desktop.domain.people.contact import Contact, ContactId
    from esign_desktop.services.people.contacts import ContactService

_C = ContactColumn
COLUMNS: Final = tuple(column for column in ContactColumn if column not in {_C.ORGANIZATION, _C.CODE_TYPE, _C.CODE})
"""The columns of the table. Persons and organizations share the columns for names and numbers."""


@dataclass(frozen=True, slots=True)
class TableWords:
    """The headings and cell texts of the table, in the language of the window.

    The import recognizes all of these texts.
    """

    headings: Mapping[ContactColumn, str]
    person: str
    organization: str
    ours: str
    document_types: Mapping[PersonIdType, str]
    code_types: Mapping[OrganizationCodeType, str]


def export_contacts(
    contacts: ContactService,
    contact_ids: Sequence[ContactId],
    target: Path,
    words: TableWords,
    *,
    in_clear: bool,
    cancel: CancelToken | None = None,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Write contacts to an .xlsx or .csv file, and return the number of contacts written.

    Contacts that no longer exist are left out. All cells contain text, so that no spreadsheet program rounds a number
    or evaluates a formula. If ``in_clear`` is True, numbers and addresses are not masked. ``on_progress`` receives the
    number of contacts processed so far. The call blocks. Raises StoreError, and Cancelled before anything is written.
    """
    token = cancel or CancelToken()
    writer = _Writer(contacts, words, in_clear=in_clear)
    table = [[words.headings[column] for column in COLUMNS]]
    for done, contact_id in enumerate(contact_ids, 1):
        token.raise_if_cancelled()
        contact = contacts.get(contact_id)
        if contact is not None:
            cells = writer.cells(contact)
            table.append([cells.get(column, "") for column in COLUMNS])
        on_progress(done)
    save_table(table, target)
    contacts.note_export()
    return len(table) - 1


class _Writer:
    def __init__(self, contacts: ContactService, words: TableWords, *, in_clear: bool) -> None:
        self._contacts, self._words, self._in_clear = contacts, words, in_clear

    def cells(self, contact: Contact) -> dict[ContactColumn, str]:
        subject = self._contacts.party_details(contact.id)
        cells = self._person(subject, contact) if isinstance(subject, Person) else self._organization(subject, contact)
        return {
            **cells,
            _C.NAME: contact.name,
            _C.EMAIL: self._shown(subject.email, masked_email) or contact.masked_email,
            _C.REFERENCE: contact.own_reference,
            _C.OURS: self._words.ours if contact.is_ours else "",
        }

    def _shown(self, text: str, mask: Callable[[str], str]) -> str:
        return text if self._in_clear else mask(text)

    def _person(self, person: Person, contact: Contact) -> dict[ContactColumn, str]:
        number = self._shown(person.id_number, masked_number) or contact.masked_number
        return {
            _C.KIND: self._words.person,
            _C.NUMBER_TYPE: self._words.document_types[person.id_type] if number else "",
            _C.NUMBER: number,
            _C.MOBILE: self._shown(person.mobile, masked_mobile) or contact.masked_mobile,
        }

    def _organization(self, organization: Organization, contact: Contact) -> dict[ContactColumn, str]:
        number = self._shown(organization.code, masked_number) or contact.masked_number
        legal_number = self._shown(organization.legal_id_number, masked_number)
        return {
            _C.KIND: self._words.organization,
            _C.NUMBER_TYPE: self._words.code_types[organization.code_type] if number else "",
            _C.NUMBER: number,
            _C.LEGAL_NAME: organization.legal_name,
            _C.LEGAL_TYPE: self._words.document_types[organization.legal_id_type] if legal_number else "",
            _C.LEGAL_NUMBER: legal_number,
            **self._agent(contact),
        }

    def _agent(self, contact: Contact) -> dict[ContactColumn, str]:
        agent = contact.default_agent
        person = self._contacts.party_details(agent.id) if agent is not None else None
        if not isinstance(person, Person):
            return {}
        number = self._shown(person.id_number, masked_number)
        return {
            _C.AGENT_NAME: person.name,
            _C.AGENT_TYPE: self._words.document_types[person.id_type] if number else "",
            _C.AGENT_NUMBER: number,
            _C.AGENT_MOBILE: self._shown(person.mobile, masked_mobile),
        }
