"""Who somebody is: persons and organizations as the platform knows them.

An account belongs to one identity. Whoever changes name, kind of document or number has left it: a value that tells
another identity holds no account, however it was made.
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
    """Kinds of a person's document (platform-api.txt, appendix)."""

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
"""Documents that bear a resident's number."""


class OrganizationCodeType(IntEnum):
    """Kinds of an organization's registration (platform-api.txt, appendix)."""

    ORGANIZATION_CODE = 10
    UNIFIED_SOCIAL_CREDIT = 11
    BUSINESS_REGISTRATION = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """Name, kind of document and number; equal however the name is spaced and the number is written.

    The number is empty where somebody is told by an account that they have, and by nothing else.
    """

    name: str = field(repr=False)
    number_type: PersonIdType | OrganizationCodeType
    number: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", folded_name(self.name))
        object.__setattr__(self, "number", "".join(self.number.split()).upper())


@dataclass(frozen=True, slots=True)
class Person:
    """A person, told by the number of their document or by an ``account_id`` that they have; never by both.

    ``account_of`` is the identity that the account was told for, and follows from the others: a person who is given
    another name or kind of document, or a number, loses the account and the third id that came with it. An account
    that was found without a name takes the first that it is given. Personal fields stay out of the repr, which ends
    in logs.
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
    """A company or institution; the platform wants a person who acts for it. Its account is kept as a person's is."""

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
    """Bind a new value's account to its identity, or take an account away that was told for another one."""
    identity, account_of = party.identity, party.account_of
    if account_of is not None and not account_of.name and account_of.number_type is identity.number_type:
        account_of = None
    is_own = not identity.number and account_of in {None, identity}
    if party.account_id and not is_own:
        object.__setattr__(party, "account_id", "")
        object.__setattr__(party, "third_id", "")
    object.__setattr__(party, "account_of", identity if party.account_id else None)


def folded_name(name: str) -> str:
    """Return a name as it is compared: spaces, width, case and the kind of middle dot tell nobody apart."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("•", "·").split())


def masked_name(name: str) -> str:
    """Show a name as strangers may see it: the first character, the rest starred."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3)) if name else ""


def masked_number(number: str) -> str:
    """Show an id or phone number as strangers may see it: at most its last four characters."""
    shown = number[-4:] if len(number) > 7 else number[-1:] if number else ""
    return "*" * min(len(number) - len(shown), 4) + shown


def is_mainland_mobile(text: str) -> bool:
    """Whether digits have the form of a mobile number of the mainland."""
    return _MAINLAND_MOBILE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return len(text) <= _MAX_EMAIL_CHARACTERS and _EMAIL.fullmatch(text) is not None


def masked_mobile(mobile: str) -> str:
    """Show a phone number so that who knows it knows it again: its first three and its last four digits."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) > 7 else mobile


def masked_email(email: str) -> str:
    """Show an address so that who knows it knows it again: its first character and where it lies."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}***{at}{host}" if name else email


_MADE_HERE: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}")
"""How third ids look that the program makes."""


class AccountKind(StrEnum):
    """Who an account stands for; the names are kept in the database."""

    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account of one project in one environment.

    ``masked_number`` shows the end of the id number or the organization's code; a whole number is masked on the way
    in. ``agent_account_id`` is who acts for an organization. ``identity``, ``reach`` and ``kept_for`` are keyed
    digests: of whose it is, of mobile and e-mail that it was made with, and of those that the platform did not take
    for it. ``sealed`` are number, mobile and e-mail, encrypted;
    what is shown of the latter two is not kept. ``number_type`` is the platform's, 0 if it is not known.
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
        """The third id, if a person chose it."""
        return "" if _MADE_HERE.fullmatch(self.third_id) else self.third_id

    def is_called(self, name: str) -> bool:
        """Whether the name is the account's; one that has none yet may be anybody's."""
        return not self.name or folded_name(self.name) == folded_name(name)


def party_of(record: AccountRecord) -> Person | Organization:
    """Return whose account it is, told by the account alone."""
    reference, account_id = record.own_reference, record.account_id
    if record.kind is AccountKind.ORGANIZATION:
        code_type = OrganizationCodeType(record.number_type or OrganizationCodeType.UNIFIED_SOCIAL_CREDIT)
        return Organization(record.name, code_type=code_type, third_id=reference, account_id=account_id)
    id_type = PersonIdType(record.number_type or PersonIdType.RESIDENT_IDENTITY)
    return Person(record.name, id_type=id_type, third_id=reference, account_id=account_id)
