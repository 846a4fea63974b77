"""Who somebody is: persons and organizations as the platform knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

MAX_THIRD_ID_BYTES: Final = 50


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


class OrganizationCodeType(IntEnum):
    """Kinds of an organization's registration (platform-api.txt, appendix)."""

    ORGANIZATION_CODE = 10
    UNIFIED_SOCIAL_CREDIT = 11
    BUSINESS_REGISTRATION = 12


@dataclass(frozen=True, slots=True)
class Person:
    """A person. With an ``account_id`` the platform knows them already and the id number may be empty.

    Personal fields stay out of the repr, which ends in logs.
    """

    name: str = field(repr=False)
    id_number: str = field(default="", repr=False)
    id_type: PersonIdType = PersonIdType.RESIDENT_IDENTITY
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    third_id: str = field(default="", repr=False)
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """A company or institution; the platform wants a person who acts for it."""

    name: str = field(repr=False)
    code: str = field(default="", repr=False)
    code_type: OrganizationCodeType = OrganizationCodeType.UNIFIED_SOCIAL_CREDIT
    legal_name: str = field(default="", repr=False)
    legal_id_number: str = field(default="", repr=False)
    legal_id_type: PersonIdType = PersonIdType.RESIDENT_IDENTITY
    email: str = field(default="", repr=False)
    third_id: str = field(default="", repr=False)
    account_id: str = ""


def masked_name(name: str) -> str:
    """Show a name as strangers may see it: the first character, the rest starred."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3)) if name else ""


def masked_number(number: str) -> str:
    """Show an id or phone number as strangers may see it: at most its last four characters."""
    shown = number[-4:] if len(number) > 7 else number[-1:] if number else ""
    return "*" * min(len(number) - len(shown), 4) + shown
