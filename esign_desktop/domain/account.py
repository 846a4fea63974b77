"""People and organizations that sign, and their accounts on the platform.

An account belongs to one identity, which consists of a name, a document type and a document number. If a Person or
Organization is copied and the copy has a different identity, the copy does not keep the account.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

from esign_desktop.domain.environment import EnvironmentKind

MAX_THIRD_ID_BYTES: Final = 50
_MAINLAND_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_MAX_EMAIL_CHARACTERS: Final = 254


class PersonIdType(IntEnum):
    """The types of a person's identity document, with the platform's numbers (platform documentation, appendix)."""

    PASSPORT = 13
    MILITARY = 14
    SOCIAL_SECURITY = 15
    ARMED_POLICE = 16
    HONG_KONG_MACAO_PERMIT = 17
    TAIWAN_PERMIT = 18
    RESIDENT_IDENTITY = 19
    HOUSEHOLD_REGISTER = 20
    TEMPORARY_IDENTITY = 21
    FOREIGN_RESIDENCE = 22


RESIDENTS: Final = frozenset({PersonIdType.RESIDENT_IDENTITY, PersonIdType.TEMPORARY_IDENTITY})
"""The document types whose number is a resident identity number."""


class OrganizationCodeType(IntEnum):
    """The types of an organization's code, with the platform's numbers (platform documentation, appendix)."""

    ORGANIZATION_CODE = 10
    UNIFIED_SOCIAL_CREDIT = 11
    BUSINESS_REGISTRATION = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """The name, document type and document number that identify a person or organization.

    Two identities are equal even if the spacing of the names or the notation of the numbers differs. The number is
    empty for a person or organization that is identified only by an account id.
    """

    name: str = field(repr=False)
    number_type: PersonIdType | OrganizationCodeType
    number: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", folded_name(self.name))
        object.__setattr__(self, "number", "".join(self.number.split()).upper())


@dataclass(frozen=True, slots=True)
class Person:
    """A person, identified either by a document number or by an existing ``account_id``, never by both.

    ``account_of`` is the identity to which the account belongs; this identity is derived from the other fields. If a
    copy of a person has a different name, document type or number, the copy has neither the account nor the account's
    ``thirdId``. There is one exception: if the name of the account's owner is unknown, a copy may add the name.
    Personal fields are omitted from the repr, because the repr may be logged.
    """

    name: str = field(repr=False)
    id_number: str = field(default="", repr=False)
    id_type: PersonIdType = PersonIdType.RESIDENT_IDENTITY
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    third_id: str = field(default="", repr=False)
    account_id: str = ""
    account_of: Identity | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _keep_own_account(self)

    @property
    def identity(self) -> Identity:
        return Identity(self.name, self.id_type, self.id_number)


@dataclass(frozen=True, slots=True)
class Organization:
    """A company or institution. The platform requires a person to act on its behalf.

    ``account_id`` and ``account_of`` follow the same rules as in Person.
    """

    name: str = field(repr=False)
    code: str = field(default="", repr=False)
    code_type: OrganizationCodeType = OrganizationCodeType.UNIFIED_SOCIAL_CREDIT
    legal_name: str = field(default="", repr=False)
    legal_id_number: str = field(default="", repr=False)
    legal_id_type: PersonIdType = PersonIdType.RESIDENT_IDENTITY
    email: str = field(default="", repr=False)
    third_id: str = field(default="", repr=False)
    account_id: str = ""
    account_of: Identity | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _keep_own_account(self)

    @property
    def identity(self) -> Identity:
        return Identity(self.name, self.code_type, self.code)


def _keep_own_account(party: Person | Organization) -> None:
    """Bind the account of a new value to the value's identity.

    An account that belongs to another identity is removed.
    """
    identity, account_of = party.identity, party.account_of
    if account_of is not None and not account_of.name and account_of.number_type is identity.number_type:
        account_of = None
    is_own = not identity.number and account_of in {None, identity}
    if party.account_id and not is_own:
        object.__setattr__(party, "account_id", "")
        object.__setattr__(party, "third_id", "")
    object.__setattr__(party, "account_of", identity if party.account_id else None)


def folded_name(name: str) -> str:
    """Return the name in a normalized form for comparison.

    Spacing, width, case and the kind of middle dot are ignored.
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("•", "·").split())


def masked_name(name: str) -> str:
    """Return the name masked for display: its first character followed by one to three asterisks.

    An empty name remains empty.
    """
    return name[:1] + "*" * max(1, min(len(name) - 1, 3)) if name else ""


def masked_number(number: str) -> str:
    """Return an ID number or phone number masked for display, with at most its last four characters visible."""
    shown = number[-4:] if len(number) > 7 else number[-1:] if number else ""
    return "*" * min(len(number) - len(shown), 4) + shown


def is_mainland_mobile(text: str) -> bool:
    """Return whether the text has the form of a mainland Chinese mobile number."""
    return _MAINLAND_MOBILE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Return whether the text has the form of an email address."""
    return len(text) <= _MAX_EMAIL_CHARACTERS and _EMAIL.fullmatch(text) is not None


def masked_mobile(mobile: str) -> str:
    """Return a phone number masked for display, with its first three and last four digits visible.

    A number of at most seven digits is returned unchanged.
    """
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) > 7 else mobile


def masked_email(email: str) -> str:
    """Return an email address masked for display, with only its first character and its domain visible."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}***{at}{host}" if name else email


_MADE_HERE: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}")
"""The format of the ``thirdId`` values that this program generates."""


class AccountKind(StrEnum):
    """The kind of an account's owner: a person or an organization. The values are stored in the database."""

    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account of a project in one environment, as stored in the database.

    ``masked_number`` is the ID number or the organization's code with only its last characters visible. ``number_type``
    is the platform's number for the document type, or 0 if the type is unknown. ``agent_account_id`` is the account of
    the person who acts for an organization.

    Three fields are keyed digests. ``identity`` is the digest of the owner's identity. ``reach`` is the digest of the
    mobile number and email address with which the account was created. ``kept_for`` is the digest of contact details
    that the platform rejected for the account. ``sealed`` holds the encrypted ID number, mobile number and email
    address. ``masked_mobile`` and ``masked_email`` are derived from ``sealed`` and are not stored.
    """

    environment: EnvironmentKind
    project_id: str
    account_id: str
    kind: AccountKind
    name: str = field(repr=False)
    third_id: str = field(default="", repr=False)
    masked_number: str = field(default="", repr=False)
    agent_account_id: str = ""
    last_used_ms: int = 0
    number_type: int = 0
    identity: str = field(default="", repr=False)
    reach: str = field(default="", repr=False)
    kept_for: str = field(default="", repr=False)
    is_current: bool = True
    is_doubtful: bool = False
    sealed: bytes = field(default=b"", repr=False)
    masked_mobile: str = field(default="", repr=False)
    masked_email: str = field(default="", repr=False)

    @property
    def own_reference(self) -> str:
        """The account's ``thirdId`` if a user chose it, or an empty string if the program generated it."""
        return "" if _MADE_HERE.fullmatch(self.third_id) else self.third_id

    def is_called(self, name: str) -> bool:
        """Return whether the account's owner has this name. An account stored without a name matches any name."""
        return not self.name or folded_name(self.name) == folded_name(name)


def party_of(record: AccountRecord) -> Person | Organization:
    """Return the account's owner as a person or organization that is identified only by the account id."""
    reference, account_id = record.own_reference, record.account_id
    if record.kind is AccountKind.ORGANIZATION:
        code_type = OrganizationCodeType(record.number_type or OrganizationCodeType.UNIFIED_SOCIAL_CREDIT)
        return Organization(record.name, code_type=code_type, third_id=reference, account_id=account_id)
    id_type = PersonIdType(record.number_type or PersonIdType.RESIDENT_IDENTITY)
    return Person(record.name, id_type=id_type, third_id=reference, account_id=account_id)
