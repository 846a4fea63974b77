"""The parties that sign, and in which step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NewType
from uuid import uuid4

from esign_desktop.domain.account import Organization, Person

if TYPE_CHECKING:
    from esign_desktop.domain.environment import PlatformBehaviour

SignerId = NewType("SignerId", str)


def new_signer_id() -> SignerId:
    """Return an id that no other signer has."""
    return SignerId(uuid4().hex)


class SealType(IntEnum):
    """How the mark comes about."""

    HAND_DRAWN = 0
    TEMPLATE = 1


class CertificateType(IntEnum):
    """Kinds of certificate the platform signs with."""

    LONG_LIVED = 1
    EVENT = 2
    FINGERPRINT = 3
    PHONE_SHIELD = 4
    UKEY = 5


@dataclass(frozen=True, slots=True)
class SigningTerms:
    """How a party signs. ``step`` counts from 1; an equal step means in parallel. No seal types means any.

    ``free_documents`` are the ids of those on which they place the seal themselves, where they have places on others
    or do not sign all; see ``domain.placing.participation``.
    """

    step: int = 1
    is_silent: bool = False
    seal_types: frozenset[SealType] = frozenset()
    certificate: CertificateType | None = None
    free_documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonSigner:
    """A person who signs for themselves. ``role`` is what the paper calls them, such as 乙方, if that was read."""

    id: SignerId
    person: Person
    terms: SigningTerms = SigningTerms()
    role: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationSigner:
    """A person who signs for an organization, with the organization's seal; ``role`` is the organization's."""

    id: SignerId
    organization: Organization
    agent: Person
    terms: SigningTerms = SigningTerms()
    role: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationSigner:
    """The integrating application's own seal; the platform knows who that is."""

    id: SignerId
    name: str = ""
    terms: SigningTerms = SigningTerms(is_silent=True)


Signer = PersonSigner | OrganizationSigner | ApplicationSigner


def display_name(signer: Signer) -> str:
    """Return whom the seal stands for; empty for an application without a name of its own."""
    match signer:
        case PersonSigner(person=person):
            return person.name
        case OrganizationSigner(organization=organization):
            return organization.name
        case ApplicationSigner(name=name):
            return name


def role_of(signer: Signer) -> str:
    """Return what the paper calls the signer; empty where nothing was read."""
    return "" if isinstance(signer, ApplicationSigner) else signer.role


def is_told(signer: Signer) -> bool:
    """Whether nothing is missing to know who it is."""
    match signer:
        case PersonSigner(person=person):
            return _is_known(person)
        case OrganizationSigner(organization=organization, agent=agent):
            return _is_known(organization) and _is_known(agent)
        case ApplicationSigner():
            return True


def _is_known(party: Person | Organization) -> bool:
    return bool(party.name and (party.account_id or party.identity.number))


def natural_seal_width_pt(signer: Signer, behaviour: PlatformBehaviour) -> float:
    """Return the width that the signer's own seal is assumed to have on a platform, which does not tell it."""
    if isinstance(signer, PersonSigner):
        return behaviour.person_seal_width_pt
    return behaviour.organization_seal_width_pt
