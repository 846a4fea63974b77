"""Contacts: people and organizations stored for use in contracts, with or without an account on the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType
from uuid import uuid4

from esign_desktop.domain.account import (
    AccountKind,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
)
from esign_desktop.domain.environment import EnvironmentKind

ContactId = NewType("ContactId", str)


def new_contact_id() -> ContactId:
    """Return a new, unique contact id."""
    return ContactId(uuid4().hex)


class ContactFilter(StrEnum):
    """A filter for the contact list.

    OURS selects the user's own parties, and NOT_AT_PLATFORM selects contacts without an account in the current
    environment.
    """

    ALL = "all"
    PERSONS = "persons"
    ORGANIZATIONS = "organizations"
    OURS = "ours"
    NOT_AT_PLATFORM = "not_at_platform"


@dataclass(frozen=True, slots=True)
class ContactAgent:
    """A related contact: a person who acts for an organization, or an organization for which a person acts."""

    id: ContactId
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as displayed. The ID number, mobile number and email address are masked, or empty if unknown.

    ``number_type`` is None if the document type is unknown. ``agents`` are the people who act for an organization, with
    the default agent first. ``acts_for`` lists the organizations for which a person acts. ``at_platform`` holds the
    environments in which the contact has an account. ``last_contract_ms`` is the time of the contact's latest contract,
    or 0 if the contact has no contracts.
    """

    id: ContactId
    kind: AccountKind
    name: str = field(repr=False)
    number_type: PersonIdType | OrganizationCodeType | None = None
    masked_number: str = field(default="", repr=False)
    masked_mobile: str = field(default="", repr=False)
    masked_email: str = field(default="", repr=False)
    own_reference: str = field(default="", repr=False)
    is_ours: bool = False
    seal_width_pt: float | None = None
    legal_name: str = field(default="", repr=False)
    agents: tuple[ContactAgent, ...] = ()
    acts_for: tuple[ContactAgent, ...] = ()
    last_contract_ms: int = 0
    contract_count: int = 0
    at_platform: frozenset[EnvironmentKind] = frozenset()

    @property
    def is_person(self) -> bool:
        return self.kind is AccountKind.PERSON

    @property
    def default_agent(self) -> ContactAgent | None:
        """The person who acts for the organization if the user chooses no other agent, or None if there is no agent."""
        return self.agents[0] if self.agents else None


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact to be stored, with unmasked data that a user entered or that was read from a file.

    ``id`` identifies the contact to change. If ``id`` is None, the contact is found by number, or by name and mobile
    number. ``agents`` are the people who act for an organization, with the default agent first; None leaves the agents
    unchanged. ``given`` holds the values that were displayed when editing began. Values that the user did not change
    are not saved, so that changes made elsewhere since then are kept.
    """

    subject: Person | Organization
    id: ContactId | None = None
    is_ours: bool = False
    seal_width_pt: float | None = None
    agents: tuple[ContactId, ...] | None = None
    given: Person | Organization | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ContactPage:
    """The first contacts of a search result, with the user's own parties at the top, and the total result count."""

    contacts: tuple[Contact, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ContactMatch:
    """The stored contacts that match an entry.

    ``same`` is the contact with the entry's number and name, or None if there is no such contact. ``others`` are the
    contacts with the same number but a different name.
    """

    same: Contact | None = None
    others: tuple[Contact, ...] = ()
