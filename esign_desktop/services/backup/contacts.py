"""Restore the contacts in another computer's backup: encrypt them with this computer's key, and merge duplicates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.people.contact import ContactId
from esign_desktop.services.people.contact_rows import ContactRows, joined, number_type_of
from esign_desktop.services.people.third_ids import SALT_KEY, ThirdIds
from esign_desktop.store.tables.contacts import ContactRow, Contacts
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.party_details import SealedPartyDetails


@dataclass(frozen=True, slots=True)
class CopiedContacts:
    """The contacts of a backup, encrypted with the key of the computer that made the backup.

    ``agents`` maps each organization to its agents, with the default agent first.
    """

    rows: tuple[ContactRow, ...] = field(default=(), repr=False)
    agents: dict[ContactId, tuple[ContactId, ...]] = field(default_factory=dict)
    salt: str | None = field(default=None, repr=False)
    """The salt with which that computer hashed identities, or None if it had none."""
    unreadable_count: int = 0
    """The number of contacts with values that this version does not know."""


@dataclass(frozen=True, slots=True)
class TakenContacts:
    """The number of contacts that were added, and of contacts whose numbers or addresses could not be restored."""

    added_count: int = 0
    missing_count: int = 0


def read_contacts(source: Database) -> CopiedContacts:
    """Return the contacts stored in the database of a backup. Raises StoreError."""
    contacts = Contacts(source)
    ids = [contact_id for contact_id, *_rest in contacts.numbered()]
    rows = {row.id: row for contact_id in ids for row in _readable(contacts, contact_id)}
    agents = contacts.ties(list(rows)).agents
    return CopiedContacts(
        tuple(rows.values()),
        {
            organization_id: tuple(agent_id for agent_id, _name in found if agent_id in rows)
            for organization_id, found in agents.items()
        },
        Settings(source).get(SALT_KEY),
        len(ids) - len(rows),
    )


def _readable(contacts: Contacts, contact_id: ContactId) -> tuple[ContactRow, ...]:
    """Return the row of a contact, or nothing if the row has an unknown kind of party or of document."""
    try:
        (row,) = contacts.rows([contact_id])
        number_type_of(row)
    except ValueError:
        return ()
    return (row,)


def take_contacts(
    copied: CopiedContacts, target: Database, *, theirs: SealedPartyDetails, own: SealedPartyDetails
) -> TakenContacts:
    """Add a backup's contacts that are missing on this computer, and fill in the empty fields of existing contacts.

    ``theirs`` decrypts the data of the backup, and ``own`` encrypts data for this computer. Fields that already have a
    value on this computer are unchanged. Return the numbers of contacts. Raises StoreError.
    """
    contacts, third_ids = Contacts(target), ThirdIds(Settings(target))
    reading, rows = ContactRows(third_ids, theirs), ContactRows(third_ids, own)
    is_same_salt = copied.salt == Settings(target).get(SALT_KEY)
    here: dict[ContactId, ContactId] = {}
    added_count, missing_count = 0, copied.unreadable_count
    for row in copied.rows:
        subject = reading.subject(row)
        # An identity that was hashed with another salt does not match any identity on this computer.
        identity = row.identity if is_same_salt else third_ids.identity_of(subject)
        filled = rows.filled(subject)
        # If the number cannot be decrypted, the contact is recognized by its name and masked number.
        probe = replace(
            filled,
            identity=identity,
            masked_number=filled.masked_number or row.masked_number,
            number_type=filled.number_type or row.number_type,
        )
        known, _others = rows.distinguish(probe, contacts.candidates(probe))
        base = known or ContactRow(row.id, row.kind, row.name)
        told = replace(subject, name=base.name)
        filled = rows.filled(told if known is None else joined(told, rows.subject(base)), base)
        filled = replace(
            filled,
            identity=base.identity or identity,
            masked_number=filled.masked_number or row.masked_number,
            number_type=filled.number_type or row.number_type,
            is_ours=base.is_ours or row.is_ours,
            seal_width_pt=base.seal_width_pt or row.seal_width_pt,
        )
        contacts.write([rows.searchable(filled)])
        here[row.id] = filled.id
        added_count += known is None
        missing_count += bool((row.sealed and not filled.sealed) or (row.sealed_legal and not filled.sealed_legal))
    agents = contacts.ties(list(here.values())).agents
    missing = {here[contact_id]: [here[agent] for agent in found] for contact_id, found in copied.agents.items()}
    contacts.write([], {contact_id: found for contact_id, found in missing.items() if contact_id not in agents})
    return TakenContacts(added_count, missing_count)
