"""The signers of a contract, and the terms and steps in which they sign."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NewType
from uuid import uuid4

from esign_desktop.domain.account import AccountKind, Organization, Person, folded_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.environment import PlatformBehaviour

SignerId = NewType("SignerId", str)


def new_signer_id() -> SignerId:
    """Return a new, unique signer id."""
    return SignerId(uuid4().hex)


class SealType(IntEnum):
    """The origin of a seal's image: drawn by hand or generated from a template."""

    HAND_DRAWN = 0
    TEMPLATE = 1


class CertificateType(IntEnum):
    """The type of certificate with which the platform signs for a signer."""

    LONG_LIVED = 1
    EVENT = 2
    FINGERPRINT = 3
    PHONE_SHIELD = 4
    UKEY = 5


@dataclass(frozen=True, slots=True)
class SigningTerms:
    """The terms under which a signer signs.

    ``step`` is counted from 1; signers with the same step sign in parallel. A signer with step 0 has no order and may
    sign at any time. ``is_silent`` means that the platform signs automatically for the signer. If ``seal_types`` is
    empty, all types are allowed. ``free_documents`` lists the ids of documents in which the signer chooses the
    positions. If ``free_documents`` is empty and the signer has no placements, the signer chooses the positions in all
    documents (``domain.placing.participation``).
    """

    step: int = 1
    is_silent: bool = False
    seal_types: frozenset[SealType] = frozenset()
    certificate: CertificateType | None = None
    free_documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonSigner:
    """A person who signs on their own behalf.

    ``role`` is the person's role in the document, such as 乙方, or an empty string if the role was not recognized.
    """

    id: SignerId
    person: Person
    terms: SigningTerms = SigningTerms()
    role: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationSigner:
    """A person (``agent``) who signs on behalf of an organization with the organization's seal.

    ``role`` is the organization's role in the document, or an empty string if the role was not recognized.
    """

    id: SignerId
    organization: Organization
    agent: Person
    terms: SigningTerms = SigningTerms()
    role: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationSigner:
    """A signer that represents the integrating application, which signs with its own seal.

    The platform already knows the application's account, so no account details are needed.
    """

    id: SignerId
    name: str = ""
    terms: SigningTerms = SigningTerms(is_silent=True)


@dataclass(frozen=True, slots=True)
class OpenSigner:
    """A signer who is a different party in each contract: a person, or an organization with its agent.

    A contract can be sent only after the party is filled in. ``role`` is the party's title in the documents.
    """

    id: SignerId
    role: str = ""
    terms: SigningTerms = SigningTerms()
    kind: AccountKind = AccountKind.PERSON


Signer = PersonSigner | OrganizationSigner | ApplicationSigner | OpenSigner


@dataclass(frozen=True, slots=True)
class RepresentedOrganization:
    """An organization and its agent."""

    organization: Organization
    agent: Person


OpenParty = Person | RepresentedOrganization
"""The party that takes the place of an open signer in one contract."""


def party_of(signer: Signer) -> OpenParty | None:
    """Return the signer's party, or None if the party is not filled in or the signer is the application itself."""
    match signer:
        case PersonSigner(person=person):
            return person
        case OrganizationSigner(organization=organization, agent=agent):
            return RepresentedOrganization(organization, agent)
        case ApplicationSigner() | OpenSigner():
            return None


def party_name(party: OpenParty) -> str:
    """Return the name of the person or organization."""
    return party.organization.name if isinstance(party, RepresentedOrganization) else party.name


def unknown_party(kind: AccountKind, name: str = "") -> OpenParty:
    """Return a party that the user still has to fill in. At most the name of the party is known."""
    return Person(name) if kind is AccountKind.PERSON else RepresentedOrganization(Organization(name), Person(""))


def with_party(signer: OpenSigner, party: OpenParty) -> PersonSigner | OrganizationSigner:
    """Return a signer with this party in place of an open signer. The id and the terms are kept."""
    if isinstance(party, RepresentedOrganization):
        return OrganizationSigner(signer.id, party.organization, party.agent, signer.terms, signer.role)
    return PersonSigner(signer.id, party, signer.terms, signer.role)


def display_name(signer: Signer) -> str:
    """Return the name of the person or organization whose seal is placed. The application's name may be empty."""
    match signer:
        case PersonSigner(person=person):
            return person.name
        case OrganizationSigner(organization=organization):
            return organization.name
        case ApplicationSigner(name=name):
            return name
        case OpenSigner():
            return ""


def namesakes(signer: Signer, others: Iterable[Signer]) -> tuple[Signer, ...]:
    """Return the other signers with the same name who may be another party.

    A signer with the same ID number or the same account is the same party.
    """
    found: list[Signer] = []
    for other in others:
        match signer, other:
            case PersonSigner(person=own), PersonSigner(person=another):
                pass
            case OrganizationSigner(organization=own), OrganizationSigner(organization=another):
                pass
            case _:
                continue
        is_named_same = bool(own.name) and folded_name(own.name) == folded_name(another.name)
        is_same_number = bool(own.identity.number) and own.identity.number == another.identity.number
        is_same_account = bool(own.account_id) and own.account_id == another.account_id
        if other.id != signer.id and is_named_same and not (is_same_number or is_same_account):
            found.append(other)
    return tuple(found)


def is_person(signer: Signer) -> bool:
    """Return whether the signer is a natural person, whose seal is smaller than an organization's."""
    return isinstance(signer, PersonSigner) or (isinstance(signer, OpenSigner) and signer.kind is AccountKind.PERSON)


def is_organization(signer: Signer) -> bool:
    """Return whether the signer is an organization with an agent, and not the integrating application."""
    return not is_person(signer) and not isinstance(signer, ApplicationSigner)


def role_of(signer: Signer) -> str:
    """Return the signer's role in the document, or an empty string if the role was not recognized."""
    return "" if isinstance(signer, ApplicationSigner) else signer.role


def title_of(signer: Signer) -> str:
    """Return the signer's title in the documents, or else the signer's name, which may be empty."""
    return role_of(signer) or display_name(signer)


def is_identified(signer: Signer) -> bool:
    """Return whether the signer's identity is complete.

    The person, or both the organization and its agent, must have a name and either an account id or an ID number. The
    number of an organization is its code.
    """
    match signer:
        case PersonSigner(person=person):
            return _is_known(person)
        case OrganizationSigner(organization=organization, agent=agent):
            return _is_known(organization) and _is_known(agent)
        case ApplicationSigner():
            return True
        case OpenSigner():
            return False


def _is_known(party: Person | Organization) -> bool:
    return bool(party.name and (party.account_id or party.identity.number))


def natural_seal_width_pt(signer: Signer, behaviour: PlatformBehaviour) -> float:
    """Return the width of the signer's seal in its own size, in points.

    The width is an assumption, because the platform does not report the sizes of seals.
    """
    if is_person(signer):
        return behaviour.person_seal_width_pt
    return behaviour.organization_seal_width_pt
