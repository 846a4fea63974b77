"""A contact that the user picked as a party to a contract, identified by an account or by a stored document number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.account import AccountRecord, Organization, Person, party_of
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.options import AccountParty
from esign_desktop.domain.people.contact import Contact

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.services.people.contacts import ContactService


@dataclass(frozen=True, slots=True)
class KnownParty:
    """A contact as a party to a contract.

    ``record`` is the account that identifies the party, or None if the document number in ``subject`` does. ``agent``
    is the default agent of an organization, or None.
    """

    contact: Contact
    subject: Person | Organization = field(repr=False)
    record: AccountRecord | None = None
    agent: KnownParty | None = None


def known_party(contacts: ContactService, environment: Environment, contact_id: ContactId) -> KnownParty:
    """Return a contact as a party to a contract in the environment's project.

    Raises InputError ``contact.gone`` or StoreError.
    """
    subject = contacts.party_details(contact_id)
    contact = contacts.get(contact_id)
    assert contact is not None  # noqa: S101  its details were just read
    record = contacts.account_in_use(contact_id, environment)
    agent = contact.default_agent
    return KnownParty(
        contact,
        subject if record is None else party_of(record),
        record,
        None if agent is None else known_party(contacts, environment, agent.id),
    )


def account_party(contacts: ContactService, environment: Environment, contact_id: ContactId) -> AccountParty:
    """Return the account of a contact that is a party to a contract without signing it, such as a payer.

    Raises InputError ``contact.not_at_platform`` or ``contact.gone``, and StoreError.
    """
    party = known_party(contacts, environment, contact_id)
    if party.record is None:
        raise InputError("contact.not_at_platform")
    return AccountParty(party.record.account_id, party.contact.name)
