"""Contacts: the persons and organizations that contracts are prepared with, whether the platform has them or not."""

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
    """Return an id that no other contact has."""
    return ContactId(uuid4().hex)


class ContactFilter(StrEnum):
    """Which contacts are listed. NOT_AT_PLATFORM: without an account in the environment that is in use."""

    ALL = "all"
    PERSONS = "persons"
    ORGANIZATIONS = "organizations"
    OURS = "ours"
    NOT_AT_PLATFORM = "not_at_platform"


@dataclass(frozen=True, slots=True)
class ContactAgent:
    """A person who acts for an organization."""

    id: ContactId
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody as they are shown: number, mobile and e-mail masked, empty where they are not known.

    ``number_type`` is None where the kind of document is not known. ``agents`` act for an organization, the first one
    by default; ``acts_for`` is what a person acts for. ``at_platform`` are the environments that have an account.
    ``last_contract_ms`` is 0 before the first.
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
        """Who acts for it if nobody says otherwise."""
        return self.agents[0] if self.agents else None


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """What is to be kept of somebody, in clear, as it was typed or read from a file.

    ``id`` is the contact that is changed; None for whoever the number, or the name and mobile, tell. ``agents`` act for
    an organization, the first one by default; None leaves them as they are.
    """

    subject: Person | Organization
    id: ContactId | None = None
    is_ours: bool = False
    seal_width_pt: float | None = None
    agents: tuple[ContactId, ...] | None = None


@dataclass(frozen=True, slots=True)
class ContactPage:
    """The contacts that were found first, ours on top, and how many there are in all."""

    contacts: tuple[Contact, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ContactMatch:
    """Who an entry may be: ``same`` has its number and name, ``others`` its number by another name."""

    same: Contact | None = None
    others: tuple[Contact, ...] = ()
